//! Two organizations that have nothing to do with each other, a third whose plan has ended, and everybody around them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tenantry_ports::Clock;

use super::actors::Actor;
use crate::browser::Browser;
use crate::management::Management;
use crate::site::Site;
use tenantry_tests::dns::Dns;

/// An organization, and what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) name: &'static str,
    /// A member without power, whom an Administrator may change and remove.
    pub(super) member: String,
    /// An invitation that waits.
    pub(super) invitation: String,
    /// What its link carries.
    pub(super) ticket: String,
    /// A connection that is being set up.
    pub(super) connection: String,
    /// A domain that is claimed.
    pub(super) domain: &'static str,
}

/// Everything that a cell needs.
pub(super) struct World {
    pub(super) site: Site,
    pub(super) management: Management,
    pub(super) here: Organization,
    pub(super) there: Organization,
    pub(super) lapsed: Organization,
    /// What pages call the session of somebody there.
    pub(super) session_there: String,
    /// The name of a file that is served.
    pub(super) asset: String,
    /// Where domains are looked up.
    _dns: Dns,
}

/// What everybody's address there ends with: nobody here may ever read it.
pub(super) const THERE: &str = "@there.example";

impl World {
    pub(super) async fn new() -> Self {
        let dns = Dns::start().await;
        let site = Site::with(|settings| settings.dev_sso_dns = Some(dns.address)).await;
        let management = site.management().await;
        let mut admin = site.administrator("admin@lapsed.example", "lapsed-org").await;
        let lapsed =
            Organization::complete(&site, &management, &mut admin, ("lapsed-org", "lapsed.example")).await;
        site.clock.advance(Duration::from_hours(365 * 24));
        // Tokens have their time, too.
        let management = site.management().await;
        let mut admin_here = site.administrator("admin@here.example", "here-org").await;
        let mut admin_there = site.administrator("admin@there.example", "there-org").await;
        let here =
            Organization::complete(&site, &management, &mut admin_here, ("here-org", "here.example")).await;
        let there =
            Organization::complete(&site, &management, &mut admin_there, ("there-org", "there.example"))
                .await;
        let page = site.get("/").await.body;
        let asset = page.split("/assets/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        // From another browser of theirs: a session can't end itself there.
        let mut elsewhere = admin_there.elsewhere();
        elsewhere.log_in_under("there-org", "admin@there.example").await;
        let sessions = admin_there.get("/home/account/sessions").await.body;
        let named =
            sessions.split("name=\"session\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let session_there = named.expect("a session that can be ended").to_owned();
        Self { site, management, here, there, lapsed, session_there, asset, _dns: dns }
    }

    /// The organization that this actor is signed in to, or else the one that they try.
    pub(super) fn own(&self, actor: Actor) -> &Organization {
        match actor {
            Actor::OtherAdministrator => &self.there,
            Actor::Lapsed => &self.lapsed,
            _ => &self.here,
        }
    }

    /// One that this actor has nothing to do with where they are signed in.
    pub(super) fn foreign(&self, actor: Actor) -> &Organization {
        if actor == Actor::OtherAdministrator { &self.here } else { &self.there }
    }

    /// The actor's browser.
    pub(super) async fn browser(&self, actor: Actor) -> Browser {
        let site = &self.site;
        match actor {
            Actor::Anonymous | Actor::FalseProvider => site.browser(),
            Actor::Person => site.newcomer("person@nowhere.example").await,
            Actor::WrongInvitee => site.newcomer("wrong@nowhere.example").await,
            Actor::Onboarding => {
                let mut browser = site.newcomer("onboarding@nowhere.example").await;
                browser.pay("team").await;
                browser
            }
            Actor::Employee => site.member("employee@here.example", "here-org", &["Employee"]).await,
            Actor::Roleless => site.member("roleless@here.example", "here-org", &[]).await,
            Actor::Administrator => self.signed_in("here-org", "admin@here.example").await,
            Actor::OtherAdministrator => self.signed_in("there-org", "admin@there.example").await,
            Actor::Lapsed => self.signed_in("lapsed-org", "admin@lapsed.example").await,
            Actor::Both => {
                site.newcomer("both@here.example").await;
                self.management.add_member("there-org", "both@here.example", &["Administrator"]).await;
                self.management.add_member("here-org", "both@here.example", &["Employee"]).await;
                self.signed_in("here-org", "both@here.example").await
            }
            Actor::Removed => {
                let email = "removed@here.example";
                let browser = site.member(email, "here-org", &["Administrator"]).await;
                let members = json!({ "members": [self.management.user_id(email).await] });
                let path = format!("organizations/{}/members", self.here.id);
                self.management.call(Method::DELETE, &path, Some(members)).await;
                // What changes at the provider is seen within a minute.
                site.clock.advance(Duration::from_secs(61));
                browser
            }
        }
    }

    async fn signed_in(&self, organization: &str, email: &str) -> Browser {
        let mut browser = self.site.browser();
        browser.log_in_under(organization, email).await;
        browser
    }

    /// Everything that the provider keeps of an organization and its people.
    pub(super) async fn state_of(&self, organization: &Organization) -> Value {
        let read = async |path: String| self.management.call(Method::GET, &path, None).await;
        let id = &organization.id;
        let members =
            read(format!("organizations/{id}/members?fields=user_id,email,roles&per_page=100")).await;
        let mut people = Vec::new();
        for member in members.as_array().unwrap() {
            let user = member["user_id"].as_str().unwrap();
            people.push(
                read(format!("users/{user}?fields=user_id,name,email,app_metadata,user_metadata")).await,
            );
        }
        json!({
            "organization": read(format!("organizations/{id}")).await,
            "connections": read(format!("organizations/{id}/enabled_connections")).await,
            "invitations": read(format!("organizations/{id}/invitations?per_page=100")).await,
            "members": members,
            "people": people,
        })
    }

    /// What time it is.
    pub(super) fn now(&self) -> tenantry_domain::Timestamp {
        self.site.clock.now()
    }
}

impl Organization {
    /// Adds what an organization has.
    async fn complete(
        site: &Site,
        management: &Management,
        admin: &mut Browser,
        (name, domain): (&'static str, &'static str),
    ) -> Self {
        let email = format!("member@{domain}");
        site.newcomer(&email).await;
        management.add_member(name, &email, &["Employee"]).await;
        let id = management.organization_id(name).await;
        let invited = format!("invited@{domain}");
        let fields = [("emails", &*invited), ("role", "Employee"), ("hours", "168")];
        admin.post("/admin/members/add-member", &fields).await.is(200);
        let path = format!("organizations/{id}/invitations");
        let made = &management.call(Method::GET, &path, None).await[0];
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let (invitation, ticket) = (text("id"), text("ticket_id"));
        let begun = admin.post("/admin/sso", &[("kind", "oidc")]).await;
        let connection = begun.header("location").split("connection=").nth(1).expect("a first step");
        let connection = connection.split('&').next().unwrap().to_owned();
        admin.post("/admin/sso/domain", &[("connection", &connection), ("domain", domain)]).await.is(303);
        Self { id, name, member: management.user_id(&email).await, invitation, ticket, connection, domain }
    }
}

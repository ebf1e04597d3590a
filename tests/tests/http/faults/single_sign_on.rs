//! What an Administrator does about the organization's own identity provider, and whoever comes through it.

use reqwest::Method;
use serde_json::{Value, json};
use tenantry_tests::steps::PASSWORD;

use super::use_case::{ACME, ANN, Person};
use super::world::World;
use crate::answer::Answer;
use crate::browser::Browser;
use crate::management::Management;
use crate::site::Site;
use crate::sso::corp::{CLIENT, DOMAIN, SECRET};

/// A page that asks the provider nothing.
const QUIET: &str = "/home/profile";
const OTHER_CLIENT: &str = "another-client";
const OTHER_DOMAIN: &str = "another.example";
/// A member who has never come through the connection.
const CY: &str = "cy@nowhere.example";
/// Who comes through the connection becomes nothing by itself.
const NOBODY_JOINS: [(&str, &str); 2] = [("display_name", "Acme staff"), ("default_role", "Employee")];

/// What is done. Ann runs acme; its domain is proved. Bo has an account at its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SingleSignOn {
    Connect,
    ConnectSaml,
    Test,
    Rotate,
    ChangeClient,
    ChangeSaml,
    TurnOn,
    Edit,
    Demand,
    Prove,
    DropDomain,
    ReleaseDomain,
    TurnOff,
    Delete,
    GiveUp,
    Arrive,
    Ask,
    Grant,
}

impl SingleSignOn {
    pub(super) fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Connect => ("sso-connect", "Enter the credentials of one’s own identity provider"),
            Self::ConnectSaml => ("sso-saml", "Enter the metadata of one’s own identity provider"),
            Self::Test => ("sso-test", "Test the connection to one’s own identity provider"),
            Self::Rotate => ("sso-rotate", "Enter a new secret of one’s own identity provider"),
            Self::ChangeClient => ("sso-client", "Enter another client of one’s own identity provider"),
            Self::ChangeSaml => ("sso-metadata", "Enter other metadata of one’s own identity provider"),
            Self::TurnOn => ("sso-on", "Turn the connection to one’s own identity provider on"),
            Self::Edit => ("sso-edit", "Change what becomes of those who come through the connection"),
            Self::Demand => ("sso-demand", "Make the connection the only way in"),
            Self::Prove => ("sso-prove", "Prove another domain of the connection"),
            Self::DropDomain => ("sso-domain", "Take a domain away from the connection"),
            Self::ReleaseDomain => ("sso-release", "Give a domain of the connection up"),
            Self::TurnOff => ("sso-off", "Turn the connection off"),
            Self::Delete => ("sso-delete", "Delete the connection"),
            Self::GiveUp => ("sso-give-up", "Delete a connection of which nobody has heard that it was made"),
            Self::Arrive => ("sso-arrive", "Come through the connection for the first time, and be a member"),
            Self::Ask => ("sso-ask", "Come through the connection, and ask to be let in"),
            Self::Grant => ("sso-grant", "Let somebody in who asks"),
        }
    }

    /// What was before. The person's link is the id of their request, or of whoever asks.
    pub(super) async fn prepare(self, world: &World, site: &Site) -> Person {
        let ann = site.administrator(ANN, ACME).await;
        let kind = if matches!(self, Self::ConnectSaml | Self::ChangeSaml) { "saml" } else { "oidc" };
        let mut person = Person::with(ann, String::new());
        person.begins(kind).await;
        person.claims(world, DOMAIN).await;
        person.checks(DOMAIN).await.is(303);
        world.company().await.registers(OTHER_CLIENT, SECRET).await;
        match self {
            Self::Connect | Self::ConnectSaml => return person,
            Self::GiveUp => {
                person.hears_nothing(world).await;
                return person;
            }
            Self::ChangeSaml => {
                person.enters_metadata(&world.saml().await[0]).await.is(303);
                return person;
            }
            _ => person.enters(world, CLIENT).await.is(303),
        };
        if self == Self::Test {
            return person;
        }
        assert!(person.tests().await.says("It works"));
        if self == Self::TurnOn {
            return person;
        }
        person.changes("turn", &[("turn", "on")]).await.is(303);
        match self {
            Self::Prove => person.claims(world, OTHER_DOMAIN).await,
            // Whom it concerns: the question is asked.
            Self::Demand => {
                world.management().await.make_user(CY, PASSWORD).await;
                world.management().await.add_member(ACME, CY, &["Employee"]).await;
            }
            Self::DropDomain | Self::ReleaseDomain | Self::TurnOff => {
                Person::with(site.browser(), String::new()).arrives().await.is(200);
            }
            Self::Arrive => {
                let fields = [("auto_membership", "yes")];
                person.changes("people", &[&NOBODY_JOINS[..], &fields].concat()).await.is(303);
                person.browser = site.browser();
            }
            Self::Ask | Self::Grant => {
                person.changes("people", &NOBODY_JOINS).await.is(303);
                let mut bo = Person::with(site.browser(), String::new());
                if self == Self::Ask {
                    return bo;
                }
                bo.asks().await.is(200);
                person.link = person.browser.asker().await.unwrap();
            }
            _ => {}
        }
        person
    }

    /// Does it; whoever comes again and is refused sees that it is done.
    pub(super) async fn run(self, world: &World, person: &mut Person) -> Answer {
        let is_again = std::mem::replace(&mut person.is_again, true);
        let answer = self.send(world, person).await;
        let is_refused = answer.status.is_client_error() || answer.status.is_server_error();
        let is_gone = is_again && answer.status.as_u16() == 404;
        if (is_refused && !is_gone) || matches!(self, Self::Arrive | Self::Ask) {
            return answer;
        }
        person.browser.get(QUIET).await
    }

    async fn send(self, world: &World, person: &mut Person) -> Answer {
        match self {
            Self::Connect | Self::Rotate => person.enters(world, CLIENT).await,
            Self::ChangeClient => person.enters(world, OTHER_CLIENT).await,
            Self::ConnectSaml => person.enters_metadata(&world.saml().await[0]).await,
            Self::ChangeSaml => person.enters_metadata(&world.saml().await[1]).await,
            Self::Test => person.tests().await,
            Self::TurnOn => person.changes("turn", &[("turn", "on")]).await,
            Self::TurnOff => person.means("turn", &[("turn", "off")]).await,
            Self::Edit => person.changes("people", &NOBODY_JOINS).await,
            Self::Demand => person.demands().await,
            Self::Prove => person.checks(OTHER_DOMAIN).await,
            Self::DropDomain => person.means("domain/remove", &[("domain", DOMAIN)]).await,
            Self::ReleaseDomain => person.means("domain/release", &[("domain", DOMAIN)]).await,
            Self::Delete | Self::GiveUp => person.changes("delete", &[]).await,
            Self::Arrive => person.arrives().await,
            Self::Ask => person.asks().await,
            Self::Grant => {
                let id = person.link.clone();
                let fields = [("user_id", id.as_str()), ("role", "Employee")];
                person.browser.post("/admin/members/grant-access", &fields).await
            }
        }
    }
}

/// What goes with an organization: a connection that is used, and one of which nobody has heard that it was made.
pub(super) async fn two_connections(world: &World, ann: Browser) -> Browser {
    let mut person = Person::with(ann, String::new());
    person.begins("oidc").await;
    person.claims(world, DOMAIN).await;
    person.checks(DOMAIN).await.is(303);
    person.enters(world, CLIENT).await.is(303);
    assert!(person.tests().await.says("It works"));
    person.changes("turn", &[("turn", "on")]).await.is(303);
    person.begins("oidc").await;
    person.hears_nothing(world).await;
    person.browser
}

/// Every connection of an organization's own at the provider, whoever it lets in, without the ids that were made on the way:
/// none that is left over is missed.
pub(super) async fn connections(management: &Management) -> Value {
    let path = "connections?strategy=oidc&strategy=samlp&per_page=100";
    let listed = management.call(Method::GET, path, None).await;
    let mut found: Vec<Value> = Vec::new();
    for connection in listed.as_array().unwrap() {
        let id = connection["id"].as_str().unwrap();
        let mut lets_in = Vec::new();
        for organization in management.organizations().await {
            let organization = management.organization_id(&organization).await;
            let path = format!("organizations/{organization}/enabled_connections");
            let enabled = management.call(Method::GET, &path, None).await;
            let here = enabled.as_array().unwrap().iter().filter(|enabled| enabled["connection_id"] == id);
            lets_in.extend(here.map(|enabled| enabled["assign_membership_on_login"].clone()));
        }
        let options = &connection["options"];
        found.push(json!({
            "client": options["client_id"],
            "signed by": options["thumbprints"],
            "domains": options["domain_aliases"],
            "display_name": connection["display_name"],
            "lets in": lets_in,
        }));
    }
    found.sort_by_key(Value::to_string);
    found.into()
}

/// How the pages say that an organization's connections and domains stand; nothing for whoever may not see them.
pub(super) async fn standing(person: &mut Person) -> Vec<String> {
    let page = person.browser.get("/admin/sso").await;
    if !page.status.is_success() {
        return Vec::new();
    }
    let badges = page.body.split("class=\"badge ").skip(1);
    badges.filter_map(|rest| Some(rest.split_once('>')?.1.split_once('<')?.0.to_owned())).collect()
}

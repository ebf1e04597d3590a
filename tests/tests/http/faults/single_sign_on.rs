//! What an Administrator does about the organization's own identity provider, and that changes something at ours.

use reqwest::Method;
use serde_json::{Value, json};

use super::use_case::{ACME, ANN, Person};
use super::world::World;
use crate::answer::Answer;
use crate::management::Management;
use crate::site::Site;
use crate::sso::corp::{BO, CLIENT, DOMAIN, SECRET};

/// A page that asks the provider nothing.
const QUIET: &str = "/home/profile";
const OTHER_CLIENT: &str = "another-client";

/// What is done. Ann runs acme; its domain is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SingleSignOn {
    Connect,
    Rotate,
    ChangeClient,
    TurnOn,
    Edit,
    Demand,
    DropDomain,
    ReleaseDomain,
    TurnOff,
    Delete,
}

impl SingleSignOn {
    pub(super) fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Connect => ("sso-connect", "Enter the credentials of one’s own identity provider"),
            Self::Rotate => ("sso-rotate", "Enter a new secret of one’s own identity provider"),
            Self::ChangeClient => ("sso-client", "Enter another client of one’s own identity provider"),
            Self::TurnOn => ("sso-on", "Turn the connection to one’s own identity provider on"),
            Self::Edit => ("sso-edit", "Change what becomes of those who come through the connection"),
            Self::Demand => ("sso-demand", "Make the connection the only way in"),
            Self::DropDomain => ("sso-domain", "Take a domain away from the connection"),
            Self::ReleaseDomain => ("sso-release", "Give a domain of the connection up"),
            Self::TurnOff => ("sso-off", "Turn the connection off"),
            Self::Delete => ("sso-delete", "Delete the connection"),
        }
    }

    /// What was before. The person's link is the id of their request.
    pub(super) async fn prepare(self, world: &World, site: &Site) -> Person {
        let mut ann = site.administrator(ANN, ACME).await;
        let begun = ann.post("/admin/sso", &[("kind", "oidc")]).await.is(303).location();
        let id = begun.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned();
        let domain = [("connection", &*id), ("domain", DOMAIN)];
        ann.post("/admin/sso/domain", &domain).await.is(303);
        let page = ann.get(&format!("/admin/sso/set-up?connection={id}&step=domain")).await;
        let value = page.body.split("tenantry-domain-verification=").nth(1).unwrap().get(..32).unwrap();
        let record = format!("_tenantry-challenge.{DOMAIN}");
        world.dns.publish(&record, &format!("tenantry-domain-verification={value}"));
        ann.post("/admin/sso/domain/check", &domain).await.is(303);
        world.company().await.registers(OTHER_CLIENT, SECRET).await;
        let mut person = Person::with(ann, id.clone());
        if self != Self::Connect {
            person.enters(world, CLIENT).await.is(303);
            let asked = person.browser.post("/admin/sso/test", &[("connection", &id)]).await;
            let page = person.browser.follow(asked).await;
            assert!(person.browser.at_the_company(&page, BO).await.says("It works"));
            if self != Self::TurnOn {
                person.browser.post("/admin/sso/turn", &[("connection", &id), ("turn", "on")]).await.is(303);
            }
        }
        person
    }

    /// Does it; whoever comes again and is refused sees that it is done.
    pub(super) async fn run(self, world: &World, person: &mut Person) -> Answer {
        let is_again = std::mem::replace(&mut person.is_again, true);
        let answer = self.send(world, person).await;
        let is_refused = answer.status.is_client_error() || answer.status.is_server_error();
        let is_gone = is_again && answer.status.as_u16() == 404;
        if is_refused && !is_gone {
            return answer;
        }
        person.browser.get(QUIET).await
    }

    async fn send(self, world: &World, person: &mut Person) -> Answer {
        let id = person.link.clone();
        let (path, fields): (_, &[(&str, &str)]) = match self {
            Self::Connect | Self::Rotate => return person.enters(world, CLIENT).await,
            Self::ChangeClient => return person.enters(world, OTHER_CLIENT).await,
            Self::TurnOn => ("turn", &[("turn", "on")]),
            Self::TurnOff => ("turn", &[("turn", "off"), ("confirmed", "yes")]),
            Self::Edit => ("people", &[("display_name", "Acme staff"), ("default_role", "Employee")]),
            Self::Demand => ("policy", &[("enforcement", "organization"), ("confirmed", "yes")]),
            Self::DropDomain => ("domain/remove", &[("domain", DOMAIN), ("confirmed", "yes")]),
            Self::ReleaseDomain => ("domain/release", &[("domain", DOMAIN), ("confirmed", "yes")]),
            Self::Delete => ("delete", &[]),
        };
        let fields = [&[("connection", id.as_str())], fields].concat();
        person.browser.post(&format!("/admin/sso/{path}"), &fields).await
    }
}

impl Person {
    async fn enters(&mut self, world: &World, client: &str) -> Answer {
        let issuer = world.company().await.issuer.to_string();
        let id = self.link.clone();
        let fields = [
            ("connection", id.as_str()),
            ("discovery_url", &issuer),
            ("client_id", client),
            ("client_secret", SECRET),
        ];
        self.browser.post("/admin/sso/credentials", &fields).await
    }
}

/// Every connection of an organization's own at the provider, whoever it lets in, without the ids that were made on the way:
/// none that is left over is missed.
pub(super) async fn connections(management: &Management) -> Value {
    let listed = management.call(Method::GET, "connections?strategy=oidc&per_page=100", None).await;
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

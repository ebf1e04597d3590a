//! What a use case has come to: what the person sees, and what the provider holds.

use reqwest::Method;
use serde_json::{Value, json};

use super::single_sign_on;
use super::use_case::{Person, UseCase};
use super::world::World;
use crate::answer::Answer;
use tenantry_tests::steps::DECLINED_CARD;

/// What a use case has come to. Two ends are the same whatever ids were made on the way, and whatever the time of day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct End {
    seen: Seen,
    /// Accounts, connections, and organizations with their members.
    provider: Value,
    /// How the organization's connections stand with us.
    connections: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Seen {
    /// Where the person is, and with which status.
    page: (u16, String),
    /// What the session says of them; nothing when nobody is signed in.
    session: Value,
}

impl Seen {
    async fn by(person: &mut Person, page: &Answer) -> Self {
        let me = person.browser.get("/api/auth/me").await;
        let session = if me.status.is_success() { shown(&me.body) } else { Value::Null };
        Self { page: (page.status.as_u16(), page.url.path().to_owned()), session }
    }
}

impl End {
    pub(super) async fn of(world: &World, person: &mut Person, page: &Answer) -> Self {
        let (seen, provider) = (Seen::by(person, page).await, provider(world, person).await);
        Self { seen, provider, connections: single_sign_on::standing(person).await }
    }

    /// Whether the person sees this end, and it is so.
    pub(super) async fn is_reached(&self, world: &World, person: &mut Person, page: &Answer) -> bool {
        self.seen == Seen::by(person, page).await
            && self.provider == provider(world, person).await
            && self.connections == single_sign_on::standing(person).await
    }

    /// I1, I2, I3, I5: whoever paid for an organization has one, runs it, belongs to it once, and both say the same plan. And
    /// no connection outlives what it was made for.
    pub(super) fn is_sound(&self, use_case: UseCase) {
        let is_left_over = use_case.leaves_no_connection() && self.provider["connections"] != json!([]);
        assert!(!is_left_over, "a connection is left over: {self:?}");
        let organizations = self.provider["organizations"].as_array().unwrap();
        assert!(organizations.len() <= 1, "I1: one organization for each payment: {self:?}");
        for organization in organizations {
            let members = organization["members"].as_array().unwrap();
            let administrators =
                members.iter().filter(|member| member["roles"] == json!(["Administrator"])).count();
            if use_case.is_inside() {
                assert!(administrators > 0, "I2: {self:?}");
                continue;
            }
            assert_eq!((members.len(), administrators), (1, 1), "I2, I5: {self:?}");
        }
    }
}

/// How many of the forms that the person has paid with were charged. Of several, only the product's ledger knows: a
/// declined card is still taken where another one has paid before.
pub(super) async fn charges(use_case: UseCase, person: &mut Person) -> usize {
    let payments = person.payments.clone();
    if payments.len() < 2 {
        return payments.len();
    }
    if use_case == UseCase::PayTeam {
        // As long as something is owed, every form leads to where it goes on.
        person.browser.name_organization("acme").await.is(303);
    }
    let mut charged = 0;
    for (plan, purchase) in payments {
        let answer = person.browser.charge(plan, &purchase, DECLINED_CARD).await;
        charged += usize::from(answer.status.as_u16() != 402);
    }
    charged
}

fn shown(claims: &str) -> Value {
    let claims: Value = serde_json::from_str(claims).unwrap();
    json!({
        "email": claims["email"],
        "subscription": on_the_day(&claims["subscription"]),
        "roles": claims["member_roles"],
        "under an organization": claims["org_id"].is_string(),
    })
}

async fn provider(world: &World, person: &Person) -> Value {
    let management = world.management().await;
    let everything = management.everything().await;
    let mut invited = Vec::new();
    for found in everything["organizations"].as_array().unwrap() {
        let id = found["organization"]["id"].as_str().unwrap();
        let path = format!("organizations/{id}/invitations?per_page=100");
        let listed = management.call(Method::GET, &path, None).await;
        invited.extend(listed.as_array().unwrap().iter().map(|invitation| {
            let is_the_one_from_before = invitation["id"] == person.link.as_str();
            json!({ "email": invitation["invitee"]["email"], "from before": is_the_one_from_before })
        }));
    }
    let users = everything["users"].as_array().unwrap();
    let email = |id: &Value| users.iter().find(|user| user["user_id"] == *id).unwrap()["email"].clone();
    let organizations = everything["organizations"].as_array().unwrap().iter().map(|found| {
        let members = found["members"].as_array().unwrap().iter().map(|member| {
            let roles = member["roles"].as_array().unwrap().iter().map(|role| &role["name"]);
            json!({ "email": email(&member["user_id"]), "roles": sorted(roles.cloned()) })
        });
        let organization = &found["organization"];
        json!({
            "name": organization["name"],
            "display_name": organization["display_name"],
            "colours": organization["branding"]["colors"],
            "subscription": on_the_day(&organization["metadata"]["subscription"]),
            "members": sorted(members),
        })
    });
    let people = users.iter().map(|user| {
        json!({ "email": user["email"], "name": user["name"], "subscription": on_the_day(&user["app_metadata"]["subscription"]) })
    });
    json!({
        "connections": single_sign_on::connections(&management).await,
        "organizations": sorted(organizations),
        "users": sorted(people),
        "invited": sorted(invited.into_iter()),
    })
}

/// The provider's order is that of ids, which are made at random.
fn sorted(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut values: Vec<_> = values.collect();
    values.sort_by_key(Value::to_string);
    values
}

/// `plan;end;status` without the time of day: a payment that is made later buys a year from then.
fn on_the_day(subscription: &Value) -> Option<String> {
    let parts: Vec<&str> = subscription.as_str()?.split(';').collect();
    let [plan, end, status] = parts[..] else { panic!("{subscription} is no subscription") };
    assert!(end.len() == "2026-01-02T03:04:05.678Z".len(), "{subscription} ends at no instant");
    Some(format!("{plan};{};{status}", &end[..10]))
}

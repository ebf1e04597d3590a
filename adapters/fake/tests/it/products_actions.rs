//! The two Actions that `tenantry auth0 setup` deploys, held against the built-in steps, which are the product's own rules.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::browser::Browser;
use crate::support::{APP, M2M, World, segment};

const SUBSCRIPTION: &str = include_str!("../../../auth0/actions/manage_subscription.js");
const MEMBER_ROLE: &str = include_str!("../../../auth0/actions/set_default_member_role.js");

async fn deploy(world: &World, name: &str, code: &str, secrets: Value) {
    let body = json!({
        "name": name,
        "supported_triggers": [{ "id": "post-login", "version": "v3" }],
        "code": code,
        "dependencies": [{ "name": "auth0", "version": "4.37.1" }],
        "secrets": secrets,
    });
    let made = world.api("POST", "/actions/actions", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = format!("/actions/actions/{}/deploy", made.json()["id"].as_str().unwrap());
    assert_eq!(world.api("POST", &path, json!({})).await.status, StatusCode::OK);
}

/// Marks the application as set-up marks the product's.
async fn mark(world: &World, mark: &str) {
    let path = format!("/clients/{}", world.client(APP).0);
    let marked = world.api("PATCH", &path, json!({ "client_metadata": { "tenantry": mark } })).await;
    assert_eq!(marked.status, StatusCode::OK, "{}", marked.body);
}

/// A tenant that runs our Actions.
async fn with_actions() -> World {
    let world = World::new();
    mark(&world, "web").await;
    let (id, secret) = world.client(M2M);
    let roles = world.api("GET", "/roles?name_filter=Employee", Value::Null).await.json();
    deploy(&world, "Manage_Subscription", SUBSCRIPTION, json!([{ "name": "trialDays", "value": "1" }])).await;
    let secrets = json!([
        { "name": "domain", "value": "127.0.0.1:4400" },
        { "name": "clientId", "value": id },
        { "name": "clientSecret", "value": secret },
        { "name": "roleId", "value": roles[0]["id"] },
    ]);
    deploy(&world, "Set_Default_Member_Role", MEMBER_ROLE, secrets).await;
    let bindings: Vec<Value> = ["Manage_Subscription", "Set_Default_Member_Role"]
        .map(|name| json!({ "ref": { "type": "action_name", "value": name }, "display_name": name }))
        .into();
    let path = "/actions/triggers/post-login/bindings";
    let bound = world.api("PATCH", path, json!({ "bindings": bindings })).await;
    assert_eq!(bound.status, StatusCode::OK, "{}", bound.body);
    world
}

/// What a person's metadata holds before the login.
fn stored() -> Vec<Value> {
    vec![
        Value::Null,
        json!("trial;2020-01-01T00:00:00.000Z;active"),
        json!("trial;2026-03-02T18:00:00.000Z;active"),
        json!("personal;2027-03-02T10:00:00.000Z;active"),
        json!("team;2027-03-02T10:00:00.000Z;activation"),
        json!("gold;2027-03-02T10:00:00.000Z;active"),
        json!("team;2027-03-02T10:00:00.000Z;paused"),
        json!("team;2027-02-30T10:00:00.000Z;active"),
        json!("team;tomorrow;active"),
        json!("team;2027-03-02T10:00:00.000Z;active;"),
        json!("null;undefined;undefined"),
        json!(""),
        json!(7),
        json!({ "plan": "team" }),
    ]
}

/// The claims of a login as a person with this metadata, and the metadata afterwards.
async fn person(world: &World, email: &str, stored: &Value) -> (Option<Value>, Value) {
    let user = segment(&world.user(email).await);
    if !stored.is_null() {
        let body = json!({ "app_metadata": { "subscription": stored } });
        assert_eq!(world.api("PATCH", &format!("/users/{user}"), body).await.status, StatusCode::OK);
    }
    let answer = Browser::default().log_in(world, email, &[]).await;
    let claims = world.id_token(&answer.callback()).await;
    assert_eq!(claims.get("member_roles"), None);
    let after = world.api("GET", &format!("/users/{user}"), Value::Null).await.json();
    (claims.get("subscription").cloned(), after["app_metadata"].clone())
}

/// The claims of a login with a password under an organization with this metadata.
async fn member(world: &World, name: &str, stored: &Value) -> Map<String, Value> {
    let organization = world.organization(name).await;
    let mut metadata = json!({});
    if let Some(text) = stored.as_str() {
        metadata = json!({ "subscription": text });
    }
    let path = format!("/organizations/{organization}");
    assert_eq!(world.api("PATCH", &path, json!({ "metadata": metadata })).await.status, StatusCode::OK);
    let email = format!("{name}@example.com");
    let user = world.user(&email).await;
    world.add_member(&organization, &user).await;
    let answer = Browser::default().log_in(world, &email, &[("organization", &organization)]).await;
    let claims = world.id_token(&answer.callback()).await;
    let after = world.api("GET", &format!("/users/{}", segment(&user)), Value::Null).await.json();
    assert_eq!(after.get("app_metadata"), None, "nobody gets a trial for an organization");
    claims
}

#[tokio::test]
async fn a_person_finds_the_same_subscription_as_by_the_products_own_rules() {
    let (ours, rules) = (with_actions().await, World::new());
    let mut trials = 0;
    for (index, stored) in stored().iter().enumerate() {
        let email = format!("p{index}@example.com");
        let (found, wanted) = (person(&ours, &email, stored).await, person(&rules, &email, stored).await);
        assert_eq!(found, wanted, "{stored}");
        trials += usize::from(stored.is_null() && found.0.is_some());
    }
    assert_eq!(trials, 1);
    // Written by other means, and left to the product, which reads it and shows the same.
    let other = json!("team;2027-03-02T10:00:00Z;active");
    let (claim, metadata) = person(&ours, "other@example.com", &other).await;
    assert_eq!((claim, &metadata["subscription"]), (None, &other));
}

#[tokio::test]
async fn a_member_finds_the_same_claims_as_by_the_products_own_rules() {
    let (ours, rules) = (with_actions().await, World::new());
    for (index, stored) in stored().iter().filter(|stored| stored.is_null() || stored.is_string()).enumerate()
    {
        let name = format!("org{index}");
        let (found, wanted) = (member(&ours, &name, stored).await, member(&rules, &name, stored).await);
        for claim in ["subscription", "member_roles"] {
            assert_eq!(found.get(claim), wanted.get(claim), "{claim} of {stored}");
        }
        assert_eq!(
            found["member_roles"],
            json!([]),
            "a password is no identity provider of the organization's"
        );
    }
}

/// An organization with an identity provider of its own, whose people become members.
async fn enterprise(world: &World) -> String {
    let acme = world.organization("acme").await;
    let entra = world.connection_id("acme-entra").await;
    let path = format!("/organizations/{acme}/enabled_connections");
    let body = json!({ "connection_id": entra, "assign_membership_on_login": true });
    assert_eq!(world.api("POST", &path, body).await.status, StatusCode::CREATED);
    acme
}

async fn federated(world: &World, acme: &str, email: &str) -> Map<String, Value> {
    let mut browser = Browser::default();
    let page = browser.begin(world, &[("organization", acme), ("connection", "acme-entra")]).await;
    let answer = browser.post(world, &page, &[("email", email), ("name", "Bo Ek")]).await;
    world.id_token(&answer.callback()).await
}

async fn roles_of(world: &World, acme: &str, user: &Value) -> Vec<String> {
    let path = format!("/organizations/{acme}/members/{}/roles", segment(user.as_str().unwrap()));
    let roles = world.api("GET", &path, Value::Null).await.json();
    roles.as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_federated_newcomer_is_an_employee_once_and_an_administrator_stays_one() {
    let world = with_actions().await;
    let acme = enterprise(&world).await;
    // The token names the roles that somebody came with: the product counts seats for who came with none.
    for came_with in [json!([]), json!(["Employee"])] {
        let bo = federated(&world, &acme, "bo@acme.example").await;
        assert_eq!(bo["member_roles"], came_with);
        assert_eq!(roles_of(&world, &acme, &bo["sub"]).await, ["Employee"]);
    }
    let bo = federated(&world, &acme, "bo@acme.example").await;
    let path = format!("/organizations/{acme}/members/{}/roles", segment(bo["sub"].as_str().unwrap()));
    let role = async |name: &str| {
        let roles = world.api("GET", &format!("/roles?name_filter={name}"), Value::Null).await.json();
        json!({ "roles": [roles[0]["id"]] })
    };
    world.api("DELETE", &path, role("Employee").await).await;
    world.api("POST", &path, role("Administrator").await).await;
    let bo = federated(&world, &acme, "bo@acme.example").await;
    assert_eq!(bo["member_roles"], json!(["Administrator"]));
    assert_eq!(roles_of(&world, &acme, &bo["sub"]).await, ["Administrator"]);

    // A role that the product does not know is none to it.
    world.api("DELETE", &path, role("Administrator").await).await;
    world.api("POST", "/roles", json!({ "name": "Auditor" })).await;
    world.api("POST", &path, role("Auditor").await).await;
    for came_with in [json!(["Auditor"]), json!(["Auditor", "Employee"])] {
        let bo = federated(&world, &acme, "bo@acme.example").await;
        assert_eq!(bo["member_roles"], came_with);
    }
}

#[tokio::test]
async fn a_role_that_can_not_be_given_keeps_nobody_out() {
    let world = with_actions().await;
    let acme = enterprise(&world).await;
    let listed =
        world.api("GET", "/actions/actions?actionName=Set_Default_Member_Role", Value::Null).await.json();
    let action = format!("/actions/actions/{}", listed["actions"][0]["id"].as_str().unwrap());
    let secrets = json!([
        { "name": "domain" }, { "name": "clientId" }, { "name": "roleId" },
        { "name": "clientSecret", "value": "the one before the last" },
    ]);
    assert_eq!(world.api("PATCH", &action, json!({ "secrets": secrets })).await.status, StatusCode::OK);
    assert_eq!(world.api("POST", &format!("{action}/deploy"), json!({})).await.status, StatusCode::OK);
    let bo = federated(&world, &acme, "bo@acme.example").await;
    assert_eq!(bo["member_roles"], json!([]), "the product sees that there is none, and gives it");
    assert_eq!(roles_of(&world, &acme, &bo["sub"]).await, [""; 0]);
}

#[tokio::test]
async fn logins_of_other_applications_are_left_alone() {
    let world = with_actions().await;
    for theirs in ["help desk", "website", "management"] {
        mark(&world, theirs).await;
        let email = format!("{}@example.com", theirs.replace(' ', "-"));
        let (claim, metadata) = person(&world, &email, &Value::Null).await;
        assert_eq!((claim, metadata), (None, Value::Null), "nobody there gets a trial");
    }
    mark(&world, "web:adopted").await;
    let (claim, metadata) = person(&world, "ann@example.com", &Value::Null).await;
    assert!(claim.is_some() && metadata["subscription"].is_string(), "{metadata}");
}

//! The guide's two Actions, deployed and bound through the Management API, and the logins that they see.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{M2M, World, segment};

const SUBSCRIPTION: &str = include_str!("../../../../actions/tests/guide/manage_subscription.js");
const DEFAULT_ROLE: &str = include_str!("../../../../actions/tests/guide/set_default_member_role.js");

pub(crate) async fn deploy(world: &World, name: &str, code: &str) {
    let (id, secret) = world.client(M2M);
    let body = json!({
        "name": name,
        "supported_triggers": [{ "id": "post-login", "version": "v3" }],
        "code": code,
        "dependencies": [{ "name": "auth0", "version": "3.7.1" }],
        "secrets": [
            { "name": "domain", "value": "127.0.0.1:4400" },
            { "name": "clientId", "value": id },
            { "name": "clientSecret", "value": secret },
        ],
    });
    let made = world.api("POST", "/actions/actions", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = format!("/actions/actions/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(world.api("GET", &path, Value::Null).await.json()["status"], "built");
    let deployed = world.api("POST", &format!("{path}/deploy"), json!({})).await;
    assert_eq!(deployed.status, StatusCode::OK, "{}", deployed.body);
}

pub(crate) async fn bind(world: &World, names: &[&str]) {
    let binding = |name| json!({ "ref": { "type": "action_name", "value": name }, "display_name": name });
    let bindings: Vec<Value> = names.iter().map(binding).collect();
    let path = "/actions/triggers/post-login/bindings";
    let bound = world.api("PATCH", path, json!({ "bindings": bindings })).await;
    assert_eq!(bound.status, StatusCode::OK, "{}", bound.body);
}

#[tokio::test]
async fn a_trial_begins_and_a_federated_newcomer_is_an_employee() {
    let world = World::new();
    let roles = world.api("GET", "/roles?name_filter=Employee", Value::Null).await.json();
    deploy(&world, "Manage_Subscription", SUBSCRIPTION).await;
    let code = DEFAULT_ROLE.replace("ROLE_ID", roles[0]["id"].as_str().unwrap());
    deploy(&world, "Set_Default_Member_Role", &code).await;
    bind(&world, &["Manage_Subscription", "Set_Default_Member_Role"]).await;

    let signed_up = Browser::default().sign_up(&world, "ann@example.com").await;
    let ann = world.id_token(&signed_up.callback()).await;
    assert_eq!(ann["subscription"], "trial;2026-03-03T10:00:00.000Z;active");
    let user = format!("/users/{}", segment(ann["sub"].as_str().unwrap()));
    let metadata = world.api("GET", &user, Value::Null).await.json()["app_metadata"].clone();
    assert_eq!(metadata, json!({ "subscription": ann["subscription"] }));

    let acme = world.organization("acme").await;
    let entra = world.connection_id("acme-entra").await;
    let path = format!("/organizations/{acme}/enabled_connections");
    let body = json!({ "connection_id": entra, "assign_membership_on_login": true });
    assert_eq!(world.api("POST", &path, body).await.status, StatusCode::CREATED);
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[("organization", &acme), ("connection", "acme-entra")]).await;
    let fields = [("email", "bo@acme.example"), ("name", "Bo Ek")];
    let bo = world.id_token(&browser.post(&world, &page, &fields).await.callback()).await;
    assert_eq!(bo["subscription"], "team;2027-03-02T10:00:00.000Z;active");
    let bo = segment(bo["sub"].as_str().unwrap());
    let given = world.api("GET", &format!("/organizations/{acme}/members/{bo}/roles"), Value::Null).await;
    assert_eq!(given.json()[0]["name"], "Employee", "{}", given.body);
}

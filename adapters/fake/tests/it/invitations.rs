//! An invitation from the Management API to the tokens.

use axum::http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::browser::Browser;
use crate::support::{APP, PASSWORD, World, parameter, segment};

#[tokio::test]
async fn an_invitation_is_made_sent_and_accepted() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let roles = world.api("GET", "/roles?name_filter=Employee", Value::Null).await.json();
    let path = format!("/organizations/{acme}/invitations");
    let body = json!({
        "inviter": { "name": "Ann" },
        "invitee": { "email": "bo@acme.example" },
        "client_id": world.client(APP).0,
        "roles": [roles[0]["id"]],
    });
    let made = world.api("POST", &path, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let link: Url = made.json()["invitation_url"].as_str().unwrap().parse().unwrap();
    let (ticket, organization) =
        (parameter(&link, "invitation").unwrap(), parameter(&link, "organization").unwrap());
    let asked = [("invitation", ticket.as_str()), ("organization", organization.as_str())];
    let mut browser = Browser::default();
    let page = browser.begin(&world, &asked).await;
    assert!(page.starts_with("/u/signup?"), "{page}");
    let fields = [("email", "bo@acme.example"), ("password", PASSWORD), ("action", "default")];
    let token = world.id_token(&browser.post(&world, &page, &fields).await.callback()).await;
    assert_eq!((&token["org_id"], &token["member_roles"]), (&json!(acme), &json!(["Employee"])));
    assert_eq!(world.api("GET", &path, Value::Null).await.json(), json!([]));
    let bo = segment(token["sub"].as_str().unwrap());
    let given = format!("/organizations/{acme}/members/{bo}/roles");
    assert_eq!(world.api("GET", &given, Value::Null).await.json()[0]["name"], "Employee");
    let again = browser.get(&world, &world.authorize(&asked)).await;
    assert_eq!(again.refusal().1, "invitation not found or already used");
}

//! Invitations that are accepted with a login.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{DATABASE, ENTERPRISE, PASSWORD, World, succeeded};
use crate::model::Invitation;

const TICKET: &str = "ticketticketticketticketticketti";

impl World {
    fn invite(&self, organization: &str, more: &Value) {
        let now = self.fake.core().clock.now();
        let employee = self.read(|state| state.role_by_name("Employee").unwrap().id.clone());
        let mut settings = json!({
            "inviter": { "name": "Ann <Lee>" },
            "invitee": { "email": "Bo@Acme.example" },
            "roles": [employee],
            "app_metadata": { "plan": "gold" },
            "user_metadata": { "language": "sv" },
        });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.change(|state| {
            state.invitations.put(Invitation {
                id: "uinv_1".to_owned(),
                organization_id: organization.to_owned(),
                client_id: "app".to_owned(),
                ticket_id: TICKET.to_owned(),
                created_at: now,
                expires_at: now + Duration::from_hours(1),
                settings: settings.as_object().unwrap().clone(),
            });
        });
    }

    fn has_invitation(&self) -> bool {
        self.read(|state| state.invitations.get("uinv_1").is_some())
    }
}

fn not_found() -> (String, String) {
    ("invalid_request".to_owned(), "invitation not found or already used".to_owned())
}

#[tokio::test]
async fn a_newcomer_signs_up_with_the_invited_address_and_belongs() {
    let mut world = World::new();
    world.set_options(DATABASE, &json!({ "disable_signup": true }));
    let acme = world.organization("acme");
    world.invite(&acme, &json!({}));
    let asked = [("organization", acme.as_str()), ("invitation", TICKET)];
    let page = world.authorize(&asked).await.location;
    assert!(page.starts_with("/u/signup?"), "{page}");
    let shown = world.get(&page).await.body;
    assert!(shown.contains("value=\"bo@acme.example\" readonly") && !shown.contains("<Lee>"), "{shown}");
    assert!(shown.contains("has invited you to acme on app"), "{shown}");
    let weak = world.post(&page, &[("email", "bo@acme.example"), ("password", "short")]).await;
    assert_eq!(weak.status, StatusCode::BAD_REQUEST);
    assert!(world.has_invitation());
    // Whatever a form says, the account is for the invited address.
    let done = world.post(&page, &[("email", "eve@evil.example"), ("password", PASSWORD)]).await;
    let token = world.id_token(&done).await;
    assert_eq!((&token["org_id"], &token["email"]), (&json!(acme), &json!("bo@acme.example")));
    assert_eq!(token["email_verified"], true);
    assert_eq!(token["member_roles"], json!(["Employee"]));
    let user = world.user_of(token["sub"].as_str().unwrap());
    assert_eq!(user.app_metadata["plan"], "gold");
    assert_eq!(user.user_metadata.unwrap()["language"], "sv");
    assert!(!world.has_invitation());
    assert_eq!(world.log_kinds(), ["fs", "ss", "si", "organization_member_added", "s", "seacft"]);
    assert!(world.mail().is_empty(), "the address is proved already");
    assert_eq!(world.authorize(&asked).await.refusal(), not_found(), "it counts once");
}

#[tokio::test]
async fn who_has_an_account_logs_in_and_keeps_what_they_have() {
    let mut world = World::new();
    let acme = world.organization("acme");
    let bo = world.user("bo@acme.example");
    world.change(|state| {
        let mut user = state.users.get(&bo).unwrap().clone();
        user.app_metadata = json!({ "plan": "old", "since": 1 }).as_object().unwrap().clone();
        state.users.put(user);
    });
    world.invite(&acme, &json!({}));
    let page = world.authorize(&[("organization", &acme), ("invitation", TICKET)]).await.location;
    assert!(page.starts_with("/u/login?"), "{page}");
    let shown = world.get(&page).await.body;
    assert!(shown.contains("value=\"bo@acme.example\"") && shown.contains("Sign up"), "{shown}");
    let done = world.post(&page, &[("username", "bo@acme.example"), ("password", PASSWORD)]).await;
    assert!(succeeded(&done), "{}", done.location);
    let metadata = world.user_of(&bo).app_metadata;
    assert_eq!((&metadata["plan"], &metadata["since"]), (&json!("gold"), &json!(1)));
    assert!(world.read(|state| state.member(&acme, &bo).is_some()));
}

#[tokio::test]
async fn another_account_is_refused_and_has_spent_the_invitation() {
    let mut world = World::new();
    let acme = world.organization("acme");
    let eve = world.user("eve@example.com");
    world.user("bo@acme.example");
    world.invite(&acme, &json!({}));
    let asked = [("organization", acme.as_str()), ("invitation", TICKET)];
    assert_eq!(
        world.authorize(&[("prompt", "none"), asked[0], asked[1]]).await.refusal().0,
        "login_required"
    );
    assert!(world.has_invitation());
    let page = world.authorize(&asked).await.location;
    let refused = world.post(&page, &[("username", "eve@example.com"), ("password", PASSWORD)]).await;
    let text = "the specified account is not allowed to accept the current invitation";
    assert_eq!(refused.refusal(), ("access_denied".to_owned(), text.to_owned()));
    assert!(!world.has_invitation());
    assert!(world.read(|state| state.member(&acme, &eve).is_none()));
    assert_eq!(world.log_kinds(), ["fsa", "fi", "f"]);
    assert_eq!(world.authorize(&asked).await.refusal(), not_found());
}

#[tokio::test]
async fn a_ticket_that_is_good_for_nothing_is_told_to_the_client() {
    let mut world = World::new();
    let (acme, other) = (world.organization("acme"), world.organization("other"));
    world.invite(&acme, &json!({}));
    for more in [
        vec![("invitation", TICKET)],
        vec![("invitation", TICKET), ("organization", other.as_str())],
        vec![("invitation", "unknown"), ("organization", acme.as_str())],
    ] {
        assert_eq!(world.authorize(&more).await.refusal(), not_found(), "{more:?}");
    }
    let asked = [("organization", acme.as_str()), ("invitation", TICKET)];
    let page = world.authorize(&asked).await.location;
    // One that was taken back while the page was open.
    world.change(|state| state.invitations.remove("uinv_1"));
    world.user("bo@acme.example");
    let fields = [("username", "bo@acme.example"), ("password", PASSWORD)];
    let login = page.replace("/u/signup", "/u/login");
    assert_eq!(world.post(&login, &fields).await.refusal(), not_found());
    world.invite(&acme, &json!({}));
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(world.authorize(&asked).await.refusal(), not_found(), "too late");
}

#[tokio::test]
async fn an_invitation_can_be_for_one_connection() {
    let mut world = World::new();
    let acme = world.organization("acme");
    let entra = world.read(|state| state.connection_by_name(ENTERPRISE).unwrap().id.clone());
    world.invite(&acme, &json!({ "connection_id": entra }));
    let asked = [("organization", acme.as_str()), ("invitation", TICKET), ("connection", "google-oauth2")];
    let page = world.authorize(&asked).await.location;
    assert!(page.starts_with("/u/stand-in?"), "{page}");
    let done = world.post(&page, &[("email", "bo@acme.example"), ("name", "Bo")]).await;
    let token = world.id_token(&done).await;
    assert!(token["sub"].as_str().unwrap().starts_with("oidc|acme-entra|"), "{token:?}");
    assert_eq!(token["org_id"], acme.as_str());
}

//! The message that goes with an invitation.

use axum::http::Method;
use serde_json::{Value, json};

use super::{WEB, World};
use crate::model::{Mail, MailKind};

async fn invite(world: &World, more: Value) -> (Value, Vec<Mail>) {
    let client_id = world.fake.client(WEB).unwrap().client_id;
    let acme = world.call(&Method::POST, "/organizations", Some(&json!({ "name": "acme" }))).await;
    let mut body = json!({ "inviter": { "name": "Ann" }, "invitee": { "email": "Bo@acme.example" }, "client_id": client_id });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let path = format!("/organizations/{}/invitations", acme.body["id"].as_str().unwrap());
    let invited = world.call(&Method::POST, &path, Some(&body)).await.body;
    let is_invitation = |mail: &&Mail| mail.kind == MailKind::Invitation;
    let mail =
        world.fake.core().store.read(|state| state.mail.iter().filter(is_invitation).cloned().collect());
    (invited, mail.unwrap())
}

#[tokio::test]
async fn an_invitation_is_sent_to_the_invited_with_its_link() {
    let world = World::new().await;
    let account = json!({
        "connection": "Username-Password-Authentication", "email": "bo@acme.example", "password": "correct Horse 1",
        "email_verified": true,
    });
    let bo = world.call(&Method::POST, "/users", Some(&account)).await.body;
    let (invited, mail) = invite(&world, json!({})).await;
    let [message] = mail.as_slice() else { panic!("{mail:?}") };
    assert_eq!(message.to, "Bo@acme.example");
    assert_eq!(invited["invitation_url"], message.link);
    assert_eq!(message.organization_id.as_deref(), invited["organization_id"].as_str());
    assert_eq!(message.user_id.as_deref(), bo["user_id"].as_str());
}

#[tokio::test]
async fn nothing_is_sent_when_the_application_sends_it_itself() {
    let world = World::new().await;
    let (invited, mail) = invite(&world, json!({ "send_invitation_email": false })).await;
    assert!(invited["invitation_url"].is_string());
    assert_eq!(mail, []);
}

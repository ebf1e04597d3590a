//! The two Actions of the guide run as they are.

use serde_json::{Value, json};
use tenantry_actions::{Action, Dependency, End, check};

use crate::world::{NOW, World, action, event, run, run_in};

fn manage_subscription() -> Action {
    action("Manage_Subscription", include_str!("../guide/manage_subscription.js"))
}

fn set_default_member_role() -> Action {
    let mut action = action("Set_Default_Member_Role", include_str!("../guide/set_default_member_role.js"));
    let secrets = [("domain", "acme.example"), ("clientId", "the client"), ("clientSecret", "the secret")];
    action.secrets = secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    action.dependencies = vec![Dependency { name: "auth0".to_owned(), version: "3.7.1".to_owned() }];
    action
}

/// Somebody of an organization, at the first login.
fn member() -> Value {
    let mut event = event();
    let metadata = json!({ "subscription": "team;2025-01-31T00:00:00.000Z;active" });
    event["organization"] = json!({ "id": "org_1", "name": "acme", "metadata": metadata });
    event
}

#[test]
fn both_can_be_deployed() {
    check(&manage_subscription().code).unwrap();
    check(&set_default_member_role().code).unwrap();
}

#[tokio::test]
async fn a_newcomer_gets_a_trial_of_a_day() {
    let execution = run(&[manage_subscription()], event()).await;
    assert_eq!(execution.end, End::Completed);
    assert_eq!(NOW, 1_726_531_108_392);
    let subscription = json!({ "subscription": "trial;2024-09-17T23:58:28.392Z;active" });
    assert_eq!(Value::from(execution.effects.id_token_claims), subscription);
    assert_eq!(Value::from(execution.effects.app_metadata), subscription);
}

#[tokio::test]
async fn the_subscription_of_the_organization_becomes_a_claim() {
    let execution = run(&[manage_subscription()], member()).await;
    assert_eq!(execution.end, End::Completed);
    let claims = Value::from(execution.effects.id_token_claims);
    assert_eq!(claims, json!({ "subscription": "team;2025-01-31T00:00:00.000Z;active" }));
    assert!(execution.effects.app_metadata.is_empty());
}

#[tokio::test]
async fn a_newcomer_of_an_organization_becomes_an_employee() {
    let world = World::answering(&[("POST /organizations/org_1/members/auth0%7C1/roles", 204, Value::Null)]);
    let actions = [manage_subscription(), set_default_member_role()];
    let execution = run_in(world.clone(), &actions, member()).await;
    assert_eq!(execution.end, End::Completed);
    assert!(execution.runs[1].console.is_empty(), "{:?}", execution.runs);
    let path = "POST /organizations/org_1/members/auth0%7C1/roles".to_owned();
    assert_eq!(world.asked(), [(path, json!({ "roles": ["ROLE_ID"] }))]);
    let credentials = world.calls.lock().unwrap()[0].0.clone();
    assert_eq!(credentials.domain, "acme.example");
    assert_eq!(credentials.client_id.as_deref(), Some("the client"));
    assert_eq!(credentials.client_secret.as_deref(), Some("the secret"));
}

#[tokio::test]
async fn the_role_is_given_once_and_in_organizations_only() {
    let world = World::answering(&[]);
    let mut again = member();
    again["stats"]["logins_count"] = json!(2);
    run_in(world.clone(), &[set_default_member_role()], again).await;
    run_in(world.clone(), &[set_default_member_role()], event()).await;
    assert_eq!(world.asked(), []);
}

#[tokio::test]
async fn a_refusal_of_the_api_is_logged_by_the_action() {
    let execution = run(&[set_default_member_role()], member()).await;
    assert_eq!(execution.end, End::Completed);
    assert!(execution.runs[0].console[0].text.starts_with("Not Found: The resource does not exist."));
}

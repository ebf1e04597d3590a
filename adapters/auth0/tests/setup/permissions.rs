//! What set-up, the check and the product may do: no less than they need, and what the documentation says.

use serde_json::json;
use tenantry_auth0::setup::{self, Access, SETUP_SCOPES, Setup, SetupError};
use tenantry_auth0::{SCOPES, scopes};

use crate::world::{World, clock, random};

const DOCUMENTATION: &str = include_str!("../../../../docs/auth0/setup.md");

/// Set-up as an application with these scopes.
async fn setup_with(world: &World, scopes: &[&str]) -> Setup {
    let client =
        world.api("POST", "/clients", json!({ "name": "Set-up", "app_type": "non_interactive" })).await;
    let grant = json!({
        "client_id": client["client_id"],
        "audience": format!("{}api/v2/", world.fake.issuer()),
        "scope": scopes,
    });
    world.api("POST", "/client-grants", grant).await;
    let text = |name: &str| client[name].as_str().unwrap().to_owned();
    let access =
        Access::Credentials { client_id: text("client_id"), client_secret: text("client_secret").into() };
    Setup::new(setup::SetupSettings { access, ..world.settings(&["Employee"]) }, clock(), random()).unwrap()
}

#[tokio::test]
async fn set_up_needs_these_scopes_and_each_of_them() {
    // Whoever may see secrets sees the rest of an application as well, by the letter of Auth0's documentation.
    let needed = SETUP_SCOPES.into_iter().filter(|scope| *scope != "read:clients");
    for left_out in std::iter::once(None).chain(needed.map(Some)) {
        let world = World::empty().await;
        let scopes: Vec<&str> = SETUP_SCOPES.into_iter().filter(|scope| Some(*scope) != left_out).collect();
        // Something of everything is made and something changed.
        world.api("POST", "/roles", json!({ "name": "Employee" })).await;
        let setup = setup_with(&world, &scopes).await;
        let outcome = twice(&world, &setup).await;
        match left_out {
            None => assert!(outcome.is_ok(), "{outcome:?}"),
            Some("read:client_keys") => {
                assert!(matches!(outcome, Err(SetupError::NoSecret(_))), "{outcome:?}");
            }
            Some(scope) => {
                let refused = outcome.map_or_else(|error| error.to_string(), |()| format!("without {scope}"));
                assert!(refused.contains(scope), "{refused}");
                assert!(refused.contains("grant that scope"), "{refused}");
            }
        }
    }
}

/// Sets the tenant up, spoils it, and sets it up again.
async fn twice(world: &World, setup: &Setup) -> Result<(), SetupError> {
    let made = setup.apply(&setup.plan().await?, &mut |_| {}).await?;
    let path = format!("/clients/{}", made.client_id);
    world.api("PATCH", &path, json!({ "organization_usage": "deny" })).await;
    world.api("POST", &format!("/clients/{}/rotate-secret", made.m2m_client_id), json!({})).await;
    let grants = world.get(&format!("/client-grants?client_id={}", made.m2m_client_id)).await;
    let path = format!("/client-grants/{}", grants[0]["id"].as_str().unwrap());
    world.api("PATCH", &path, json!({ "scope": ["read:users"] })).await;
    setup.apply(&setup.plan().await?, &mut |_| {}).await.map(drop)
}

#[test]
fn the_documentation_names_every_scope() {
    for (scope, calls) in SCOPES {
        let row = format!("| `{scope}` | {calls} |");
        assert!(DOCUMENTATION.contains(&row), "docs/auth0/setup.md lacks {row}");
    }
    let list: Vec<&str> = DOCUMENTATION.split("```").nth(1).unwrap().split_whitespace().collect();
    assert_eq!(list, SETUP_SCOPES);
    assert_eq!(scopes().split(' ').count(), SCOPES.len());
}

#[tokio::test]
async fn a_token_from_elsewhere_will_do() {
    let world = World::empty().await;
    let access = Access::Token(world.token().into());
    let settings = setup::SetupSettings { access, ..world.settings(&[]) };
    let setup = Setup::new(settings, clock(), random()).unwrap();
    setup.apply(&setup.plan().await.unwrap(), &mut |_| {}).await.unwrap();
    let wrong = setup::SetupSettings { access: Access::Token("not-a-token".into()), ..world.settings(&[]) };
    let refused = Setup::new(wrong, clock(), random()).unwrap().plan().await.unwrap_err();
    assert!(matches!(refused, SetupError::Credentials { .. }), "{refused:?}");
}

//! What the client is told when there is no code for it, with and without pages.

use axum::http::StatusCode;
use serde_json::json;

use super::{DATABASE, ENTERPRISE, World, succeeded};

fn told(error: &str, description: &str) -> (String, String) {
    (error.to_owned(), description.to_owned())
}

#[tokio::test]
async fn a_client_that_asks_wrongly_is_told_why() {
    let mut world = World::new();
    let acme = world.organization("acme");
    let ask = |world: &World, usage: &str, behavior: &str| {
        world.set_client(&json!({ "organization_usage": usage, "organization_require_behavior": behavior }));
    };
    let invalid = |description: &str| told("invalid_request", description);
    for (usage, organization, description) in [
        ("require", "", "parameter organization is required for this client"),
        ("deny", acme.as_str(), "parameter organization is not allowed for this client"),
        ("allow", "org_unknown", "parameter organization is invalid: org_unknown"),
        ("allow", "acme", "authorization request parameter organization must be an organization id"),
    ] {
        for prompt in ["", "none"] {
            ask(&world, usage, "no_prompt");
            let answer = world.authorize(&[("organization", organization), ("prompt", prompt)]).await;
            assert_eq!(answer.refusal(), invalid(description), "{usage} {organization} {prompt}");
            assert_eq!(answer.parameter("state").as_deref(), Some("s1"));
        }
    }
    ask(&world, "allow", "no_prompt");
    world.set_client(&json!({ "is_first_party": false }));
    let foreign = world.authorize(&[("organization", &acme)]).await;
    assert_eq!(foreign.refusal(), invalid(&format!("parameter organization is invalid: {acme}")));
    world.set_client(&json!({ "is_first_party": true }));
    let nowhere = world.authorize(&[("connection", "nowhere")]).await;
    assert_eq!(nowhere.refusal(), invalid("the connection was not found"));

    // An organization whose only connection is hidden; one without any; a client without any.
    world.change(|state| {
        let mut row = state.organizations.get(&acme).unwrap().clone();
        row.enabled_connections.remove(0);
        row.enabled_connections[0].show_as_button = false;
        state.organizations.put(row);
    });
    let hidden = world.authorize(&[("organization", &acme)]).await;
    assert_eq!(hidden.refusal(), invalid("no connections enabled for the organization are visible"));
    world.change(|state| {
        for mut connection in state.connections.iter().cloned().collect::<Vec<_>>() {
            connection.enabled_clients.clear();
            state.connections.put(connection);
        }
    });
    assert_eq!(world.authorize(&[]).await.refusal(), invalid("no connections enabled for the client"));
}

async fn ask(world: &mut World, fields: Vec<(&str, String)>) -> super::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    world.authorize(&fields).await
}

#[tokio::test]
async fn without_pages_the_client_learns_what_is_missing() {
    let mut world = World::new();
    let acme = world.organization("acme");
    let silent = |more: &[(&'static str, &str)]| {
        let mut fields: Vec<(&str, String)> = vec![("prompt", "none".to_owned())];
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields
    };
    let login_required = told("login_required", "Login required");
    assert_eq!(ask(&mut world, silent(&[])).await.refusal(), login_required);
    let ann = world.user("ann@example.com");
    assert!(succeeded(&world.log_in("ann@example.com", &[]).await));
    assert!(succeeded(&ask(&mut world, silent(&[])).await));
    // The session is of another connection, or too old.
    for more in [("connection", ENTERPRISE), ("max_age", "0")] {
        world.clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(ask(&mut world, silent(&[more])).await.refusal(), login_required, "{more:?}");
    }
    // Somebody else's organization: known, and not let in.
    let foreign = ask(&mut world, silent(&[("organization", &acme)])).await;
    let text = format!("user {ann} is not part of the {acme} organization");
    assert_eq!(foreign.refusal(), told("access_denied", &text));
    world.change(|state| state.add_member(&acme, &ann));
    assert!(succeeded(&ask(&mut world, silent(&[("organization", &acme)])).await));
    // A page would have to be shown.
    for behavior in ["pre_login_prompt", "post_login_prompt"] {
        world.set_client(&json!({ "organization_require_behavior": behavior }));
        let answer = ask(&mut world, silent(&[])).await;
        assert_eq!(answer.refusal().0, "interaction_required", "{behavior}");
        assert!(succeeded(&ask(&mut world, silent(&[("organization", &acme)])).await), "{behavior}");
    }
    world.set_client(&json!({ "organization_require_behavior": "no_prompt" }));
    world.change(|state| {
        let mut user = state.users.get(&ann).unwrap().clone();
        user.blocked = Some(true);
        state.users.put(user);
    });
    assert_eq!(ask(&mut world, silent(&[])).await.refusal(), told("unauthorized", "user is blocked"));
    let kinds = world.log_kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == "ssa").count(), 4, "{kinds:?}");
    assert!(kinds.iter().any(|kind| kind == "fsa"));
}

#[tokio::test]
async fn with_pages_there_is_a_way_on_or_a_reason() {
    let mut world = World::new();
    let acme = world.organization("acme");
    let ann = world.user("ann@example.com");
    let refused = world.log_in("ann@example.com", &[("organization", &acme)]).await;
    assert_eq!(refused.refusal().0, "access_denied");
    let page = world.authorize(&[("connection", ENTERPRISE)]).await.location;
    let cancelled = world.post(&page, &[("action", "cancel")]).await;
    assert_eq!(cancelled.refusal().0, "access_denied");
    assert_eq!(world.log_kinds(), ["f", "f"]);
    assert_eq!(world.logs()[0].user_id.as_deref(), Some(ann.as_str()));
    let page = world.authorize(&[("connection", DATABASE)]).await.location;
    for (name, password, kind) in [("ann@example.com", "wrong", "fp"), ("eve@example.com", "wrong", "fu")] {
        world.post(&page, &[("username", name), ("password", password)]).await;
        let entry = world.logs().pop().unwrap();
        assert_eq!((entry.kind.as_str(), entry.user_name.as_deref()), (kind, Some(name)));
        assert_eq!((entry.client_id.as_deref(), entry.ip.as_deref()), (Some("app"), Some("127.0.0.1")));
        assert_eq!(entry.connection.as_deref(), Some(DATABASE));
    }
}

#[tokio::test]
async fn whom_no_client_can_be_told_of_goes_to_the_tenants_own_error_page() {
    let mut world = World::new();
    let wrong = [("redirect_uri", "https://evil.example/"), ("connection", "acme-entra")];
    let page = world.authorize(&wrong).await;
    assert_eq!((page.status.as_u16(), page.location.as_str()), (403, ""));
    world.change(|state| {
        let mut settings = state.settings().clone();
        settings.tenant.insert("error_page".to_owned(), json!({ "url": "https://app.example/oops?a=1" }));
        state.settings.put(settings);
    });
    let told = world.authorize(&wrong).await;
    assert!(
        told.location.starts_with("https://app.example/oops?a=1&client_id=app&connection="),
        "{}",
        told.location
    );
    assert_eq!(told.parameter("error").as_deref(), Some("invalid_request"));
    assert!(told.parameter("error_description").unwrap().starts_with("Callback URL mismatch."));
    let logged = world.logs().pop().unwrap();
    assert_eq!(told.parameter("tracking"), Some(logged.log_id));
    assert_eq!(world.log_kinds(), ["f", "f"]);
}

#[tokio::test]
async fn whoever_comes_back_too_late_is_told_so() {
    let mut world = World::new();
    let page = world.authorize(&[]).await.location;
    let handle = page.split_once("state=").unwrap().1.to_owned();
    world.change(|state| state.login_transactions.remove(&handle));
    let answer = world.get(&format!("/continue?state={handle}")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("This login has ended"), "{}", answer.body);
}

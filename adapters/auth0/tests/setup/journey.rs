//! From an empty tenant to one that the product runs on, and the same command again.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenantry_auth0::setup::{Change, Progress, SetupError};
use tenantry_auth0::{ManagementError, SCOPES, setup};
use tenantry_fake::{Fault, FaultEffect};

use crate::world::{World, assert_same, change, changes};

#[tokio::test]
async fn an_empty_tenant_is_set_up_and_the_second_run_changes_nothing() {
    let world = World::empty().await;
    let setup = world.setup(&[]);
    let before = world.snapshot().await;
    let plan = setup.plan().await.unwrap();
    let kinds: Vec<Change> = plan.lines().iter().map(|line| line.change).collect();
    let mut expected = [Change::Create; 12];
    expected[8] = Change::Update; // Every tenant has prompts.
    assert_eq!(kinds, expected, "{:#?}", plan.lines());
    assert_same(&world.snapshot().await, &before, "a plan changes nothing");

    let mut heard = Vec::new();
    let made = setup
        .apply(&plan, &mut |progress| {
            heard.push(match progress {
                Progress::Begins(line) => ("begins", line.step, line.name.clone()),
                Progress::Done(line) => ("done", line.step, line.name.clone()),
            });
        })
        .await
        .unwrap();
    assert_eq!(heard.len(), 24);
    assert_eq!(heard[0], ("begins", "application", setup::WEB.to_owned()));
    assert_eq!(heard[23], ("done", "bindings", "post-login".to_owned()));

    let web = world.application(setup::WEB).await;
    assert_eq!(web["client_id"], made.client_id);
    assert_eq!(web["client_secret"], secrecy::ExposeSecret::expose_secret(&made.client_secret));
    assert_eq!(web["callbacks"], json!(["http://localhost:3000/api/auth/callback"]));
    assert_eq!(web["allowed_logout_urls"], json!(["http://localhost:3000/"]));
    assert_eq!(web["grant_types"], json!(["authorization_code"]));
    assert_eq!(web["organization_usage"], "allow");
    assert_eq!(web["organization_require_behavior"], "no_prompt");
    assert_eq!(web["jwt_configuration"]["alg"], "RS256");
    assert_eq!(web.get("initiate_login_uri"), None, "Auth0 wants https there");
    let logout = json!(["http://localhost:3000/api/auth/backchannel-logout"]);
    assert_eq!(web["oidc_logout"]["backchannel_logout_urls"], logout);

    let grants = world.get(&format!("/client-grants?client_id={}", made.m2m_client_id)).await;
    let granted: Vec<&str> =
        grants[0]["scope"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(granted, SCOPES.map(|(scope, _)| scope));
    assert_eq!(world.get("/prompts").await["identifier_first"], true);
    for name in ["Username-Password-Authentication", "google-oauth2"] {
        let connections = world.get(&format!("/connections?name={name}")).await;
        assert_eq!(connections[0]["enabled_clients"], json!([made.client_id]), "{name}");
    }
    let bound = world.get("/actions/triggers/post-login/bindings").await;
    let bound: Vec<&Value> =
        bound["bindings"].as_array().unwrap().iter().map(|row| &row["display_name"]).collect();
    assert_eq!(bound, ["Manage_Subscription", "Set_Default_Member_Role"]);

    let after = world.snapshot().await;
    world.fake.clear_requests();
    let again = world.run(&[]).await.unwrap();
    assert!(changes(&again).iter().all(|(_, _, change)| *change == Change::None), "{:#?}", again.lines());
    assert_same(&world.snapshot().await, &after, "the second run");
    let asked = world.fake.requests();
    let writes = asked.iter().filter(|call| call.method != "GET" && call.path != "/oauth/token");
    assert_eq!(writes.count(), 0, "{asked:?}");
}

#[tokio::test]
async fn a_product_with_https_gets_invitations() {
    let world = World::empty().await;
    let mut settings = world.settings(&[]);
    settings.base_url = "https://app.example.com".parse().unwrap();
    let setup = setup::Setup::new(settings, crate::world::clock(), crate::world::random()).unwrap();
    setup.apply(&setup.plan().await.unwrap(), &mut |_| {}).await.unwrap();
    let web = world.application(setup::WEB).await;
    assert_eq!(web["initiate_login_uri"], "https://app.example.com/api/auth/login");
    assert_eq!(web["callbacks"], json!(["https://app.example.com/api/auth/callback"]));
}

#[tokio::test]
async fn only_what_differs_is_changed_and_what_others_wrote_stays() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let good = world.snapshot().await;
    let web = world.application(setup::WEB).await;
    let path = format!("/clients/{}", web["client_id"].as_str().unwrap());
    let callbacks =
        ["http://localhost:3000/api/auth/callback", "https://staging.example.com/api/auth/callback"];
    let theirs = json!({
        "callbacks": callbacks,
        "client_metadata": { "team": "payments" },
        "logo_uri": "https://example.com/logo.png",
        "organization_usage": "deny",
    });
    world.api("PATCH", &path, theirs).await;
    world.api("PATCH", "/prompts", json!({ "identifier_first": false })).await;
    let plan = world.run(&[]).await.unwrap();
    let changed: Vec<_> =
        changes(&plan).into_iter().filter(|(_, _, change)| *change != Change::None).collect();
    assert_eq!(
        changed,
        [
            ("application", setup::WEB.to_owned(), Change::Update),
            ("prompts", "identifier first".to_owned(), Change::Update),
        ]
    );
    assert_eq!(plan.lines()[0].details, ["organization_usage: \"deny\" -> \"allow\""]);
    let web = world.application(setup::WEB).await;
    assert_eq!(web["callbacks"], json!(callbacks));
    assert_eq!(web["client_metadata"], json!({ "team": "payments", "tenantry": "web" }));
    assert_eq!(web["logo_uri"], "https://example.com/logo.png");
    assert_eq!(world.snapshot().await["actions"], good["actions"]);
}

#[tokio::test]
async fn a_new_secret_reaches_the_action_and_no_scope_is_left_over() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let management = world.application(setup::MANAGEMENT).await;
    let id = management["client_id"].as_str().unwrap();
    world.api("POST", &format!("/clients/{id}/rotate-secret"), json!({})).await;
    let grants = world.get(&format!("/client-grants?client_id={id}")).await;
    let path = format!("/client-grants/{}", grants[0]["id"].as_str().unwrap());
    world.api("PATCH", &path, json!({ "scope": ["read:users", "delete:clients"] })).await;
    let plan = world.run(&[]).await.unwrap();
    assert_eq!(change(&plan, "action", "Set_Default_Member_Role"), Change::Update);
    assert_eq!(change(&plan, "action", "Manage_Subscription"), Change::None);
    let details = &plan.lines()[3].details;
    assert!(details.contains(&"scope: takes away delete:clients".to_owned()), "{details:?}");
    let grants = world.get(&format!("/client-grants?client_id={id}")).await;
    assert_eq!(grants[0]["scope"].as_array().unwrap().len(), SCOPES.len());
    let again = world.setup(&[]).plan().await.unwrap();
    assert_eq!(again.changes(), 0, "{:#?}", again.lines());
}

#[tokio::test]
async fn a_plan_shows_no_secret() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let secrets = [setup::WEB, setup::MANAGEMENT, tenantry_fake::MANAGEMENT_CLIENT];
    let plan = world.setup(&[]).plan().await.unwrap();
    let shown = format!("{:?} {plan:?} {}", world.setup(&[]), serde_json::to_string(&plan.lines()).unwrap());
    for name in secrets {
        let secret = world.application(name).await["client_secret"].as_str().unwrap().to_owned();
        assert!(secret.len() > 30 && !shown.contains(&secret), "{name}");
    }
}

#[tokio::test]
async fn a_page_without_its_list_is_not_taken_for_an_empty_one() {
    let world = World::empty().await;
    let body = Some(json!({ "next": null }));
    let effect = FaultEffect::Status { status: 200, body, headers: BTreeMap::new(), performs: false };
    let fault = Fault { effect, ..Fault::cut() };
    world.fake.faults().add(fault.on("GET", "/api/v2/clients"));
    let refused = world.setup(&[]).plan().await.unwrap_err();
    let SetupError::Call { doing, source } = refused else { panic!("{refused:?}") };
    assert_eq!(doing, "reading the applications");
    assert!(matches!(source, ManagementError::Malformed(_)), "{source:?}");
}

//! The check: green after set-up, and what it says when something is not as it should be.

use serde_json::{Value, json};
use tenantry_auth0::setup::{self, Check, CheckSettings, ProductCredentials, Report, State};
use tenantry_auth0::{SCOPES, scopes};

use crate::adoption::{EVERYTHING, after_the_guide};
use crate::world::{World, clock, random};

fn settings(world: &World, made: &ProductCredentials) -> CheckSettings {
    CheckSettings {
        issuer: world.issuer(),
        base_url: crate::world::BASE.parse().unwrap(),
        client_id: made.client_id.clone(),
        client_secret: made.client_secret.clone(),
        m2m_client_id: made.m2m_client_id.clone(),
        m2m_client_secret: made.m2m_client_secret.clone(),
        m2m_scopes: Some(scopes()),
        access: None,
    }
}

async fn set_up(world: &World) -> ProductCredentials {
    let setup = world.setup(&[]);
    let plan = setup.plan().await.unwrap();
    setup.apply(&plan, &mut |_| {}).await.unwrap()
}

async fn check(settings: CheckSettings) -> Report {
    Check::new(settings, clock(), random()).unwrap().run().await.unwrap()
}

/// What stands in such a state.
fn of(report: &Report, state: State) -> Vec<&'static str> {
    report.findings.iter().filter(|finding| finding.state == state).map(|finding| finding.check).collect()
}

#[tokio::test]
async fn a_tenant_that_was_set_up_is_right_by_the_products_own_scopes() {
    let world = World::empty().await;
    let made = set_up(&world).await;
    let report = check(settings(&world, &made)).await;
    assert!(report.is_right(), "{report:#?}");
    let unseen = [
        "settings of the application",
        "settings of the machine-to-machine application",
        "login prompts",
        "Actions",
    ];
    assert_eq!(of(&report, State::Unseen), unseen);
    assert_eq!(of(&report, State::Right).len(), 10, "{report:#?}");
}

#[tokio::test]
async fn who_may_see_more_sees_that_all_is_right() {
    let world = World::empty().await;
    let made = set_up(&world).await;
    let all = CheckSettings { access: Some(world.access()), ..settings(&world, &made) };
    let report = check(all).await;
    assert!(report.findings.iter().all(|finding| finding.state == State::Right), "{report:#?}");
    assert_eq!(report.findings.len(), 17);
}

/// Checks with every scope after something was spoiled: what is wrong now, and what was said of it.
async fn wrong_after(method: &str, path: &str, body: Value) -> Vec<String> {
    let world = World::empty().await;
    let made = set_up(&world).await;
    let first = |list: &Value| list.as_array().unwrap()[0]["id"].as_str().unwrap().to_owned();
    let path = match path {
        "web" => format!("/clients/{}", made.client_id),
        "grant" => {
            let grants = world.get(&format!("/client-grants?client_id={}", made.m2m_client_id)).await;
            format!("/client-grants/{}", first(&grants))
        }
        "password" => {
            let name = "Username-Password-Authentication";
            format!("/connections/{}", first(&world.get(&format!("/connections?name={name}")).await))
        }
        "employee" => format!("/roles/{}", first(&world.get("/roles?name_filter=Employee").await)),
        "action" => {
            let listed = world.get("/actions/actions?actionName=Manage_Subscription").await;
            format!("/actions/actions/{}", first(&listed["actions"]))
        }
        path => path.to_owned(),
    };
    world.api(method, &path, body).await;
    let report = check(CheckSettings { access: Some(world.access()), ..settings(&world, &made) }).await;
    assert!(!report.is_right(), "{method} {path}");
    let wrong = report.findings.into_iter().filter(|finding| finding.state == State::Wrong);
    wrong
        .map(|finding| {
            assert!(finding.todo.is_some(), "{finding:?}");
            format!("{}: {}", finding.check, finding.found)
        })
        .collect()
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_said() {
    let callback = "http://localhost:3000/api/auth/callback";
    let few: Vec<&str> =
        SCOPES.iter().map(|(scope, _)| *scope).filter(|scope| *scope != "read:roles").collect();
    for (method, path, body, said) in [
        (
            "PATCH",
            "web",
            json!({ "callbacks": ["http://localhost:3001/"] }),
            format!("callback URL: Auth0 sends nobody back to {callback}"),
        ),
        (
            "PATCH",
            "web",
            json!({ "allowed_logout_urls": ["http://localhost:3001/"] }),
            "logout URL: Auth0 sends nobody back to http://localhost:3000/".to_owned(),
        ),
        (
            "PATCH",
            "web",
            json!({ "client_secret": "another-secret-of-the-application" }),
            "credentials of the application: Auth0 does not take AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET"
                .to_owned(),
        ),
        (
            "PATCH",
            "web",
            json!({ "organization_usage": "deny" }),
            "settings of the application: organization_usage: \"deny\" -> \"allow\"".to_owned(),
        ),
        (
            "PATCH",
            "grant",
            json!({ "scope": few }),
            "scopes: the machine-to-machine application lacks read:roles".to_owned(),
        ),
        (
            "DELETE",
            "password",
            Value::Null,
            "connection: there is no connection Username-Password-Authentication".to_owned(),
        ),
        (
            "PATCH",
            "password",
            json!({ "enabled_clients": [] }),
            "connection: Username-Password-Authentication is not enabled for the application".to_owned(),
        ),
        ("PATCH", "employee", json!({ "name": "Staff" }), "role: Employee is called \"Staff\"".to_owned()),
        ("DELETE", "employee", Value::Null, "role: there is no role Employee".to_owned()),
        (
            "PATCH",
            "/prompts",
            json!({ "identifier_first": false }),
            "login prompts: identifier_first: false -> true".to_owned(),
        ),
        (
            "PATCH",
            "action",
            json!({ "code": "exports.onExecutePostLogin = async () => {};" }),
            "Action: Manage_Subscription is not the one that set-up deploys".to_owned(),
        ),
        (
            "PATCH",
            "/actions/triggers/post-login/bindings",
            json!({ "bindings": [] }),
            "Actions after a login: not as they should run".to_owned(),
        ),
    ] {
        let wrong = wrong_after(method, path, body).await;
        assert!(wrong.iter().any(|wrong| wrong.starts_with(&said)), "{said}: {wrong:#?}");
    }
}

#[tokio::test]
async fn wrong_credentials_and_a_wrong_issuer_are_told_apart() {
    let world = World::empty().await;
    let made = set_up(&world).await;
    let wrong = ProductCredentials { m2m_client_secret: "not-it".into(), ..made.clone() };
    let report = check(settings(&world, &wrong)).await;
    assert_eq!(of(&report, State::Wrong), ["credentials of the machine-to-machine application"]);
    let mut elsewhere = settings(&world, &made);
    elsewhere.issuer = tenantry_oidc::Issuer::try_from(format!("{}other/", world.issuer()).as_str()).unwrap();
    let report = check(elsewhere).await;
    assert_eq!(of(&report, State::Wrong), ["issuer"], "{report:#?}");
    assert_eq!(report.findings.len(), 1, "nothing else is asked of a stranger");
    let mut asks_for_less = settings(&world, &made);
    asks_for_less.m2m_scopes = Some("read:users".to_owned());
    assert_eq!(of(&check(asks_for_less).await, State::Wrong), ["scopes"]);
}

#[tokio::test]
async fn no_logout_by_the_back_channel_is_no_error() {
    let world = World::empty().await;
    let made = set_up(&world).await;
    let path = format!("/clients/{}", made.client_id);
    world.api("PATCH", &path, json!({ "oidc_logout": null })).await;
    let report = check(CheckSettings { access: Some(world.access()), ..settings(&world, &made) }).await;
    assert!(report.is_right(), "{report:#?}");
    assert_eq!(of(&report, State::Note), ["back-channel logout"]);
    assert_eq!(setup::WEB, world.application(setup::WEB).await["name"]);
}

#[tokio::test]
async fn without_google_the_product_works_all_the_same() {
    let world = World::empty().await;
    let made = set_up(&world).await;
    let google = world.get("/connections?name=google-oauth2").await;
    let path = format!("/connections/{}", google[0]["id"].as_str().unwrap());
    for (method, body, said) in [
        ("PATCH", json!({ "enabled_clients": [] }), "google-oauth2 is not enabled for the application"),
        ("DELETE", Value::Null, "there is no connection google-oauth2"),
    ] {
        world.api(method, &path, body).await;
        let report = check(CheckSettings { access: Some(world.access()), ..settings(&world, &made) }).await;
        assert!(report.is_right(), "{report:#?}");
        let notes = report.findings.iter().filter(|finding| finding.state == State::Note);
        let notes: Vec<&str> = notes.map(|finding| finding.found.as_str()).collect();
        assert_eq!(notes, [said]);
    }
}

#[tokio::test]
async fn applications_of_others_are_judged_by_what_the_product_needs() {
    let world = after_the_guide().await;
    let plan = world.run(&EVERYTHING).await.unwrap();
    assert_eq!(plan.conflicts(), 0);
    let made = set_up(&world).await;
    let all = CheckSettings { access: Some(world.access()), ..settings(&world, &made) };
    let report = check(all.clone()).await;
    assert!(report.findings.iter().all(|finding| finding.state == State::Right), "{report:#?}");
    let path = format!("/clients/{}", made.m2m_client_id);
    world.api("PATCH", &path, json!({ "token_endpoint_auth_method": "client_secret_basic" })).await;
    let report = check(all).await;
    let of_management = "settings of the machine-to-machine application";
    let wrong = report.findings.iter().find(|finding| finding.check == of_management).unwrap();
    assert_eq!(wrong.state, State::Wrong);
    assert_eq!(wrong.todo.as_deref(), Some("change it in the application's settings"));
    let said =
        "token_endpoint_auth_method: it is \"client_secret_basic\", and \"client_secret_post\" is needed";
    assert_eq!(wrong.found, said);
}

//! The team's Actions between a login and its tokens.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, json};

use super::{CALLBACK, ENTERPRISE, PASSWORD, World, claims, succeeded};
use crate::model::{Action, ActionCode, ActionVersion, Binding, POST_LOGIN, TriggerBindings};
use crate::secrets::Secret;

const SUBSCRIPTION: &str = include_str!("../../../../../../actions/tests/guide/manage_subscription.js");
const DEFAULT_ROLE: &str = include_str!("../../../../../../actions/tests/guide/set_default_member_role.js");

impl World {
    /// Deploys these Actions and binds them in this order.
    fn bind(&self, actions: &[(&str, &str)]) {
        let at = self.fake.core().clock.now();
        self.change(|state| {
            let mut bindings = Vec::new();
            for (name, code) in actions {
                let secrets =
                    [("domain", "127.0.0.1:4400"), ("clientId", "service"), ("clientSecret", "secret")];
                let code = ActionCode {
                    code: (*code).to_owned(),
                    secrets: secrets.map(|(name, value)| (name.to_owned(), Secret::new(value))).into(),
                    dependencies: BTreeMap::from([("auth0".to_owned(), "3.7.1".to_owned())]),
                };
                let deployed =
                    ActionVersion { id: format!("v {name}"), number: 1, code: code.clone(), deployed_at: at };
                state.actions.put(Action {
                    id: format!("id {name}"),
                    name: (*name).to_owned(),
                    trigger: POST_LOGIN.to_owned(),
                    draft: code,
                    deployed: Some(deployed),
                    versions: 1,
                    settings: Map::new(),
                    created_at: at,
                    updated_at: at,
                });
                bindings.push(Binding {
                    id: format!("b {name}"),
                    action_id: format!("id {name}"),
                    display_name: (*name).to_owned(),
                    created_at: at,
                    updated_at: at,
                });
            }
            state.trigger_bindings.put(TriggerBindings { trigger: POST_LOGIN.to_owned(), bindings });
        });
    }

    /// One Action whose handler has this body.
    fn bind_handler(&self, body: &str) {
        self.bind(&[("one", &handler("onExecutePostLogin", body))]);
    }
}

fn handler(name: &str, body: &str) -> String {
    format!("exports.{name} = async (event, api) => {{\n{body}\n}};\n")
}

#[tokio::test]
async fn the_guides_actions_run_as_they_are() {
    let mut world = World::new();
    let employee = world.read(|state| state.role_by_name("Employee").unwrap().id.clone());
    let default_role = DEFAULT_ROLE.replace("ROLE_ID", &employee);
    world.bind(&[("Manage_Subscription", SUBSCRIPTION), ("Set_Default_Member_Role", &default_role)]);
    let ann = world.user("ann@example.com");
    let answer = world.log_in("ann@example.com", &[]).await;
    let token = world.id_token(&answer).await;
    let trial = token["subscription"].as_str().unwrap();
    assert!(trial.starts_with("trial;2026-03-03T10:00:00.000Z;active"), "{trial}");
    assert_eq!(world.user_of(&ann).app_metadata["subscription"], trial);
    // The trial is hers from then on.
    world.clock.advance(Duration::from_hours(1));
    let answer = world.log_in("ann@example.com", &[("prompt", "login")]).await;
    assert_eq!(world.id_token(&answer).await["subscription"], trial);

    // A newcomer of an organization is its Employee, by the Management API.
    let acme = world.organization("acme");
    let mut other = world.stranger();
    let answer = other.log_in_by_enterprise("bo@acme.example", &[("organization", &acme)]).await;
    let bo = other.id_token(&answer).await["sub"].as_str().unwrap().to_owned();
    let roles = |world: &World| world.read(|state| state.member(&acme, &bo).unwrap().roles.clone());
    assert_eq!(roles(&world), [employee]);
    world.change(|state| {
        state
            .members
            .put(crate::model::Member { roles: Vec::new(), ..state.member(&acme, &bo).unwrap().clone() });
    });
    other.log_in_by_enterprise("bo@acme.example", &[("organization", &acme), ("prompt", "login")]).await;
    assert_eq!(roles(&world), Vec::<String>::new(), "at the first login only");
}

#[tokio::test]
async fn claims_and_scopes_reach_the_tokens_and_a_later_action_wins() {
    let mut world = World::new();
    let first = handler(
        "onExecutePostLogin",
        "api.idToken.setCustomClaim('https://app.example/plan', 'a');
         api.idToken.setCustomClaim('name', 'Somebody');
         api.idToken.setCustomClaim('aud', 'forged');
         api.accessToken.addScope('read:courses');
         api.accessToken.removeScope('email');
         api.user.setUserMetadata('seen', event.stats.logins_count);",
    );
    let second = handler(
        "onExecutePostLogin",
        "api.idToken.setCustomClaim('https://app.example/plan', [event.request.query.hint, event.transaction.protocol,
            event.connection.name, event.authentication.methods[0].name, event.client.name, event.tenant.id]);",
    );
    world.bind(&[("first", &first), ("second", &second)]);
    let ann = world.user("ann@example.com");
    let answer = world.log_in("ann@example.com", &[("hint", "x")]).await;
    let tokens = world.redeem(&answer).await;
    let token = claims(&tokens["id_token"]);
    let seen = json!(["x", "oidc-basic-profile", super::DATABASE, "pwd", "app", "tenantry"]);
    assert_eq!(token["https://app.example/plan"], seen);
    assert_eq!((&token["name"], &token["aud"]), (&json!("Somebody"), &json!("app")));
    assert_eq!(tokens["scope"], "openid profile offline_access read:courses");
    assert_eq!(world.user_of(&ann).user_metadata.unwrap()["seen"], 1);
    assert_eq!(token.get("email"), None, "its scope was taken away");
}

#[tokio::test]
async fn an_action_denies_and_what_it_wrote_stays() {
    let mut world = World::new();
    world.bind_handler(
        "api.user.setAppMetadata('tries', 1); console.log('no'); api.access.deny('Not on Sundays');",
    );
    let acme = world.organization("acme");
    let answer = world.log_in_by_enterprise("bo@acme.example", &[("organization", &acme)]).await;
    assert_eq!(answer.refusal(), ("access_denied".to_owned(), "Not on Sundays".to_owned()));
    let bo = world.read(|state| state.users.iter().next().unwrap().clone());
    assert_eq!(bo.app_metadata["tries"], 1);
    assert!(world.read(|state| state.member(&acme, &bo.id).is_some()), "membership came before");
    assert_eq!(bo.logins_count, 1);
    assert_eq!(world.log_kinds(), ["organization_member_added", "f"]);
    // The provider knows the person now, so the next try needs no page.
    let again = world.authorize(&[("organization", &acme), ("connection", ENTERPRISE)]).await;
    assert_eq!(again.refusal().1, "Not on Sundays");
}

#[tokio::test]
async fn an_action_that_fails_fails_the_login_and_the_logs_tell() {
    for (code, message) in [
        ("console.log('so far'); throw new Error('Out of luck');", "Out of luck"),
        ("while (true) {}", "stopped"),
        ("await new Promise(() => {});", ""),
    ] {
        let mut world = World::with(Duration::from_millis(300));
        let ann = world.user("ann@example.com");
        world.bind_handler(&format!("api.user.setAppMetadata('a', 1);\n{code}"));
        let (error, description) = world.log_in("ann@example.com", &[]).await.refusal();
        assert_eq!(error, "access_denied", "{code}");
        assert!(description.contains(message) && !description.is_empty(), "{code}: {description}");
        assert!(world.user_of(&ann).app_metadata.is_empty(), "{code}");
        assert_eq!(world.log_kinds(), ["actions_execution_failed", "f"], "{code}");
        if message == "Out of luck" {
            let details = &world.logs()[0].details["actions"]["runs"][0];
            assert_eq!(details["console"], json!([{ "level": "log", "text": "so far" }]));
        }
        // Nothing hangs.
        world.bind(&[]);
        assert!(succeeded(&world.log_in("ann@example.com", &[("prompt", "login")]).await));
    }
}

#[tokio::test]
async fn an_action_sends_the_person_elsewhere_and_goes_on_when_they_are_back() {
    let mut world = World::new();
    let redirecting = [
        handler(
            "onExecutePostLogin",
            "api.user.setAppMetadata('asked', true);
             api.idToken.setCustomClaim('https://app.example/first', 'kept');
             if (api.redirect.canRedirect()) api.redirect.sendUserTo('https://quiz.example/go', { query: { q: '1' } });",
        ),
        handler(
            "onContinuePostLogin",
            "api.idToken.setCustomClaim('https://app.example/answer', event.request.query.answer ?? event.request.body.answer);",
        ),
    ];
    let last = handler("onExecutePostLogin", "api.idToken.setCustomClaim('https://app.example/last', true);");
    world.bind(&[("quiz", &redirecting.concat()), ("last", &last)]);
    let ann = world.user("ann@example.com");
    let away = world.log_in("ann@example.com", &[]).await;
    assert!(away.location.starts_with("https://quiz.example/go?q=1&state="), "{}", away.location);
    assert_eq!(world.user_of(&ann).app_metadata["asked"], true, "written before they leave");
    let handle = away.parameter("state").unwrap();
    let back = format!("/continue?state={handle}&answer=42");

    let mut stranger = world.stranger();
    assert_eq!(stranger.get(&back).await.status, StatusCode::BAD_REQUEST, "in that browser only");
    let mut copy = world.stranger();
    copy.cookies = world.cookies.clone();
    let done = world.get(&back).await;
    let token = world.id_token(&done).await;
    assert_eq!(token["https://app.example/answer"], "42");
    assert_eq!(
        (&token["https://app.example/first"], &token["https://app.example/last"]),
        (&json!("kept"), &json!(true))
    );
    for browser in [&mut world, &mut copy] {
        assert_eq!(browser.get(&back).await.status, StatusCode::BAD_REQUEST, "once");
    }

    // Without a page there is no redirect; this Action asks first, and goes on.
    assert!(succeeded(&world.authorize(&[("prompt", "none")]).await));
    world.bind_handler("api.redirect.sendUserTo('https://quiz.example/go');");
    let silent = world.authorize(&[("prompt", "none")]).await;
    assert_eq!(silent.refusal().0, "interaction_required");
    // A login that waits is no way round the password.
    let away = world.authorize(&[]).await;
    let handle = away.parameter("state").unwrap();
    assert_eq!(stranger.get(&format!("/u/login?state={handle}")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_comes_back_in_a_form_of_another_site_is_sent_once_more_from_here() {
    let mut world = World::new();
    let code = [
        handler("onExecutePostLogin", "api.redirect.sendUserTo('https://quiz.example/go');"),
        handler(
            "onContinuePostLogin",
            "api.idToken.setCustomClaim('https://app.example/answer', event.request.body);",
        ),
    ];
    world.bind(&[("quiz", &code.concat())]);
    world.user("ann@example.com");
    let away = world.log_in("ann@example.com", &[]).await;
    let back = format!("/continue?state={}", away.parameter("state").unwrap());
    let mut without_cookies = world.stranger();
    let page = without_cookies.post(&back, &[("answer", "<b>")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("name=\"answer\" value=\"&#60;b&#62;\""), "{}", page.body);
    let again = without_cookies.post(&back, &[("answer", "<b>"), ("_again", "true")]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "it was another browser after all");
    let done = world.post(&back, &[("answer", "<b>"), ("_again", "true")]).await;
    assert_eq!(world.id_token(&done).await["https://app.example/answer"], json!({ "answer": "<b>" }));
}

#[tokio::test]
async fn an_action_reaches_this_provider_alone_and_with_its_own_rights() {
    let call = |domain: &str, secret: &str, call: &str| {
        format!(
            "const {{ ManagementClient }} = require('auth0');
             const management = new ManagementClient({{ domain: '{domain}', clientId: 'service', clientSecret: '{secret}' }});
             let answer;
             try {{ answer = {call}; }} catch (error) {{ answer = {{ message: error.message, status: error.statusCode }}; }}
             api.idToken.setCustomClaim('https://app.example/answer', answer);"
        )
    };
    let read = "(await management.getUser({ id: event.user.user_id })).email";
    let delete = "await management.deleteUser({ id: event.user.user_id })";
    for (code, expected) in [
        (call("127.0.0.1:4400", "secret", read), json!("ann@example.com")),
        (call("127.0.0.1", "secret", read), json!("ann@example.com")),
        (call("elsewhere.example", "secret", read), json!("getaddrinfo ENOTFOUND elsewhere.example")),
        (call("127.0.0.1:4400", "wrong", read), json!(401)),
        (call("127.0.0.1:4400", "secret", delete), json!(403)),
    ] {
        let mut world = World::new();
        world.bind_handler(&code);
        world.user("ann@example.com");
        let answer = world.log_in("ann@example.com", &[]).await;
        let claim = world.id_token(&answer).await["https://app.example/answer"].clone();
        let seen = [&claim, &claim["message"], &claim["status"]];
        assert!(seen.contains(&&expected), "{expected}: {claim}");
    }
}

#[tokio::test]
async fn an_action_ends_the_session() {
    let mut world = World::new();
    world.user("ann@example.com");
    assert!(succeeded(&world.log_in("ann@example.com", &[]).await));
    world.bind_handler("api.session.revoke('Too old');");
    let ended = world.authorize(&[]).await;
    assert_eq!(ended.refusal(), ("access_denied".to_owned(), "Too old".to_owned()));
    world.bind(&[]);
    assert_eq!(world.authorize(&[("prompt", "none")]).await.refusal().0, "login_required");
}

#[tokio::test]
async fn logins_with_actions_run_side_by_side() {
    let world = World::new();
    world.bind_handler(
        "await new Promise((done) => setTimeout(done, 100)); api.idToken.setCustomClaim('sum', 1 + 1);",
    );
    world.user("ann@example.com");
    let browsers: Vec<_> = (0..20)
        .map(|_| {
            let mut browser = world.stranger();
            tokio::spawn(async move {
                let page = browser.authorize(&[]).await.location;
                browser.post(&page, &[("username", "ann@example.com"), ("password", PASSWORD)]).await.location
            })
        })
        .collect();
    for browser in browsers {
        assert!(browser.await.unwrap().starts_with(&format!("{CALLBACK}?code=")));
    }
}

#[tokio::test]
async fn an_action_shapes_the_session() {
    let mut world = World::new();
    world.user("ann@example.com");
    world.bind_handler(
        "api.session.setMetadata('plan', 'gold');
         api.session.setExpiresAt(Date.parse('2026-03-02T11:00:00.000Z'));
         api.idToken.setCustomClaim('https://app.example/seen', event.session.metadata);",
    );
    let first = world.log_in("ann@example.com", &[]).await;
    assert_eq!(world.id_token(&first).await["https://app.example/seen"], json!({}));
    let second = world.authorize(&[]).await;
    assert_eq!(world.id_token(&second).await["https://app.example/seen"], json!({ "plan": "gold" }));
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(world.authorize(&[("prompt", "none")]).await.refusal().0, "login_required");
}

#[tokio::test]
async fn actions_run_again_when_tokens_are_refreshed() {
    let mut world = World::new();
    let ann = world.user("ann@example.com");
    world.bind_handler(
        "api.user.setAppMetadata(event.transaction.protocol, event.stats.logins_count);
         api.idToken.setCustomClaim('https://app.example/seen', [event.refresh_token?.metadata.plan ?? 'none',
            event.request.body, event.session.id === event.refresh_token?.session_id, api.redirect.canRedirect()]);
         if (event.refresh_token) api.refreshToken.setMetadata('plan', 'gold');
         if (event.user.app_metadata.denied) api.access.deny('Not any more');",
    );
    let answer = world.log_in("ann@example.com", &[]).await;
    let tokens = world.redeem(&answer).await;
    assert_eq!(claims(&tokens["id_token"])["https://app.example/seen"], json!(["none", {}, false, true]));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let body = json!({ "grant_type": "refresh_token", "client_id": "app" });
    for plan in ["none", "gold"] {
        let tokens = world.token(&fields).await;
        let seen = claims(&tokens["id_token"])["https://app.example/seen"].clone();
        assert_eq!(seen, json!([plan, body, true, false]), "{tokens}");
    }
    let metadata = world.user_of(&ann).app_metadata;
    assert_eq!((&metadata["oidc-basic-profile"], &metadata["oauth2-refresh-token"]), (&json!(1), &json!(1)));

    world.change(|state| {
        let mut user = state.users.get(&ann).unwrap().clone();
        user.app_metadata.insert("denied".to_owned(), true.into());
        state.users.put(user);
    });
    let denied = world.token(&fields).await;
    assert_eq!(denied, json!({ "error": "access_denied", "error_description": "Not any more" }));
    world.bind_handler("api.redirect.sendUserTo('https://quiz.example/');");
    assert_eq!(world.token(&fields).await["error"], "interaction_required");
    world.bind_handler("throw new Error('Out of luck');");
    assert_eq!(world.token(&fields).await["error_description"], "Out of luck");
    world.bind_handler("api.refreshToken.revoke('Too old');");
    assert_eq!(world.token(&fields).await["error_description"], "Too old");
    world.bind(&[]);
    assert_eq!(world.token(&fields).await["error"], "invalid_grant", "it is gone");
}

#[tokio::test]
async fn actions_run_for_a_password_without_a_page() {
    let mut world = World::new();
    world.user("ann@example.com");
    world.set_client(&json!({ "grant_types": ["http://auth0.com/oauth/grant-type/password-realm"] }));
    world.bind_handler(
        "api.idToken.setCustomClaim('https://app.example/seen', [event.transaction.protocol, event.stats.logins_count,
            event.request.body.password ?? 'kept']);",
    );
    let tokens = world
        .token(&[
            ("grant_type", "http://auth0.com/oauth/grant-type/password-realm"),
            ("realm", super::DATABASE),
            ("username", "ann@example.com"),
            ("password", PASSWORD),
            ("scope", "openid"),
        ])
        .await;
    let seen = &claims(&tokens["id_token"])["https://app.example/seen"];
    assert_eq!(*seen, json!(["oauth2-password", 1, "kept"]));
}

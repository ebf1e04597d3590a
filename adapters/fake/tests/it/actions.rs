//! The team's Actions in logins that go wrong: refused, interrupted, given up; and what they reach.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tenantry_fake::{Fake, FakeConfig};
use tenantry_ports::Random;
use tenantry_ports::testkit::SeededRandom;

use crate::browser::Browser;
use crate::guides_actions::{bind, deploy};
use crate::support::{Answer, PASSWORD, World, clock, config, parameter, seed};

/// Deploys and binds one Action, whose handler has this body.
async fn bind_handler(world: &World, body: &str) {
    bind_code(world, &format!("exports.onExecutePostLogin = async (event, api) => {{ {body} }};")).await;
}

async fn bind_code(world: &World, code: &str) {
    deploy(world, "one", code).await;
    bind(world, &["one"]).await;
}

/// A client of the Management API, for an Action.
const MANAGEMENT: &str = "const { ManagementClient } = require('auth0');
    const management = new ManagementClient(event.secrets);";

/// Calls back, and then waits without end: at the first time only.
fn slow_at_first() -> String {
    format!(
        "if (!api.cache.get('seen')) {{
           {MANAGEMENT} api.cache.set('seen', 'yes');
           await management.getUser({{ id: event.user.user_id }}); await new Promise((done) => setTimeout(done, 15000));
         }}"
    )
}

/// Lets go of a request, as a server does whose browser has gone, once an Action has called back.
pub(crate) async fn let_go(world: &World, request: impl Future<Output = Answer>) {
    world.fake.clear_requests();
    let has_called = async {
        while !world.fake.requests().iter().any(|call| call.route == "/api/v2/users/{id}") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        answer = request => panic!("{} {} {}", answer.status, answer.location, answer.body),
        () = has_called => {}
    }
}

/// An Action that is slow at first, and then tells how often the person has logged in.
pub(crate) async fn bind_slow_at_first(world: &World) {
    let count = "api.idToken.setCustomClaim('https://app.example/count', event.stats.logins_count);";
    bind_handler(world, &format!("{} {count}", slow_at_first())).await;
}

#[tokio::test]
async fn a_login_that_is_turned_over_to_a_stranger_leaves_nobody_signed_in_as_them() {
    let world = World::new();
    let ann = world.user("ann@example.com").await;
    let bo = world.user("bo@example.com").await;
    let turn = format!("if (event.user.user_id !== '{bo}') api.authentication.setPrimaryUser('{bo}');");
    bind_handler(&world, &turn).await;
    let mut browser = Browser::default();
    let refused = browser.log_in(&world, "ann@example.com", &[]).await.refusal();
    assert_eq!(refused, ("access_denied".to_owned(), format!("{ann} is no identity of {bo}")));
    let again = browser.get(&world, &world.authorize(&[])).await;
    assert_eq!(again.refusal(), refused, "she is still herself");
    bind(&world, &[]).await;
    let silent = browser.get(&world, &world.authorize(&[("prompt", "none")])).await;
    assert_eq!(world.id_token(&silent.callback()).await["sub"], ann);
}

#[tokio::test]
async fn somebody_who_is_blocked_or_deleted_meanwhile_gets_no_session() {
    for change in ["updateUser({ id }, { blocked: true })", "deleteUser({ id })"] {
        let world = World::new();
        world.user("ann@example.com").await;
        let body = format!("{MANAGEMENT} const id = event.user.user_id; await management.{change};");
        bind_handler(&world, &body).await;
        let mut browser = Browser::default();
        let answer = browser.log_in(&world, "ann@example.com", &[]).await;
        assert!(["unauthorized", "access_denied"].contains(&answer.refusal().0.as_str()), "{change}");
        assert_eq!(browser.cookie("auth0"), None, "{change}");
    }
}

#[tokio::test]
async fn an_action_reaches_the_apis_alone_whatever_it_makes_of_their_client() {
    for (method, path) in
        [("GET", "/_tenantry/requests"), ("POST", "/_tenantry/reset"), ("GET", "/"), ("GET", "/u/login")]
    {
        let world = World::new();
        world.user("ann@example.com").await;
        let body = format!(
            "const {{ AuthenticationClient }} = require('auth0@4');
             const client = new AuthenticationClient({{ domain: '127.0.0.1:4400', clientId: 'c', clientSecret: 's' }});
             Object.prototype.toJSON = function () {{
               if (this.path !== '/oauth/token') return this;
               return {{ credentials: this.credentials, method: '{method}', path: '{path}', query: [] }};
             }};
             let seen;
             try {{ seen = await client.oauth.clientCredentialsGrant({{}}); }} catch (error) {{ seen = error.statusCode; }}
             delete Object.prototype.toJSON;
             api.idToken.setCustomClaim('https://app.example/seen', seen ?? 'nothing');"
        );
        bind_handler(&world, &body).await;
        let answer = Browser::default().log_in(&world, "ann@example.com", &[]).await;
        let token = world.id_token(&answer.callback()).await;
        assert_eq!(token["https://app.example/seen"], 404, "{method} {path}");
    }
}

#[tokio::test]
async fn a_browser_that_loses_the_connection_sends_the_same_form_again() {
    let world = World::new();
    world.user("ann@example.com").await;
    bind_slow_at_first(&world).await;
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[]).await;
    let fields = [("username", "ann@example.com"), ("password", PASSWORD)];
    let_go(&world, browser.post(&world, &page, &fields)).await;

    let wrong = [("username", "ann@example.com"), ("password", "something else 1")];
    let refused = browser.clone().post(&world, &page, &wrong).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "who they are has still to be shown");
    let mut stranger = Browser::default();
    assert_eq!(stranger.post(&world, &page, &fields).await.status, StatusCode::BAD_REQUEST);
    let done = browser.clone().post(&world, &page, &fields).await;
    let token = world.id_token(&done.callback()).await;
    assert_eq!(token["https://app.example/count"], 1, "it is one login");
    assert_eq!(
        browser.post(&world, &page, &fields).await.status,
        StatusCode::BAD_REQUEST,
        "and it has ended"
    );
}

#[tokio::test]
async fn of_two_forms_at_once_one_ends_the_login() {
    let world = World::new();
    world.user("ann@example.com").await;
    bind_handler(&world, "await new Promise((done) => setTimeout(done, 300));").await;
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[]).await;
    let fields = [("username", "ann@example.com"), ("password", PASSWORD)];
    let mut other = browser.clone();
    let (one, other) = tokio::join!(browser.post(&world, &page, &fields), other.post(&world, &page, &fields));
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::FOUND, StatusCode::BAD_REQUEST], "{} {}", one.location, other.location);
}

#[tokio::test]
async fn a_browser_that_loses_the_connection_while_it_comes_back_comes_again() {
    let world = World::new();
    world.user("ann@example.com").await;
    let code = format!(
        "exports.onExecutePostLogin = async (event, api) => api.redirect.sendUserTo('https://quiz.example/');
         exports.onContinuePostLogin = async (event, api) => {{
           {} api.idToken.setCustomClaim('https://app.example/answer', event.request.query.answer);
         }};",
        slow_at_first()
    );
    bind_code(&world, &code).await;
    let mut browser = Browser::default();
    let away = browser.log_in(&world, "ann@example.com", &[]).await;
    let handle = parameter(&away.location.parse().unwrap(), "state").unwrap();
    let back = format!("/continue?state={handle}&answer=42");
    let_go(&world, browser.get(&world, &back)).await;
    let done = browser.clone().get(&world, &back).await;
    assert_eq!(world.id_token(&done.callback()).await["https://app.example/answer"], "42");
    assert_eq!(browser.get(&world, &back).await.status, StatusCode::BAD_REQUEST, "once");
}

/// Keeps engines that want randomness until they are let go: a call that does not look at their deadline.
struct Keeping {
    random: SeededRandom,
    lets_go: AtomicBool,
}

impl Random for Keeping {
    fn fill(&self, bytes: &mut [u8]) {
        let (is_engine, began) = (thread::current().name() == Some("actions"), Instant::now());
        while is_engine && !self.lets_go.load(Ordering::Relaxed) && began.elapsed() < Duration::from_mins(1) {
            thread::sleep(Duration::from_millis(5));
        }
        self.random.fill(bytes);
    }
}

#[tokio::test]
async fn an_engine_that_was_given_up_keeps_its_place_until_it_ends() {
    let random = Arc::new(Keeping { random: SeededRandom::new(7), lets_go: AtomicBool::new(false) });
    let config = FakeConfig { action_run_time: Duration::from_millis(300), ..config(seed()) };
    let clock = clock();
    let fake = Fake::in_memory(config, clock.clone(), random.clone()).unwrap();
    let world = World { router: fake.router(), fake, clock };
    world.user("ann@example.com").await;
    let mut browser = Browser::default();
    browser.log_in(&world, "ann@example.com", &[]).await.callback();
    bind_handler(&world, "if (event.request.query.stuck) Math.random();").await;

    // As many as there are places.
    let stuck = world.authorize(&[("stuck", "yes")]);
    let logins = (0..16).map(|_| {
        let (world, stuck, mut browser) = (&world, &stuck, browser.clone());
        async move { browser.get(world, stuck).await.refusal().0 }
    });
    for refusal in futures::future::join_all(logins).await {
        assert_eq!(refusal, "access_denied", "it is given up");
    }
    let plain = world.authorize(&[]);
    let waits = tokio::time::timeout(Duration::from_millis(500), browser.get(&world, &plain)).await;
    assert!(waits.is_err(), "there is no place: {}", waits.unwrap().location);
    random.lets_go.store(true, Ordering::Relaxed);
    let done = tokio::time::timeout(Duration::from_secs(20), browser.get(&world, &plain)).await.unwrap();
    assert!(parameter(&done.callback(), "code").is_some(), "{}", done.location);
}

//! The login pages: mistakes, tabs, other ways in.

use std::time::Duration;

use crate::browser::Browser;
use crate::support::{APP, PASSWORD, World, parameter, seed, segment};
use axum::http::StatusCode;
use serde_json::json;
use tenantry_fake::Seed;

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn mistakes_are_shown_in_place_and_what_was_typed_is_kept() {
    let world = World::new();
    world.user("ann@example.com").await;
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[("login_hint", "ann@example.com")]).await;
    let shown = browser.get(&world, &page).await;
    assert!(shown.body.contains("value=\"ann@example.com\"") && shown.body.contains(APP), "{}", shown.body);
    assert!(shown.csp.contains("default-src 'none'") && !shown.csp.contains("unsafe"), "{}", shown.csp);
    assert_eq!(shown.cache_control, "private, no-store");

    for (email, password) in [("ann@example.com", "hunter2 X"), ("nobody@example.com", PASSWORD)] {
        let wrong = browser.post(&world, &page, &[("username", email), ("password", password)]).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
        assert!(wrong.body.contains("Wrong email or password") && wrong.body.contains(email));
        assert!(!wrong.body.contains(password), "the password is not repeated");
    }
    let empty = browser.post(&world, &page, &[("username", "<b>"), ("password", "")]).await;
    assert!(empty.body.contains("Please enter your password") && !empty.body.contains("<b>"));

    let page = page.replace("/u/login", "/u/signup");
    for (email, password, message) in [
        ("ann@example.com", PASSWORD, "The user already exists."),
        ("ANN@example.com", PASSWORD, "The user already exists."),
        ("ann@", PASSWORD, "Email is not valid."),
        ("bo@example.com", "short", "Password is too weak"),
        ("", PASSWORD, "Please enter an email address"),
    ] {
        let answer = browser.post(&world, &page, &[("email", email), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{email}");
        assert!(answer.body.contains(message), "{email}: {}", answer.body);
    }
    // The same login still ends well.
    let fields = [("username", "Ann@Example.com"), ("password", PASSWORD)];
    let done = browser.post(&world, &page.replace("/u/signup", "/u/login"), &fields).await;
    assert!(parameter(&done.callback(), "code").is_some());
}

#[tokio::test]
async fn c05_several_tabs_log_in_at_once_and_no_other_browser_can_take_part() {
    let world = World::new();
    world.user("ann@example.com").await;
    let mut browser = Browser::default();
    let fields = [("username", "ann@example.com"), ("password", PASSWORD)];
    let first = browser.begin(&world, &[("state", "tab1")]).await;
    let second = browser.begin(&world, &[("state", "tab2")]).await;
    let mut stranger = Browser::default();
    for page in [&first, &second] {
        let refused = stranger.post(&world, page, &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "the handle alone is worth nothing");
    }
    for name in browser.cookie_names() {
        stranger.set_cookie(name, "a-guess");
    }
    let refused = stranger.post(&world, &first, &fields).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "nor with a cookie of the right name");
    let done = browser.post(&world, &second, &fields).await;
    assert_eq!(parameter(&done.callback(), "state").as_deref(), Some("tab2"));
    let done = browser.post(&world, &first, &fields).await;
    assert_eq!(parameter(&done.callback(), "state").as_deref(), Some("tab1"));
    let again = browser.post(&world, &first, &fields).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "a login ends once");
    assert_eq!(browser.cookie_names(), ["auth0"], "their cookies are gone");

    let late = browser.begin(&world, &[("prompt", "login")]).await;
    world.clock.advance(HOUR);
    assert_eq!(browser.post(&world, &late, &fields).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn google_is_stood_for_by_a_page_that_believes_everybody() {
    let world = World::new();
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[]).await;
    assert!(browser.get(&world, &page).await.body.contains("Continue with Google"));
    let left = browser.post(&world, &page, &[("connection", "google-oauth2")]).await;
    assert!(left.location.starts_with("/u/stand-in?state="), "{}", left.location);
    assert!(browser.get(&world, &left.location).await.body.contains("stands for Google"));
    let fields = [("email", "ann@example.com"), ("name", "Ann  Lee"), ("action", "default")];
    let ann = world.id_token(&browser.post(&world, &left.location, &fields).await.callback()).await;
    assert!(ann["sub"].as_str().unwrap().starts_with("google-oauth2|"), "{ann:?}");
    assert_eq!((&ann["name"], &ann["given_name"]), (&json!("Ann Lee"), &json!("Ann")));
    assert_eq!(ann["email_verified"], json!(true));

    // The next time she is one click away, in any browser.
    let mut other = Browser::default();
    let page = other.begin(&world, &[("connection", "google-oauth2")]).await;
    assert!(page.starts_with("/u/stand-in"), "a named connection needs no button");
    assert!(other.get(&world, &page).await.body.contains("Ann Lee"));
    let same = other.post(&world, &page, &[("identity", ann["sub"].as_str().unwrap())]).await;
    assert_eq!(world.id_token(&same.callback()).await["sub"], ann["sub"]);
    // And the same address is the same account.
    let mut third = Browser::default();
    let page = third.begin(&world, &[("connection", "google-oauth2")]).await;
    let same = third.post(&world, &page, &[("email", "ann@example.com"), ("name", "Somebody")]).await;
    assert_eq!(world.id_token(&same.callback()).await["sub"], ann["sub"]);

    let mut fourth = Browser::default();
    let page = fourth.begin(&world, &[("connection", "google-oauth2")]).await;
    let nobody = fourth.post(&world, &page, &[("identity", "auth0|123")]).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    let cancelled = fourth.post(&world, &page, &[("action", "cancel")]).await;
    assert_eq!(cancelled.refusal().0, "access_denied");
}

#[tokio::test]
async fn identifier_first_asks_on_two_pages() {
    let mut seed: Seed = seed();
    seed.login.identifier_first = true;
    let world = World::with(seed);
    world.user("ann@example.com").await;
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[]).await;
    assert!(page.starts_with("/u/login/identifier?state="), "{page}");
    let next = browser.post(&world, &page, &[("username", "ann@example.com")]).await;
    assert!(next.location.starts_with("/u/login/password?state="), "{}", next.location);
    assert!(browser.get(&world, &next.location).await.body.contains("ann@example.com"));
    let wrong = browser.post(&world, &next.location, &[("password", "wrong")]).await;
    assert!(wrong.body.contains("Wrong email or password"));
    let done = browser.post(&world, &next.location, &[("password", PASSWORD)]).await;
    assert_eq!(world.id_token(&done.callback()).await["email"], "ann@example.com");
}

#[tokio::test]
async fn a_blocked_user_is_kept_out() {
    let world = World::new();
    let user = world.user("ann@example.com").await;
    let path = format!("/users/{}", segment(&user));
    world.api("PATCH", &path, json!({ "blocked": true })).await;
    let answer = Browser::default().log_in(&world, "ann@example.com", &[]).await;
    assert_eq!(answer.refusal(), ("unauthorized".to_owned(), "user is blocked".to_owned()));
}

//! Logging in and out, and what an attacker or an accident does in between.

use std::time::Duration;

use axum::http::{Method, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_domain::Role::{Administrator, Employee};
use tenantry_ports::{Clock, Intent};

use crate::browser::{Browser, encode};
use crate::world::{Fault, World, user_id};

const YEAR: &str = "team;2027-11-23T12:00:00.000Z;active";

#[tokio::test]
async fn a_newcomer_signs_up_and_is_on_trial() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    let away = browser.get("/api/auth/signup").await;
    assert_eq!(world.requests.lock().unwrap()[0].intent, Intent::SignUp);
    assert_eq!(browser.come_back(away.location(), "Ann Lee").await.location(), "/home");
    browser
        .get("/home")
        .await
        .shows(200, &["Welcome, Ann Lee", "You have 1 day left on your trial subscription"]);
    assert_eq!(world.subscription_of("Ann Lee").unwrap(), "trial;2026-11-24T12:00:00.000Z;active");
}

#[tokio::test]
async fn c12_the_login_returns_to_the_page_that_was_wanted_and_never_elsewhere() {
    for (wanted, reached) in [
        ("/home/confirm-plan?plan=team", "/home/confirm-plan?plan=team"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/home&organization=org_x", "/"),
    ] {
        let mut browser = Browser::new(&World::new());
        let away = browser.get(&format!("/api/auth/login?returnTo={}", encode(wanted))).await;
        let back = browser.come_back(away.location(), "Ann Lee").await;
        assert_eq!(back.location(), reached, "{wanted}");
    }
}

#[tokio::test]
async fn c03_every_login_has_a_new_id_and_the_old_one_is_dead() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let before = browser.jar.clone();
    browser.sign_in("Ann Lee", None).await;
    assert_ne!(browser.jar, before);
    assert_eq!(world.session_ids().len(), 1);
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, browser.jar[0].1.as_bytes());
    assert_eq!(world.session_ids(), [URL_SAFE_NO_PAD.encode(hash)], "the store keeps a hash");
    browser.jar = before;
    assert_eq!(browser.get("/home").await.location(), "/api/auth/login?returnTo=%2Fhome");
}

#[tokio::test]
async fn c04_a_session_ends_when_it_is_idle_or_old() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let idle = Duration::from_hours(72);
    for _ in 0..2 {
        world.clock.advance(Duration::from_secs(72 * 3600 - 1));
        assert_eq!(browser.get("/home").await.status, 200);
    }
    world.clock.advance(Duration::from_hours(24) + Duration::from_secs(1));
    assert_eq!(browser.get("/home").await.status, 200);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(browser.get("/home").await.status, 303);
    browser.sign_in("Ann Lee", None).await;
    world.clock.advance(idle);
    assert_eq!(browser.get("/home").await.status, 303);
}

#[tokio::test]
async fn c06_signing_out_is_a_post_and_the_old_cookie_is_worthless() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let before = browser.jar.clone();
    browser.get("/api/auth/logout").await.shows(200, &["Sign out?", "Ann Lee"]);
    assert_eq!(browser.get("/home").await.status, 200, "asking signs nobody out");
    let out = browser.submit("/api/auth/logout", "/api/auth/logout", &[]).await;
    assert_eq!(out.location(), "https://id.example/logout?returnTo=http://localhost:3000/");
    assert!(browser.jar.is_empty() && world.session_ids().is_empty());
    browser.jar = before;
    assert_eq!(browser.get("/home").await.status, 303);
    assert_eq!(browser.get("/api/auth/logout").await.location(), "/");
}

#[tokio::test]
async fn rp26_a_callback_answers_one_attempt_of_this_browser_once() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    let code = encode(&user_id("Ann Lee"));
    let away = browser.get("/api/auth/login").await;
    let state = away.location().split('=').next_back().unwrap().to_owned();
    let jar = browser.jar.clone();
    let mut other = Browser::new(&world);
    for query in [
        String::new(),
        format!("code={code}"),
        format!("code={code}&state=wrong"),
        format!("code={code}&state={state}&state={state}"),
    ] {
        let answer = browser.get(&format!("/api/auth/callback?{query}")).await;
        answer.shows(400, &["This login can’t be completed", "Log in again"]);
        assert_eq!(browser.jar, jar, "{query}");
    }
    let query = format!("code={code}&state={state}");
    other.get(&format!("/api/auth/callback?{query}")).await.shows(400, &["began in another browser"]);
    for bad in ["&code=x", "&error=access_denied"] {
        browser.jar = jar.clone();
        browser
            .get(&format!("/api/auth/callback?{query}{bad}"))
            .await
            .shows(400, &["This login can’t be completed"]);
        assert!(browser.jar.is_empty(), "the attempt is over");
    }
    browser.jar = jar.clone();
    assert_eq!(browser.get(&format!("/api/auth/callback?{query}")).await.location(), "/home");
    browser.get(&format!("/api/auth/callback?{query}")).await.shows(400, &[]);
    let signed_in = browser.jar.clone();
    browser.jar = jar;
    browser.get(&format!("/api/auth/callback?{query}")).await.shows(400, &[]);
    browser.jar = signed_in;
    assert_eq!(browser.get("/home").await.status, 200);
}

#[tokio::test]
async fn rp31_what_the_provider_says_is_not_repeated_on_the_page() {
    let mut browser = Browser::new(&World::new());
    let away = browser.get("/api/auth/login").await;
    let state = away.location().split('=').next_back().unwrap().to_owned();
    let description = encode("<script>alert(1)</script>");
    let path =
        format!("/api/auth/callback?error=access_denied&error_description={description}&state={state}");
    browser.get(&path).await.shows(403, &["You were not signed in"]).hides(&["alert", "access_denied"]);
}

#[tokio::test]
async fn who_fails_at_another_provider_hears_how_to_get_a_number_for_whoever_can_set_it_right() {
    for (error, status, title, whom) in [
        ("invalid_client", 502, "has to be set right", "you get a number to tell them"),
        ("server_error", 502, "does not answer", "you get a number to tell them"),
        ("consent_required", 403, "You were not signed in", "noted for its Administrators"),
    ] {
        let mut browser = Browser::new(&World::new());
        let away = browser.get("/api/auth/login").await;
        let state = away.location().split('=').next_back().unwrap().to_owned();
        let said = encode("client authentication failed");
        let path = format!("/api/auth/callback?error={error}&error_description={said}&state={state}");
        let page = browser.get(&path).await;
        page.shows(status, &[title, whom, "Enter your work address"])
            .hides(&["client authentication", error]);
    }
}

#[tokio::test]
async fn a_forged_token_and_a_late_browser_are_refused_with_a_way_on() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    let away = browser.get("/api/auth/login").await;
    let state = away.location().split('=').next_back().unwrap().to_owned();
    browser
        .get(&format!("/api/auth/callback?code=forged&state={state}"))
        .await
        .shows(400, &["was not accepted", "Log in again"]);
    let away = browser.get("/api/auth/login").await;
    world.clock.advance(Duration::from_secs(601));
    let late = browser.come_back(away.location(), "Ann Lee").await;
    late.shows(400, &["took longer than ten minutes"]);
    assert!(world.session_ids().is_empty() && browser.jar.is_empty());
}

#[tokio::test]
async fn an_organization_lets_its_members_in_and_nobody_else() {
    let world = World::new();
    world.organization("acme-1", YEAR, &[("Ann Lee", Administrator), ("Bo Ek", Employee)]);
    let mut ann = Browser::signed_in(&world, "Ann Lee", Some("acme-1")).await;
    ann.get("/home").await.shows(200, &["acme-1", "Settings"]);
    let mut bo = Browser::signed_in(&world, "Bo Ek", Some("acme-1")).await;
    bo.get("/home").await.shows(200, &["acme-1"]).hides(&["Settings"]);
    let mut eve = Browser::new(&world);
    let away = eve.get("/api/auth/login?organization=org_acme-1").await;
    let back = eve.come_back(away.location(), "Eve Il").await;
    back.shows(403, &["You are not a member of this organization"]);
    for unknown in ["org_nobody", "%00", &"x".repeat(300)] {
        let answer = eve.get(&format!("/api/auth/login?organization={unknown}")).await;
        assert!(matches!(answer.status.as_u16(), 404 | 422), "{unknown}: {}", answer.status);
    }
}

#[tokio::test]
async fn whoever_came_with_the_wrong_account_can_take_another() {
    let world = World::new();
    world.organization("acme-1", YEAR, &[("Ann Lee", Administrator)]);
    let mut browser = Browser::new(&world);
    let path = "/api/auth/login?organization=org_acme-1&returnTo=/home/profile";
    let away = browser.get(path).await;
    let stranger = browser.come_back(away.location(), "Eve Il").await;
    stranger.shows(403, &["You are not a member of this organization"]);
    let away = browser.get(path).await;
    let state = away.location().split('=').next_back().unwrap().to_owned();
    let denied = browser.get(&format!("/api/auth/callback?error=access_denied&state={state}")).await;
    denied.shows(403, &["You were not signed in"]);
    for refused in [stranger, denied] {
        let away = browser.get(&refused.link("Sign in with another account")).await;
        let asked = world.requests.lock().unwrap().last().cloned().unwrap();
        assert!(asked.reauthenticate, "the provider would take the same account again");
        assert_eq!(asked.attempt.tenant.unwrap().id.as_str(), "org_acme-1");
        assert_eq!(browser.come_back(away.location(), "Ann Lee").await.location(), "/home/profile");
    }
    let away = browser.get("/api/auth/login").await;
    let state = away.location().split('=').next_back().unwrap().to_owned();
    let denied = browser.get(&format!("/api/auth/callback?error=access_denied&state={state}")).await;
    let link = denied.link("Sign in with another account");
    assert_eq!(link, "/api/auth/login?prompt=login&returnTo=%2Fhome");
}

#[tokio::test]
async fn nothing_but_login_is_a_prompt() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    for (query, asks) in [
        ("", false),
        ("?prompt=login", true),
        ("?prompt=none", false),
        ("?prompt=LOGIN", false),
        ("?prompt=login%20consent", false),
        ("?prompt=", false),
        ("?prompt=login&prompt=none", false),
        ("?prompt=%00", false),
    ] {
        browser.get(&format!("/api/auth/login{query}")).await.location();
        assert_eq!(world.requests.lock().unwrap().last().unwrap().reauthenticate, asks, "{query}");
    }
}

#[tokio::test]
async fn an_invitations_link_leads_nowhere_by_itself() {
    let world = World::new();
    world.organization("acme-1", YEAR, &[]);
    for path in [
        "/api/auth/login?invitation=ticket-1&organization=org_acme-1&organization_name=acme-1",
        "/api/auth/signup?invitation=ticket-1&organization=org_acme-1",
        "/api/auth/login?invitation=ticket-1",
    ] {
        assert_eq!(Browser::new(&world).get(path).await.status, 404, "{path}");
    }
    assert!(world.requests.lock().unwrap().is_empty(), "nobody is sent to the provider");
}

#[tokio::test]
async fn rp47_a_link_of_our_provider_begins_a_login_that_ends_where_it_says() {
    let world = World::new();
    let iss = encode("https://id.example/");
    for (parameters, page) in [
        (String::new(), "/home"),
        (format!("iss={iss}"), "/home"),
        (
            format!("iss={iss}&target_link_uri={}", encode("http://localhost:3000/home/profile")),
            "/home/profile",
        ),
        (format!("iss={iss}&target_link_uri=&returnTo=/home/profile"), "/home/profile"),
        (format!("iss={iss}&target_link_uri=/home/profile&returnTo=/admin"), "/home/profile"),
    ] {
        let mut browser = Browser::new(&world);
        let away = browser.get(&format!("/api/auth/login?{parameters}&login_hint=ann@example.com")).await;
        let asked = world.requests.lock().unwrap().last().cloned().unwrap();
        assert_eq!(asked.email_hint.unwrap().as_str(), "ann@example.com", "{parameters}");
        assert_eq!(browser.come_back(away.location(), "Ann Lee").await.location(), page, "{parameters}");
    }
}

#[tokio::test]
async fn rp47_a_link_of_another_issuer_or_to_another_site_leads_nowhere() {
    let world = World::new();
    let iss = encode("https://id.example/");
    let other = "This link does not belong here";
    let out = "This link leads somewhere else";
    for (parameters, title) in [
        (format!("iss={}", encode("https://evil.example/")), other),
        (format!("iss={}", encode("https://id.example")), other),
        (format!("iss={}", encode("https://ID.example/")), other),
        (format!("iss={}&target_link_uri=/home", encode("https://id.example/ ")), other),
        (format!("iss={iss}&target_link_uri={}", encode("https://evil.example/home")), out),
        (format!("iss={iss}&target_link_uri={}", encode("//evil.example/home")), out),
        (format!("iss={iss}&target_link_uri={}", encode("javascript:alert(1)")), out),
        (format!("target_link_uri={}", encode("http://localhost:3001/home")), out),
    ] {
        for path in ["/api/auth/login", "/api/auth/signup"] {
            let mut browser = Browser::new(&world);
            let headers = [("accept", "text/html")];
            let answer =
                browser.send(Method::GET, &format!("{path}?{parameters}"), &headers, String::new()).await;
            answer.shows(400, &[title, "Log in again"]).hides(&["evil.example", "alert(1)"]);
            assert!(answer.headers.get(header::LOCATION).is_none() && browser.jar.is_empty(), "{parameters}");
        }
    }
    for twice in
        [format!("iss={iss}&iss={iss}"), format!("iss={iss}&target_link_uri=/home&target_link_uri=/")]
    {
        let answer = Browser::new(&world).get(&format!("/api/auth/login?{twice}")).await;
        assert_eq!((answer.status.as_u16(), answer.headers.get(header::LOCATION)), (422, None), "{twice}");
    }
    assert!(world.requests.lock().unwrap().is_empty(), "the provider heard of none");
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_to_be() {
    let world = World::new();
    world.breaks(Fault::Outage);
    let answer = Browser::new(&world).get("/api/auth/login").await;
    answer.shows(503, &["Our identity provider does not answer", "Nothing is lost"]).hides(&["cable"]);
    assert!(answer.headers.get(header::LOCATION).is_none());
}

#[tokio::test]
async fn the_session_cookie_is_read_byte_for_byte() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    let secret = browser.jar.iter().find(|(name, _)| name == "sid").unwrap().1.clone();
    assert!(world.clock.now() > tenantry_domain::Timestamp::default());
    for (jar, is_signed_in) in [
        (vec![("sid", secret.as_str())], true),
        (vec![("other", "\"odd"), ("sid", &secret)], true),
        (vec![("%73id", &secret)], false),
        (vec![("sid", &secret), ("sid", &secret)], false),
        (vec![("sid", &secret[..42])], false),
        (vec![("SID", &secret)], false),
    ] {
        browser.jar = jar.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(browser.get("/home").await.status == 200, is_signed_in, "{jar:?}");
    }
}

//! RP25 to RP33, as far as the callback shows them: only a login that this browser began, once and in time, signs anybody
//! in.

use std::time::Duration;

use url::Url;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;

const ANN: &str = "ann@example.com";

/// A product, and somebody whom the provider knows and the product does not (any more).
async fn site_and_ann() -> (Site, Browser) {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    ann.post("/api/auth/logout", &[]).await.is(303);
    site.fake().clear_requests();
    (site, ann)
}

/// Begins a login and lets the provider complete it: the address of the callback, not yet visited.
async fn callback(ann: &mut Browser) -> Url {
    let begun = ann.get("/api/auth/login?returnTo=/home/profile").await;
    arrival(ann, &begun).await
}

async fn arrival(ann: &mut Browser, begun: &Answer) -> Url {
    let answer = ann.hop(&begun.is(303).location()).await;
    let url = answer.location();
    assert_eq!(url.path(), "/api/auth/callback", "{}", answer.summary());
    url
}

fn query(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

/// The same address with a parameter more.
fn with(url: &Url, name: &str, value: &str) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair(name, value);
    url
}

/// The same address with another value of a parameter.
fn replaced(url: &Url, name: &str, value: &str) -> Url {
    let mut changed = url.clone();
    let pairs = url.query_pairs().filter(|(key, _)| key != name);
    changed.query_pairs_mut().clear().extend_pairs(pairs).append_pair(name, value);
    changed
}

/// Codes that the product tried to redeem.
fn redeemed(site: &Site) -> usize {
    site.fake().requests().iter().filter(|call| call.route == "/oauth/token").count()
}

/// Nobody is signed in, and the page says what to do.
async fn refused(ann: &mut Browser, answer: &Answer, status: u16) {
    answer.is(status);
    assert!(
        answer.set_cookies().iter().all(|cookie| !cookie.starts_with("sid=")),
        "{:?}",
        answer.set_cookies()
    );
    assert!(!ann.is_signed_in().await, "{}", answer.summary());
}

#[tokio::test]
async fn rp01_a_login_returns_to_the_page_that_was_wanted() {
    let (site, mut ann) = site_and_ann().await;
    let url = callback(&mut ann).await;
    ann.hop(&url).await.leads_to("/home/profile");
    assert!(ann.is_signed_in().await);
    assert_eq!(redeemed(&site), 1);
}

#[tokio::test]
async fn rp25_an_unknown_or_missing_state_is_refused() {
    let (site, mut ann) = site_and_ann().await;
    let url = callback(&mut ann).await;
    let code = query(&url, "code");
    for path in [
        format!("/api/auth/callback?code={code}"),
        format!("/api/auth/callback?code={code}&state="),
        format!("/api/auth/callback?code={code}&state={}", "0".repeat(64)),
        format!("/api/auth/callback?code={code}&state=%00"),
        "/api/auth/callback".to_owned(),
        format!("/api/auth/callback?state={}", query(&url, "state").to_uppercase()),
    ] {
        let mut ann = ann.clone();
        let answer = ann.get(&path).await;
        refused(&mut ann, &answer, 400).await;
    }
    assert_eq!(redeemed(&site), 0);
}

#[tokio::test]
async fn rp26_a_state_that_was_used_is_refused_and_the_session_lives() {
    let (site, mut ann) = site_and_ann().await;
    let url = callback(&mut ann).await;
    let before = ann.clone();
    ann.hop(&url).await.leads_to("/home/profile");

    ann.hop(&url).await.is(400);
    assert!(ann.is_signed_in().await, "the person stays signed in");
    // A browser that was told to forget the attempt, and does not.
    let mut stubborn = before.clone();
    let answer = stubborn.hop(&url).await;
    refused(&mut stubborn, &answer, 400).await;
    assert_eq!(redeemed(&site), 1, "the code was redeemed again");
}

#[tokio::test]
async fn rp26_a_login_may_take_ten_minutes() {
    for (seconds, is_in_time) in [(599, true), (601, false)] {
        let (site, mut ann) = site_and_ann().await;
        let begun = ann.get("/api/auth/login").await;
        site.clock.advance(Duration::from_secs(seconds));
        let url = arrival(&mut ann, &begun).await;
        let answer = ann.hop(&url).await;
        if is_in_time {
            answer.leads_to("/home");
        } else {
            refused(&mut ann, &answer, 400).await;
            assert!(answer.links_to("/api/auth/login"), "a way on: {}", answer.summary());
        }
        assert_eq!(redeemed(&site), usize::from(is_in_time));
    }
}

#[tokio::test]
async fn rp26_another_browser_can_not_complete_it() {
    let (site, mut ann) = site_and_ann().await;
    let url = callback(&mut ann).await;
    let mut mallory = site.browser();
    let answer = mallory.hop(&url).await;
    refused(&mut mallory, &answer, 400).await;
    mallory.get("/api/auth/login").await.is(303);
    let answer = mallory.hop(&url).await;
    refused(&mut mallory, &answer, 400).await;
    assert_eq!(redeemed(&site), 0);
}

#[tokio::test]
async fn rp28_a_response_of_another_issuer_is_refused() {
    let (site, mut ann) = site_and_ann().await;
    for issuer in
        ["https://evil.example/".to_owned(), site.identity.as_str().trim_end_matches('/').to_owned()]
    {
        let url = callback(&mut ann).await;
        let answer = ann.hop(&replaced(&url, "iss", &issuer)).await;
        refused(&mut ann, &answer, 400).await;
    }
    assert_eq!(redeemed(&site), 0);
}

#[tokio::test]
async fn rp30_what_comes_twice_is_refused() {
    let (site, mut ann) = site_and_ann().await;
    for (name, value) in [
        ("code", "other"),
        ("state", "other"),
        ("error", "access_denied"),
        ("error", ""),
        ("iss", "https://evil.example/"),
    ] {
        let url = callback(&mut ann).await;
        let answer = ann.hop(&with(&url, name, value)).await;
        refused(&mut ann, &answer, 400).await;
        if name != "state" {
            let answer = ann.hop(&url).await;
            refused(&mut ann, &answer, 400).await;
        }
    }
    assert_eq!(redeemed(&site), 0);
}

#[tokio::test]
async fn rp31_what_the_provider_says_is_never_shown() {
    let (site, mut ann) = site_and_ann().await;
    for (error, description) in [
        ("access_denied", "<script>alert(1)</script>"),
        ("access_denied", "Call +1 555 0100 and say your password"),
        ("<img src=x onerror=alert(1)>", "x"),
        ("server_error", "\u{202e}gnihsihp"),
    ] {
        let begun = ann.get("/api/auth/login").await;
        let mut url = site.address.at("/api/auth/callback");
        url.query_pairs_mut()
            .append_pair("state", &query(&begun.location(), "state"))
            .append_pair("error", error)
            .append_pair("error_description", description);
        let answer = ann.hop(&url).await;
        refused(&mut ann, &answer, 403).await;
        for shown in [error, description] {
            let escaped = shown.replace('<', "&#60;").replace('>', "&#62;");
            let is_shown = shown.len() > 1 && (answer.body.contains(shown) || answer.body.contains(&escaped));
            assert!(!is_shown, "{shown}: {}", answer.summary());
        }
        assert!(answer.links_to("/api/auth/login"), "a way on: {}", answer.summary());
    }
    assert_eq!(redeemed(&site), 0);
}

#[tokio::test]
async fn rp32_two_callbacks_at_once_redeem_the_code_once() {
    let (site, mut ann) = site_and_ann().await;
    for _ in 0..5 {
        site.fake().clear_requests();
        let url = callback(&mut ann).await;
        let (mut one, mut other) = (ann.clone(), ann.clone());
        let (first, second) = tokio::join!(one.hop(&url), other.hop(&url));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 400], "{}; {}", first.summary(), second.summary());
        assert_eq!(redeemed(&site), 1);
    }
}

#[tokio::test]
async fn rp33_the_verifier_stays_here() {
    let (_site, mut ann) = site_and_ann().await;
    let begun = ann.get("/api/auth/login").await;
    let url = begun.location();
    assert_eq!(query(&url, "code_challenge_method"), "S256");
    assert_eq!(query(&url, "response_type"), "code");
    assert_eq!(query(&url, "code_challenge").len(), 43);
    for secret in ["state", "nonce"] {
        assert!(query(&url, secret).len() >= 32, "128 random bits at least");
    }
    assert!(!url.as_str().contains("verifier"), "{url}");
    let again = ann.get("/api/auth/login").await.location();
    for secret in ["state", "nonce", "code_challenge"] {
        assert_ne!(query(&url, secret), query(&again, secret), "{secret} is new for each login");
    }
    // Sealed: what the browser keeps for us says nothing to the browser.
    let cookie = begun.set_cookie("login-");
    assert!(!cookie.contains(&query(&url, "state")) && !cookie.contains(&query(&url, "nonce")), "{cookie}");
}

#[tokio::test]
async fn rp42_a_login_under_an_organization_needs_membership() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut eve = site.newcomer("eve@example.com").await;
    let session = eve.session();
    let answer = eve.post("/orgprompt", &[("organization", "acme")]).await;
    let page = eve.follow(answer).await;
    assert!(page.is(403).says("You are not a member of this organization"), "{}", page.summary());
    assert_eq!(eve.session(), session, "nothing has changed");
    eve.get("/admin").await.is(403);
}

#[tokio::test]
async fn s15_no_header_of_the_request_decides_where_a_login_returns() {
    let (site, ann) = site_and_ann().await;
    let wanted = site.address.at("/api/auth/callback").to_string();
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-original-url", "//evil.example/"),
        ("x-rewrite-url", "/admin"),
    ] {
        let request = ann.site.request(reqwest::Method::GET, "/api/auth/login").header(name, value);
        let answer = ann.site.send(request, "/api/auth/login").await;
        assert_eq!(query(&answer.is(303).location(), "redirect_uri"), wanted, "{name}: {value}");
    }
}

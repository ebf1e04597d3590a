//! Logging out at the identity provider: the product hears of it (RP45), and its own way there leads back (RP46).

use std::time::Duration;

use reqwest::Method;
use tokio::time::sleep;
use url::Url;

use crate::browser::Browser;
use crate::provider::{Provider, Trouble};
use crate::site::Site;

const ANN: &str = "ann@example.com";
const PATH: &str = "/api/auth/backchannel-logout";
/// How long the provider's notice may take on a busy machine.
const PATIENCE: u32 = 200;

/// Waits until this browser's session is over, as far as it comes to that.
async fn is_soon_signed_out(browser: &mut Browser) -> bool {
    for _ in 0..PATIENCE {
        if !browser.is_signed_in().await {
            return true;
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn rp45_who_logs_out_at_the_provider_is_signed_out_of_the_product() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let mut elsewhere = site.browser();
    elsewhere.log_in(ANN).await;
    let mut bob = site.newcomer("bob@example.com").await;
    // As another application would send her there: the product has no part in it.
    let logout = site.identity.join("v2/logout").unwrap();
    assert!(ann.hop(&logout).await.status.is_success());
    assert!(is_soon_signed_out(&mut ann).await, "the product did not hear of it");
    assert!(elsewhere.is_signed_in().await, "another browser was logged in at the provider by itself");
    assert!(bob.is_signed_in().await);
    // And whoever comes back comes as somebody new.
    ann.log_in(ANN).await;
    assert!(ann.is_signed_in().await);
}

#[tokio::test]
async fn rp45_logging_out_everywhere_reaches_every_browser_and_nobody_else() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.newcomer(ANN).await;
    let mut elsewhere = site.browser();
    elsewhere.log_in(ANN).await;
    let mut bob = site.newcomer("bob@example.com").await;
    let management = provider.management().await;
    let user = management.user_id(ANN).await.replace('|', "%7C");
    management.call(Method::DELETE, &format!("users/{user}/sessions"), None).await;
    for browser in [&mut ann, &mut elsewhere] {
        assert!(is_soon_signed_out(browser).await, "the product did not hear of it");
        browser.get("/home/profile").await.leads_to("/api/auth/login?returnTo=%2Fhome%2Fprofile");
    }
    assert!(bob.is_signed_in().await);
    ann.log_in(ANN).await;
    assert!(ann.is_signed_in().await, "a login after that is a new one");
}

#[tokio::test]
async fn rp45_a_notice_that_proves_nothing_ends_nothing() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    // Signed by nobody, and an access token that the provider did sign.
    let claims = "eyJpc3MiOiJ4In0";
    let unsigned = format!("{}.{claims}.", "eyJhbGciOiJub25lIn0");
    let user = site.management().await.user_id(ANN).await;
    for body in [
        vec![("logout_token", unsigned.as_str())],
        vec![("logout_token", "x")],
        vec![("sub", user.as_str())],
        vec![],
    ] {
        let request = site.address.request(Method::POST, PATH).form(&body);
        let answer = site.address.send(request, PATH).await;
        let error: serde_json::Value = serde_json::from_str(&answer.is(400).body).unwrap();
        assert_eq!(error["error"], "invalid_request", "{body:?}");
        assert!(answer.set_cookies().is_empty());
    }
    site.get(PATH).await.is(405);
    assert!(ann.is_signed_in().await);
}

#[tokio::test]
async fn rp45_f02_a_notice_that_can_not_be_checked_is_not_refused_for_good() {
    let (provider, site) = Provider::with_site().await;
    provider.has(Trouble::BadGateway);
    // It names a key, and whether the provider has it nobody can say now.
    let token = "eyJhbGciOiJSUzI1NiIsImtpZCI6Im5ldyJ9.e30.AAAA";
    let request = site.address.request(Method::POST, PATH).form(&[("logout_token", token)]);
    site.address.send(request, PATH).await.is(503);
    provider.has(Trouble::None);
    let request = site.address.request(Method::POST, PATH).form(&[("logout_token", token)]);
    site.address.send(request, PATH).await.is(400);
}

#[tokio::test]
async fn rp46_signing_out_comes_back_to_the_product_whatever_is_asked_for() {
    let site = Site::start().await;
    for (name, value) in [
        ("returnTo", "https://evil.example/"),
        ("post_logout_redirect_uri", "https://evil.example/"),
        ("state", "https://evil.example/"),
        ("logout_hint", "somebody-else"),
    ] {
        let mut ann = site.newcomer(&format!("{name}@example.com")).await;
        let answer = ann.post("/api/auth/logout", &[(name, value)]).await;
        let away = answer.is(303).location();
        assert_eq!(away.origin(), site.identity.origin(), "{name}");
        assert_eq!(query(&away, "post_logout_redirect_uri").as_deref(), Some(site.address.url.as_str()));
        assert_eq!(query(&away, "state"), None, "nothing to come back with");
        assert!(!away.as_str().contains("evil") && !away.as_str().contains("somebody-else"), "{away}");
        let page = ann.follow(answer).await;
        assert_eq!(page.url, site.address.url, "{name}");
    }
}

#[tokio::test]
async fn rp46_whoever_comes_back_with_another_state_or_none_stays_in_the_product() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let answer = ann.post("/api/auth/logout", &[]).await;
    ann.follow(answer).await.is(200);
    for state in
        ["", "?state=", "?state=other", "?state=https%3A%2F%2Fevil.example%2F", "?state=%2F%2Fevil.example"]
    {
        for path in ["/", "/api/auth/logout"] {
            let answer = ann.get(&format!("{path}{state}")).await;
            if answer.status.is_redirection() {
                answer.leads_to("/");
            }
            assert!(!answer.body.contains("evil.example"), "{state}");
        }
    }
    assert!(!ann.is_signed_in().await);
}

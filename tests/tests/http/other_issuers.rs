//! RP27 and RP47: nothing that another issuer began, or asks for, comes to anything here.

use tenantry::{IdentitySettings, Settings};
use url::Url;

use crate::browser::Browser;
use crate::site::{Site, free_port};

const ANN: &str = "ann@example.com";

/// The address of a callback that the provider of this site has answered with a code.
async fn callback(ann: &mut Browser) -> Url {
    let begun = ann.get("/api/auth/login?returnTo=/home/profile").await;
    let url = ann.hop(&begun.is(303).location()).await.location();
    assert!(url.query_pairs().any(|(name, _)| name == "code"), "{url}");
    url
}

fn token_requests(site: &Site) -> usize {
    site.fake().calls().iter().filter(|call| call.route == "/oauth/token").count()
}

#[tokio::test]
async fn rp27_a_login_that_began_at_one_provider_does_not_end_at_another() {
    let (listen, secret) = (free_port(), "one-secret-of-thirty-two-characters");
    // The same product at the same address, whose people log in elsewhere from now on.
    let start = async |provider: u16| {
        let change = |settings: &mut Settings| {
            settings.listen = format!("127.0.0.1:{listen}");
            settings.identity = IdentitySettings::Embedded { listen: format!("127.0.0.1:{provider}") };
            settings.secrets = vec![secret.into()];
        };
        Site::with(change).await
    };
    let one = start(free_port()).await;
    let mut ann = one.newcomer(ANN).await;
    ann.post("/api/auth/logout", &[]).await.is(303);
    let url = callback(&mut ann).await;
    one.stop().await;

    let other = start(free_port()).await;
    other.fake().clear_calls();
    // Whoever mixes the two up says that the answer comes from the other one.
    let mut mixed_up = url.clone();
    let pairs = url.query_pairs().filter(|(name, _)| name != "iss");
    mixed_up.query_pairs_mut().clear().extend_pairs(pairs).append_pair("iss", other.identity.as_str());
    for url in [url, mixed_up] {
        let mut ann = ann.clone();
        let answer = ann.hop(&url).await;
        assert!(answer.is(400).links_to("/api/auth/login"), "a way on: {}", answer.summary());
        assert!(answer.set_cookie("login-").contains("Max-Age=0"), "the attempt is over");
        assert!(!ann.is_signed_in().await);
    }
    assert_eq!(token_requests(&other), 0, "the code went to the wrong provider");
}

#[tokio::test]
async fn rp47_the_provider_can_send_somebody_to_log_in() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let mut link = Url::parse("http://localhost/api/auth/login").unwrap();
    link.query_pairs_mut()
        .append_pair("iss", site.identity.as_str())
        .append_pair("login_hint", ANN)
        .append_pair("target_link_uri", site.address.at("/home/profile").as_str());
    let begun = ann.get(&format!("{}?{}", link.path(), link.query().unwrap())).await;
    let authorize = begun.is(303).location();
    assert_eq!(authorize.origin(), site.identity.origin());
    assert!(authorize.query_pairs().any(|(name, value)| name == "login_hint" && value == ANN), "{authorize}");
    let arrived = ann.hop(&authorize).await;
    ann.hop(&arrived.location()).await.leads_to("/home/profile");
}

#[tokio::test]
async fn rp47_another_issuer_or_an_external_target_leads_nowhere() {
    let site = Site::start().await;
    let issuer = site.identity.to_string();
    let elsewhere = "https://evil.example/home".to_owned();
    for (iss, target) in [
        ("https://evil.example/".to_owned(), None),
        (issuer.trim_end_matches('/').to_owned(), None),
        ("https://evil.example/".to_owned(), Some(site.address.at("/home").to_string())),
        (issuer.clone(), Some(elsewhere.clone())),
        (issuer.clone(), Some(format!("{}.evil.example/", site.address.origin()))),
        (issuer.clone(), Some(site.identity.to_string())),
        (issuer.clone(), Some("//evil.example/home".to_owned())),
    ] {
        let mut link = Url::parse("http://localhost/api/auth/login").unwrap();
        link.query_pairs_mut().append_pair("iss", &iss);
        if let Some(target) = &target {
            link.query_pairs_mut().append_pair("target_link_uri", target);
        }
        let mut ann = site.browser();
        let answer = ann.get(&format!("{}?{}", link.path(), link.query().unwrap())).await;
        answer.is(400);
        assert!(answer.header("location").is_empty() && answer.set_cookies().is_empty(), "{iss} {target:?}");
        assert!(!answer.body.contains("evil.example"), "{}", answer.summary());
        assert!(answer.links_to("/api/auth/login"), "a way on: {}", answer.summary());
    }
    assert!(site.fake().calls().iter().all(|call| call.route != "/authorize"));
}

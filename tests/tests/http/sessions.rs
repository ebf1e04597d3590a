//! C03 to C06 and C10: how a session begins, how long it lasts, and how it ends.

use std::time::Duration;

use tenantry::DataPlace;

use crate::browser::Browser;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const HOUR: Duration = Duration::from_hours(1);
const SECOND: Duration = Duration::from_secs(1);

/// A browser that has nothing but this session's cookie.
fn holding(browser: &Browser) -> Browser {
    let mut copy = browser.elsewhere();
    copy.cookies = browser.cookies.clone();
    copy
}

#[tokio::test]
async fn c03_a_login_makes_a_new_session_and_ends_the_old_one() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let mut old = holding(&ann);
    assert!(old.is_signed_in().await, "the control");
    ann.log_in(ANN).await;
    assert_ne!(ann.session(), old.session());
    assert!(!old.is_signed_in().await, "the old id still works");
    assert!(ann.is_signed_in().await);
}

#[tokio::test]
async fn c03_naming_the_organization_makes_a_new_session_and_ends_the_old_one() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    ann.pay("team").await;
    let mut old = holding(&ann);
    let answer = ann.name_organization("acme").await;
    ann.follow(answer).await.is(200);
    assert_ne!(ann.session(), old.session());
    assert!(!old.is_signed_in().await, "the old id still works");
    ann.get("/admin").await.is(200);
}

#[tokio::test]
async fn c03_proving_once_more_who_one_is_makes_a_new_session_and_ends_the_old_one() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    site.clock.advance(crate::account::A_WHILE);
    let mut old = holding(&ann);
    ann.proves_it("/home/account/password", ANN).await;
    assert_ne!(ann.session(), old.session());
    assert!(!old.is_signed_in().await, "the old id still works");
}

#[tokio::test]
async fn c03_switching_the_organization_makes_a_new_session_and_ends_the_old_one() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    site.administrator("bob@example.com", "bobs").await;
    site.management().await.add_member("bobs", ANN, &["Employee"]).await;
    for organization in ["bobs", "acme"] {
        let mut old = holding(&ann);
        ann.log_in_under(organization, ANN).await;
        assert_ne!(ann.session(), old.session());
        assert!(!old.is_signed_in().await, "the old id still works");
    }
    let mut old = holding(&ann);
    ann.log_in(ANN).await;
    assert!(!old.is_signed_in().await, "nor on the way back to the own account");
}

#[tokio::test]
async fn c03_a_session_that_was_planted_is_not_the_one_that_begins() {
    let site = Site::start().await;
    let mut mallory = site.newcomer("mallory@example.com").await;
    // Ann's browser comes with Mallory's session, and Ann logs in as herself.
    let mut ann = site.browser();
    ann.sign_up(ANN).await;
    ann.post("/api/auth/logout", &[]).await;
    let planted = format!("sid={}; Path=/", mallory.session());
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert(reqwest::header::SET_COOKIE, planted.parse().unwrap());
    ann.cookies.take(&site.address.url, &headers);
    ann.log_in(ANN).await;
    assert_ne!(ann.session(), mallory.session());
    assert!(ann.get("/api/auth/me").await.body.contains(ANN));
    assert!(!mallory.get("/api/auth/me").await.body.contains(ANN), "Mallory is in Ann's account");
}

#[tokio::test]
async fn c04_a_session_that_nobody_uses_ends_after_three_days() {
    for (seconds, lives) in [(72 * 3600 - 1, true), (72 * 3600 + 1, false)] {
        let site = Site::start().await;
        let mut ann = site.newcomer(ANN).await;
        site.clock.advance(Duration::from_secs(seconds));
        assert_eq!(ann.is_signed_in().await, lives, "after {seconds} seconds");
        if !lives {
            ann.get("/home/profile").await.leads_to("/api/auth/login?returnTo=%2Fhome%2Fprofile");
        }
    }
}

#[tokio::test]
async fn c04_using_a_session_keeps_it() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    for _ in 0..3 {
        site.clock.advance(50 * HOUR);
        assert!(ann.is_signed_in().await);
    }
}

#[tokio::test]
async fn c04_no_session_lasts_longer_than_seven_days() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    for _ in 0..3 {
        site.clock.advance(50 * HOUR);
        assert!(ann.is_signed_in().await, "it is used all the time");
    }
    site.clock.advance(Duration::from_secs(18 * 3600 - 1));
    assert!(ann.is_signed_in().await, "a second before its end");
    site.clock.advance(2 * SECOND);
    assert!(ann.cookie("sid").is_some(), "the browser still has the cookie");
    assert!(!ann.is_signed_in().await, "a second after its end");
}

#[tokio::test]
async fn c05_five_tabs_log_in_side_by_side_and_a_sixth_takes_the_place_of_the_first() {
    for tabs in [5, 6] {
        let site = Site::start().await;
        let mut ann = site.newcomer(ANN).await;
        let mut begun = Vec::new();
        for tab in 0..tabs {
            site.clock.advance(SECOND);
            begun.push(ann.get(&format!("/api/auth/login?returnTo=/home/tab-{tab}")).await);
        }
        for (tab, begun) in begun.iter().enumerate() {
            let arrived = ann.hop(&begun.location()).await;
            let answer = ann.hop(&arrived.location()).await;
            if tabs == 6 && tab == 0 {
                assert!(answer.is(400).links_to("/api/auth/login"), "{}", answer.summary());
            } else {
                answer.leads_to(&format!("/home/tab-{tab}"));
            }
        }
    }
}

#[tokio::test]
async fn c06_only_a_form_signs_out_and_the_old_cookie_is_worth_nothing() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let page = ann.get("/api/auth/logout").await;
    assert!(page.is(200).says("Sign out?"), "{}", page.summary());
    assert!(ann.is_signed_in().await, "looking signs nobody out");

    let (mut old, session) = (holding(&ann), ann.session());
    let answer = ann.post("/api/auth/logout", &[]).await;
    let cookie = answer.is(303).set_cookie("sid=");
    assert!(cookie.starts_with("sid=;") && cookie.contains("Max-Age=0"), "{cookie}");
    assert_eq!(old.session(), session);
    assert!(!old.is_signed_in().await, "the old cookie still works");
    for path in ["/home", "/home/profile", "/admin", "/admin/members"] {
        let answer = old.get(path).await;
        assert!(answer.is(303).header("location").starts_with("/api/auth/login"), "{}", answer.summary());
    }

    let page = ann.follow(answer).await;
    assert_eq!(page.url, site.address.url, "back on the start page, over the provider");
    let page = ann.open("/api/auth/login").await;
    assert!(
        !page.forms().is_empty() && page.url.path() == "/u/login",
        "the provider asks again: {}",
        page.summary()
    );
}

#[tokio::test]
async fn c06_signing_out_ends_this_session_and_no_other() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let mut elsewhere = site.browser();
    elsewhere.log_in(ANN).await;
    ann.post("/api/auth/logout", &[]).await.is(303);
    assert!(elsewhere.is_signed_in().await);
}

#[tokio::test]
async fn c06_whoever_was_signed_out_finds_the_way_back_from_a_page_that_is_still_open() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let token = ann.token().await;
    site.clock.advance(73 * HOUR);
    let fields = [("csrf", token.as_str()), ("organization", "acme")];
    let answer = ann.post_exactly("/home/register-business", &fields).await;
    assert!(answer.is(303).header("location").starts_with("/api/auth/login"), "{}", answer.summary());
    // The browser still sends the cookie of the session that is over.
    let answer = ann.post("/orgprompt", &[("organization", "nobody")]).await;
    assert!(answer.is(422).says("No organization has this name"), "{}", answer.summary());
}

#[tokio::test]
async fn c10_a_secret_can_be_replaced_without_signing_anybody_out() {
    let (old, new) = ("old-".repeat(8), "new-".repeat(8));
    let folder = tempfile::tempdir().unwrap();
    let (listen, fake) = (crate::site::free_port(), crate::site::free_port());
    let start = async |secrets: &[&String]| {
        let secrets: Vec<_> = secrets.iter().map(|secret| (*secret).clone().into()).collect();
        Site::with(|settings| {
            settings.listen = format!("127.0.0.1:{listen}");
            settings.identity = tenantry::IdentitySettings::Embedded { listen: format!("127.0.0.1:{fake}") };
            settings.data = DataPlace::Folder(folder.path().to_owned());
            settings.secrets.clone_from(&secrets);
        })
        .await
    };
    let site = start(&[&old]).await;
    let mut ann = site.newcomer(ANN).await;
    let [first, second] = [ann.get("/api/auth/login").await, ann.get("/api/auth/login").await];
    let token = ann.token().await;
    site.stop().await;

    let site = start(&[&new, &old]).await;
    assert!(ann.is_signed_in().await);
    let fields = [("csrf", token.as_str())];
    ann.post_exactly("/home/register-personal", &fields).await.is(402);
    let arrived = ann.hop(&first.location()).await;
    ann.hop(&arrived.location()).await.leads_to("/home");
    let token = ann.token().await;
    site.stop().await;

    // The old secret is gone for good: what it sealed is worth nothing, and breaks nothing.
    let site = start(&[&new]).await;
    assert!(ann.is_signed_in().await, "sessions don't hang on the secret");
    ann.post_exactly("/home/register-personal", &[("csrf", token.as_str())]).await.is(402);
    let arrived = ann.hop(&second.location()).await;
    ann.hop(&arrived.location()).await.is(400);
    site.stop().await;
}

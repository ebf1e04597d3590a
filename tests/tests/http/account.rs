//! One's own account: what to call oneself, a new password, and a copy of what is known.

use std::time::Duration;

use serde_json::Value;
use tenantry_tests::steps::PASSWORD;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";
const NEW_PASSWORD: &str = "Another-Horse-Battery-2";
/// After which a login does not count as one that was just made.
pub(crate) const A_WHILE: Duration = Duration::from_secs(301);

impl Browser {
    /// Presses a button for which one has to log in once more, and does; answers the page that this leads back to.
    pub(crate) async fn proves_it(&mut self, path: &str, email: &str) -> Answer {
        let answer = self.post(path, &[]).await;
        assert!(answer.is(303).location().as_str().contains("prompt=login"), "{}", answer.summary());
        let page = self.follow(answer).await;
        let answer = self.fill(&page, &[("username", email), ("password", PASSWORD)]).await;
        let page = self.follow(answer).await;
        assert_eq!((page.url.path(), page.status.as_u16()), (path, 200), "{}", page.summary());
        page
    }
}

#[tokio::test]
async fn a_new_name_is_seen_everywhere_at_once() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut phone = site.browser();
    phone.log_in(ANN).await;
    assert_eq!(ann.get("/home/profile").await.field("name"), ANN);
    let answer = ann.post("/home/profile", &[("name", "  Änne <b>Lee</b> & Söhne  ")]).await;
    answer.leads_to("/home/profile");
    assert!(ann.get("/home/profile").await.says("Saved. This is what others call you from now on."));
    assert!(!ann.get("/home/profile").await.says("Saved."), "it is said once");
    for browser in [&mut ann, &mut phone] {
        let page = browser.get("/home/profile").await;
        assert!(page.is(200).says("Änne <b>Lee</b> & Söhne"), "{}", page.summary());
        assert!(!page.body.contains("<b>Lee"), "what was typed is markup");
        let me: Value = serde_json::from_str(&browser.get("/api/auth/me").await.body).unwrap();
        assert_eq!(me["name"], "Änne <b>Lee</b> & Söhne");
    }
    assert_eq!(site.management().await.user(ANN).await["name"], "Änne <b>Lee</b> & Söhne");
    assert!(ann.get("/admin/members").await.says("Änne"), "and her colleagues see it");
}

#[tokio::test]
async fn a_name_that_can_not_be_one_is_refused_in_its_place_and_nothing_is_lost() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let long = "a".repeat(151);
    for (name, why) in [
        ("", "Enter your name"),
        ("   ", "Enter your name"),
        (long.as_str(), "at most 150 characters"),
        ("Ann\u{202e}", "can’t be seen"),
        ("A\u{200b}nn", "can’t be seen"),
        ("Win at https://evil.example", "web address"),
    ] {
        let page = ann.post("/home/profile", &[("name", name)]).await;
        assert!(page.is(422).says(why), "{name:?}: {}", page.summary());
        assert_eq!(page.field("name").trim(), name.trim(), "what was typed stays");
    }
    for name in ["Ann\r\nBcc: x@y.example", "Ann\0"] {
        ann.post("/home/profile", &[("name", name)]).await.is(422);
    }
    let user = site.management().await.user(ANN).await;
    assert_eq!(user["name"], ANN);
    assert!(ann.get("/home/profile").await.says(ANN));
}

#[tokio::test]
async fn a_new_password_is_chosen_at_the_provider_by_whoever_has_logged_in_just_now() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    site.clock.advance(A_WHILE);
    let page = ann.proves_it("/home/account/password", ANN).await;
    assert!(page.says("Choose a new password") && !page.says("Log in once more"), "{}", page.summary());
    let answer = ann.post("/home/account/password", &[]).await;
    assert!(!site.address.is_home_of(&answer.location()), "{}", answer.summary());
    let page = ann.follow(answer).await;
    let passwords = [("password-reset", NEW_PASSWORD), ("re-enter-password", NEW_PASSWORD)];
    let answer = ann.fill(&page, &passwords).await;
    let page = ann.follow(answer).await;
    assert_eq!(page.url.path(), "/home/account/password/result");
    assert!(page.says("Your password is changed"), "{}", page.summary());

    let mut elsewhere = site.browser();
    let page = elsewhere.open("/api/auth/login").await;
    let refused = elsewhere.fill(&page, &[("username", ANN), ("password", PASSWORD)]).await;
    assert!(refused.says("Wrong email or password"), "the old one still works: {}", refused.summary());
    let answer = elsewhere.fill(&page, &[("username", ANN), ("password", NEW_PASSWORD)]).await;
    elsewhere.follow(answer).await.is(200);
    assert!(elsewhere.is_signed_in().await);
}

#[tokio::test]
async fn a_browser_left_open_or_a_stolen_cookie_is_not_enough_for_a_new_password() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    site.clock.advance(A_WHILE);
    ann.proves_it("/home/account/password", ANN).await;
    // Whoever has the cookie alone is not known to the provider.
    let mut thief = ann.elsewhere();
    thief.cookies = ann.cookies.clone();
    site.clock.advance(A_WHILE);
    for browser in [&mut ann, &mut thief] {
        assert!(browser.get("/home/account/password").await.says("Log in once more"));
        let answer = browser.post("/home/account/password", &[]).await;
        let query = answer.is(303).location();
        assert!(query.path().ends_with("/authorize") && query.as_str().contains("prompt=login"), "{query}");
    }
    // Logging in without being asked for anything, by the provider's own session, proves nothing either.
    ann.open("/api/auth/login").await.is(200);
    assert!(ann.get("/home/account/password").await.says("Log in once more"));
}

#[tokio::test]
async fn the_way_back_from_the_provider_tells_nothing_of_anybody() {
    let site = Site::start().await;
    for (query, said) in [
        ("?success=true&message=<b>x</b>", "Your password is changed"),
        ("?success=false&message=Access+expired", "Your password is as it was"),
        ("", "Your password is as it was"),
        ("?success=true&success=true", "Your password is as it was"),
        ("?success=%ff", "Your password is as it was"),
    ] {
        let page = site.get(&format!("/home/account/password/result{query}")).await;
        assert!(page.is(200).says(said), "{query}: {}", page.summary());
        assert!(!page.body.contains("<b>x"), "{}", page.summary());
    }
}

#[tokio::test]
async fn a_copy_has_everything_of_the_person_and_nothing_of_others_and_no_secret() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    site.administrator(BOB, "bobs").await;
    ann.post("/home/profile", &[("name", "Ann Lee")]).await.is(303);
    let token = ann.token().await;
    let answer = ann.post("/home/account/export", &[]).await;
    assert_eq!(answer.is(200).header("content-type"), "application/json");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"account.json\"");
    let copy: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(copy["account"]["name"], "Ann Lee");
    assert_eq!(copy["account"]["email"], ANN);
    assert!(copy["account"]["subscription"].as_str().unwrap().starts_with("team;"));
    assert_eq!(copy["memberships"].as_array().unwrap().len(), 1);
    assert_eq!(copy["memberships"][0]["organization"]["name"], "acme");
    assert_eq!(copy["memberships"][0]["roles"][0], "Administrator");
    assert_eq!(copy["sessions"].as_array().unwrap().len(), 1);
    let actions: Vec<_> = copy["activity"].as_array().unwrap().iter().map(|one| &one["action"]).collect();
    assert_eq!(actions, ["account.exported", "account.profile_changed"]);
    for secret in [BOB, "bobs", &ann.session(), &token, "$argon2", "password"] {
        assert!(!answer.body.contains(secret), "{secret} is in the copy");
    }
    assert_eq!(ann.get("/home/account/export").await.status.as_u16(), 405, "looking takes no copy");
}

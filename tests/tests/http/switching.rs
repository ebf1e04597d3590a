//! More than one organization: to see them, to switch between them with a fresh session, and to buy another.

use crate::browser::Browser;
use crate::site::Site;

const ANN: &str = "ann@example.com";

impl Browser {
    /// Goes where the page's link leads that is said so, through the login that the provider remembers.
    async fn switch(&mut self, to: &str) {
        let page = self.get("/organizations").await;
        let link = page.is(200).body.split("<a ").find(|rest| rest.contains(&format!("> to {to}</span>")));
        let link = link.unwrap_or_else(|| panic!("no way to {to}: {}", page.summary()));
        let path = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        let home = self.open(&path).await;
        assert_eq!(home.is(200).url.path(), "/home", "{}", home.summary());
    }
}

#[tokio::test]
async fn c03_switching_is_a_login_with_a_session_of_its_own() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut bob = site.administrator("bob@example.com", "bobs").await;
    site.management().await.add_member("bobs", ANN, &["Employee"]).await;
    let page = ann.get("/organizations").await;
    assert!(
        page.is(200).says("Personal account") && page.says("acme") && page.says("bobs"),
        "{}",
        page.summary()
    );
    assert_eq!(page.text().matches("You are here").count(), 1);
    assert!(!bob.get("/organizations").await.is(200).says("acme"));

    let (before, mut left_behind) = (ann.session(), ann.clone());
    ann.switch("bobs").await;
    assert_ne!(ann.session(), before);
    assert!(!left_behind.is_signed_in().await, "the session under acme is over");
    ann.get("/admin").await.is(403);
    ann.switch("acme").await;
    ann.get("/admin").await.is(200);
    ann.switch("your personal account").await;
    assert!(ann.get("/home").await.is(200).links_to("/organizations"), "the way back in");
    ann.get("/admin").await.is(403);
    // A way in that was taken away is closed, and says so.
    let acme = site.management().await.organization_id("bobs").await;
    let user = site.management().await.user_id(ANN).await;
    let members = serde_json::json!({ "members": [user] });
    let path = format!("organizations/{acme}/members");
    site.management().await.call(reqwest::Method::DELETE, &path, Some(members)).await;
    let refused = ann.open(&format!("/api/auth/login?organization={acme}&returnTo=/home")).await;
    assert!(refused.is(403).says("You are not a member of this organization"), "{}", refused.summary());
    assert!(!ann.get("/organizations").await.is(200).says("bobs"));
}

#[tokio::test]
async fn whoever_has_an_organization_can_buy_a_second_one() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let page = ann.get("/organizations/new").await;
    assert!(
        page.is(200).says("You are signed in under acme") && !page.says("Choose Plan"),
        "{}",
        page.summary()
    );
    let page = ann.open("/api/auth/login?returnTo=/organizations/new").await;
    assert!(page.is(200).links_to("/home/confirm-plan"), "{}", page.summary());
    ann.pay("enterprise").await.leads_to("/home/register-business");
    ann.get("/organizations/new").await.leads_to("/home/register-business");
    let answer = ann.name_organization("acme-2").await;
    let home = ann.follow(answer).await;
    assert!(home.is(200).says("acme-2"), "{}", home.summary());
    let management = site.management().await;
    let mut names = management.organizations().await;
    names.sort();
    assert_eq!(names, ["acme", "acme-2"]);
    assert!(management.organization_subscription("acme").await.starts_with("team;"));
    assert!(management.organization_subscription("acme-2").await.starts_with("enterprise;"));
    ann.get("/admin").await.is(200);
    ann.switch("acme").await;
    assert!(ann.get("/admin").await.is(200).says("of 20 seats used"));
    let page = ann.get("/organizations").await;
    assert!(page.is(200).says("acme-2"), "{}", page.summary());
}

#[tokio::test]
async fn a_page_asks_for_no_list_of_organizations_and_the_list_asks_once() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    ann.get("/home").await.is(200);
    site.fake().clear_requests();
    ann.get("/home").await.is(200);
    assert!(site.fake().requests().is_empty());
    ann.get("/organizations").await.is(200);
    let calls = site.fake().requests();
    assert_eq!(calls.len(), 1, "{calls:?}");
}

#[tokio::test]
async fn whoever_may_not_buy_for_their_organization_is_not_told_that_they_do() {
    let site = Site::start().await;
    let mut ann = site.administrator("ann@example.com", "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    assert!(ann.get("/organizations/new").await.is(200).says("What you buy here is for it"));
    let page = eve.get("/organizations/new").await;
    assert!(
        !page.is(200).says("What you buy here") && page.says("Its Administrators choose"),
        "{}",
        page.text()
    );
    assert!(page.says("Go on with your own account"), "{}", page.text());
}

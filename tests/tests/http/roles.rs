//! Faults 1 and 11: nobody asked for a role, a missing role counted as Administrator, and a missing subscription crashed
//! the pages.

use serde_json::{Value, json};
use tenantry_tests::steps::GOOD_CARD;

use crate::browser::Browser;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const EVE: &str = "eve@example.com";

/// Neither sees nor changes what belongs to Administrators.
async fn runs_nothing(person: &mut Browser) {
    for path in ["/admin", "/admin/members", "/home/confirm-plan?plan=enterprise"] {
        let answer = person.get(path).await;
        assert!(answer.is(403).links_to("/home"), "no way on: {}", answer.summary());
    }
    for path in ["/home", "/home/profile", "/home/upgrade-plan"] {
        let page = person.get(path).await;
        for closed in ["/admin", "/admin/members", "/home/confirm-plan"] {
            assert!(!page.is(200).links_to(closed), "a link to {closed}: {}", page.summary());
        }
    }
    let answer = person.charge("enterprise", "a-purchase", GOOD_CARD).await;
    answer.is(403);
}

#[tokio::test]
async fn fault01_an_employee_runs_nothing() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut eve = site.member(EVE, "acme", &["Employee"]).await;
    let before = site.management().await.everything().await;
    runs_nothing(&mut eve).await;
    assert_eq!(site.management().await.everything().await, before);
}

#[tokio::test]
async fn fault01_nobody_makes_themselves_administrator() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut eve = site.member(EVE, "acme", &["Employee"]).await;
    let (management, before) = (site.management().await, site.management().await.everything().await);
    let (id, user) = (management.organization_id("acme").await, management.user_id(EVE).await);
    let wish = [
        ("role", "Administrator"),
        ("roles", "Administrator"),
        ("member_roles", "Administrator"),
        ("user_id", user.as_str()),
        ("org_id", id.as_str()),
        ("organization", "acme"),
    ];
    // Leaving is hers to do, and so is signing out.
    let hers = ["/api/auth/logout", "/home/leave"];
    let posts = tenantry_web::ROUTES.iter().filter(|route| route.csrf && !hers.contains(&route.path));
    for path in posts.map(|route| route.path) {
        eve.post(path, &wish).await;
    }
    eve.post("/admin/members/edit-member", &[("user_id", &user), ("role.Administrator", "on")]).await.is(403);
    for path in ["/api/members", "/api/roles"] {
        let answer = eve.post_exactly(path, &wish).await;
        assert!([404, 405].contains(&answer.status.as_u16()), "{}", answer.summary());
    }
    let query = "?role=Administrator&member_roles=Administrator";
    eve.get(&format!("/admin{query}")).await.is(403);
    eve.get(&format!("/home{query}")).await.is(200);
    eve.get("/admin").await.is(403);
    assert_eq!(management.everything().await, before);
}

#[tokio::test]
async fn fault01_an_administrator_who_was_demoted_changes_nothing_from_then_on() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let purchase = ann.new_purchase("enterprise").await;
    let management = site.management().await;
    management.take_role("acme", ANN, "Administrator").await;
    ann.charge("enterprise", &purchase, GOOD_CARD).await.is(403);
    let subscription = management.organization_subscription("acme").await;
    assert_eq!(subscription, "team;2027-01-02T03:04:05.678Z;active");
}

#[tokio::test]
async fn fault11_a_member_without_a_role_runs_nothing() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut eve = site.member(EVE, "acme", &[]).await;
    runs_nothing(&mut eve).await;
    assert!(eve.get("/home/profile").await.says("Role None"));
}

#[tokio::test]
async fn fault11_a_subscription_that_nobody_can_read_is_a_page_with_a_way_on() {
    let site = Site::start().await;
    let management = site.management().await;
    site.newcomer(EVE).await;
    for stored in [
        json!("garbage"),
        json!(""),
        json!("null;undefined;undefined"),
        json!("team;tomorrow;active"),
        json!("gold;2030-01-01T00:00:00.000Z;active"),
        json!("team;2030-01-01T00:00:00.000Z;active;Administrator"),
    ] {
        management.set_subscription(EVE, stored.clone()).await;
        let mut eve = site.browser();
        eve.log_in(EVE).await;
        assert!(!eve.has_courses().await, "{stored}");
        assert!(eve.get("/home").await.links_to("/home/upgrade-plan"), "{stored}");
        for path in ["/home/profile", "/home/upgrade-plan", "/home/confirm-plan?plan=team", "/api/auth/me"] {
            eve.get(path).await.is(200);
        }
        let kept: Value = management.user(EVE).await["app_metadata"]["subscription"].clone();
        assert_eq!(kept, stored, "what can't be read is not overwritten");
    }
}

#[tokio::test]
async fn fault11_a_subscription_that_is_not_even_text_is_not_taken_for_none() {
    let site = Site::start().await;
    let management = site.management().await;
    site.newcomer(EVE).await;
    for stored in [json!(42), json!({ "plan": "team" }), json!(["team"]), json!(true)] {
        management.set_subscription(EVE, stored.clone()).await;
        let mut eve = site.browser();
        eve.log_in(EVE).await;
        assert!(!eve.has_courses().await, "{stored} is worth a second trial");
        assert_eq!(management.user(EVE).await["app_metadata"]["subscription"], stored, "it is overwritten");
    }
}

#[tokio::test]
async fn fault11_whoever_has_no_readable_subscription_can_buy_one() {
    let site = Site::start().await;
    let management = site.management().await;
    site.newcomer(EVE).await;
    management.set_subscription(EVE, json!("garbage")).await;
    let mut eve = site.browser();
    eve.log_in(EVE).await;
    eve.buy_personal().await;
    assert!(eve.has_courses().await);
    assert_eq!(management.subscription(EVE).await, "personal;2027-01-02T03:04:05.678Z;active");
}

#[tokio::test]
async fn fault11_an_organization_without_a_subscription_is_a_page_with_a_way_on() {
    let site = Site::start().await;
    let management = site.management().await;
    for (number, metadata) in [json!({}), json!({ "subscription": "garbage" })].into_iter().enumerate() {
        let (name, ann) = (format!("bare-{number}"), format!("ann-{number}@example.com"));
        let connections = management.call(reqwest::Method::GET, "connections?strategy=auth0", None).await;
        let organization = json!({
            "name": name,
            "metadata": metadata,
            "enabled_connections": [{ "connection_id": connections[0]["id"] }],
        });
        management.call(reqwest::Method::POST, "organizations", Some(organization)).await;
        let mut ann = site.member(&ann, &name, &["Administrator"]).await;
        assert!(!ann.has_courses().await);
        for path in ["/home", "/home/profile", "/admin"] {
            let page = ann.get(path).await;
            assert!(page.is(200).links_to("/home/upgrade-plan"), "{}", page.summary());
        }
        ann.get("/admin/members").await.is(402);
        ann.pay("team").await.leads_to("/admin");
        assert!(ann.has_courses().await);
    }
}

//! One organization's Administrator and everything that belongs to another: absent and foreign are the same.

use std::time::Duration;

use tenantry_tests::steps::PASSWORD;

use crate::provider::Provider;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";

/// The cursor of the page after this one.
fn next_cursor(body: &str) -> &str {
    let (_, rest) = body.split_once("/admin/members?cursor=").expect("there is a next page");
    rest.split(['"', '&']).next().unwrap()
}

#[tokio::test]
async fn a_cursor_of_another_organization_leads_nowhere() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut bob = site.administrator(BOB, "bobs").await;
    let management = provider.management().await;
    for number in 0..60 {
        let email = format!("person-{number}@example.com");
        management.make_user(&email, PASSWORD).await;
        management.add_member("acme", &email, &["Employee"]).await;
    }
    let first = ann.get("/admin/members").await;
    let cursor = next_cursor(&first.body);
    let second = ann.get(&format!("/admin/members?cursor={cursor}")).await;
    let people = |text: &str| text.matches("person-").count();
    assert!(people(&first.text()) + people(&second.text()) >= 60, "both pages together are everybody");
    let foreign = bob.get(&format!("/admin/members?cursor={cursor}")).await;
    let absent = bob.get("/admin/members?cursor=nonsense").await;
    assert!(!foreign.is(422).says("person-"), "{}", foreign.summary());
    let without_number = |text: String| text.split("request ").next().unwrap().to_owned();
    assert_eq!(
        without_number(foreign.text()),
        without_number(absent.text()),
        "foreign and absent are the same"
    );
}

#[tokio::test]
async fn the_tenant_comes_from_the_session_alone() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut bob = site.administrator(BOB, "bobs").await;
    let acme = site.management().await.organization_id("acme").await;
    for path in ["/admin", "/admin/members"] {
        for target in [
            format!("{path}?organization={acme}&org_id={acme}&tenant={acme}"),
            format!("{path}?organization=acme"),
        ] {
            let page = bob.get(&target).await;
            assert!(page.is(200).says("bobs") && !page.says("acme") && !page.says(ANN), "{}", page.summary());
        }
        for header in ["x-tenant", "x-organization", "x-org-id", "auth0-organization"] {
            let request = site.address.request(reqwest::Method::GET, path).header(header, &acme);
            let page = bob.send(request, path).await;
            assert!(page.is(200).says("bobs") && !page.says(ANN), "{header}: {}", page.summary());
        }
        for cookie in ["org", "organization", "tenant", "org_id"] {
            let mut bob = bob.clone();
            let mut headers = reqwest::header::HeaderMap::new();
            let line = format!("{cookie}={acme}; Path=/");
            headers.insert(reqwest::header::SET_COOKIE, line.parse().unwrap());
            bob.cookies.take(&site.address.url, &headers);
            let page = bob.get(path).await;
            assert!(page.is(200).says("bobs") && !page.says(ANN), "{cookie}: {}", page.summary());
        }
    }
}

#[tokio::test]
async fn a_payment_for_one_organization_names_it_by_the_session() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut bob = site.administrator(BOB, "bobs").await;
    let management = site.management().await;
    let (acme, before) = (management.organization_id("acme").await, management.organization("acme").await);
    let purchase = bob.new_purchase("enterprise").await;
    let fields = [
        ("plan", "enterprise"),
        ("purchase", purchase.as_str()),
        ("organization", "acme"),
        ("org_id", acme.as_str()),
        ("buys_for", acme.as_str()),
        ("card_number", "4242424242424242"),
        ("expiry", "12/34"),
        ("cvc", "123"),
    ];
    bob.post("/home/confirm-plan", &fields).await.leads_to("/admin");
    assert_eq!(management.organization("acme").await, before);
    assert!(management.organization_subscription("bobs").await.starts_with("enterprise"));
}

#[tokio::test]
async fn a_person_in_two_organizations_acts_in_the_one_that_they_signed_in_to() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    site.administrator(BOB, "bobs").await;
    site.management().await.add_member("bobs", ANN, &["Employee"]).await;
    ann.get("/admin").await.is(200);
    ann.log_in_under("bobs", ANN).await;
    ann.get("/admin").await.is(403);
    ann.get("/admin/members").await.is(403);
    ann.log_in_under("acme", ANN).await;
    let members = ann.get("/admin/members").await;
    assert!(members.is(200).says(ANN) && !members.says(BOB), "{}", members.summary());
}

#[tokio::test]
async fn a_change_at_the_provider_is_seen_within_a_minute() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    let management = site.management().await;
    management.take_role("acme", ANN, "Administrator").await;
    management.add_member("acme", "eve@example.com", &["Administrator"]).await;
    site.clock.advance(Duration::from_mins(1));
    for path in ["/admin", "/admin/members"] {
        ann.get(path).await.is(403);
        eve.get(path).await.is(200);
    }
}

#[tokio::test]
async fn nobody_else_searches() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut bob = site.administrator(BOB, "bobs").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    let mut tom = site.member("tom@example.com", "acme", &[]).await;
    for path in ["/admin/members?q=eve", "/api/v1/organization/members?search=eve"] {
        for member in [&mut eve, &mut tom] {
            let refused = member.get(path).await;
            assert!(refused.status == 403 && !refused.body.contains("eve@"), "{}", refused.summary());
        }
        assert!(ann.get(path).await.is(200).body.contains("eve@example.com"));
        assert!(!bob.get(path).await.is(200).body.contains("eve@example.com"));
    }
}

//! How often the provider is asked, counted by the provider.

use std::collections::BTreeSet;

use serde_json::json;
use tenantry_fake::SeedFile;
use tenantry_tests::steps::PASSWORD;

use crate::browser::Browser;
use crate::provider::Provider;
use crate::site::Site;

const ANN: &str = "ann@example.com";

/// What the product itself asked of the provider since the last time: not what browsers did.
fn asked(site: &Site) -> Vec<String> {
    let calls = site.fake().requests();
    site.fake().clear_requests();
    let is_ours = |path: &str| {
        path.starts_with("/api/v2/") || path.starts_with("/oauth/") || path.starts_with("/.well-known/")
    };
    let ours = calls.into_iter().filter(|call| is_ours(&call.path));
    ours.map(|call| format!("{} {} {}", call.method, call.route, call.status)).collect()
}

/// Calls of the Management API among them.
fn management(asked: &[String]) -> usize {
    asked.iter().filter(|call| call.contains("/api/v2/")).count()
}

#[tokio::test]
async fn a_signed_in_page_asks_nothing() {
    let site = Site::start().await;
    let mut trial = site.newcomer(ANN).await;
    let mut administrator = site.administrator("bob@example.com", "acme").await;
    for person in [&mut trial, &mut administrator] {
        for path in [
            "/",
            "/pricing",
            "/orgprompt",
            "/home",
            "/home?q=charts",
            "/home/profile",
            "/home/upgrade-plan",
            "/home/confirm-plan?plan=team",
            "/home/register-business",
            "/home/register-personal",
            "/api/auth/me",
            "/api/auth/logout",
        ] {
            asked(&site);
            person.get(path).await;
            let asked = asked(&site);
            assert!(asked.is_empty(), "{path} asked {} times: {asked:?}", asked.len());
        }
    }
}

#[tokio::test]
async fn the_pages_for_administrators_ask_as_often_however_many_members_there_are() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    for members in [1, 40] {
        let management = provider.management().await;
        for number in 1..members {
            let email = format!("person-{number}@example.com");
            management.make_user(&email, PASSWORD).await;
            management.add_member("acme", &email, &["Employee"]).await;
        }
        for (path, budget) in [("/admin", 2), ("/admin/members", 3)] {
            provider.fake.clear_requests();
            let page = ann.get(path).await;
            assert!(page.is(200).says(if path == "/admin" { "of 20 seats used" } else { "Members of acme" }));
            let calls = provider.fake.requests();
            assert!(
                calls.len() <= budget,
                "{path} with {members} members asked {} times, {budget} are allowed: {calls:?}",
                calls.len()
            );
        }
    }
}

/// An organization with ten times as many members as Auth0 shows by page number.
fn ten_thousand() -> SeedFile {
    let emails = || (0..10_000).map(|number| format!("person-{number}@example.com"));
    let users: Vec<_> = emails().map(|email| json!({ "email": email })).collect();
    let organization = json!({
        "name": "acme",
        "display_name": "Acme",
        "metadata": { "subscription": "enterprise;2030-01-01T00:00:00.000Z;active" },
        "connections": ["Username-Password-Authentication"],
        "members": emails().collect::<Vec<_>>(),
    });
    SeedFile::from_json(json!({ "users": users, "organizations": [organization] })).unwrap()
}

#[tokio::test]
async fn each_page_of_ten_thousand_members_asks_twice_at_most_and_all_are_shown() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = administrator_of_ten_thousand(&provider, &site).await;
    let (mut path, mut shown, mut pages) = ("/admin/members".to_owned(), BTreeSet::new(), 0);
    loop {
        provider.fake.clear_requests();
        let page = ann.get(&path).await;
        let calls = provider.fake.requests();
        assert!(calls.len() <= 2, "{path} asked {} times: {calls:?}", calls.len());
        assert!(page.is(200).says("@example.com"), "{}", page.summary());
        shown.extend(page.body.split('>').filter_map(|text| {
            let (email, _) = text.split_once('<')?;
            email.contains("@example.com").then(|| email.trim().to_owned())
        }));
        pages += 1;
        let link = "/admin/members?cursor=";
        let Some((_, next)) = page.body.split_once(link) else { break };
        path = format!("{link}{}", next.split('"').next().unwrap());
    }
    assert_eq!(shown.len(), 10_001, "on {pages} pages");
}

#[tokio::test]
async fn among_ten_thousand_members_somebody_is_found_by_asking_once() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = administrator_of_ten_thousand(&provider, &site).await;
    for path in ["/admin/members?q=person-9876", "/api/v1/organization/members?search=person-9876"] {
        provider.fake.clear_requests();
        let found = ann.get(path).await;
        let calls = provider.fake.requests();
        assert_eq!(calls.len(), 1, "{path} asked {calls:?}");
        let is_found = |number: &str| found.body.contains(&format!("person-{number}@example.com"));
        assert!(found.status == 200 && is_found("9876") && !is_found("9875"), "{}", found.summary());
    }
    // The API's pages are the same ones.
    provider.fake.clear_requests();
    let listed = ann.get("/api/v1/organization/members?limit=100").await;
    let listed: serde_json::Value = serde_json::from_str(&listed.is(200).body).unwrap();
    assert_eq!((listed["items"].as_array().unwrap().len(), provider.fake.requests().len()), (100, 1));
}

async fn administrator_of_ten_thousand(provider: &Provider, site: &Site) -> Browser {
    provider.fake.seed(&ten_thousand()).await.unwrap();
    let mut ann = site.browser();
    ann.sign_up(ANN).await;
    provider.management().await.add_member("acme", ANN, &["Administrator"]).await;
    ann.log_in_under("acme", ANN).await;
    ann
}

#[tokio::test]
async fn a_login_asks_for_nothing_but_its_tokens() {
    let site = Site::start().await;
    let mut ann = site.browser();
    asked(&site);
    ann.sign_up(ANN).await;
    let first = asked(&site);
    let wanted = [
        "GET /.well-known/openid-configuration 200",
        "POST /oauth/token 200",
        "GET /.well-known/jwks.json 200",
    ];
    assert_eq!(first, wanted, "the first login of all asked {} times", first.len());
    ann.log_in(ANN).await;
    let second = asked(&site);
    assert_eq!(second, ["POST /oauth/token 200"], "a later login asked {} times", second.len());
}

#[tokio::test]
async fn a_login_under_an_organization_asks_once_who_that_is() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut ann = site.browser();
    asked(&site);
    ann.log_in_under("acme", ANN).await;
    let by_name = asked(&site);
    assert_eq!(
        by_name,
        ["GET /api/v2/organizations/name/{name} 200", "POST /oauth/token 200"],
        "by name it asked {} times",
        by_name.len()
    );
    let id = site.management().await.organization_id("acme").await;
    asked(&site);
    ann.open(&format!("/api/auth/login?organization={id}")).await.is(200);
    let by_link = asked(&site);
    assert_eq!(
        by_link,
        ["GET /api/v2/organizations/{id} 200", "POST /oauth/token 200"],
        "by a link it asked {} times",
        by_link.len()
    );
}

#[tokio::test]
async fn a_conversion_asks_five_times() {
    let site = Site::start().await;
    // Roles and connections are looked up by the first conversion of all.
    site.administrator("bob@example.com", "warm").await;
    let mut ann = site.newcomer(ANN).await;

    asked(&site);
    let purchase = ann.new_purchase("team").await;
    ann.pay_in_vain("team").await.is(402);
    ann.charge("team", &purchase, tenantry_tests::steps::GOOD_CARD).await.leads_to("/home/register-business");
    let paying = asked(&site);
    ann.name_organization("acme").await.is(303);
    let naming = asked(&site);
    let count = management(&paying) + management(&naming);
    assert!(count <= 5, "it asked {count} times, 5 are allowed: to pay {paying:?}, to name {naming:?}");
    assert!(management(&paying) >= 1 && management(&naming) >= 3, "it is counted: {paying:?}, {naming:?}");
}

#[tokio::test]
async fn personal_plans_and_renewals_ask_no_more_than_a_conversion() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    asked(&site);
    ann.buy_personal().await;
    let personal = asked(&site);
    assert!(management(&personal) <= 5, "Personal asked {} times: {personal:?}", management(&personal));
    let mut bob = site.administrator("bob@example.com", "acme").await;
    asked(&site);
    bob.pay("enterprise").await.leads_to("/admin");
    let renewal = asked(&site);
    assert!(management(&renewal) <= 5, "a renewal asked {} times: {renewal:?}", management(&renewal));
}

#[tokio::test]
async fn one_token_serves_everybody() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    asked(&site);
    for _ in 0..5 {
        ann.get("/admin").await.is(200);
        ann.get("/admin/members").await.is(200);
    }
    let asked = asked(&site);
    let tokens = asked.iter().filter(|call| call.contains("/oauth/token")).count();
    assert_eq!((tokens, asked.len()), (0, 20), "{asked:?}");
}

//! What a domain opens, and to whom: only its own addresses, only where it is proved, and only as long as it is.

use std::time::Duration;

use reqwest::Method;
use tenantry_fake::Fault;

use super::corp::{BO, CONFIRMED, Corp, DOMAIN};
use crate::answer::Answer;

/// A second less than the record of a domain may be gone.
const THREE_DAYS: Duration = Duration::from_secs(72 * 3600 - 1);

impl Corp {
    /// The domains by which our provider leads people to the company's.
    async fn led_by(&self) -> Vec<String> {
        let listed = self.site.management().await.call(Method::GET, "connections?strategy=oidc", None).await;
        let domains = listed[0]["options"]["domain_aliases"].as_array().cloned().unwrap_or_default();
        domains.iter().map(|domain| domain.as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn s02_of_two_organizations_that_prove_a_domain_at_the_same_time_one_has_it() {
    let mut corp = Corp::new().await;
    let first = corp.begins().await;
    let record = corp.claims(&first).await;
    corp.dns.publish(&record.0, &record.1);
    let mut ann = corp.acts_for("globex", DOMAIN).await;
    let second = corp.begins().await;
    let record = corp.claims(&second).await;
    corp.dns.publish(&record.0, &record.1);

    let of_first = [("connection", &*first), ("domain", DOMAIN)];
    let of_second = [("connection", &*second), ("domain", DOMAIN)];
    let (one, other) = tokio::join!(
        ann.post("/admin/sso/domain/check", &of_first),
        corp.admin.post("/admin/sso/domain/check", &of_second),
    );
    let (one, other) = (ann.follow(one).await, corp.admin.follow(other).await);
    assert!(has_won(&one) != has_won(&other), "{} and {}", one.summary(), other.summary());
}

fn has_won(page: &Answer) -> bool {
    let is_refused = page.says("Another organization has proved this domain");
    assert_ne!(page.says("is proved to be yours"), is_refused, "{}", page.summary());
    !is_refused
}

#[tokio::test]
async fn s02_what_many_share_is_nobodys_and_a_domain_is_not_its_parents() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    for domain in ["gmail.com", "outlook.com", "co.uk", "github.io", "*.corp.example", "127.0.0.1"] {
        let refused = corp.admin.post("/admin/sso/domain", &[("connection", &*id), ("domain", domain)]).await;
        refused.is(422);
    }
    corp.proves(&id).await;
    // What was proved for the parent opens nothing for the child, and the record of the one is not that of the other.
    corp.domain = "eu.corp.example";
    corp.claims(&id).await;
    assert!(!corp.checks(&id).await.says("is proved to be yours"));
}

#[tokio::test]
async fn s03_only_an_address_of_exactly_this_domain_leads_to_its_login() {
    let (corp, _) = Corp::connected().await;
    for address in ["bo@corp.example", "Bo@CORP.example", "nobody.at.all@corp.example"] {
        let (_, page) = corp.enters_address(address).await;
        assert_eq!(page.url.origin(), corp.issuer.origin(), "{address}: {}", page.summary());
    }
    for address in [
        "bo@exploitcorp.example",
        "bo@eu.corp.example",
        "bo@corp.example.evil.example",
        "bo@corp-example.com",
        "bo@xn--corp.example",
        "corp.example@nowhere.example",
        "\"bo@corp.example\"@nowhere.example",
    ] {
        let mut browser = corp.site.browser();
        let page = browser.post("/orgprompt", &[("organization", address)]).await;
        if page.status.as_u16() == 200 {
            let page = browser.begins_with_address(address).await;
            assert_eq!(page.url.origin(), corp.site.identity.origin(), "{address}: {}", page.summary());
        }
        assert!(!page.body.contains("connection="), "{address}: {}", page.summary());
    }
}

#[tokio::test]
async fn s04_the_answer_is_the_same_to_the_letter_whoever_has_an_account() {
    let (corp, _) = Corp::connected().await;
    corp.is_let_in(BO).await;
    for (known, unknown) in [(BO, "no@corp.example"), ("ann@nowhere.example", "nobody@nowhere.example")] {
        let (of_known, of_unknown) = (answer(&corp, known).await, answer(&corp, unknown).await);
        assert_eq!(of_known, of_unknown, "{known}");
        assert!(of_known.contains("connection=") == (known == BO), "{of_known}");
    }
}

/// All that is answered to an address, but for the address itself and for what is random in every answer.
async fn answer(corp: &Corp, email: &str) -> String {
    let mut browser = corp.site.browser();
    let page = browser.post("/orgprompt", &[("organization", email)]).await;
    let mut there = page.is(200).goes_on_to();
    let sent = page.body.split("content=\"0; url=").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let mut body = page.body.replace(sent, "");
    let pairs: Vec<(String, String)> = there.query_pairs().into_owned().collect();
    let random = ["state", "nonce", "code_challenge"];
    for (name, value) in &pairs {
        if random.contains(&name.as_str()) {
            assert_eq!(value.len(), if name == "code_challenge" { 43 } else { 64 }, "{there}");
        }
    }
    let is_random = |name: &str| random.contains(&name) || name == "login_hint";
    let kept = pairs.iter().map(|(name, value)| (&**name, if is_random(name) { "" } else { &**value }));
    there.query_pairs_mut().clear().extend_pairs(kept);
    for name in ["x-request-id", "set-cookie", "date"] {
        let value = page.header(name).to_owned();
        if !value.is_empty() {
            body = body.replace(&value, "");
        }
    }
    let cookies = page.set_cookies().len();
    let mut names: Vec<_> = page.headers.keys().map(ToString::to_string).collect();
    names.sort();
    // A link that is written out for those without a refresh differs in the same places.
    let body: Vec<&str> = body
        .split("href=\"")
        .map(|rest| {
            if rest.starts_with(corp.site.identity.as_str()) {
                rest.split_once('"').map_or("", |(_, after)| after)
            } else {
                rest
            }
        })
        .collect();
    format!("{} {there} {cookies} {names:?} {}", page.status, body.join(""))
}

#[tokio::test]
async fn a_domain_whose_record_is_gone_for_three_days_leads_nowhere_until_it_is_back() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    let record = corp.claims(&id).await;
    corp.dns.publish(&record.0, &record.1);
    corp.checks(&id).await;
    corp.enters(&id, super::corp::SECRET).await.is(303);
    corp.tests_as(&id, BO).await;
    corp.turns_on(&id).await;
    corp.dns.withdraw(&record.0);
    corp.checks(&id).await;
    corp.is_let_in(BO).await;
    corp.site.clock.advance(THREE_DAYS);
    corp.checks(&id).await;
    corp.is_let_in(BO).await;
    // What is under way when it lapses does not get in either.
    let (mut bo, page) = corp.enters_address(BO).await;
    corp.site.clock.advance(Duration::from_secs(1));
    assert_eq!(corp.led_by().await, [DOMAIN]);
    assert!(corp.checks(&id).await.says("The record is gone"));
    assert_eq!(corp.led_by().await, [] as [&str; 0], "the provider leads nobody there either");
    assert!(corp.admin.get("/admin/activity").await.says("The record of corp.example is gone"));
    assert!(bo.at_the_company(&page, BO).await.is(403).says("not one that your organization lets in"));
    let (_, page) = corp.enters_address(BO).await;
    assert_eq!(page.url.origin(), corp.site.identity.origin(), "{}", page.summary());
    let page = corp.connection(&id).await;
    assert!(page.says("corp.example is not proved: its people can’t come in"), "{}", page.summary());
    corp.dns.publish(&record.0, &record.1);
    // What was lost on the way to the provider the next look brings there.
    let faults = corp.site.fake().faults();
    faults.add(Fault::status(503).on("PATCH", "/api/v2/connections/*"));
    corp.admin.post("/admin/sso/domain/check", &[("connection", &*id), ("domain", DOMAIN)]).await.is(503);
    faults.clear();
    assert!(corp.checks(&id).await.says("corp.example is proved to be yours."));
    assert_eq!(corp.led_by().await, [DOMAIN]);
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn s01_a_connection_is_turned_on_only_while_the_record_of_its_domain_is_there() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    let (name, value) = corp.claims(&id).await;
    corp.dns.publish(&name, &value);
    corp.checks(&id).await;
    corp.enters(&id, super::corp::SECRET).await.is(303);
    corp.tests_as(&id, BO).await;
    corp.turns_on(&id).await;
    let (on, off) =
        ([("connection", &*id), ("turn", "on")], [("connection", &*id), ("turn", "off"), CONFIRMED]);
    corp.admin.post("/admin/sso/turn", &off).await.is(303);
    corp.dns.withdraw(&name);
    let refused = corp.admin.post("/admin/sso/turn", &on).await;
    for said in [&*name, &value, "is gone", "publish it again"] {
        assert!(refused.is(409).says(said), "{said}: {}", refused.summary());
    }
    // In the last step of the set-up too: what was entered there is kept, and it stays off.
    let fields =
        [("connection", &*id), ("display_name", "Staff"), ("auto_membership", "yes"), ("turn_on", "yes")];
    corp.admin.post("/admin/sso/people", &fields).await.is(409);
    assert!(corp.connection(&id).await.says("Turn it on"));
    // Also once it is gone for so long that nothing is proved any more.
    corp.site.clock.advance(THREE_DAYS);
    assert!(!corp.admin.get("/admin/activity").await.says("The record of corp.example is gone"));
    corp.site.clock.advance(Duration::from_secs(2));
    corp.admin.post("/admin/sso/turn", &on).await.is(409);
    assert!(corp.admin.get("/admin/activity").await.says("The record of corp.example is gone"));
    corp.dns.publish(&name, &value);
    corp.checks(&id).await;
    corp.admin.post("/admin/sso/turn", &on).await.is(303);
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn s01_without_dns_nothing_is_turned_on_and_what_is_on_stays_on() {
    let (mut corp, id) = Corp::connected().await;
    let (on, off) =
        ([("connection", &*id), ("turn", "on")], [("connection", &*id), ("turn", "off"), CONFIRMED]);
    corp.dns = tenantry_tests::dns::Dns::start().await;
    corp.admin.post("/admin/sso/turn", &on).await.is(303);
    corp.is_let_in(BO).await;
    corp.admin.post("/admin/sso/turn", &off).await.is(303);
    let refused = corp.admin.post("/admin/sso/turn", &on).await;
    assert!(refused.is(503).says("cannot be looked up just now"), "{}", refused.summary());
    assert!(corp.connection(&id).await.says("Turn it on"));
}

#[tokio::test]
async fn a_claim_that_waits_for_more_than_a_week_says_that_nobody_looks_by_himself() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    corp.claims(&id).await;
    let page = corp.admin.get(&super::corp::step(&id, "domain")).await;
    assert!(page.says("every few minutes until 9 January 2026"), "{}", page.summary());
    corp.site.clock.advance(Duration::from_hours(7 * 24));
    let mut ann = corp.site.browser();
    ann.log_in_under("corp", "ann@nowhere.example").await;
    let page = ann.get(&super::corp::step(&id, "domain")).await;
    assert!(page.says("do not look by ourselves any more. Check now looks at once"), "{}", page.summary());
}

//! Advisories 1 to 7 of other products, tried on this one.

use reqwest::header::COOKIE;
use reqwest::{Method, Url};

use tenantry_tests::steps::PASSWORD;

use super::corp::{BO, Company, Corp, DOMAIN, UNA, step};
use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;

const GLOBEX: &str = "globex.example";
const MAL: &str = "mal@globex.example";

/// Globex connects corp's provider too, or its own; corp's administrator acts again. The ids of both connections.
async fn two_organizations(of_globex: impl AsyncFnOnce(&Corp) -> Option<Company>) -> (Corp, [String; 2]) {
    let (mut corp, first) = Corp::connected().await;
    let own = of_globex(&corp).await;
    let ann = corp.acts_for("globex", GLOBEX).await;
    let issuer = corp.issuer.clone();
    if let Some(company) = &own {
        corp.issuer = company.issuer.clone();
    } else {
        corp.company.has("mal", MAL, true).await;
    }
    let second = corp.connects(MAL).await;
    (corp.admin, corp.domain, corp.issuer) = (ann, DOMAIN, issuer);
    corp.others = own;
    (corp, [first, second])
}

impl Corp {
    /// Somebody begins at the link of a connection: the page of the provider that it leads to.
    async fn begins_at(&self, browser: &mut Browser, organization: &str, connection: &str) -> Answer {
        let id = self.site.management().await.organization_id(organization).await;
        browser.open(&format!("/api/auth/login?organization={id}&connection={connection}")).await
    }

    /// Nobody has come of it: neither a session nor a member of either organization.
    async fn nothing_came_of(&self, browser: &mut Browser, end: &Answer) {
        assert!(end.status.is_client_error() && end.url.path() == "/api/auth/callback", "{}", end.summary());
        assert!(!browser.is_signed_in().await, "{}", end.summary());
        for organization in ["corp", "globex"] {
            if self.site.management().await.organizations().await.iter().any(|name| name == organization) {
                assert_eq!(self.members(organization).await.len(), 1, "whoever runs {organization} is alone");
            }
        }
    }
}

/// CVE-2026-110863: an identity was looked up by issuer and name alone, so that whoever connected the same issuer
/// elsewhere was whom they wished to be.
#[tokio::test]
async fn adv01_a_copied_issuer_on_another_organizations_connection_is_another_person() {
    let (mut corp, _) = two_organizations(async |_| None).await;
    corp.is_let_in(BO).await;
    corp.site.management().await.add_member("corp", BO, &["Administrator"]).await;
    // The same issuer and the same name there, and an address that is globex's to give.
    corp.company.has("mal", "nobody@globex.example", true).await;
    corp.company.has("bo", MAL, true).await;
    corp.domain = GLOBEX;
    let mut mal = corp.is_let_in(MAL).await;
    assert!(mal.get("/home").await.says("You are signed in under globex"));
    mal.get("/admin").await.is(403);
    assert!(!mal.get("/organizations").await.is(200).body.contains("> to corp<"), "it is somebody else's");
    let ids = [corp.accounts(BO).await, corp.accounts(MAL).await].concat();
    let there: Vec<_> = ids.iter().filter(|id| id.ends_with("|auth0|bo")).collect();
    assert_eq!(there.len(), 2, "two people of one name: {ids:?}");
}

/// CVE-2026-53513 and better-auth: the discovery document and what it names were fetched wherever they were.
#[tokio::test]
async fn adv02_no_discovery_url_is_asked_that_leads_inside_and_nothing_is_made_of_it() {
    let site = Site::start().await;
    let mut ann = site.administrator("ann@nowhere.example", "corp").await;
    let begun = ann.post("/admin/sso", &[("kind", "oidc")]).await.is(303).location();
    let id = begun.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned();
    let identity = site.identity.as_str().to_owned();
    let mut said = Vec::new();
    for url in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/",
        "https://10.0.0.1/",
        "https://100.64.0.1/",
        "https://localhost/",
        "https://user@login.example/",
        "http://login.example/",
        &identity,
    ] {
        let fields = [
            ("connection", &*id),
            ("discovery_url", url),
            ("client_id", "tenantry"),
            ("client_secret", "a-secret"),
        ];
        let refused = ann.post("/admin/sso/credentials", &fields).await;
        assert!(!refused.is(422).says("a-secret"), "{url}: {}", refused.summary());
        said.push((url, refused.text()));
    }
    let connections = site.management().await.call(Method::GET, "connections", None).await;
    let strategies: Vec<_> =
        connections.as_array().unwrap().iter().map(|connection| &connection["strategy"]).collect();
    assert!(strategies.iter().all(|strategy| **strategy != "oidc"), "{strategies:?}");
    // What is there, and whether anything is, can't be told from what is said.
    let inside: Vec<_> =
        said.iter().filter(|(url, _)| url.starts_with("https://") && !url.contains('@')).collect();
    assert!(inside.len() == 7 && inside.iter().all(|(_, text)| *text == inside[0].1), "{inside:?}");
}

/// CVE-2026-59151, and Sentry four times: a domain was an organization's because it said so.
#[tokio::test]
async fn adv03_a_domain_that_an_organization_only_claims_gives_it_nobody() {
    let (corp, [_, of_globex]) = two_organizations(async |corp| {
        Some(Company::start(&corp.site, &[("mal", MAL, true), ("bo", BO, true)]).await)
    })
    .await;
    let fields = [("connection", &*of_globex), ("domain", DOMAIN)];
    let mut dee = corp.site.browser();
    dee.log_in_under("globex", "dee@globex.example").await;
    dee.post("/admin/sso/domain", &fields).await.leads_to(&step(&of_globex, "domain"));
    let (_, page) = corp.enters_address(BO).await;
    assert_eq!(page.url.origin(), corp.issuer.origin(), "it leads where it did: {}", page.summary());
    let mut bo = corp.site.browser();
    let page = corp.begins_at(&mut bo, "globex", &of_globex).await;
    let end = bo.at_the_company(&page, BO).await;
    corp.nothing_came_of(&mut bo, &end).await;
    assert!(end.is(403).says("not one that your organization lets in this way"), "{}", end.summary());
    // The same under the other organization.
    let page = corp.begins_at(&mut bo, "corp", &of_globex).await;
    assert!(
        !page.url.as_str().starts_with(corp.others.as_ref().unwrap().issuer.as_str()),
        "{}",
        page.summary()
    );
}

/// CVE-2026-56666: what the upstream said of the address was not looked at; its mirror, CVE-2026-53516: what was known of
/// the account here was not either.
#[tokio::test]
async fn adv04_neither_an_unverified_address_there_nor_one_here_makes_two_accounts_one() {
    let (corp, _) = Corp::connected().await;
    let refused = corp.is_refused(UNA, 403).await;
    assert!(refused.says("did not vouch for your e-mail address"), "{}", refused.summary());
    assert_eq!(corp.members("corp").await.len(), 1);
    // Somebody has made an account with Bo's address before he came, and waits for what will be his.
    let mut waiting = corp.site.newcomer(BO).await;
    corp.is_let_in(BO).await;
    assert_eq!(corp.accounts(BO).await.len(), 2);
    assert_eq!(corp.members("corp").await.len(), 2, "Ann and Bo");
    assert!(!waiting.get("/organizations").await.is(200).body.contains("> to corp<"));
    let organization = corp.site.management().await.organization_id("corp").await;
    let end = waiting.open(&format!("/api/auth/login?organization={organization}")).await;
    assert!(end.is(403).says("You are not a member of this organization"), "{}", end.summary());
}

/// CVE-2025-64717: accounts were linked by a provider that had been turned off.
#[tokio::test]
async fn adv05_a_connection_that_ends_while_somebody_is_there_gives_nobody_anything() {
    for end in ["off", "deleted"] {
        let (mut corp, id) = Corp::connected().await;
        let (mut bo, page) = corp.enters_address(BO).await;
        let callback = bo.up_to_the_callback(&page, BO).await;
        let (mut cal, page) = corp.enters_address(BO).await;
        match end {
            "off" => corp.admin.post("/admin/sso/turn", &[("connection", &id), ("turn", "off")]).await,
            _ => corp.admin.post("/admin/sso/delete", &[("connection", &id)]).await,
        }
        .is(303);
        // One has the code of our provider already, the other one is still at the company's.
        let answer = bo.hop(&callback).await;
        assert!(answer.status.is_client_error() && !bo.is_signed_in().await, "{end}: {}", answer.summary());
        let answer = cal.at_the_company(&page, BO).await;
        assert!(answer.status.is_client_error() && !cal.is_signed_in().await, "{end}: {}", answer.summary());
        assert_eq!(corp.members("corp").await.len(), 1, "{end}");
    }
}

/// CVE-2026-109372: what one provider had signed was taken for the answer to a login at another.
#[tokio::test]
async fn adv06_what_came_back_for_one_connection_answers_no_attempt_at_another() {
    let (corp, [of_corp, of_globex]) = two_organizations(async |_| None).await;
    let mut browser = corp.site.browser();
    let at_corp = corp.begins_at(&mut browser, "corp", &of_corp).await;
    let first = browser.up_to_the_callback(&at_corp, BO).await;
    let at_globex = corp.begins_at(&mut browser, "globex", &of_globex).await;
    let second = browser.up_to_the_callback(&at_globex, MAL).await;
    let (code, state) = (of(&first, "code"), of(&second, "state"));
    let end = browser.get(&format!("/api/auth/callback?code={code}&state={state}")).await;
    is_refused(&mut browser, &end).await;
    let (code, state) = (of(&second, "code"), of(&first, "state"));
    let end = browser.get(&format!("/api/auth/callback?code={code}&state={state}")).await;
    is_refused(&mut browser, &end).await;
}

#[tokio::test]
async fn adv06_a_login_that_was_begun_at_a_connection_does_not_end_with_an_account_of_another() {
    let (corp, _) = Corp::connected().await;
    corp.site.member("cy@nowhere.example", "corp", &["Employee"]).await;
    let mut browser = corp.site.browser();
    let mut there = browser.post("/orgprompt", &[("organization", BO)]).await.goes_on_to();
    let pairs: Vec<(String, String)> = there.query_pairs().into_owned().collect();
    let others = pairs.iter().filter(|(name, _)| name != "connection" && name != "login_hint");
    there.query_pairs_mut().clear().extend_pairs(others);
    let page = browser.hop(&there).await;
    let page = browser.follow(page).await;
    let answer = browser.fill(&page, &[("username", "cy@nowhere.example"), ("password", PASSWORD)]).await;
    let end = browser.follow(answer).await;
    is_refused(&mut browser, &end).await;
}

/// CVE-2026-73419: state, nonce and verifier belonged to no provider in particular.
#[tokio::test]
async fn adv07_state_nonce_and_verifier_belong_to_the_attempt_at_one_connection() {
    let (corp, [of_corp, of_globex]) = two_organizations(async |_| None).await;
    let mut browser = corp.site.browser();
    let at_corp = corp.begins_at(&mut browser, "corp", &of_corp).await;
    let cookie_of_corp = attempt(&browser, &[]);
    corp.begins_at(&mut browser, "globex", &of_globex).await;
    let cookie_of_globex = attempt(&browser, std::slice::from_ref(&cookie_of_corp.0));
    assert_ne!(cookie_of_corp, cookie_of_globex);
    let callback = browser.up_to_the_callback(&at_corp, BO).await;
    // What was sealed for the one under the name of the other, with the state of either.
    let swapped = format!("{}={}", cookie_of_corp.0, cookie_of_globex.1);
    let path = format!("{}?{}", callback.path(), callback.query().unwrap());
    let request = corp.site.address.request(Method::GET, &path).header(COOKIE, swapped);
    let refused = corp.site.address.send(request, &path).await;
    assert!(
        refused.status.is_client_error()
            && refused.set_cookies().iter().all(|line| !line.starts_with("sid="))
    );
    // A code that is asked for with another verifier or nonce is worth nothing; every attempt has its own.
    let mut sent = Vec::new();
    for _ in 0..2 {
        let page = corp.site.browser().post("/orgprompt", &[("organization", BO)]).await;
        sent.push(page.goes_on_to());
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(of(&sent[0], name), of(&sent[1], name), "{name}");
    }
    assert!(browser.hop(&callback).await.status.is_redirection(), "with its own it is good");
}

async fn is_refused(browser: &mut Browser, end: &Answer) {
    assert!(end.status.is_client_error(), "{}", end.summary());
    assert!(!browser.is_signed_in().await, "{}", end.summary());
}

/// The name and the value of the cookie of an attempt, besides those.
fn attempt(browser: &Browser, besides: &[String]) -> (String, String) {
    let header = browser.cookies.header(&browser.site.url).unwrap();
    let pairs = header.to_str().unwrap().split("; ").filter_map(|pair| pair.split_once('='));
    let mut found =
        pairs.filter(|(name, _)| name.starts_with("login-") && !besides.iter().any(|one| one == name));
    let (name, value) = found.next().expect("an attempt");
    (name.to_owned(), value.to_owned())
}

/// A parameter of an address.
fn of(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).unwrap_or_else(|| panic!("{url}")).1.into_owned()
}

//! What the company's own identity provider may answer with: what its administrator reads in the report of a test, what
//! the person reads who logs in, and that the number of the one leads to the other.

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use reqwest::Method;
use serde_json::{Value, json};
use tenantry_fake::Tls;
use tenantry_tests::steps::PASSWORD;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

use super::corp::{BO, CLIENT, Corp, EVE, OTHER_CLIENT, SECRET, UNA, reference, step};
use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::{client, free_port};

/// What is wrong at the company, or between its provider and us.
enum Cause {
    /// The secret that was entered is not the client's any more.
    Secret,
    /// The certificate of its token endpoint has expired.
    Certificate,
    /// Nobody listens at its token endpoint.
    Gone,
    /// It sends people back with this code and these words.
    Answers(&'static str, &'static str),
    /// This account logs in.
    Account(&'static str),
}

struct Row {
    cause: Cause,
    /// What happened, and what to change where.
    administrator: [&'static str; 2],
    person: &'static str,
}

const ROWS: [Row; 7] = [
    Row {
        cause: Cause::Secret,
        administrator: [
            "Your provider does not accept the client ID with this secret.",
            "Copy both again from your provider, or make a new secret there, and enter them in the Credentials step.",
        ],
        person: "does not work just now",
    },
    Row {
        cause: Cause::Answers("invalid_request", "The redirect_uri is not among those of the client"),
        administrator: [
            "Your provider does not know the address to which it is to send people back.",
            "Add the redirect URI from the Credentials step to the application at your provider, letter for letter.",
        ],
        person: "does not work just now",
    },
    Row {
        cause: Cause::Certificate,
        administrator: [
            "A certificate of your provider has expired or is not to be trusted.",
            "Renew it on the server of your provider",
        ],
        person: "does not work just now",
    },
    Row {
        cause: Cause::Gone,
        administrator: [
            "Your provider can’t be reached.",
            "its discovery URL, as it stands in the Credentials step",
        ],
        person: "does not work just now",
    },
    Row {
        cause: Cause::Account(UNA),
        administrator: [
            "Your provider does not say that the e-mail address is verified.",
            "Verify the address at your provider, or let such people in: the switch is in the People step.",
        ],
        person: "did not vouch for your e-mail address",
    },
    Row {
        cause: Cause::Account(EVE),
        administrator: [
            "The e-mail address is in a domain that is not proved for this connection.",
            "Add that domain in the Domain step and prove it, or use an account of one of your domains.",
        ],
        person: "not one that your organization lets in this way",
    },
    Row {
        cause: Cause::Answers("access_denied", "End-User aborted interaction"),
        administrator: [
            "The login was cancelled or refused at your provider.",
            "assign the application to this person, or to a group of theirs, at your provider",
        ],
        person: "was cancelled, or your account there may not use this product",
    },
];

impl Corp {
    /// Brings it about; what answers in its place ends with the value.
    async fn suffers(&self, cause: &Cause) -> JoinSet<()> {
        let mut servers = JoinSet::new();
        match cause {
            Cause::Secret => self.company.registers(CLIENT, "another-secret").await,
            Cause::Certificate => {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let there = format!("https://{}/oauth/token", listener.local_addr().unwrap());
                let serving = self.company.fake.serve(listener, Some(expired()), std::future::pending());
                servers.spawn(serving);
                self.exchanges_codes_at(&there).await;
            }
            Cause::Gone => self.exchanges_codes_at(&format!("http://127.0.0.1:{}/", free_port())).await,
            Cause::Answers(..) | Cause::Account(_) => {}
        }
        servers
    }

    /// The company's token endpoint is at another address from now on.
    async fn exchanges_codes_at(&self, address: &str) {
        let management = self.site.management().await;
        let found = management.call(Method::GET, "connections?strategy=oidc", None).await;
        let mut options = found[0]["options"].clone();
        options["token_endpoint"] = address.into();
        let path = format!("connections/{}", found[0]["id"].as_str().unwrap());
        management.call(Method::PATCH, &path, Some(json!({ "options": options }))).await;
    }

    /// A browser that was sent to the company comes back.
    async fn comes_back(&self, browser: &mut Browser, sent: Answer, cause: &Cause) -> Answer {
        let answer = match cause {
            Cause::Answers(code, words) => {
                let back = self.answer(&self.door(browser, sent).await, code, words);
                browser.hop(&back).await
            }
            cause => {
                let account = if let Cause::Account(account) = cause { account } else { BO };
                let page = browser.follow(sent).await;
                browser.fill(&page, &[("username", account), ("password", PASSWORD)]).await
            }
        };
        browser.follow(answer).await
    }

    /// Where the company's provider is asked for a login.
    async fn door(&self, browser: &mut Browser, sent: Answer) -> Url {
        let mut answer = sent;
        loop {
            let there = answer.goes_on_by_itself().unwrap_or_else(|| answer.location());
            if there.origin() == self.issuer.origin() {
                return there;
            }
            answer = browser.hop(&there).await;
        }
    }

    /// With what it refuses one (RFC 6749, section 4.1.2.1).
    fn answer(&self, asked: &Url, code: &str, words: &str) -> Url {
        let given = |name: &str| asked.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        let mut back = Url::parse(&given("redirect_uri")).unwrap();
        back.query_pairs_mut()
            .append_pair("error", code)
            .append_pair("error_description", words)
            .append_pair("state", &given("state"))
            .append_pair("iss", self.issuer.as_str());
        back
    }
}

/// A certificate of this machine that nobody trusts any more.
fn expired() -> Tls {
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(2021, 1, 1);
    let certificate = parameters.self_signed(&key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [of_certificate, of_key] = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
    std::fs::write(&of_certificate, certificate.pem()).unwrap();
    std::fs::write(&of_key, key.serialize_pem()).unwrap();
    Tls::of_files(&of_certificate, &of_key).unwrap()
}

#[tokio::test]
async fn every_error_is_told_to_the_administrator_and_has_a_number_for_the_person() {
    for row in ROWS {
        let (mut corp, id) = Corp::connected().await;
        let _servers = corp.suffers(&row.cause).await;
        let mut tester = corp.admin.clone();
        let sent = tester.post("/admin/sso/test", &[("connection", &id)]).await;
        let report = corp.comes_back(&mut tester, sent, &row.cause).await;
        for said in row.administrator {
            assert!(report.says(said), "{said}: {}", report.summary());
        }
        let kept = corp.admin.get(&step(&id, "test")).await;
        assert!(kept.says(row.administrator[0]) && !kept.says("has not come back"), "{}", kept.summary());

        let (mut person, sent) = corp.leaves_by_address(BO).await;
        let end = corp.comes_back(&mut person, sent, &row.cause).await;
        assert_eq!(end.status.as_u16(), 403, "{}", end.summary());
        assert!(end.says(row.person) && end.says("Ask whoever runs your organization"), "{}", end.summary());
        assert!(!person.is_signed_in().await);
        let page = corp.connection(&id).await;
        for said in [row.administrator[0], row.administrator[1], &reference(&end)] {
            assert!(page.says(said), "{said}: {}", page.summary());
        }
        assert!(corp.admin.get("/admin/sso").await.says(&reference(&end)));
    }
}

/// Such a provider answers nothing: it can't know where to.
#[tokio::test]
async fn a_redirect_uri_that_the_provider_does_not_know_is_told_by_the_test_that_does_not_come_back() {
    let (mut corp, id) = Corp::connected().await;
    corp.enters_client(&id, OTHER_CLIENT, SECRET).await.is(303);
    let sent = corp.admin.post("/admin/sso/test", &[("connection", &id)]).await;
    let page = corp.admin.follow(sent).await;
    assert_eq!((page.url.origin(), page.status.as_u16()), (corp.issuer.origin(), 403), "{}", page.summary());
    let report = corp.admin.get(&step(&id, "test")).await;
    let callback = corp.site.identity.join("login/callback").unwrap();
    for said in [
        "has not come back",
        "the address to which it is to send people back, or the application itself",
        callback.as_str(),
    ] {
        assert!(report.says(said), "{said}: {}", report.summary());
    }
    corp.enters(&id, SECRET).await.is(303);
    let page = corp.admin.get(&step(&id, "test")).await;
    assert!(!page.says("has not come back"), "{}", page.summary());
}

#[tokio::test]
async fn a_number_is_found_although_somebody_has_come_in_since() {
    let (mut corp, id) = Corp::connected().await;
    let (_, refused) = corp.comes(EVE).await;
    corp.site.clock.advance(std::time::Duration::from_mins(1));
    let (_, end) = corp.comes(BO).await;
    end.is(200);
    let page = corp.connection(&id).await;
    assert!(page.says(&reference(&refused)) && page.says("Somebody has come in since"), "{}", page.summary());
    assert!(!corp.admin.get("/admin/sso").await.says(&reference(&refused)), "it does well");
}

/// One person's failures don't hide another's.
#[tokio::test]
async fn a_number_is_found_although_others_have_failed_since() {
    let (mut corp, id) = Corp::connected().await;
    let mut numbers = Vec::new();
    for account in [EVE, UNA] {
        let (_, refused) = corp.comes(account).await;
        numbers.push(reference(refused.is(403)));
        corp.site.clock.advance(std::time::Duration::from_secs(1));
    }
    assert_ne!(numbers[0], numbers[1]);
    let cancelled = Cause::Answers("access_denied", "End-User aborted interaction");
    let (mut person, _) = corp.leaves_by_address(BO).await;
    for _ in 0..15 {
        corp.site.clock.advance(std::time::Duration::from_secs(10));
        let page = person.post("/orgprompt", &[("organization", BO)]).await;
        let sent = person.hop(&page.is(200).goes_on_to()).await;
        numbers.push(reference(corp.comes_back(&mut person, sent, &cancelled).await.is(403)));
    }
    let page = corp.connection(&id).await;
    for number in &numbers {
        assert!(page.says(number), "{number}: {}", page.summary());
    }
    assert!(page.says("15 times"), "{}", page.summary());
}

/// On the organization's login page people choose the connection themselves: what they were sent with does not name it.
#[tokio::test]
async fn what_fails_for_those_who_choose_the_connection_on_the_login_page_has_a_number_too() {
    let (mut corp, id) = Corp::connected().await;
    corp.suffers(&Cause::Secret).await;
    let mut browser = corp.site.browser();
    let asked = browser.post("/orgprompt", &[("organization", "corp")]).await;
    let page = browser.follow(asked).await;
    let name = connection_name(&corp).await;
    let sent = browser.fill(&page, &[("connection", &name)]).await;
    let end = corp.comes_back(&mut browser, sent, &Cause::Secret).await;
    let page = corp.connection(&id).await;
    assert!(end.is(403).says("does not work just now"), "{}", end.summary());
    assert!(page.says(&reference(&end)) && page.says("does not accept the client ID"), "{}", page.summary());
}

/// The login page of the provider leads there by the address alone, and under no organization. Whoever comes that way is
/// led on under the organization, and what fails then is noted.
#[tokio::test]
async fn what_fails_for_those_who_come_by_the_address_at_the_providers_own_page_has_a_number_too() {
    let (mut corp, id) = Corp::connected().await;
    let closed = [("connection", &*id), ("display_name", "Corp staff"), ("default_role", "Employee")];
    corp.admin.post("/admin/sso/people", &closed).await.is(303);
    asks_for_the_address_first(&corp).await;
    let mut browser = corp.site.browser();
    let page = browser.open("/api/auth/login").await;
    let sent = browser.fill(&page, &[("username", BO)]).await;
    let end = corp.comes_back(&mut browser, sent, &Cause::Account(BO)).await;
    assert!(end.is(403).says("not a member of this organization yet"), "{}", end.summary());
    let page = corp.connection(&id).await;
    assert!(page.says(&reference(&end)) && page.says("Invite them"), "{}", page.summary());

    // Where it fails before anybody is known, nobody knows whose login it was: the page leads to where that is known.
    corp.suffers(&Cause::Secret).await;
    let mut browser = corp.site.browser();
    let page = browser.open("/api/auth/login").await;
    let sent = browser.fill(&page, &[("username", BO)]).await;
    let end = corp.comes_back(&mut browser, sent, &Cause::Secret).await;
    assert!(end.is(502).says("has to be set right") && end.links_to("/orgprompt"), "{}", end.summary());
}

/// The same, and what they came for is not lost on the way.
#[tokio::test]
async fn whoever_comes_by_the_address_at_the_providers_own_page_gets_to_what_they_wanted() {
    let (corp, _) = Corp::connected().await;
    asks_for_the_address_first(&corp).await;
    let mut bo = corp.site.browser();
    let page = bo.open("/api/auth/login?returnTo=/home/profile").await;
    let sent = bo.fill(&page, &[("username", BO)]).await;
    let end = corp.comes_back(&mut bo, sent, &Cause::Account(BO)).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home/profile", 200), "{}", end.summary());
    assert!(end.says("Organization: corp"), "{}", end.summary());
}

/// A connection that was made at the provider by other means has no page: its number stands among what was done.
#[tokio::test]
async fn whoever_is_refused_through_a_connection_of_nobodys_finds_their_number_in_the_activity() {
    let (corp, _) = Corp::connected().await;
    let mut dee = corp.site.administrator("dee@nowhere.example", "globex").await;
    let management = corp.site.management().await;
    let client = corp.site.fake().client("MyLearning SaaS").unwrap().client_id;
    let options = json!({
        "type": "back_channel",
        "discovery_url": corp.issuer.join(".well-known/openid-configuration").unwrap(),
        "client_id": CLIENT,
        "client_secret": SECRET,
    });
    let connection = json!({
        "name": "made-elsewhere", "strategy": "oidc", "options": options, "enabled_clients": [client],
    });
    let made = management.call(Method::POST, "connections", Some(connection)).await;
    let enabled = json!({ "connection_id": made["id"], "assign_membership_on_login": true });
    let path = format!("organizations/{}/enabled_connections", management.organization_id("globex").await);
    management.call(Method::POST, &path, Some(enabled)).await;

    let comes = async |account| {
        let mut browser = corp.site.browser();
        let asked = browser.post("/orgprompt", &[("organization", "globex")]).await;
        let page = browser.follow(asked).await;
        let sent = browser.fill(&page, &[("connection", "made-elsewhere")]).await;
        let end = corp.comes_back(&mut browser, sent, &Cause::Account(account)).await;
        assert_eq!(end.status.as_u16(), 403, "{}", end.summary());
        reference(&end)
    };
    let first = comes(BO).await;
    let page = dee.get("/admin/activity").await;
    assert!(page.says(&first) && page.says("another organization’s domain"), "{}", page.summary());

    // Whoever tries again is the same, and fills nothing with it; somebody else is not.
    for _ in 0..3 {
        assert_eq!(comes(BO).await, first);
    }
    let others = comes(UNA).await;
    assert_ne!(others, first);
    let page = dee.get("/admin/activity").await;
    assert!(page.says(&first) && page.says(&others), "{}", page.summary());
    assert_eq!(page.body.matches("Was refused, coming through").count(), 2);
    corp.site.clock.advance(std::time::Duration::from_hours(1));
    let later = comes(BO).await;
    assert_ne!(later, first);
    assert!(dee.get("/admin/activity").await.says(&later));
}

/// What the only connection of the company's kind is called at the provider.
async fn connection_name(corp: &Corp) -> String {
    let found = corp.site.management().await.call(Method::GET, "connections?strategy=oidc", None).await;
    found[0]["name"].as_str().unwrap().to_owned()
}

/// The provider asks for the address on a page of its own, as set-up makes it do.
async fn asks_for_the_address_first(corp: &Corp) {
    let there = corp.site.identity.join("_tenantry/seed").unwrap();
    let seed: Value = json!({ "prompts": { "identifier_first": true } });
    let answer = client().post(there).json(&seed).send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
}

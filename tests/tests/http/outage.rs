//! Fault 12: errors were swallowed, and the browser waited for ever.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::ACCEPT;
use tenantry_ports::testkit::FixedClock;
use tenantry_tests::steps::{GOOD_CARD, card};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

use crate::answer::Answer;
use crate::provider::{Provider, Trouble, settings_for};
use crate::site::{NOW, Site, free_port};

const ANN: &str = "ann@example.com";
const LONGEST: Duration = Duration::from_secs(10);

/// A page that says so, with a way on.
fn is_explained(answer: &Answer) {
    assert!(answer.is(503).header("content-type").starts_with("text/html"), "{}", answer.summary());
    assert!(answer.says("Our identity provider does not answer"), "{}", answer.summary());
    assert!(answer.links_to("/home") && answer.links_to("/"), "a way on: {}", answer.summary());
}

/// A server that says this to whoever connects, and hangs up; that never says anything, when there is nothing to say.
async fn server(says: Option<&'static str>, servers: &mut JoinSet<()>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    servers.spawn(async move {
        let mut held = Vec::new();
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _ = connection.read(&mut [0; 4096]).await;
            match says {
                Some(text) => drop(connection.write_all(text.as_bytes()).await),
                None => held.push(connection),
            }
        }
    });
    url
}

/// A product whose people would log in there.
async fn site_at(identity: &Url) -> Site {
    for _ in 0..20 {
        let settings = settings_for(identity, free_port(), [None, None]);
        if let Some(site) = Site::try_start(settings, Arc::new(FixedClock::at(NOW))).await {
            return site;
        }
    }
    panic!("no port is free")
}

#[tokio::test]
async fn fault12_a_provider_that_can_not_be_used_is_a_page_with_a_way_on() {
    let mut servers = JoinSet::new();
    let dead = Url::parse(&format!("http://127.0.0.1:{}/", free_port())).unwrap();
    let mut identities = vec![("nobody listens", dead)];
    for (what, says) in [
        ("it hangs up", Some("")),
        ("no HTTP", Some("SSH-2.0-OpenSSH_9.6\r\n")),
        ("an error", Some("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")),
        ("a page", Some("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<h1>Hello")),
        ("half an answer", Some("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"issuer\":")),
        (
            "somewhere else",
            Some("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        ),
        ("not JSON", Some("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")),
        ("silence", None),
    ] {
        identities.push((what, server(says, &mut servers).await));
    }
    let mut people = JoinSet::new();
    for (what, identity) in identities {
        people.spawn(async move {
            let site = site_at(&identity).await;
            for path in ["/", "/pricing", "/orgprompt", "/healthz", "/readyz"] {
                site.get(path).await.is(200);
            }
            for path in ["/api/auth/login", "/api/auth/signup"] {
                let began_at = Instant::now();
                let request = site.address.request(Method::GET, path).header(ACCEPT, "text/html");
                let answer = site.address.send(request, path).await;
                is_explained(&answer);
                assert!(began_at.elapsed() < LONGEST, "{what}: {path} took {:?}", began_at.elapsed());
            }
            let began_at = Instant::now();
            let answer = site.browser().post("/orgprompt", &[("organization", "acme")]).await;
            is_explained(&answer);
            assert!(began_at.elapsed() < LONGEST, "{what}: /orgprompt took {:?}", began_at.elapsed());
        });
    }
    people.join_all().await;
}

#[tokio::test]
async fn fault12_whoever_is_signed_in_stays_signed_in() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    for trouble in [Trouble::BadGateway, Trouble::Maintenance, Trouble::TooMany] {
        provider.has(trouble);
        for path in [
            "/",
            "/home",
            "/home/profile",
            "/home/upgrade-plan",
            "/home/confirm-plan?plan=team",
            "/api/auth/me",
        ] {
            ann.get(path).await.is(200);
        }
        for path in ["/admin", "/admin/members"] {
            let answer = ann.get(path).await;
            assert!(answer.is(503).links_to("/home"), "{trouble:?}, a way on: {}", answer.summary());
        }
    }
    provider.has(Trouble::None);
    ann.get("/admin").await.is(200);
}

#[tokio::test]
async fn fault12_a_provider_that_fails_in_the_middle_of_a_login_is_a_page_with_a_way_on() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.newcomer(ANN).await;
    for trouble in [Trouble::BadGateway, Trouble::Maintenance, Trouble::Silence] {
        let begun = ann.get("/api/auth/login").await;
        let arrived = ann.hop(&begun.location()).await;
        provider.has(trouble);
        let began_at = Instant::now();
        let answer = ann.hop(&arrived.location()).await;
        assert!(began_at.elapsed() < LONGEST, "{trouble:?} took {:?}", began_at.elapsed());
        is_explained(&answer);
        assert!(ann.is_signed_in().await, "the session from before lives");
        provider.has(Trouble::None);
    }
    ann.log_in(ANN).await;
}

#[tokio::test]
async fn fault12_too_many_requests_say_when_to_come_back() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    provider.has(Trouble::TooMany);
    let answer = ann.get("/admin/members").await;
    assert!(answer.is(503).says("Wait a few seconds"), "{}", answer.summary());
    assert_eq!(answer.header("retry-after"), "7");
}

/// Pages of people who were signed in before the provider fell silent, all at once; each takes how long it takes.
async fn pages_in_silence(since: Duration) {
    let (provider, site) = Provider::with_site().await;
    let ann = site.administrator(ANN, "acme").await;
    let mut bob = site.newcomer("bob@example.com").await;
    let (purchase, token) = (bob.new_purchase("team").await, bob.token().await);
    let mut fields = vec![("csrf", token.as_str()), ("plan", "team"), ("purchase", purchase.as_str())];
    fields.extend(card(GOOD_CARD));
    provider.has(Trouble::Silence);
    site.clock.advance(since);
    let began_at = Instant::now();
    let [mut home, mut overview, mut members] = [ann.clone(), ann.clone(), ann.clone()];
    let (home, overview, members, paid) = tokio::join!(
        home.get("/home"),
        overview.get("/admin"),
        members.get("/admin/members"),
        bob.post_exactly("/home/confirm-plan", &fields)
    );
    let took = began_at.elapsed();
    home.is(200);
    for answer in [overview, members, paid] {
        is_explained(&answer);
    }
    assert!(took < LONGEST, "it took {took:?}");
}

#[tokio::test]
async fn fault12_a_provider_that_says_nothing_does_not_hold_anybody_up() {
    pages_in_silence(Duration::ZERO).await;
}

#[tokio::test]
async fn fault12_a_provider_that_has_said_nothing_for_minutes_does_not_hold_anybody_up() {
    pages_in_silence(Duration::from_mins(2)).await;
}

#[tokio::test]
async fn fault12_a_provider_that_is_down_for_long_locks_nobody_out_of_what_they_paid_for() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    provider.has(Trouble::BadGateway);
    for _ in 0..3 {
        site.clock.advance(Duration::from_hours(2));
        assert!(ann.has_courses().await);
        let answer = ann.get("/admin").await;
        assert!(!answer.status.is_success() && answer.links_to("/home"), "{}", answer.summary());
    }
    provider.has(Trouble::None);
    ann.get("/admin").await.is(200);
}

#[tokio::test]
async fn fault12_signing_out_needs_nobody() {
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.newcomer(ANN).await;
    let mut old = ann.clone();
    provider.has(Trouble::BadGateway);
    ann.post("/api/auth/logout", &[]).await.is(303);
    assert!(!old.is_signed_in().await);
}

#[tokio::test]
async fn fault12_a_program_gets_the_same_as_json() {
    let site = site_at(&Url::parse(&format!("http://127.0.0.1:{}/", free_port())).unwrap()).await;
    let request = site.address.request(Method::GET, "/api/auth/login").header(ACCEPT, "application/json");
    let answer = site.address.send(request, "/api/auth/login").await;
    assert_eq!(answer.is(503).header("content-type"), "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["request_id"], answer.header("x-request-id"));
    assert_eq!(
        (&problem["status"], &problem["code"]),
        (&503.into(), &"identity_provider_unavailable".into())
    );
}

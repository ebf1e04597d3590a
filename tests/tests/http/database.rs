//! F06: the database server is gone, comes back, or takes no writes. Nothing is lost, and whoever waits is told.

use std::sync::Arc;

use reqwest::Method;
use reqwest::header::ACCEPT;
use secrecy::SecretString;
use tenantry_ports::testkit::FixedClock;
use tenantry_sql::testkit::PostgresServer;
use tenantry_system::SystemRandom;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::provider::settings_for;
use crate::site::{NOW, Site, free_port};

const ANN: &str = "ann@example.com";

/// A product on a server of its own.
async fn on(server: &PostgresServer) -> Site {
    let database = server.database().await;
    Site::with(|settings| settings.database_url = Some(database.clone())).await
}

/// A page that says so, with a way on.
fn is_explained(answer: &Answer) {
    assert!(answer.is(503).header("content-type").starts_with("text/html"), "{}", answer.summary());
    assert!(answer.links_to("/home") || answer.links_to("/"), "a way on: {}", answer.summary());
}

async fn status(ann: &mut Browser, path: &str) -> u16 {
    ann.get(path).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn f06_a_database_that_is_gone_and_comes_back_loses_nothing() {
    let server = PostgresServer::start();
    let site = on(&server).await;
    let mut ann = site.administrator(ANN, "acme").await;
    let token = ann.token().await;
    server.kill();
    is_explained(&ann.get("/home").await);
    let named = [("csrf", token.as_str()), ("display_name", "Acme & Sons"), ("colours", "product")];
    is_explained(&ann.post_exactly("/admin/customization", &named).await);
    let request = site.address.request(Method::GET, "/api/v1/me").header(ACCEPT, "application/json");
    let problem = ann.send(request, "/api/v1/me").await;
    assert!(problem.is(503).header("content-type").starts_with("application/problem+json"));
    assert_eq!(site.get("/healthz").await.status.as_u16(), 200, "it is alive");
    assert_eq!(site.get("/readyz").await.status.as_u16(), 503, "it is not ready");
    server.restart();
    site.get("/readyz").await.is(200);
    let home = ann.get("/home").await;
    assert!(home.is(200).says("learning with acme"), "{}", home.summary());
    ann.post_exactly("/admin/customization", &named).await.is(303);
    assert!(ann.get("/admin").await.is(200).says("Acme & Sons"));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f06_a_database_that_takes_no_writes_is_read_and_not_ready() {
    let server = PostgresServer::start();
    let site = on(&server).await;
    let mut ann = site.administrator(ANN, "acme").await;
    let token = ann.token().await;
    // As a standby does that nobody has promoted yet; who is connected already feels it, too.
    let all_end =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tenantry'";
    for (read_only, readiness) in [("on", 503), ("off", 200)] {
        let setting = if read_only == "on" {
            "ALTER SYSTEM SET default_transaction_read_only = on"
        } else {
            "ALTER SYSTEM RESET default_transaction_read_only"
        };
        server.tell("postgres", setting).await;
        server.tell("postgres", "SELECT pg_reload_conf()").await;
        server.tell("postgres", all_end).await;
        assert_eq!(status(&mut ann, "/readyz").await, readiness, "read only: {read_only}");
        assert_eq!(status(&mut ann, "/home/profile").await, 200, "sessions are read all the same");
        let fields = [("csrf", token.as_str()), ("display_name", "Acme & Sons"), ("colours", "product")];
        let answer = ann.post_exactly("/admin/customization", &fields).await;
        if read_only == "on" {
            is_explained(&answer);
        } else {
            answer.is(303);
        }
    }
    site.stop().await;
}

#[tokio::test]
async fn f06_a_product_whose_database_can_not_be_reached_does_not_start_and_says_why_without_the_password() {
    let secret = "postgres://tenantry:an-open-secret@127.0.0.1:1/tenantry";
    let identity = "http://127.0.0.1:1/".parse().unwrap();
    let mut settings = settings_for(&identity, free_port(), [None, None]);
    settings.database_url = Some(SecretString::from(secret));
    let clock = Arc::new(FixedClock::at(NOW));
    let Err(error) = tenantry::Product::start(settings, clock, Arc::new(SystemRandom)).await else {
        panic!("it started without a database")
    };
    let said = format!("{error:#} {error:?}");
    assert!(said.contains("TENANTRY_DATABASE_URL") && said.contains("refused"), "{said}");
    assert!(!said.contains("an-open-secret"), "{said}");
}

//! One request breaks nothing but itself, and keeps nobody waiting.

use std::io::ErrorKind;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, header};
use futures::stream;
use tokio::time::Instant;

use crate::browser::Browser;
use crate::log::Log;
use crate::world::{Fault, World};

#[tokio::test]
async fn a_bug_in_one_request_is_a_page_and_a_line_in_the_log() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    let log = Log::open();
    world.breaks(Fault::Bug);
    let answer = browser.post("/orgprompt", "organization=acme-1").await;
    let id = answer.headers["x-request-id"].to_str().unwrap();
    answer.shows(500, &["Something broke", "Back to Home", id]).hides(&["a lookup that panics"]);
    assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let lines = log.lines();
    let failed = lines.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert_eq!(failed["span"]["request_id"], id);
    assert_eq!(failed["fields"]["causes"], "a handler panicked: a lookup that panics");
    assert!(lines.iter().any(|line| line["fields"]["status"] == 500), "it is answered: {lines:?}");
    world.is_mended();
    browser.post("/orgprompt", "organization=acme-1").await.shows(422, &["No organization has this name"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_takes_half_a_minute_at_most() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    world.breaks(Fault::Silence);
    let began_at = Instant::now();
    let answer = browser.post("/orgprompt", "organization=acme-1").await;
    answer.shows(503, &["This takes too long", "Nothing is lost", "Back to Home"]);
    assert_eq!(began_at.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_form_that_does_not_arrive_is_not_waited_for() {
    let mut browser = Browser::new(&World::new());
    let began_at = Instant::now();
    let body = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    browser.post("/orgprompt", body).await.shows(408, &["Not all of it arrived in time"]);
    assert!(began_at.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_form_that_breaks_off_is_not_called_too_large() {
    let mut browser = Browser::new(&World::new());
    let broken = [Ok("organization="), Err(std::io::Error::from(ErrorKind::ConnectionReset))];
    let answer = browser.post("/orgprompt", Body::from_stream(stream::iter(broken))).await;
    answer.shows(400, &["Only a part of it arrived"]).hides(&["64 KiB"]);
    let chunk = || Ok::<_, std::io::Error>("organization=a&".repeat(1000));
    let large = Body::from_stream(stream::iter([chunk(), chunk(), chunk(), chunk(), chunk()]));
    browser.post("/orgprompt", large).await.shows(413, &["64 KiB"]);
}

#[tokio::test]
async fn a_full_disk_signs_nobody_out() {
    let world = World::new();
    let mut ann = Browser::signed_in(&world, "Ann Lee", None).await;
    world.breaks(Fault::ReadOnlyStore);
    world.clock.advance(Duration::from_mins(6));
    let log = Log::open();
    ann.get("/home").await.shows(200, &["Welcome, Ann Lee"]);
    ann.get("/pricing").await.shows(200, &["Back to Home"]);
    let is_noted = |line: &serde_json::Value| line["level"] == "WARN" && line["span"]["path"] == "/home";
    assert!(log.lines().iter().any(is_noted), "{:?}", log.lines());
    let answer = ann.send(Method::GET, "/readyz", &[("accept", "*/*")], String::new()).await;
    answer.shows(503, &["\"code\":\"not_ready\""]);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(ann.get("/healthz").await.status, 200);
    world.is_mended();
    assert_eq!(ann.get("/readyz").await.body, "ready\n");
}

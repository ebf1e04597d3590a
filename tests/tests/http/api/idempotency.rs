//! The same request with the same key is done once.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::program::Program;
use crate::site::Site;

const PATH: &str = "/api/v1/organizations";
const SECOND: Duration = Duration::from_secs(1);
const ALMOST_A_DAY: Duration = Duration::from_secs(24 * 60 * 60 - 1);

/// Somebody who has paid for an organization that has no name yet.
async fn ann(site: &Site, email: &str) -> Program {
    let mut browser = site.newcomer(email).await;
    browser.pay("team").await.leads_to("/home/register-business");
    Program::of(browser).await
}

#[tokio::test]
async fn the_same_request_is_answered_the_same() {
    let site = Site::start().await;
    let mut ann = ann(&site, "ann@example.com").await;
    let acme = json!({ "name": "acme" });
    let first = ann.post_with_key(PATH, &acme, "k-1").await;
    assert_eq!(first.is(201).header("idempotency-replayed"), "");
    let again = ann.post_with_key(PATH, &acme, "k-1").await;
    assert_eq!(again.is(201).header("idempotency-replayed"), "true");
    assert_eq!((&again.body, again.header("content-type")), (&first.body, first.header("content-type")));
    let other = ann.post_with_key(PATH, &json!({ "name": "other" }), "k-1").await;
    other.is_problem(422, "idempotency_key_reused", Some("Idempotency-Key"));
    let elsewhere = ann.post_with_key("/api/v1/me/export", &json!({}), "k-1").await;
    elsewhere.is_problem(422, "idempotency_key_reused", Some("Idempotency-Key"));
    // Under another organization it would be another thing to do.
    ann.browser.log_in_under("acme", "ann@example.com").await;
    let mut under_acme = Program::of(ann.browser.clone()).await;
    let answer = under_acme.post_with_key(PATH, &acme, "k-1").await;
    answer.is_problem(422, "idempotency_key_reused", Some("Idempotency-Key"));
}

#[tokio::test]
async fn what_was_refused_is_refused_again_with_the_words_of_the_first_time() {
    let site = Site::start().await;
    site.administrator("bob@example.com", "acme").await;
    let mut ann = ann(&site, "ann@example.com").await;
    let taken = json!({ "name": "acme" });
    let first = ann.post_with_key(PATH, &taken, "k").await;
    first.is_problem(422, "invalid_organization_name", Some("name"));
    let again = ann.post_with_key(PATH, &taken, "k").await;
    assert_eq!((again.body.as_str(), again.header("idempotency-replayed")), (first.body.as_str(), "true"));
    assert_eq!(again.is(422).json()["request_id"], first.header("x-request-id"), "the request that was run");
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
}

#[tokio::test]
async fn of_several_at_the_same_time_one_is_done() {
    let site = Site::start().await;
    let ann = ann(&site, "ann@example.com").await;
    let asking = (0..8).map(|_| {
        let mut one = ann.clone();
        async move { one.post_with_key(PATH, &json!({ "name": "acme" }), "k").await }
    });
    let answers = join_all(asking).await;
    let (mut done, mut bodies) = (0, Vec::new());
    for answer in &answers {
        if answer.status == 201 {
            done += usize::from(answer.header("idempotency-replayed").is_empty());
            bodies.push(&answer.body);
        } else {
            answer.is_problem(409, "request_under_way", None);
            assert_eq!(answer.header("retry-after"), "1");
        }
    }
    assert_eq!(done, 1, "{answers:?}");
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn a_key_is_one_persons_and_for_a_day() {
    let site = Site::start().await;
    let (mut ann, mut bob) = (ann(&site, "ann@example.com").await, ann(&site, "bob@example.com").await);
    ann.post_with_key(PATH, &json!({ "name": "anns" }), "k").await.is(201);
    let bobs = bob.post_with_key(PATH, &json!({ "name": "bobs" }), "k").await;
    assert_eq!(bobs.is(201).json()["organization"]["name"], "bobs");
    site.clock.advance(ALMOST_A_DAY);
    let answer = ann.post_with_key(PATH, &json!({ "name": "other" }), "k").await;
    answer.is_problem(422, "idempotency_key_reused", Some("Idempotency-Key"));
    site.clock.advance(SECOND);
    // As if it had never been seen: this is run, and nothing is paid for it.
    ann.post_with_key(PATH, &json!({ "name": "other" }), "k").await.is_problem(402, "not_paid", None);
}

#[tokio::test]
async fn what_can_be_no_key_is_refused() {
    let site = Site::start().await;
    let mut ann = ann(&site, "ann@example.com").await;
    for key in ["", "two words", "clé", &"x".repeat(256)] {
        let answer = ann.post_with_key(PATH, &json!({ "name": "acme" }), key).await;
        answer.is_problem(422, "invalid_idempotency_key", Some("Idempotency-Key"));
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    let answer = ann.ask(Method::POST, PATH, Some(br#"{"name":"acme"}"#.to_vec()), &twice).await;
    answer.is_problem(422, "invalid_idempotency_key", Some("Idempotency-Key"));
    ann.post_with_key(PATH, &json!({ "name": "acme" }), &"x".repeat(255)).await.is(201);
}

//! Discovery domains over the Management API.

use crate::support::World;
use axum::http::StatusCode;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

#[tokio::test]
async fn a_discovery_domain_lives() {
    let world = World::new();
    let (acme, beta) = (world.organization("acme").await, world.organization("beta").await);
    let path = format!("/organizations/{acme}/discovery-domains");
    let made = world.api("POST", &path, json!({ "domain": "acme.example" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let made = made.json();
    let (id, txt) = (made["id"].as_str().unwrap(), made["verification_txt"].as_str().unwrap());
    assert!(id.starts_with("ord_") && id.len() == 26, "{id}");
    assert!(txt.len() == 32 && txt.bytes().all(|byte| byte.is_ascii_hexdigit()), "{txt}");
    let mut expected = json!({
        "id": id,
        "domain": "acme.example",
        "status": "pending",
        "verification_txt": txt,
        "verification_host": format!("_ss-verification.{acme}.acme.example"),
        "use_for_organization_discovery": true,
    });
    assert_eq!(made, expected);
    let twice = world.api("POST", &path, json!({ "domain": "acme.example" })).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let of_beta = format!("/organizations/{beta}/discovery-domains");
    let other = world.api("POST", &of_beta, json!({ "domain": "acme.example" })).await;
    assert_eq!(other.status, StatusCode::CREATED, "a domain may belong to several organizations");

    let one = format!("{path}/{id}");
    let change = json!({ "status": "verified", "use_for_organization_discovery": false });
    expected["status"] = "verified".into();
    expected["use_for_organization_discovery"] = false.into();
    assert_eq!(world.api("PATCH", &one, change).await.json(), expected);
    for path in [&one, &format!("{path}/name/acme.example")] {
        assert_eq!(world.api("GET", path, NONE).await.json(), expected);
    }
    // Another organization's domain is not found, and not deleted.
    let foreign = format!("{of_beta}/{id}");
    let gone = json!({
        "statusCode": 404, "error": "Not Found", "message": "No organization domain found by that id",
    });
    assert_eq!(world.api("GET", &foreign, NONE).await.json(), gone);
    assert_eq!(world.api("DELETE", &foreign, NONE).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.api("GET", &one, NONE).await.status, StatusCode::OK);
    for _ in 0..2 {
        assert_eq!(world.api("DELETE", &one, NONE).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.api("GET", &one, NONE).await.json(), gone);
}

#[tokio::test]
async fn discovery_domains_are_listed_by_checkpoint_and_a_hundred_at_most() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let path = format!("/organizations/{acme}/discovery-domains");
    let token = world.management_token(None).await;
    for number in 0..100 {
        let body = json!({ "domain": format!("d{number}.example") });
        let made = world.api_with(&token, "POST", &path, body).await;
        assert_eq!(made.status, StatusCode::CREATED);
    }
    let one_more = world.api("POST", &path, json!({ "domain": "more.example" })).await;
    assert_eq!(one_more.status, StatusCode::CONFLICT, "{}", one_more.body);
    let (mut seen, mut from) = (Vec::new(), String::new());
    loop {
        let page = world.api("GET", &format!("{path}?take=40{from}"), NONE).await.json();
        seen.extend(page["domains"].as_array().unwrap().iter().map(|domain| domain["domain"].to_string()));
        match page.get("next").and_then(Value::as_str) {
            Some(next) => from = format!("&from={next}"),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 100);
    let page = world.api("GET", &path, NONE).await.json();
    assert_eq!((page["domains"].as_array().unwrap().len(), page["next"].is_string()), (50, true));
}

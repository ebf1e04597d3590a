//! The front page: what it shows, to whom, and what its buttons do.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tenantry_fake::Fault;

use crate::wire::Wire;

async fn page(wire: &Wire) -> String {
    wire.client.get(wire.url("/")).send().await.unwrap().text().await.unwrap()
}

/// A button of the page, as a browser on the page presses it.
async fn press(wire: &Wire, action: &str, form: &[(&str, &str)]) -> StatusCode {
    let request = wire.client.post(wire.url(&format!("/_tenantry/page/{action}"))).form(form);
    request.header("origin", wire.url("")).send().await.unwrap().status()
}

#[tokio::test]
async fn it_shows_what_the_provider_knows() {
    let wire = Wire::start().await;
    wire.add_user("<script>@example.com").await.unwrap();
    for number in 0..25 {
        wire.add_user(&format!("person{number}@example.com")).await.unwrap();
    }
    let seed = json!({ "organizations": [{ "name": "acme", "display_name": "Acme & Co", "members": ["person1@example.com"] }] });
    assert_eq!(wire.control(Method::POST, "/seed", Some(seed)).await.0, StatusCode::NO_CONTENT);
    wire.fake.faults().add(Fault::status(503).on("GET", "/nowhere"));
    let page = page(&wire).await;
    for shown in [
        "The first 20 of 25.",
        "Acme &#38; Co",
        "Answers 503",
        "GET /nowhere",
        "POST /api/v2/users",
        "Management",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(!page.contains("<script") && !page.contains("style="), "nothing that runs, nothing inline");
    let secret = crate::wire::management(&wire.fake).client_secret;
    assert!(!page.contains(secrecy::ExposeSecret::expose_secret(&secret)), "no secret is shown");
}

#[tokio::test]
async fn its_buttons_act_when_its_own_page_presses_them() {
    let wire = Wire::start().await;
    wire.add_user("ann@example.com").await.unwrap();
    let fault = wire.fake.faults().add(Fault::status(503).on("GET", "/nowhere")).to_string();
    assert_eq!(press(&wire, "remove-fault", &[("id", &fault)]).await, StatusCode::SEE_OTHER);
    assert_eq!(wire.fake.faults().all(), []);
    assert_eq!(press(&wire, "advance-clock", &[("seconds", "3600")]).await, StatusCode::SEE_OTHER);
    assert!(wire.fake.clock().ahead_millis() >= 3_600_000 - 1_000);
    assert_eq!(press(&wire, "reset-clock", &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(wire.fake.clock().ahead_millis(), 0);
    assert_eq!(press(&wire, "clear-mailbox", &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(wire.fake.mailbox().unwrap(), []);
    assert_eq!(press(&wire, "reset", &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(wire.users().await, [""; 0]);
    assert_eq!(press(&wire, "explode", &[]).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_else_presses_them_and_from_elsewhere_little_is_seen() {
    let wire = Wire::start().await;
    wire.add_user("ann@example.com").await.unwrap();
    let reset = || wire.client.post(wire.url("/_tenantry/page/reset"));
    for (name, value) in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        assert_eq!(
            reset().header(name, value).send().await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "{value}"
        );
    }
    assert_eq!(
        reset().send().await.unwrap().status(),
        StatusCode::FORBIDDEN,
        "a form says where it comes from"
    );
    assert_eq!(wire.users().await, ["ann@example.com"]);
    let elsewhere = wire.client.get(wire.url("/")).header("host", "evil.example").send().await.unwrap();
    let elsewhere = elsewhere.text().await.unwrap();
    assert!(elsewhere.contains("Development identity provider") && !elsewhere.contains("ann@example.com"));
}

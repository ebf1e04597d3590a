//! How the answer of the authorization endpoint reaches the client, and requests that are sent ahead.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use url::Url;

use crate::authn::{refusal, refused, set_app, world};
use crate::browser::Browser;
use crate::support::{APP, Answer, CALLBACK, World, claims, encode, form_request, parameter};
use serde_json::json;

async fn signed_in(world: &World) -> Browser {
    let mut browser = Browser::default();
    browser.sign_up(world, "ann@example.com").await;
    browser
}

fn fragment(answer: &Answer) -> Url {
    let url: Url = answer.location.parse().unwrap();
    assert_eq!(url.query(), None, "{url}");
    format!("{CALLBACK}?{}", url.fragment().unwrap()).parse().unwrap()
}

/// The values of the hidden fields.
fn field(page: &Answer, name: &str) -> Option<String> {
    let (_, rest) = page.body.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

/// Whether the page's policy lets its own script run.
fn script_may_run(page: &Answer) -> bool {
    let script = page.body.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    page.csp.contains(&format!("script-src 'sha256-{}'", STANDARD.encode(digest(&SHA256, script.as_bytes()))))
}

#[tokio::test]
async fn a_code_travels_as_the_client_asks() {
    let world = world();
    let mut browser = signed_in(&world).await;
    let answer = browser.get(&world, &world.authorize(&[("response_mode", "fragment")])).await;
    let callback = fragment(&answer);
    assert_eq!(parameter(&callback, "state").as_deref(), Some("s1"));
    assert_eq!(world.redeem(&parameter(&callback, "code").unwrap()).await.status, StatusCode::OK);

    let page = browser.get(&world, &world.authorize(&[("response_mode", "form_post")])).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(&format!("method=\"post\" action=\"{CALLBACK}\"")) && script_may_run(&page));
    assert_eq!(field(&page, "state").as_deref(), Some("s1"));
    assert_eq!(world.redeem(&field(&page, "code").unwrap()).await.status, StatusCode::OK);

    let page = browser.get(&world, &world.authorize(&[("response_mode", "web_message")])).await;
    assert!(
        page.body.contains("\"type\":\"authorization_response\"") && script_may_run(&page),
        "{}",
        page.body
    );
    assert!(page.csp.contains("frame-ancestors http://127.0.0.1:3000;"), "{}", page.csp);
    let silent = [("response_mode", "form_post"), ("prompt", "none")];
    let page = world.get(&world.authorize(&silent)).await;
    assert_eq!(field(&page, "error").as_deref(), Some("login_required"));
    let unknown = world.get(&world.authorize(&[("response_mode", "pigeon")])).await;
    assert_eq!(unknown.refusal().1, "Unsupported response mode: pigeon");
}

#[tokio::test]
async fn tokens_come_straight_from_the_endpoint_where_the_client_may_have_that() {
    let world = world();
    let mut browser = signed_in(&world).await;
    let implicit = world.authorize(&[("response_type", "id_token token")]);
    let refused = fragment(&browser.get(&world, &implicit).await);
    assert_eq!(parameter(&refused, "error").as_deref(), Some("unauthorized_client"));
    set_app(&world, json!({ "grant_types": ["authorization_code", "implicit"] })).await;
    let callback = fragment(&browser.get(&world, &implicit).await);
    let token = parameter(&callback, "access_token").unwrap();
    let id_token = claims(&parameter(&callback, "id_token").unwrap());
    let half = |text: &str| URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16]);
    assert_eq!((&id_token["at_hash"], &id_token["nonce"]), (&json!(half(&token)), &json!("n1")));
    assert_eq!(parameter(&callback, "code"), None);

    let hybrid = [("response_type", "code id_token"), ("response_mode", "form_post")];
    let page = browser.get(&world, &world.authorize(&hybrid)).await;
    let code = field(&page, "code").unwrap();
    let id_token = claims(&field(&page, "id_token").unwrap());
    assert_eq!(id_token["c_hash"], json!(half(&code)));
    assert_eq!(field(&page, "access_token"), None);
    assert_eq!(world.redeem(&code).await.status, StatusCode::OK);
    // The cookies of a login come along.
    let page = Browser::default().log_in(&world, "ann@example.com", &[("response_type", "id_token")]).await;
    assert!(page.cookies.iter().any(|cookie| cookie.starts_with("auth0=")), "{:?}", page.cookies);
    let no_nonce = world.get(&world.authorize(&[("response_type", "id_token"), ("nonce", "")])).await;
    assert_eq!(
        parameter(&fragment(&no_nonce), "error_description").as_deref(),
        Some("Missing required parameter: nonce")
    );
    let query = world.get(&world.authorize(&[("response_type", "token"), ("response_mode", "query")])).await;
    assert_eq!(parameter(&fragment(&query), "error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_request_that_was_sent_ahead_is_taken_up_once() {
    let world = world();
    let (id, secret) = world.client(APP);
    let request = world.authorize(&[]);
    let query = request.split_once('?').unwrap().1.to_owned();
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let push = async |secret: &str, more: &[(&str, &str)]| {
        let mut form: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        form.push(("client_secret", secret));
        form.extend_from_slice(more);
        world.send(form_request("/oauth/par", &form)).await
    };
    assert_eq!(refusal(&push("guess", &[]).await), refused(401, "access_denied", "Unauthorized"));
    let (status, error, _) = refusal(&push(&secret, &[("redirect_uri", "https://evil.example/")]).await);
    assert_eq!((status, error.as_str()), (400, "invalid_request"));
    let pushed = push(&secret, &[]).await;
    assert_eq!((pushed.status, &pushed.json()["expires_in"]), (StatusCode::CREATED, &json!(30)));
    let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"));
    let authorize =
        |uri: &str| format!("/authorize?{}", encode(&[("client_id", id.as_str()), ("request_uri", uri)]));
    let mut browser = signed_in(&world).await;
    let callback = browser.get(&world, &authorize(&uri)).await.callback();
    assert_eq!(parameter(&callback, "state").as_deref(), Some("s1"));
    assert_eq!(browser.get(&world, &authorize(&uri)).await.status, StatusCode::FORBIDDEN, "once");
    let late = push(&secret, &[]).await.json()["request_uri"].as_str().unwrap().to_owned();
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(browser.get(&world, &authorize(&late)).await.status, StatusCode::FORBIDDEN);
    set_app(&world, json!({ "require_pushed_authorization_requests": true })).await;
    assert_eq!(browser.get(&world, &world.authorize(&[])).await.status, StatusCode::FORBIDDEN);
}

//! Bad bodies: each is refused with what is wrong about it, and nothing is written.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use super::program::Program;
use crate::site::Site;

#[tokio::test]
async fn a_field_that_is_unknown_missing_or_sent_twice_is_named() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let before = site.management().await.everything().await;
    let (me, look) = ("/api/v1/me", "/api/v1/organization/customization");
    for (path, body, field) in [
        (me, r#"{"name":"Eve","name":"Mallory"}"#, "name"),
        (me, r#"{"name":"Eve","roles":["Administrator"]}"#, "roles"),
        (me, r#"{"name":"Eve","id":"auth0|1"}"#, "id"),
        (me, r#"{"name":"Eve","__proto__":{"admin":true}}"#, "__proto__"),
        (me, "{}", "name"),
        (me, r#"{"name":null}"#, "name"),
        (me, r#"{"name":["Eve"]}"#, "name"),
        (me, r#"{"name":""}"#, "name"),
        (me, r#"{"name":"  "}"#, "name"),
        (me, r#"{"name":"a\u0000b"}"#, "name"),
        (me, r#"{"name":"a\r\nBcc: eve@evil.example"}"#, "name"),
        (me, r#"{"name":"https://evil.example"}"#, "name"),
        (look, r#"{"display_name":null}"#, "display_name"),
        (look, r#"{"display_name":"a\u202eb"}"#, "display_name"),
        (look, r##"{"colours":{"primary":"#12345","background":"#ffffff"}}"##, "colours.primary"),
        (look, r##"{"colours":{"primary":"#123456"}}"##, "colours.background"),
        (look, r##"{"colours":{"primary":"#123456","background":"red"}}"##, "colours.background"),
        (look, r#"{"subscription":"enterprise;2099-01-01T00:00:00.000Z;active"}"#, "subscription"),
    ] {
        let answer = ann.ask(Method::PATCH, path, Some(body.into()), &[]).await;
        assert_eq!(answer.status.as_u16(), 422, "{body}: {}", answer.summary());
        answer.is_problem(422, "invalid_field", Some(field));
    }
    let long = json!({ "name": "x".repeat(151) });
    ann.patch(me, &long).await.is_problem(422, "invalid_field", Some("name"));
    assert_eq!(site.management().await.everything().await, before, "and nothing has changed");
}

#[tokio::test]
async fn what_is_no_json_or_too_much_is_refused() {
    let site = Site::start().await;
    let mut ann = Program::of(site.administrator("ann@example.com", "acme").await).await;
    let before = site.management().await.everything().await;
    let deep = format!(r#"{{"name":{}"#, "[".repeat(1000));
    for body in [
        &b""[..],
        b"{",
        br#"{"name":"Eve",}"#,
        br#"{"name":"\ud83e"}"#,
        br#"{"name":NaN}"#,
        br#"{"name":1e400}"#,
        b"{\"name\":\"\xff\"}",
        br#"{"name":"Eve"}{"name":"Eve"}"#,
    ] {
        let answer = ann.ask(Method::PATCH, "/api/v1/me", Some(body.to_vec()), &[]).await;
        answer.is_problem(400, "malformed_json", None);
    }
    let answer = ann.ask(Method::PATCH, "/api/v1/me", Some(deep.into()), &[]).await;
    assert!(matches!(answer.status.as_u16(), 400 | 422), "{}", answer.summary());
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(64 * 1024));
    let answer = ann.ask(Method::PATCH, "/api/v1/me", Some(large.into()), &[]).await;
    answer.is_problem(413, "too_large", None);
    let answer = ann.post("/api/v1/me/export", &json!({ "user_id": "auth0|1" })).await;
    answer.is_problem(422, "unexpected_body", None);
    let form = site.address.request(Method::PATCH, "/api/v1/me").header("x-csrf-token", &ann.token);
    let form = form.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("name=Eve");
    ann.browser.send(form, "/api/v1/me").await.is_problem(415, "unsupported_media_type", None);
    assert_eq!(site.management().await.everything().await, before, "and nothing has changed");
}

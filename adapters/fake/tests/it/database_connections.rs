//! Sign-up and password change without the login page.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::authn::{set_tenant, world};
use crate::browser::Browser;
use crate::support::{APP, Answer, World, form_request};

const DATABASE: &str = "Username-Password-Authentication";

async fn post(world: &World, path: &str, more: Value) -> Answer {
    let mut body = json!({ "client_id": world.client(APP).0, "connection": DATABASE });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    world.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn sign_up(world: &World, more: Value) -> Answer {
    post(world, "/dbconnections/signup", more).await
}

#[tokio::test]
async fn an_account_is_made_and_its_owner_logs_in() {
    let world = world();
    let answer = sign_up(
        &world,
        json!({
            "email": " Ann@Example.com",
            "password": crate::support::PASSWORD,
            "given_name": "Ann",
            "user_metadata": { "plan": "gold" },
        }),
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let made = answer.json();
    assert_eq!((&made["email"], &made["email_verified"]), (&json!("ann@example.com"), &json!(false)));
    let id = made["_id"].as_str().unwrap();
    assert_eq!((id.len(), id.contains('|')), (24, false));
    let user = world.api("GET", &format!("/users/auth0%7C{id}"), Value::Null).await.json();
    assert_eq!((&user["given_name"], &user["user_metadata"]["plan"]), (&json!("Ann"), &json!("gold")));
    let answer = Browser::default().log_in(&world, "ann@example.com", &[]).await;
    assert_eq!(world.id_token(&answer.callback()).await["given_name"], "Ann");
    let form = [
        ("client_id", world.client(APP).0),
        ("connection", DATABASE.to_owned()),
        ("email", "bo@example.com".to_owned()),
        ("password", crate::support::PASSWORD.to_owned()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = world.send(form_request("/dbconnections/signup", &form)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn who_asks_is_told_no_more_than_auth0_tells() {
    let world = world();
    world.user("ann@example.com").await;
    let ann = json!({ "email": "ann@example.com", "password": crate::support::PASSWORD });
    let told = |code: &str, description: &str| json!({ "name": "BadRequestError", "code": code, "description": description, "statusCode": 400 });
    set_tenant(&world, json!({ "flags": { "enable_public_signup_user_exists_error": false } })).await;
    let masked = sign_up(&world, ann.clone()).await;
    assert_eq!(
        (masked.status, masked.json()),
        (StatusCode::BAD_REQUEST, told("invalid_signup", "Invalid sign up"))
    );
    set_tenant(&world, json!({ "flags": { "enable_public_signup_user_exists_error": true } })).await;
    assert_eq!(sign_up(&world, ann).await.json(), told("user_exists", "The user already exists."));

    let weak = sign_up(&world, json!({ "email": "bo@example.com", "password": "abc!" })).await;
    assert_eq!(weak.status, StatusCode::BAD_REQUEST);
    let weak = weak.json();
    assert_eq!((&weak["name"], &weak["code"]), (&json!("PasswordStrengthError"), &json!("invalid_password")));
    assert_eq!(weak["message"], "Password is too weak");
    assert!(weak["policy"].as_str().unwrap().starts_with("* At least 8 characters in length\n* Contain"));
    let rules = &weak["description"]["rules"];
    assert_eq!((&rules[0]["code"], &rules[0]["verified"]), (&json!("lengthAtLeast"), &json!(false)));
    let kinds: Vec<&Value> =
        rules[1]["items"].as_array().unwrap().iter().map(|item| &item["verified"]).collect();
    assert_eq!(kinds, [&json!(true), &json!(false), &json!(false), &json!(true)]);
    assert_eq!(weak["description"]["verified"], false);

    for (body, description) in [
        (json!({ "password": "x" }), "email is required"),
        (json!({ "email": "bo@example.com" }), "password is required"),
        (
            json!({ "email": "bo@example.com", "password": "x", "client_id": "nobody" }),
            "Unknown client: nobody",
        ),
        (
            json!({ "email": "bo@example.com", "password": "x", "connection": "google-oauth2" }),
            "The connection google-oauth2 is not enabled for the client",
        ),
        (
            json!({ "email": "bo@example.com", "password": "x", "user_metadata": { "a": 1 } }),
            "user_metadata has at most 10 keys of at most 100 characters, with strings of at most 500",
        ),
    ] {
        assert_eq!(sign_up(&world, body).await.json(), told("invalid_request", description));
    }
    let connection = world.connection_id(DATABASE).await;
    let closed = json!({ "options": { "disable_signup": true } });
    let answer = world.api("PATCH", &format!("/connections/{connection}"), closed).await;
    if answer.status == StatusCode::OK {
        let refused =
            sign_up(&world, json!({ "email": "cy@example.com", "password": "correct Horse 1" })).await;
        assert_eq!(refused.json(), told("invalid_signup", "Public signup is disabled"));
    }
}

#[tokio::test]
async fn a_password_link_is_mailed_and_the_answer_never_tells_whether() {
    let world = world();
    world.user("ann@example.com").await;
    for email in ["ann@example.com", "nobody@example.com"] {
        let answer = post(&world, "/dbconnections/change_password", json!({ "email": email })).await;
        let sent = "We've just sent you an email to reset your password.";
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, sent), "{email}");
    }
    let missing = post(&world, "/dbconnections/change_password", json!({})).await;
    assert_eq!(
        (missing.status, &missing.json()["description"]),
        (StatusCode::BAD_REQUEST, &json!("email is required"))
    );
}

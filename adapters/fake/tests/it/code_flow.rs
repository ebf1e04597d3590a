//! The authorization code flow, from the request to the tokens.

use std::time::Duration;

use crate::browser::Browser;
use crate::support::{
    APP, CALLBACK, ISSUER, VERIFIER, World, basic, claims, form_request, parameter, segment,
};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_hours(1);

fn silent_of(world: &World) -> String {
    world.authorize(&[("prompt", "none")])
}

#[tokio::test]
async fn a_newcomer_signs_up_and_the_application_gets_verifiable_tokens() {
    let world = World::new();
    let answer = Browser::default().sign_up(&world, " Ann@Example.com ").await;
    let callback = answer.callback();
    assert_eq!(parameter(&callback, "state").as_deref(), Some("s1"));

    let tokens = world.redeem(&parameter(&callback, "code").unwrap()).await;
    assert_eq!((tokens.status, tokens.cache_control.as_str()), (StatusCode::OK, "no-store"));
    let tokens = tokens.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(86_400)));
    assert_eq!(tokens.get("refresh_token"), None, "nobody asked for offline_access");

    let jwks = world.get("/.well-known/jwks.json").await.json();
    let id_token = tokens["id_token"].as_str().unwrap();
    let kid = jsonwebtoken::decode_header(id_token).unwrap().kid.unwrap();
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).unwrap();
    let key = jsonwebtoken::DecodingKey::from_rsa_components(
        key["n"].as_str().unwrap(),
        key["e"].as_str().unwrap(),
    )
    .unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[world.client(APP).0]);
    validation.validate_exp = false;
    let verified = jsonwebtoken::decode::<Value>(id_token, &key, &validation).unwrap().claims;

    let now = 1_772_445_600;
    assert_eq!((&verified["iat"], &verified["exp"]), (&json!(now), &json!(now + 36_000)));
    assert_eq!((&verified["nonce"], &verified["email"]), (&json!("n1"), &json!("ann@example.com")));
    assert_eq!((&verified["name"], &verified["nickname"]), (&json!("ann@example.com"), &json!("ann")));
    assert_eq!(verified["email_verified"], json!(false));
    assert_eq!(verified["subscription"], json!("trial;2026-03-03T10:00:00.000Z;active"));
    assert!(verified["sub"].as_str().unwrap().starts_with("auth0|"));
    assert!(verified["sid"].is_string());
    assert_eq!((verified.get("auth_time"), verified.get("org_id")), (None, None));

    let userinfo = Request::get("/userinfo")
        .header(header::AUTHORIZATION, format!("Bearer {}", tokens["access_token"].as_str().unwrap()));
    let userinfo = world.send(userinfo.body(Body::empty()).unwrap()).await.json();
    assert_eq!((&userinfo["sub"], &userinfo["email"]), (&verified["sub"], &verified["email"]));
}

#[tokio::test]
async fn the_trial_is_written_once_and_kept() {
    let world = World::new();
    let mut browser = Browser::default();
    let first = world.id_token(&browser.sign_up(&world, "ann@example.com").await.callback()).await;
    world.clock.advance(48 * HOUR);
    let later = browser.get(&world, &world.authorize(&[])).await;
    let later = world.id_token(&later.callback()).await;
    assert_eq!(first["subscription"], later["subscription"]);
    let user = segment(first["sub"].as_str().unwrap());
    let user = world.api("GET", &format!("/users/{user}"), Value::Null).await.json();
    assert_eq!(user["app_metadata"]["subscription"], first["subscription"]);
    assert_eq!(user["logins_count"], json!(1), "going on with a session is no login");
}

#[tokio::test]
async fn a_code_is_worth_one_try() {
    let world = World::new();
    let mut browser = Browser::default();
    let code = parameter(&browser.sign_up(&world, "ann@example.com").await.callback(), "code").unwrap();
    assert_eq!(world.redeem(&code).await.status, StatusCode::OK);
    let again = world.redeem(&code).await;
    let expected = json!({ "error": "invalid_grant", "error_description": "Invalid authorization code" });
    assert_eq!((again.status, again.json()), (StatusCode::FORBIDDEN, expected.clone()));

    // A wrong verifier spends the code as well.
    let code = parameter(&browser.get(&world, &world.authorize(&[])).await.callback(), "code").unwrap();
    let mut fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", "wrong"),
    ];
    let wrong = world.token(APP, &fields).await;
    assert_eq!(wrong.json()["error_description"], "Failed to verify code verifier");
    fields[3].1 = VERIFIER;
    assert_eq!(world.token(APP, &fields).await.json(), expected);
}

#[tokio::test]
async fn a_code_needs_its_callback_its_verifier_its_client_and_ten_minutes() {
    let world = World::new();
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let fields = |code: &str, callback: &'static str, verifier: Option<&'static str>| {
        let mut fields = vec![
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.to_owned()),
            ("redirect_uri".to_owned(), callback.to_owned()),
        ];
        fields.extend(verifier.map(|verifier| ("code_verifier".to_owned(), verifier.to_owned())));
        fields
    };
    let elsewhere = "http://localhost:3000/other";
    for (callback, verifier, wait, error, description) in [
        (
            elsewhere,
            Some(VERIFIER),
            0,
            "unauthorized_client",
            "The redirect URI is wrong. You sent http://localhost:3000, and we expected http://127.0.0.1:3000",
        ),
        (CALLBACK, None, 0, "invalid_grant", "Failed to verify code verifier"),
        (CALLBACK, Some(VERIFIER), 600, "invalid_grant", "Invalid authorization code"),
    ] {
        let code = parameter(&browser.get(&world, &world.authorize(&[])).await.callback(), "code").unwrap();
        world.clock.advance(Duration::from_secs(wait));
        let fields = fields(&code, callback, verifier);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = world.token(APP, &fields).await;
        let expected = json!({ "error": error, "error_description": description });
        assert_eq!((answer.status, answer.json()), (StatusCode::FORBIDDEN, expected));
    }
    let unbound = world.authorize(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let code = parameter(&browser.get(&world, &unbound).await.callback(), "code").unwrap();
    assert_eq!(world.redeem(&code).await.status, StatusCode::FORBIDDEN, "a verifier nobody announced");
}

#[tokio::test]
async fn clients_prove_themselves_in_the_header_or_in_the_body() {
    let world = World::new();
    let (id, secret) = world.client(APP);
    let wrong = [("grant_type", "authorization_code"), ("client_id", &id), ("client_secret", "guess")];
    let unknown = [("grant_type", "authorization_code"), ("client_id", "x"), ("client_secret", &secret)];
    for fields in [wrong, unknown] {
        let answer = world.send(form_request("/oauth/token", &fields)).await;
        let expected = json!({ "error": "access_denied", "error_description": "Unauthorized" });
        assert_eq!((answer.status, answer.json()), (StatusCode::UNAUTHORIZED, expected));
    }
    let request = |body: Value| {
        Request::post("/oauth/token")
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::AUTHORIZATION, basic(&id, &secret))
            .body(Body::from(body.to_string()))
            .unwrap()
    };
    let code = json!({ "grant_type": "authorization_code", "code": "nonsense" });
    assert_eq!(world.send(request(code)).await.json()["error"], "invalid_grant");
    let password = json!({ "grant_type": "password" });
    let answer = world.send(request(password)).await;
    assert_eq!(answer.json()["error_description"], "Grant type 'password' not allowed for the client.");
    let missing = world.send(request(json!({}))).await;
    assert_eq!(missing.json()["error_description"], "Missing required parameter: grant_type");
}

#[tokio::test]
async fn the_client_is_told_what_is_wrong_with_its_request() {
    let world = World::new();
    for (extra, error, description) in [
        (("response_type", "saml"), "unsupported_response_type", "Unsupported response type: saml"),
        (("response_type", ""), "invalid_request", "Missing required parameter: response_type"),
        (
            ("code_challenge", "short"),
            "invalid_request",
            "code_challenge must be 43 to 128 unreserved characters",
        ),
        (("prompt", "none login"), "invalid_request", "prompt=none can't be combined with others"),
        (("prompt", "none"), "login_required", "Login required"),
        (("connection", "nope"), "invalid_request", "the connection was not found"),
        (("audience", "https://x/"), "access_denied", "Service not enabled within domain: https://x/"),
        (("invitation", "abc"), "invalid_request", "invitation not found or already used"),
        (("organization", "org_nope"), "invalid_request", "parameter organization is invalid: org_nope"),
        (
            ("organization", "acme"),
            "invalid_request",
            "authorization request parameter organization must be an organization id",
        ),
    ] {
        let answer = world.get(&world.authorize(&[extra])).await;
        assert_eq!(answer.refusal(), (error.to_owned(), description.to_owned()), "{extra:?}");
        assert_eq!(parameter(&answer.callback(), "state").as_deref(), Some("s1"));
    }
    // Nobody is sent to an address that was not registered.
    for extra in [
        ("redirect_uri", "http://127.0.0.1:3000/api/auth/callback/"),
        ("redirect_uri", "https://evil.example/"),
        ("client_id", "unknown"),
        ("client_id", ""),
    ] {
        let answer = world.get(&world.authorize(&[extra])).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::FORBIDDEN, ""), "{extra:?}");
        assert!(answer.body.contains("invalid_request"));
    }
    let twice = world.get(&format!("{}&state=s2", world.authorize(&[]))).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_refresh_token_gives_tokens_until_the_user_is_gone() {
    let world = World::new();
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let offline = world.authorize(&[("scope", "openid email offline_access")]);
    let code = parameter(&browser.get(&world, &offline).await.callback(), "code").unwrap();
    let first = world.redeem(&code).await.json();
    let token = first["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    world.clock.advance(HOUR);
    for _ in 0..2 {
        let answer = world.token(APP, &fields).await.json();
        assert_eq!(answer.get("refresh_token"), None, "it does not rotate");
        let (before, after) =
            (claims(first["id_token"].as_str().unwrap()), claims(answer["id_token"].as_str().unwrap()));
        assert_eq!((&before["sub"], &before["sid"]), (&after["sub"], &after["sid"]));
        assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 3600);
    }
    let unknown = world.token(APP, &[("grant_type", "refresh_token"), ("refresh_token", "v1.x")]).await;
    assert_eq!(unknown.json()["error_description"], "Unknown or invalid refresh token.");
    let user = claims(first["id_token"].as_str().unwrap())["sub"].as_str().unwrap().to_owned();
    world.api("DELETE", &format!("/users/{}", segment(&user)), Value::Null).await;
    let gone = world.token(APP, &fields).await.json();
    let expected = "The refresh_token was generated for a user who doesn't exist anymore.";
    assert_eq!((&gone["error"], &gone["error_description"]), (&json!("invalid_grant"), &json!(expected)));
    assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");
}

//! Logins as a browser and an application see them.

mod support;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use support::{
    APP, Browser, CALLBACK, ISSUER, PASSWORD, VERIFIER, World, basic, claims, encode, form_request, parameter,
    seed,
};
use tenantry_fake::Seed;

const HOUR: Duration = Duration::from_secs(3600);

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
    let user = support::segment(first["sub"].as_str().unwrap());
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
    for (callback, verifier, wait) in [
        ("http://127.0.0.1:3000/other", Some(VERIFIER), 0),
        (CALLBACK, None, 0),
        (CALLBACK, Some(VERIFIER), 600),
    ] {
        let code = parameter(&browser.get(&world, &world.authorize(&[])).await.callback(), "code").unwrap();
        world.clock.advance(Duration::from_secs(wait));
        let fields = fields(&code, callback, verifier);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = world.token(APP, &fields).await;
        assert_eq!((answer.status, &answer.json()["error"]), (StatusCode::FORBIDDEN, &json!("invalid_grant")));
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
async fn a_session_logs_in_without_a_page_until_it_is_over() {
    let world = World::new();
    let mut browser = Browser::default();
    let first = world.id_token(&browser.sign_up(&world, "ann@example.com").await.callback()).await;
    let silent = world.authorize(&[("prompt", "none")]);
    world.clock.advance(71 * HOUR);
    let again = world.id_token(&browser.get(&world, &silent).await.callback()).await;
    assert_eq!(again["sid"], first["sid"]);
    // 72 hours unused.
    let idle = browser.clone();
    world.clock.advance(72 * HOUR);
    let mut over = idle.clone();
    assert_eq!(over.get(&world, &silent).await.refusal(), ("login_required".into(), "Login required".into()));
    // 168 hours in all, although it was used in between.
    let world = World::new();
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    for _ in 0..3 {
        world.clock.advance(50 * HOUR);
        assert!(parameter(&browser.get(&world, &silent_of(&world)).await.callback(), "code").is_some());
    }
    world.clock.advance(18 * HOUR);
    assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");
}

fn silent_of(world: &World) -> String {
    world.authorize(&[("prompt", "none")])
}

#[tokio::test]
async fn a_login_can_be_asked_for_in_spite_of_a_session() {
    let world = World::new();
    let mut browser = Browser::default();
    let first = world.id_token(&browser.sign_up(&world, "ann@example.com").await.callback()).await;
    let old = browser.cookie("auth0").unwrap().to_owned();
    world.clock.advance(Duration::from_secs(100));
    let again = browser.log_in(&world, "ann@example.com", &[("prompt", "login")]).await;
    let again = world.id_token(&again.callback()).await;
    assert_eq!(again["auth_time"], json!(1_772_445_700), "prompt=login says when");
    assert_ne!(again["sid"], first["sid"], "c03: a new session");
    assert_ne!(browser.cookie("auth0"), Some(old.as_str()));
    let request = Request::get(silent_of(&world)).header(header::COOKIE, format!("auth0={old}"));
    let with_old = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(with_old.refusal().0, "login_required", "c03: the old one is dead");

    world.clock.advance(Duration::from_secs(100));
    let young = browser.get(&world, &world.authorize(&[("max_age", "100")])).await;
    assert_eq!(world.id_token(&young.callback()).await["auth_time"], json!(1_772_445_700));
    assert!(browser.begin(&world, &[("max_age", "99")]).await.starts_with("/u/login"));
    assert!(
        browser.begin(&world, &[("screen_hint", "signup"), ("prompt", "login")]).await.starts_with("/u/signup")
    );
}

#[tokio::test]
async fn mistakes_are_shown_in_place_and_what_was_typed_is_kept() {
    let world = World::new();
    world.user("ann@example.com").await;
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[("login_hint", "ann@example.com")]).await;
    let shown = browser.get(&world, &page).await;
    assert!(shown.body.contains("value=\"ann@example.com\"") && shown.body.contains(APP), "{}", shown.body);
    assert!(shown.csp.contains("default-src 'none'") && !shown.csp.contains("unsafe"), "{}", shown.csp);
    assert_eq!(shown.cache_control, "private, no-store");

    for (email, password) in [("ann@example.com", "hunter2 X"), ("nobody@example.com", PASSWORD)] {
        let wrong = browser.post(&world, &page, &[("username", email), ("password", password)]).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
        assert!(wrong.body.contains("Wrong email or password") && wrong.body.contains(email));
        assert!(!wrong.body.contains(password), "the password is not repeated");
    }
    let empty = browser.post(&world, &page, &[("username", "<b>"), ("password", "")]).await;
    assert!(empty.body.contains("Please enter your password") && !empty.body.contains("<b>"));

    let page = page.replace("/u/login", "/u/signup");
    for (email, password, message) in [
        ("ann@example.com", PASSWORD, "The user already exists."),
        ("ANN@example.com", PASSWORD, "The user already exists."),
        ("ann@", PASSWORD, "Email is not valid."),
        ("bo@example.com", "short", "Password is too weak"),
        ("", PASSWORD, "Please enter an email address"),
    ] {
        let answer = browser.post(&world, &page, &[("email", email), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{email}");
        assert!(answer.body.contains(message), "{email}: {}", answer.body);
    }
    // The same login still ends well.
    let fields = [("username", "Ann@Example.com"), ("password", PASSWORD)];
    let done = browser.post(&world, &page.replace("/u/signup", "/u/login"), &fields).await;
    assert!(parameter(&done.callback(), "code").is_some());
}

#[tokio::test]
async fn c05_several_tabs_log_in_at_once_and_no_other_browser_can_take_part() {
    let world = World::new();
    world.user("ann@example.com").await;
    let mut browser = Browser::default();
    let fields = [("username", "ann@example.com"), ("password", PASSWORD)];
    let first = browser.begin(&world, &[("state", "tab1")]).await;
    let second = browser.begin(&world, &[("state", "tab2")]).await;
    let mut stranger = Browser::default();
    for page in [&first, &second] {
        let refused = stranger.post(&world, page, &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "the handle alone is worth nothing");
    }
    let done = browser.post(&world, &second, &fields).await;
    assert_eq!(parameter(&done.callback(), "state").as_deref(), Some("tab2"));
    let done = browser.post(&world, &first, &fields).await;
    assert_eq!(parameter(&done.callback(), "state").as_deref(), Some("tab1"));
    let again = browser.post(&world, &first, &fields).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "a login ends once");
    assert_eq!(browser.cookie_names(), ["auth0"], "their cookies are gone");

    let late = browser.begin(&world, &[("prompt", "login")]).await;
    world.clock.advance(HOUR);
    assert_eq!(browser.post(&world, &late, &fields).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_client_is_told_what_is_wrong_with_its_request() {
    let world = World::new();
    for (extra, error, description) in [
        (("response_type", "token"), "unsupported_response_type", "Unsupported response type: token"),
        (("response_type", ""), "invalid_request", "Missing required parameter: response_type"),
        (("code_challenge", "short"), "invalid_request", "code_challenge must be 43 to 128 unreserved characters"),
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
async fn google_is_stood_for_by_a_page_that_believes_everybody() {
    let world = World::new();
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[]).await;
    assert!(browser.get(&world, &page).await.body.contains("Continue with Google"));
    let left = browser.post(&world, &page, &[("connection", "google-oauth2")]).await;
    assert!(left.location.starts_with("/u/stand-in?state="), "{}", left.location);
    assert!(browser.get(&world, &left.location).await.body.contains("stands for Google"));
    let fields = [("email", "ann@example.com"), ("name", "Ann  Lee"), ("action", "default")];
    let ann = world.id_token(&browser.post(&world, &left.location, &fields).await.callback()).await;
    assert!(ann["sub"].as_str().unwrap().starts_with("google-oauth2|"), "{ann:?}");
    assert_eq!((&ann["name"], &ann["given_name"]), (&json!("Ann Lee"), &json!("Ann")));
    assert_eq!(ann["email_verified"], json!(true));

    // The next time she is one click away, in any browser.
    let mut other = Browser::default();
    let page = other.begin(&world, &[("connection", "google-oauth2")]).await;
    assert!(page.starts_with("/u/stand-in"), "a named connection needs no button");
    assert!(other.get(&world, &page).await.body.contains("Ann Lee"));
    let same = other.post(&world, &page, &[("identity", ann["sub"].as_str().unwrap())]).await;
    assert_eq!(world.id_token(&same.callback()).await["sub"], ann["sub"]);
    // And the same address is the same account.
    let mut third = Browser::default();
    let page = third.begin(&world, &[("connection", "google-oauth2")]).await;
    let same = third.post(&world, &page, &[("email", "ann@example.com"), ("name", "Somebody")]).await;
    assert_eq!(world.id_token(&same.callback()).await["sub"], ann["sub"]);

    let mut fourth = Browser::default();
    let page = fourth.begin(&world, &[("connection", "google-oauth2")]).await;
    let nobody = fourth.post(&world, &page, &[("identity", "auth0|123")]).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    let cancelled = fourth.post(&world, &page, &[("action", "cancel")]).await;
    assert_eq!(cancelled.refusal().0, "access_denied");
}

#[tokio::test]
async fn identifier_first_asks_on_two_pages() {
    let mut seed: Seed = seed();
    seed.login.identifier_first = true;
    let world = World::with(seed);
    world.user("ann@example.com").await;
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[]).await;
    assert!(page.starts_with("/u/login/identifier?state="), "{page}");
    let next = browser.post(&world, &page, &[("username", "ann@example.com")]).await;
    assert!(next.location.starts_with("/u/login/password?state="), "{}", next.location);
    assert!(browser.get(&world, &next.location).await.body.contains("ann@example.com"));
    let wrong = browser.post(&world, &next.location, &[("password", "wrong")]).await;
    assert!(wrong.body.contains("Wrong email or password"));
    let done = browser.post(&world, &next.location, &[("password", PASSWORD)]).await;
    assert_eq!(world.id_token(&done.callback()).await["email"], "ann@example.com");
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
    world.api("DELETE", &format!("/users/{}", support::segment(&user)), Value::Null).await;
    assert_eq!(world.token(APP, &fields).await.json()["error"], "invalid_grant");
    assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");
}

#[tokio::test]
async fn a_blocked_user_is_kept_out() {
    let world = World::new();
    let user = world.user("ann@example.com").await;
    let path = format!("/users/{}", support::segment(&user));
    world.api("PATCH", &path, json!({ "blocked": true })).await;
    let answer = Browser::default().log_in(&world, "ann@example.com", &[]).await;
    assert_eq!(answer.refusal(), ("unauthorized".to_owned(), "user is blocked".to_owned()));
}

#[tokio::test]
async fn c06_logging_out_ends_the_session() {
    let world = World::new();
    let (client_id, _) = world.client(APP);
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let stolen = browser.clone();
    let query =
        encode(&[("client_id", client_id.as_str()), ("returnTo", "http://127.0.0.1:3000/?bye=1#x")]);
    let answer = browser.get(&world, &format!("/v2/logout?{query}")).await;
    assert_eq!(answer.location, "http://127.0.0.1:3000/?bye=1#x");
    assert_eq!(browser.cookie("auth0"), None);
    for mut browser in [browser, stolen] {
        assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");
    }
    for bad in ["https://evil.example/", "http://127.0.0.1:3000/elsewhere", "http://127.0.0.1:3000@evil.example/"] {
        let query = encode(&[("client_id", client_id.as_str()), ("returnTo", bad)]);
        let answer = world.get(&format!("/v2/logout?{query}")).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::BAD_REQUEST, ""), "{bad}");
    }
    let answer = world.get(&format!("/v2/logout?client_id={client_id}")).await;
    assert_eq!(answer.location, "http://127.0.0.1:3000/", "the first allowed URL");
}

#[tokio::test]
async fn an_application_logs_out_whom_it_knows_and_else_the_person_is_asked() {
    let world = World::new();
    let (client_id, _) = world.client(APP);
    let mut browser = Browser::default();
    let signed_in = browser.sign_up(&world, "ann@example.com").await;
    let tokens = world.redeem(&parameter(&signed_in.callback(), "code").unwrap()).await.json();
    let id_token = tokens["id_token"].as_str().unwrap();
    let sid = claims(id_token)["sid"].as_str().unwrap().to_owned();
    let common = [
        ("client_id", client_id.as_str()),
        ("post_logout_redirect_uri", "http://127.0.0.1:3000/"),
        ("state", "s2"),
    ];
    let path = |extra: &[(&str, &str)]| format!("/oidc/logout?{}", encode(&[&common, extra].concat()));

    let mut asked = browser.clone();
    let page = asked.get(&world, &path(&[])).await;
    assert!(page.status == StatusCode::OK && page.body.contains("Do you want to log out"));
    assert!(parameter(&asked.get(&world, &silent_of(&world)).await.callback(), "code").is_some());

    let mut hinted = browser.clone();
    let foreign = hinted.get(&world, &path(&[("logout_hint", "another")])).await;
    assert_eq!(foreign.status, StatusCode::OK, "a hint for another session asks as well");
    let done = hinted.get(&world, &path(&[("logout_hint", &sid)])).await;
    assert_eq!(done.location, "http://127.0.0.1:3000/?state=s2");
    assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");

    browser.log_in(&world, "ann@example.com", &[]).await;
    let agreed = browser.post(&world, "/oidc/logout/confirm", &common).await;
    assert_eq!(agreed.location, "http://127.0.0.1:3000/?state=s2");
    assert_eq!(browser.get(&world, &silent_of(&world)).await.refusal().0, "login_required");

    let hint = [("id_token_hint", id_token), ("post_logout_redirect_uri", "http://127.0.0.1:3000/")];
    let by_token = world.get(&format!("/oidc/logout?{}", encode(&hint))).await;
    assert_eq!(by_token.location, "http://127.0.0.1:3000/");
    let inexact = [("id_token_hint", id_token), ("post_logout_redirect_uri", "http://127.0.0.1:3000/?x=1")];
    assert_eq!(world.get(&format!("/oidc/logout?{}", encode(&inexact))).await.status, StatusCode::BAD_REQUEST);
    let forged = format!("{}x", &id_token[..id_token.len() - 4]);
    let forged = world.get(&format!("/oidc/logout?{}", encode(&[("id_token_hint", &forged)]))).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_provider_describes_itself() {
    let world = World::new();
    let configuration = world.get("/.well-known/openid-configuration").await.json();
    assert_eq!(configuration["issuer"], ISSUER);
    for (name, path) in [
        ("authorization_endpoint", "authorize"),
        ("token_endpoint", "oauth/token"),
        ("userinfo_endpoint", "userinfo"),
        ("jwks_uri", ".well-known/jwks.json"),
        ("end_session_endpoint", "oidc/logout"),
    ] {
        assert_eq!(configuration[name], format!("{ISSUER}{path}"));
    }
    assert_eq!(world.get("/.well-known/jwks.json").await.json()["keys"].as_array().unwrap().len(), 2);
    let home = world.get("/").await;
    assert!(home.body.contains("Development identity provider"));
    assert!(!home.body.contains(&world.client(APP).1), "no secrets");
    let css = home.body.split("href=\"").find_map(|part| part.strip_prefix("/u/assets/")).unwrap();
    let css = world.get(&format!("/u/assets/{}", css.split('"').next().unwrap())).await;
    assert!(css.body.contains(".auth-card") && css.cache_control.contains("immutable"));
    assert!(world.get("/avatars/an.svg").await.body.contains(">AN<"));
    for nowhere in ["/avatars/%3Cscript%3E.svg", "/u/assets/other.css", "/nowhere"] {
        assert_eq!(world.get(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[tokio::test]
async fn calls_are_counted_by_their_route() {
    let world = World::new();
    world.user("ann@example.com").await;
    world.fake.clear_calls();
    world.api("GET", "/users/auth0%7Cnobody", Value::Null).await;
    world.get("/nowhere").await;
    let calls: Vec<_> =
        world.fake.calls().into_iter().map(|call| (call.method, call.route, call.path, call.status)).collect();
    let call = |method: &str, route: &str, path: &str, status| {
        (method.to_owned(), route.to_owned(), path.to_owned(), status)
    };
    assert_eq!(
        calls,
        [
            call("POST", "/oauth/token", "/oauth/token", 200),
            call("GET", "/api/v2/users/{id}", "/api/v2/users/auth0%7Cnobody", 404),
            call("GET", "", "/nowhere", 404),
        ]
    );
}

//! Access tokens: opaque ones for `/userinfo`, and those of APIs.

use crate::authn::{
    API, grant, refusal, refused, register_api, set_app, set_client, set_tenant, tokens, world,
};
use crate::browser::Browser;
use crate::support::{APP, ISSUER, M2M, PASSWORD, World, claims, form_request, segment};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Map, Value, json};
use std::time::Duration;

async fn userinfo(world: &World, token: &str) -> crate::support::Answer {
    let request = Request::get("/userinfo").header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.send(request.body(Body::empty()).unwrap()).await
}

fn access_token(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

#[tokio::test]
async fn without_an_audience_the_token_says_nothing_and_opens_userinfo_for_a_day() {
    let world = world();
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let tokens = tokens(&world, &mut browser, &[]).await;
    let token = access_token(&tokens);
    assert!(!token.contains('.'), "no JSON Web Token: {token}");
    assert_eq!((&tokens["expires_in"], &tokens["scope"]), (&json!(86_400), &json!("openid profile email")));
    assert_eq!(userinfo(&world, token).await.json()["email"], "ann@example.com");
    let refused = userinfo(&world, "nonsense").await;
    assert_eq!(
        (refused.status, refused.json()["error"].as_str()),
        (StatusCode::UNAUTHORIZED, Some("invalid_token"))
    );
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(userinfo(&world, token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_for_an_api_has_its_scopes_and_its_lifetime() {
    let world = world();
    register_api(&world, json!({ "token_lifetime": 600 })).await;
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let scope = "openid email read:things delete:things offline_access";
    let given = tokens(&world, &mut browser, &[("audience", API), ("scope", scope)]).await;
    let token = access_token(&given).to_owned();
    let claims = claims(&token);
    assert_eq!(claims["aud"], json!([API, format!("{ISSUER}userinfo")]));
    assert_eq!(claims["scope"], "openid email read:things", "what it knows, and no offline access");
    assert_eq!(given["scope"], claims["scope"]);
    assert!(given.get("refresh_token").is_none());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    assert_eq!((&given["expires_in"], &claims["azp"]), (&json!(600), &json!(world.client(APP).0)));
    assert!(claims["sub"].as_str().unwrap().starts_with("auth0|"));
    assert!(claims.get("permissions").is_none() && claims.get("gty").is_none());
    assert_eq!(userinfo(&world, &token).await.json()["email"], "ann@example.com");

    let bare = tokens(&world, &mut browser, &[("audience", API), ("scope", "read:things")]).await;
    assert_eq!(crate::support::claims(access_token(&bare))["aud"], API);
    assert!(bare.get("id_token").is_none());
    assert_eq!(userinfo(&world, access_token(&bare)).await.status, StatusCode::UNAUTHORIZED);
    // People have no business at the Management API.
    let management = format!("{ISSUER}api/v2/");
    let answer = browser.get(&world, &world.authorize(&[("audience", &management)])).await;
    assert_eq!(answer.refusal().1, format!("Service not enabled within domain: {management}"));
}

#[tokio::test]
async fn the_tenants_default_audience_is_used_where_none_is_named() {
    let world = world();
    register_api(&world, json!({ "allow_offline_access": true })).await;
    set_tenant(&world, json!({ "default_audience": API })).await;
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let given = tokens(&world, &mut browser, &[("scope", "openid offline_access read:things")]).await;
    assert_eq!(claims(access_token(&given))["aud"][0], API);
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", given["refresh_token"].as_str().unwrap())];
    let again = world.token(APP, &fields).await.json();
    assert_eq!(claims(access_token(&again))["scope"], "openid offline_access read:things");
    let narrowed =
        world.token(APP, &[fields[0], fields[1], ("scope", "read:things write:things")]).await.json();
    assert_eq!(narrowed["scope"], "read:things", "a subset of what was granted");
    let other = world.token(APP, &[fields[0], fields[1], ("audience", "https://other/")]).await;
    assert_eq!(refusal(&other).1, "invalid_grant");
}

#[tokio::test]
async fn an_api_with_policies_gives_what_roles_permit() {
    let world = world();
    let settings = json!({ "enforce_policies": true, "token_dialect": "access_token_authz" });
    register_api(&world, settings).await;
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let given = tokens(&world, &mut browser, &[("audience", API), ("scope", "openid read:things")]).await;
    let claims = claims(access_token(&given));
    assert_eq!((&claims["scope"], &claims["permissions"]), (&json!("openid"), &json!([])));
}

#[tokio::test]
async fn rfc9068_and_symmetric_tokens_are_as_their_api_wants_them() {
    let world = world();
    let secret = "a secret that the API has, too";
    let settings =
        json!({ "token_dialect": "rfc9068_profile", "signing_alg": "HS256", "signing_secret": secret });
    register_api(&world, settings).await;
    set_app(&world, json!({ "jwt_configuration": { "alg": "HS256", "lifetime_in_seconds": 60 } })).await;
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let given = tokens(&world, &mut browser, &[("audience", API)]).await;
    let token = access_token(&given);
    let head = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!((head.typ.as_deref(), head.alg), (Some("at+jwt"), jsonwebtoken::Algorithm::HS256));
    let body = verified(token, secret.as_bytes());
    assert_eq!(body["client_id"], json!(world.client(APP).0));
    assert!(body["jti"].is_string() && body.get("azp").is_none());
    let id_token = verified(given["id_token"].as_str().unwrap(), world.client(APP).1.as_bytes());
    assert_eq!(id_token["exp"].as_i64().unwrap() - id_token["iat"].as_i64().unwrap(), 60);
    // Such a token is a hint at logout, too.
    let hint = format!("/oidc/logout?id_token_hint={}", given["id_token"].as_str().unwrap());
    assert_eq!(browser.get(&world, &hint).await.status, StatusCode::OK);
    assert_eq!(browser.cookie("auth0"), None);
}

fn verified(token: &str, secret: &[u8]) -> Map<String, Value> {
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.validate_aud = false;
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_secret(secret);
    jsonwebtoken::decode(token, &key, &validation).unwrap().claims
}

#[tokio::test]
async fn a_program_gets_what_its_grant_allows() {
    let world = world();
    let ask = [("grant_type", "client_credentials"), ("audience", API)];
    let nowhere = world.token(M2M, &ask).await;
    let unknown = format!("Service not enabled within domain: {API}");
    assert_eq!(refusal(&nowhere), refused(403, "access_denied", &unknown));
    register_api(&world, json!({ "token_lifetime": 60 })).await;
    let (status, error, description) = refusal(&world.token(M2M, &ask).await);
    assert_eq!((status, error.as_str()), (403, "access_denied"));
    assert!(description.starts_with(&format!("Client is not authorized to access \"{API}\".")));
    grant(&world, json!({ "scope": ["read:things", "write:things"] })).await;
    let all = world.token(M2M, &ask).await.json();
    assert_eq!((&all["scope"], &all["expires_in"]), (&json!("read:things write:things"), &json!(60)));
    let token = claims(access_token(&all));
    let subject = format!("{}@clients", world.client(M2M).0);
    assert_eq!((&token["sub"], &token["gty"]), (&json!(subject), &json!("client-credentials")));
    assert_eq!(token["aud"], API);
    let part = world.token(M2M, &[ask[0], ask[1], ("scope", "write:things delete:things")]).await.json();
    assert_eq!(part["scope"], "write:things");
    let none = world.token(M2M, &[ask[0]]).await;
    let message = "No audience parameter was provided, and no default audience has been configured";
    assert_eq!(refusal(&none), refused(403, "access_denied", message));
    let (_, error, description) = refusal(&world.token(APP, &ask).await);
    let message = "Grant type 'client_credentials' not allowed for the client.";
    assert_eq!((error.as_str(), description.as_str()), ("unauthorized_client", message));
}

#[tokio::test]
async fn a_program_acts_for_the_organizations_that_its_grant_is_attached_to() {
    let world = world();
    register_api(&world, json!({})).await;
    let id = grant(&world, json!({ "organization_usage": "allow" })).await;
    let (acme, beta) = (world.organization("acme").await, world.organization("beta").await);
    let ask = |organization: &str| {
        let fields =
            [("grant_type", "client_credentials"), ("audience", API), ("organization", organization)];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let token = async |organization: &str| {
        let fields = ask(organization);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        world.token(M2M, &fields).await
    };
    assert_eq!(token(&acme).await.status, StatusCode::FORBIDDEN, "not attached");
    let attached =
        world.api("POST", &format!("/organizations/{acme}/client-grants"), json!({ "grant_id": id })).await;
    assert_eq!(attached.status, StatusCode::CREATED, "{}", attached.body);
    assert_eq!(claims(access_token(&token(&acme).await.json()))["org_id"], json!(acme));
    assert_eq!(token(&beta).await.status, StatusCode::FORBIDDEN);
    let (_, error, description) = refusal(&token("org_none").await);
    assert_eq!(
        (error.as_str(), description.as_str()),
        ("access_denied", "parameter organization is invalid: org_none")
    );
    let without = world.token(M2M, &[("grant_type", "client_credentials"), ("audience", API)]).await.json();
    assert!(claims(access_token(&without)).get("org_id").is_none());

    let change = async |body: Value| {
        let answer = world.api("PATCH", &format!("/client-grants/{id}"), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    };
    change(json!({ "organization_usage": "require", "allow_any_organization": true })).await;
    assert_eq!(claims(access_token(&token(&beta).await.json()))["org_id"], json!(beta));
    let without = world.token(M2M, &[("grant_type", "client_credentials"), ("audience", API)]).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN, "one is required");
    let default =
        json!({ "default_organization": { "organization_id": beta, "flows": ["client_credentials"] } });
    set_client(&world, M2M, default).await;
    let by_default =
        world.token(M2M, &[("grant_type", "client_credentials"), ("audience", API)]).await.json();
    assert_eq!(claims(access_token(&by_default))["org_id"], json!(beta));
    change(json!({ "organization_usage": "deny" })).await;
    assert_eq!(token(&acme).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_password_gets_tokens_without_a_browser() {
    let world = world();
    world.user("ann@example.com").await;
    let realm = "http://auth0.com/oauth/grant-type/password-realm";
    set_app(&world, json!({ "grant_types": ["password", realm, "refresh_token"] })).await;
    let ask = async |grant: &str, password: &str, more: &[(&str, &str)]| {
        let mut fields = vec![("grant_type", grant), ("username", "Ann@example.com"), ("password", password)];
        fields.extend_from_slice(more);
        world.token(APP, &fields).await
    };
    let connection =
        [("realm", "Username-Password-Authentication"), ("scope", "openid email offline_access")];
    let given = ask(realm, PASSWORD, &connection).await.json();
    let id_token = claims(given["id_token"].as_str().unwrap());
    assert_eq!((&id_token["email"], id_token.get("sid")), (&json!("ann@example.com"), None));
    assert!(given["refresh_token"].is_string());
    assert_eq!(userinfo(&world, access_token(&given)).await.json()["email"], "ann@example.com");
    let wrong = refused(403, "invalid_grant", "Wrong email or password.");
    assert_eq!(refusal(&ask(realm, "guess", &connection).await), wrong);
    let no_default = "Authorization server not configured with default connection.";
    assert_eq!(refusal(&ask("password", PASSWORD, &[]).await), refused(403, "server_error", no_default));
    set_tenant(&world, json!({ "default_directory": "Username-Password-Authentication" })).await;
    assert_eq!(ask("password", PASSWORD, &[]).await.status, StatusCode::OK);
    let unknown = ask(realm, PASSWORD, &[("realm", "nope")]).await;
    assert_eq!(refusal(&unknown), refused(400, "invalid_request", "the connection was not found"));
    let user = segment(id_token["sub"].as_str().unwrap());
    world.api("PATCH", &format!("/users/{user}"), json!({ "blocked": true })).await;
    assert_eq!(
        refusal(&ask("password", PASSWORD, &[]).await),
        refused(403, "unauthorized", "user is blocked")
    );
}

#[tokio::test]
async fn a_public_client_proves_itself_by_its_challenge() {
    let world = world();
    set_app(&world, json!({ "token_endpoint_auth_method": "none" })).await;
    let (id, _) = world.client(APP);
    let mut browser = Browser::default();
    browser.sign_up(&world, "ann@example.com").await;
    let code = async |browser: &mut Browser, extra: &[(&str, &str)]| {
        let callback = browser.get(&world, &world.authorize(extra)).await.callback();
        crate::support::parameter(&callback, "code").unwrap()
    };
    let redeem = async |code: &str, verifier: &[(&str, &str)]| {
        let callback = crate::support::CALLBACK;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("client_id", id.as_str()),
            ("code", code),
            ("redirect_uri", callback),
        ];
        fields.extend_from_slice(verifier);
        world.send(form_request("/oauth/token", &fields)).await
    };
    let good = code(&mut browser, &[]).await;
    let verifier = [("code_verifier", crate::support::VERIFIER)];
    assert_eq!(redeem(&good, &verifier).await.status, StatusCode::OK);
    let bare = code(&mut browser, &[("code_challenge", ""), ("code_challenge_method", "")]).await;
    assert_eq!(refusal(&redeem(&bare, &[]).await), refused(401, "access_denied", "Unauthorized"));
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let asserted = [("client_assertion", "x"), ("client_assertion_type", kind)];
    assert_eq!(refusal(&redeem(&good, &asserted).await).1, "invalid_client");
}

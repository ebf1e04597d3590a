//! The way to the issuer and back.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{BO, CLIENT_ID, EMAIL, NAME, Pair, SECRET, SUBJECT, given};
use crate::browser::Browser;
use crate::support::{ISSUER, World, form_request, parameter, seed};

#[tokio::test]
async fn somebody_of_the_enterprise_logs_in_by_code() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    let mut browser = Browser::default();
    let request = pair.leave(&mut browser, &[("login_hint", EMAIL)]).await;
    assert!(request.as_str().starts_with(&format!("{}authorize?", pair.address)), "{request}");
    for (name, value) in [
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", "http://127.0.0.1:4400/login/callback"),
        ("scope", "openid profile email"),
        ("login_hint", EMAIL),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(given(&request, name), value);
    }
    assert_eq!((given(&request, "code_challenge").len(), given(&request, "nonce").len()), (43, 43));
    let answer = pair.log_in_at_issuer(&request).await;
    let claims = pair.id_token(&pair.come_back(&mut browser, &answer).await).await;
    assert_eq!((&claims["sub"], &claims["email"]), (&json!(BO), &json!(EMAIL)));
    assert_eq!((&claims["email_verified"], &claims["name"]), (&json!(true), &json!("Bo Ek")));
    let user = pair.user(BO).await;
    let identity = json!({
        "connection": NAME, "user_id": format!("{NAME}|{SUBJECT}"), "provider": "oidc", "isSocial": false,
    });
    assert_eq!((&user["identities"], &user["logins_count"]), (&json!([identity]), &json!(1)));
    assert_eq!(pair.logs("s").await[0]["connection"], NAME);

    let again = pair.log_in(&mut Browser::default(), &[]).await;
    assert_eq!(pair.id_token(&again).await["sub"], BO);
    assert_eq!(pair.user(BO).await["logins_count"], 2);
}

#[tokio::test]
async fn somebody_of_the_enterprise_logs_in_by_a_form() {
    let pair = Pair::new().await;
    pair.connect(&json!({ "type": "front_channel", "client_secret": null })).await;
    let mut browser = Browser::default();
    let request = pair.leave(&mut browser, &[]).await;
    assert_eq!(
        (given(&request, "response_type"), given(&request, "response_mode")),
        ("id_token".into(), "form_post".into())
    );
    assert_eq!(parameter(&request, "code_challenge"), None);
    let page = pair.log_in_at_issuer(&request).await;
    let field = |name: &str| {
        let marked = format!("name=\"{name}\" value=\"");
        let rest = page.body.split_once(&marked).unwrap_or_else(|| panic!("{}", page.body)).1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    let (token, state) = (field("id_token"), field("state"));
    let fields = [("id_token", token.as_str()), ("state", state.as_str())];
    // No cookie comes with a form of another site.
    let hop = pair.world.send(form_request("/login/callback", &fields)).await;
    assert_eq!(hop.status, StatusCode::FOUND, "{}", hop.body);
    assert!(!hop.location.contains(&token), "the token is not shown");
    let twice = pair.world.send(form_request("/login/callback", &fields)).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST, "the first answer counts");
    let stranger = Browser::default().get(&pair.world, &hop.location).await;
    assert_eq!(stranger.status, StatusCode::BAD_REQUEST, "another browser gets nothing for it");
    let claims = pair.id_token(&browser.get(&pair.world, &hop.location).await).await;
    assert_eq!((&claims["sub"], &claims["email"]), (&json!(BO), &json!(EMAIL)));
}

#[tokio::test]
async fn okta_is_known_by_its_domain() {
    let pair = Pair::new().await;
    let domain = pair.address.strip_prefix("http://").unwrap().trim_end_matches('/');
    let options = json!({ "client_id": CLIENT_ID, "client_secret": SECRET, "domain": domain });
    pair.connect_by("okta", options).await;
    let claims = pair.id_token(&pair.log_in(&mut Browser::default(), &[]).await).await;
    assert_eq!(claims["sub"], "okta|acme|auth0|bo");
}

#[tokio::test]
async fn each_setting_of_pkce_does_what_it_says() {
    let pair = Pair::new().await;
    let connection = pair.connect(&json!({})).await;
    for (setting, method) in
        [("auto", Some("S256")), ("S256", Some("S256")), ("plain", Some("plain")), ("disabled", None)]
    {
        let options = json!({ "pkce": setting });
        pair.set_options(&connection, |all| drop(all.insert("connection_settings".into(), options))).await;
        let mut browser = Browser::default();
        let request = pair.leave(&mut browser, &[]).await;
        assert_eq!(parameter(&request, "code_challenge_method").as_deref(), method, "{setting}");
        let answer = pair.log_in_at_issuer(&request).await;
        let back = pair.come_back(&mut browser, &answer).await;
        assert!(parameter(&back.callback(), "code").is_some(), "{setting}: {}", back.location);
    }
}

#[tokio::test]
async fn a_connection_passes_parameters_on_and_never_the_protocols_own() {
    let pair = Pair::new().await;
    pair.connect(&json!({
        "scope": "openid email",
        "upstream_params": {
            "display": { "value": "page" },
            "acr_values": { "alias": "acr_values" },
            "user": { "alias": "login_hint" },
            "ui_locales": { "alias": "ui_locales" },
            "state": { "value": "mine" },
            "redirect_uri": { "value": "https://evil.example/" },
        },
    }))
    .await;
    let more = [("acr_values", "phr"), ("login_hint", EMAIL)];
    let request = pair.leave(&mut Browser::default(), &more).await;
    for (name, value) in
        [("display", "page"), ("acr_values", "phr"), ("user", EMAIL), ("scope", "openid email")]
    {
        assert_eq!(given(&request, name), value);
    }
    assert_eq!(parameter(&request, "ui_locales"), None, "nobody has sent any");
    let all = |name: &str| request.query_pairs().filter(|(key, _)| key == name).count();
    assert_eq!((all("state"), all("redirect_uri")), (1, 1));
    assert!(given(&request, "redirect_uri").starts_with(ISSUER));
}

#[tokio::test]
async fn auto_membership_decides_who_is_let_in() {
    for takes_everybody in [true, false] {
        let pair = Pair::new().await;
        let connection = pair.connect(&json!({})).await;
        let organization = pair.organization(&connection, takes_everybody).await;
        let answer = pair.log_in(&mut Browser::default(), &[("organization", &organization)]).await;
        if takes_everybody {
            let claims = pair.id_token(&answer).await;
            assert_eq!(claims["org_id"], organization);
            assert_eq!(claims["member_roles"], json!([]), "whoever comes for the first time came with none");
        } else {
            let says = format!("user {BO} is not part of the {organization} organization");
            assert_eq!(answer.refusal(), ("access_denied".to_owned(), says));
            assert_eq!(pair.user(BO).await["email"], EMAIL, "the account is there all the same");
        }
        let path = format!("/organizations/{organization}/members");
        let members = pair.world.api("GET", &path, Value::Null).await.json();
        assert_eq!(members.as_array().unwrap().len(), usize::from(takes_everybody));
    }
}

#[tokio::test]
async fn the_domain_of_an_address_leads_to_the_issuer() {
    let mut seed = seed();
    seed.login.identifier_first = true;
    let pair = Pair::with(seed).await;
    pair.connect(&json!({ "domain_aliases": ["acme.example"] })).await;
    let mut browser = Browser::default();
    let page = browser.begin(&pair.world, &[]).await;
    assert!(page.starts_with("/u/login/identifier?"), "{page}");
    let request = pair.sent(&browser.post(&pair.world, &page, &[("username", EMAIL)]).await);
    assert_eq!(given(&request, "login_hint"), EMAIL);
    let answer = pair.log_in_at_issuer(&request).await;
    assert_eq!(pair.id_token(&pair.come_back(&mut browser, &answer).await).await["sub"], BO);

    let hinted = Browser::default().get(&pair.world, &pair.world.authorize(&[("login_hint", EMAIL)])).await;
    pair.sent(&hinted);
}

#[tokio::test]
async fn an_organizations_button_leads_to_the_issuer() {
    let pair = Pair::new().await;
    let connection = pair.connect(&json!({})).await;
    let organization = pair.organization(&connection, true).await;
    let mut browser = Browser::default();
    let page = browser.begin(&pair.world, &[("organization", &organization)]).await;
    let request = pair.sent(&browser.post(&pair.world, &page, &[("connection", NAME)]).await);
    let answer = pair.log_in_at_issuer(&request).await;
    let claims = pair.id_token(&pair.come_back(&mut browser, &answer).await).await;
    assert_eq!(claims["org_id"], organization);
}

#[tokio::test]
async fn a_connection_without_an_issuer_keeps_the_page_that_stands_for_it() {
    let world = World::new();
    let page = Browser::default().begin(&world, &[("connection", "acme-entra")]).await;
    assert!(page.starts_with("/u/stand-in?"), "{page}");
}

#[tokio::test]
async fn nobody_stands_in_for_an_issuer_that_can_be_asked() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    let mut browser = Browser::default();
    let request = pair.leave(&mut browser, &[]).await;
    let (handle, _) =
        given(&request, "state").split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let page = format!("/u/stand-in?state={handle}");
    pair.sent(&browser.get(&pair.world, &page).await);
    pair.sent(&browser.post(&pair.world, &page, &[("email", "boss@acme.example"), ("name", "Boss")]).await);
    let users = pair.world.api("GET", "/users", Value::Null).await.json();
    assert_eq!(users, json!([]));
}

#[tokio::test]
async fn what_an_issuer_says_is_asked_for_once_and_kept_with_the_connection() {
    let pair = Pair::new().await;
    pair.plant(&pair.address).await;
    for _ in 0..2 {
        let answer = pair.log_in(&mut Browser::default(), &[]).await;
        assert!(parameter(&answer.callback(), "code").is_some(), "{}", answer.location);
    }
    let asked = |path: &str| pair.issuer.fake.requests().iter().filter(|call| call.path == path).count();
    assert_eq!(asked("/.well-known/openid-configuration"), 1);
    assert_eq!(asked("/.well-known/jwks.json"), 1, "keys are kept as well");
    let id = pair.world.connection_id(NAME).await;
    let options = &pair.world.api("GET", &format!("/connections/{id}"), Value::Null).await.json()["options"];
    assert_eq!(options["issuer"], pair.address);
    assert_eq!(options["oidc_metadata"]["issuer"], pair.address);
}

/// The issuer's answer has been taken by then.
#[tokio::test]
async fn a_browser_that_loses_the_connection_while_actions_run_comes_back_once_more() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    crate::actions::bind_slow_at_first(&pair.world).await;
    let mut browser = Browser::default();
    let request = pair.leave(&mut browser, &[]).await;
    let answer = pair.log_in_at_issuer(&request).await;
    crate::actions::let_go(&pair.world, pair.come_back(&mut browser, &answer)).await;
    let stranger = pair.come_back(&mut Browser::default(), &answer).await;
    assert_eq!(stranger.status, StatusCode::BAD_REQUEST, "in that browser alone");
    let done = pair.come_back(&mut browser.clone(), &answer).await;
    assert_eq!(pair.id_token(&done).await["https://app.example/count"], 1);
    assert_eq!(pair.come_back(&mut browser, &answer).await.status, StatusCode::BAD_REQUEST, "once");
}

//! Several tenants in one process: none sees another's ids, tokens, sessions, faults or time.

use reqwest::{Certificate, Client, Method, StatusCode};
use serde_json::{Value, json};
use tenantry_fake::{Fake, FakeAuth0, SeedFile, TenantOptions};
use tokio::net::TcpStream;

use crate::support::{CALLBACK, PASSWORD};
use crate::wire::{Wire, client, read, token};

/// A tenant with an application and somebody who logs in there.
fn seed() -> Value {
    json!({
        "clients": [{ "name": "App", "client_id": "app", "client_secret": "secret", "callbacks": [CALLBACK] }],
        "connections": [{ "name": "Username-Password-Authentication", "strategy": "auth0" }],
        "users": [{ "user_id": "auth0|ann", "email": "ann@example.com", "password": PASSWORD }],
    })
}

fn named(wire: &Wire, name: &str) -> Fake {
    wire.fake.other_tenants().into_iter().find(|(other, _)| other == name).unwrap().1
}

async fn call(client: &Client, fake: &Fake, token: &str, method: Method, path: &str) -> (StatusCode, Value) {
    let request = client.request(method, format!("{}api/v2{path}", fake.issuer())).bearer_auth(token);
    read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn two_tenants_in_one_process_see_nothing_of_each_other() {
    let wire = Wire::start().await;
    for name in ["one", "two"] {
        let body = json!({ "name": name, "seed": seed() });
        let (status, tenant) = wire.control(Method::POST, "/tenants", Some(body)).await;
        assert_eq!((status, &tenant["name"]), (StatusCode::CREATED, &json!(name)), "{tenant}");
    }
    let (one, two) = (named(&wire, "one"), named(&wire, "two"));
    assert_ne!(one.issuer(), two.issuer());
    let (token_one, token_two) = (token(&wire.client, &one).await, token(&wire.client, &two).await);
    let users = "/users/auth0%7Cann";
    // The same id is another account in each.
    assert_eq!(call(&wire.client, &one, &token_one, Method::DELETE, users).await.0, StatusCode::NO_CONTENT);
    assert_eq!(call(&wire.client, &one, &token_one, Method::GET, users).await.0, StatusCode::NOT_FOUND);
    assert_eq!(call(&wire.client, &two, &token_two, Method::GET, users).await.0, StatusCode::OK);
    assert_eq!(wire.users().await, [""; 0], "the first tenant knows nobody");
    // A token of one is nothing to another.
    for (fake, foreign) in [(&two, &token_one), (&one, &token_two), (&*wire.fake, &token_one)] {
        let (status, error) = call(&wire.client, fake, foreign, Method::GET, "/users").await;
        assert_eq!((status, &error["message"]), (StatusCode::UNAUTHORIZED, &json!("Invalid token.")));
    }
    // Neither are its keys.
    let jwks = async |fake: &Fake| {
        read(wire.client.get(format!("{}.well-known/jwks.json", fake.issuer())).send().await.unwrap()).await.1
    };
    assert_ne!(jwks(&one).await["keys"][0]["kid"], jwks(&two).await["keys"][0]["kid"]);
    // Faults, time and requests are each one's own.
    let control = |fake: &Fake, path: &str| wire.client.post(format!("{}_tenantry{path}", fake.issuer()));
    let fault = json!({ "kind": "status", "status": 503 });
    assert_eq!(control(&one, "/faults").json(&fault).send().await.unwrap().status(), StatusCode::CREATED);
    let day = json!({ "advance_seconds": 90_000 });
    assert_eq!(control(&one, "/clock").json(&day).send().await.unwrap().status(), StatusCode::OK);
    one.clear_requests();
    two.clear_requests();
    assert_eq!(
        call(&wire.client, &one, &token_one, Method::GET, "/users").await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(call(&wire.client, &two, &token_two, Method::GET, "/users").await.0, StatusCode::OK);
    assert_eq!((one.requests().len(), two.requests().len()), (1, 1));
    assert!(one.clock().ahead_millis() > 89_000_000 && two.clock().ahead_millis() == 0);
}

#[tokio::test]
async fn a_session_of_one_is_none_of_another() {
    let wire = Wire::start().await;
    for name in ["one", "two"] {
        wire.control(Method::POST, "/tenants", Some(json!({ "name": name, "seed": seed() }))).await;
    }
    let (one, two) = (named(&wire, "one"), named(&wire, "two"));
    // One cookie jar, as a browser has it: cookies of 127.0.0.1 go to all of its ports.
    let authorize = |fake: &Fake, prompt: &str| {
        let callback = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect::<String>();
        let query = format!("response_type=code&client_id=app&redirect_uri={callback}&scope=openid{prompt}");
        format!("{}authorize?{query}", fake.issuer())
    };
    let mut cookies: Vec<String> = Vec::new();
    let begun = wire.client.get(authorize(&one, "")).send().await.unwrap();
    cookies.extend(begun.headers().get_all("set-cookie").iter().map(|cookie| pair(cookie.to_str().unwrap())));
    let page = begun.headers()["location"].to_str().unwrap().to_owned();
    let page = one.issuer().join(&page).unwrap();
    let form = [("username", "ann@example.com"), ("password", PASSWORD), ("action", "default")];
    let done = wire.client.post(page).header("cookie", cookies.join("; ")).form(&form).send().await.unwrap();
    let callback = done.headers()["location"].to_str().unwrap().to_owned();
    assert!(callback.starts_with(CALLBACK) && callback.contains("code="), "{callback}");
    cookies.extend(done.headers().get_all("set-cookie").iter().map(|cookie| pair(cookie.to_str().unwrap())));
    let silently = async |fake: &Fake| {
        let request = wire.client.get(authorize(fake, "&prompt=none")).header("cookie", cookies.join("; "));
        request.send().await.unwrap().headers()["location"].to_str().unwrap().to_owned()
    };
    assert!(silently(&one).await.contains("code="), "{}", silently(&one).await);
    assert!(silently(&two).await.contains("error=login_required"), "{}", silently(&two).await);
    // A code of one is worth nothing at another.
    let code = callback.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let redeem = async |fake: &Fake| {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "app"),
            ("client_secret", "secret"),
            ("redirect_uri", CALLBACK),
            ("code", code),
        ];
        let request = wire.client.post(format!("{}oauth/token", fake.issuer())).form(&form);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((redeem(&two).await, redeem(&one).await), (403, 200));
}

fn pair(cookie: &str) -> String {
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_tenant_with_a_domain_is_chosen_by_the_host_name_on_the_same_port() {
    let fake = FakeAuth0::builder().https().start().await.unwrap();
    let options = TenantOptions {
        name: "beta".into(),
        domain: Some("beta.example.com".into()),
        ..TenantOptions::default()
    };
    let beta = fake.add_tenant(options).await.unwrap();
    let port = fake.issuer().port().unwrap();
    assert_eq!(beta.issuer().as_str(), format!("https://beta.example.com:{port}/"));
    let authority = Certificate::from_pem(fake.authority().unwrap().as_bytes()).unwrap();
    let here = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    // A new client has no connections of an earlier time.
    let trusting_at = |name: &str| {
        Client::builder().tls_certs_only([authority.clone()]).resolve(name, here).build().unwrap()
    };
    let trusting = trusting_at("beta.example.com");
    let issuer = async |base: &str| {
        let url = format!("{base}.well-known/openid-configuration");
        let answer: Value = trusting.get(url).send().await.unwrap().json().await.unwrap();
        answer["issuer"].as_str().unwrap().to_owned()
    };
    assert_eq!(issuer(beta.issuer().as_str()).await, beta.issuer().as_str());
    assert_eq!(issuer(fake.issuer().as_str()).await, fake.issuer().as_str());
    let clock = trusting.get(format!("{}_tenantry/clock", beta.issuer())).send().await.unwrap();
    assert_eq!(clock.status(), StatusCode::OK, "its control API is below its own origin");
    assert!(fake.remove_tenant("beta") && !fake.remove_tenant("beta"));
    let gone = trusting_at("beta.example.com").get(beta.issuer().as_str()).send().await;
    assert!(gone.unwrap_err().is_connect(), "nobody has a certificate for the name any more");
    let wrong = TenantOptions {
        name: "gamma".into(),
        domain: Some("gamma.example.com".into()),
        seed: Some(SeedFile::from_yaml("users: [{ name: nobody }]").unwrap()),
        ..TenantOptions::default()
    };
    assert!(fake.add_tenant(wrong).await.is_err());
    let never = trusting_at("gamma.example.com").get(format!("https://gamma.example.com:{port}/"));
    assert!(never.send().await.unwrap_err().is_connect(), "there is none for one that was refused");
}

#[tokio::test]
async fn tenants_are_listed_and_end() {
    let wire = Wire::start().await;
    let (_, made) = wire.control(Method::POST, "/tenants", Some(json!({ "name": "one" }))).await;
    let domain = made["domain"].as_str().unwrap().to_owned();
    assert_eq!(wire.control(Method::GET, "/tenants", None).await.1, json!([made]));
    let one = named(&wire, "one");
    assert!(TcpStream::connect(&domain).await.is_ok());
    let own = client().post(format!("{}_tenantry/tenants", one.issuer())).json(&json!({ "name": "inner" }));
    assert_eq!(own.send().await.unwrap().status(), StatusCode::CONFLICT, "a tenant makes no tenants");
    drop(one);
    assert_eq!(wire.control(Method::DELETE, "/tenants/one", None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(wire.control(Method::DELETE, "/tenants/one", None).await.0, StatusCode::NOT_FOUND);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(TcpStream::connect(&domain).await.is_err(), "its port is closed");
}

#[tokio::test]
async fn a_tenant_that_can_not_be_is_refused_with_the_property_named() {
    let wire = Wire::start().await;
    wire.control(Method::POST, "/tenants", Some(json!({ "name": "one", "domain": "one.example.com" }))).await;
    for (body, status, property) in [
        (json!({ "name": "One" }), 400, Some("name")),
        (json!({}), 400, None),
        (json!({ "name": "one" }), 409, None),
        (json!({ "name": "two", "domain": "ONE.example.com" }), 409, None),
        (json!({ "name": "two", "domain": "localhost" }), 400, Some("domain")),
        (json!({ "name": "two", "domain": "10.0.0.1" }), 400, Some("domain")),
        (json!({ "name": "two", "domain": "a/b" }), 400, Some("domain")),
        (json!({ "name": "two", "seed": { "users": [{}] } }), 400, Some("seed.users[0]")),
        (json!({ "name": "two", "colour": 1 }), 400, None),
    ] {
        let (answered, problem) = wire.control(Method::POST, "/tenants", Some(body.clone())).await;
        assert_eq!(answered.as_u16(), status, "{body}: {problem}");
        assert_eq!(problem["property"].as_str(), property, "{body}: {problem}");
    }
    assert_eq!(wire.fake.other_tenants().len(), 1);
}

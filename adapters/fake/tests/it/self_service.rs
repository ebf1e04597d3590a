//! Enterprises connect their own identity providers: profiles, tickets, and the page that a ticket leads to.

use crate::support::{APP, Answer, ISSUER, World, form_request};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

const NONE: Value = Value::Null;
const FLOW: &str = "/self-service/connections-flow";

async fn profile(world: &World, more: Value) -> Value {
    let mut body = json!({ "name": "Enterprise" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = world.api("POST", "/self-service-profiles", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    made.json()
}

/// A ticket's secret.
async fn ticket(world: &World, profile: &Value, body: Value) -> String {
    let path = format!("/self-service-profiles/{}/sso-ticket", profile["id"].as_str().unwrap());
    let made = world.api("POST", &path, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let link = made.json()["ticket"].as_str().unwrap().to_owned();
    let secret = link.strip_prefix(&format!("{ISSUER}self-service/connections-flow?ticket=")).unwrap();
    assert_eq!(secret.len(), 32);
    secret.to_owned()
}

async fn open(world: &World, secret: &str) -> Answer {
    world.get(&format!("{FLOW}?ticket={secret}")).await
}

async fn send(world: &World, secret: &str, fields: &[(&str, &str)]) -> Answer {
    let mut form = vec![("ticket", secret)];
    form.extend_from_slice(fields);
    world.send(form_request(FLOW, &form)).await
}

const OKTA: [(&str, &str); 4] = [
    ("strategy", "okta"),
    ("address", "Acme.okta.invalid"),
    ("client_id", "0oa1"),
    ("client_secret", "s3cret-of-acme"),
];

#[tokio::test]
async fn an_administrator_connects_okta_and_their_people_are_led_there() {
    let world = World::new();
    let (acme, (app, _)) = (world.organization("acme").await, world.client(APP));
    let attributes = json!([{ "name": "email", "description": "Work address", "is_optional": false }]);
    let profile =
        profile(&world, json!({ "description": "Bring your accounts", "user_attributes": attributes })).await;
    let body = json!({
        "connection_config": { "name": "acme-okta", "display_name": "Acme", "show_as_button": true,
                               "metadata": { "plan": "team" }, "options": { "domain_aliases": ["acme.example"] } },
        "enabled_clients": [app],
        "enabled_organizations": [{ "organization_id": acme, "assign_membership_on_login": true }],
        "domain_aliases_config": { "domain_verification": "required", "pending_domains": ["acme.test"] },
        "use_for_organization_discovery": true,
    });
    let secret = ticket(&world, &profile, body).await;
    let page = open(&world, &secret).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in ["acme-okta", "acme Inc", "Bring your accounts", "Work address", "acme.test"] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(page.body.contains(&format!("{ISSUER}login/callback")));
    assert!(page.csp.contains("default-src 'none'") && page.cache_control.contains("no-store"));

    assert!(page.body.contains("name=\"strategy\" required autofocus"), "{}", page.body);

    // What is wrong is said in its place, nothing typed is lost but the secret, and nothing is set up.
    let wrong =
        [("strategy", "saml"), ("address", "acme"), ("client_id", "0oa<1>"), ("client_secret", "hush-hush")];
    let refused = send(&world, &secret, &wrong).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    for place in ["strategy", "address", "domains"] {
        assert!(refused.body.contains(&format!("id=\"error-element-{place}\"")), "{place}: {}", refused.body);
    }
    assert!(!refused.body.contains("error-element-client"), "{}", refused.body);
    assert!(refused.body.contains("0oa&#60;1&#62;") && !refused.body.contains("hush-hush"));
    assert_eq!(world.api("GET", "/connections?name=acme-okta", NONE).await.json(), json!([]));

    let mut fields = OKTA.to_vec();
    fields.push(("domains", "Acme.test"));
    let done = send(&world, &secret, &fields).await;
    assert_eq!(
        (done.status, done.location.as_str()),
        (StatusCode::FOUND, format!("{FLOW}?ticket={secret}").as_str())
    );
    let done = open(&world, &secret).await;
    assert!(done.body.contains("Acme is on") && done.body.contains("acme Inc"), "{}", done.body);
    assert!(!done.body.contains("s3cret-of-acme"));

    let connection = &world.api("GET", "/connections?name=acme-okta", NONE).await.json()[0];
    let expected = json!({
        "client_id": "0oa1",
        "client_secret": "s3cret-of-acme",
        "domain": "acme.okta.invalid",
        "issuer": "https://acme.okta.invalid",
        "discovery_url": "https://acme.okta.invalid/.well-known/openid-configuration",
        "scope": "openid profile email",
        "attribute_map": { "mapping_mode": "basic_profile" },
        "connection_settings": { "pkce": "auto" },
        "schema_version": "oidc-V4",
        "domain_aliases": ["acme.example", "acme.test"],
    });
    assert_eq!((&connection["strategy"], &connection["options"]), (&json!("okta"), &expected));
    assert_eq!(
        (&connection["display_name"], &connection["metadata"]),
        (&json!("Acme"), &json!({ "plan": "team" }))
    );
    assert_eq!(connection["enabled_clients"], json!([app]));
    let path = format!("/organizations/{acme}/enabled_connections/{}", connection["id"].as_str().unwrap());
    let enabled = world.api("GET", &path, NONE).await.json();
    assert_eq!(
        (&enabled["assign_membership_on_login"], &enabled["show_as_button"]),
        (&json!(true), &json!(true))
    );
    let domain = format!("/organizations/{acme}/discovery-domains/name/acme.test");
    assert_eq!(world.api("GET", &domain, NONE).await.json()["status"], "verified");
    let login = world.authorize(&[("organization", &acme), ("connection", "acme-okta")]);
    // Their issuer is asked where its pages are: this one is nowhere.
    let (code, description) = world.get(&login).await.refusal();
    assert_eq!(code, "temporarily_unavailable");
    assert!(description.contains("https://acme.okta.invalid/.well-known/"), "{description}");

    // Once is all that a ticket is for.
    send(&world, &secret, &[("strategy", "oidc"), ("address", "https://evil.example"), ("client_id", "x")])
        .await;
    let same = &world.api("GET", "/connections?name=acme-okta", NONE).await.json()[0];
    assert_eq!(same["options"], expected);
}

#[tokio::test]
async fn a_connection_that_exists_is_changed_and_its_secret_kept_for_its_issuer() {
    let world = World::new();
    let profile = profile(&world, json!({ "allowed_strategies": ["oidc"] })).await;
    let first = ticket(&world, &profile, json!({ "connection_config": { "name": "beta-id" } })).await;
    open(&world, &first).await;
    let oidc = [
        ("strategy", "oidc"),
        ("address", "https://id.beta.example"),
        ("client_id", "one"),
        ("client_secret", "kept"),
    ];
    assert_eq!(send(&world, &first, &oidc).await.status, StatusCode::FOUND);
    let connection = world.api("GET", "/connections?name=beta-id", NONE).await.json()[0].clone();
    assert_eq!(connection["options"]["type"], "back_channel");

    let id = connection["id"].as_str().unwrap();
    let second = ticket(&world, &profile, json!({ "connection_id": id })).await;
    let page = open(&world, &second).await;
    assert!(page.body.contains("https://id.beta.example") && !page.body.contains("kept\""), "{}", page.body);
    let led_to = |address: &'static str, secret: &'static str| {
        [("strategy", "oidc"), ("address", address), ("client_id", "two"), ("client_secret", secret)]
    };
    // The secret of one issuer is never told to another.
    for elsewhere in ["https://attacker.example", "https://id.beta.example:8443", "http://id.beta.example"] {
        let refused = send(&world, &second, &led_to(elsewhere, "")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{elsewhere}");
        assert!(refused.body.contains("id=\"error-element-client_secret\""), "{}", refused.body);
    }
    let of = async || world.api("GET", &format!("/connections/{id}"), NONE).await.json()["options"].clone();
    assert_eq!(of().await["issuer"], "https://id.beta.example");
    let same = "https://id.beta.example/.well-known/openid-configuration";
    assert_eq!(send(&world, &second, &led_to(same, "")).await.status, StatusCode::FOUND);
    let options = of().await;
    assert_eq!(
        (&options["issuer"], &options["client_id"], &options["client_secret"]),
        (&json!("https://id.beta.example"), &json!("two"), &json!("kept"))
    );
    let moving = ticket(&world, &profile, json!({ "connection_id": id })).await;
    open(&world, &moving).await;
    let moved = send(&world, &moving, &led_to("https://new.beta.example", "another")).await;
    assert_eq!(moved.status, StatusCode::FOUND);
    assert_eq!(of().await["client_secret"], "another");

    let features = json!({ "sso": false, "domain_verification": true });
    let third = ticket(&world, &profile, json!({ "connection_id": id, "enabled_features": features })).await;
    let page = open(&world, &third).await;
    assert!(page.body.contains("Add the domains") && !page.body.contains("name=\"client_secret\""));
    let sent =
        send(&world, &third, &[("domains", "beta.example"), ("address", "https://evil.example")]).await;
    assert_eq!(sent.status, StatusCode::FOUND);
    let options = world.api("GET", &format!("/connections/{id}"), NONE).await.json()["options"].clone();
    assert_eq!(
        (&options["issuer"], &options["domain_aliases"]),
        (&json!("https://new.beta.example"), &json!(["beta.example"]))
    );
}

#[tokio::test]
async fn a_ticket_is_opened_ten_times_within_five_hours_until_it_is_revoked() {
    let world = World::new();
    let profile = profile(&world, json!({})).await;
    let config = |name: &str| json!({ "connection_config": { "name": name }, "ttl_sec": 86_400 });
    let works = |answer: &Answer| match answer.status {
        StatusCode::OK => true,
        StatusCode::BAD_REQUEST => {
            assert!(answer.body.contains("does not work any more"), "{}", answer.body);
            false
        }
        other => panic!("{other}"),
    };

    let often = ticket(&world, &profile, config("a")).await;
    for _ in 0..10 {
        assert!(works(&open(&world, &often).await));
    }
    assert!(!works(&open(&world, &often).await));
    // Who opened it the tenth time may finish.
    assert_eq!(send(&world, &often, &OKTA).await.status, StatusCode::FOUND);

    let long = ticket(&world, &profile, config("b")).await;
    let unopened = send(&world, &long, &OKTA).await;
    assert_eq!(unopened.status, StatusCode::BAD_REQUEST, "nobody sends a form that they have not seen");
    world.clock.advance(Duration::from_hours(6));
    assert!(works(&open(&world, &long).await));
    world.clock.advance(Duration::from_hours(5) - Duration::from_secs(1));
    assert!(works(&open(&world, &long).await));
    world.clock.advance(Duration::from_secs(1));
    assert!(!works(&open(&world, &long).await));
    assert_eq!(send(&world, &long, &OKTA).await.status, StatusCode::BAD_REQUEST);

    let late = ticket(&world, &profile, config("c")).await;
    world.clock.advance(Duration::from_hours(24));
    assert!(!works(&open(&world, &late).await));

    let (revoked, path) = (ticket(&world, &profile, config("d")).await, profile["id"].as_str().unwrap());
    let other = crate::self_service::profile(&world, json!({})).await;
    let revoke = async |profile: &str| {
        let answer = world
            .api("POST", &format!("/self-service-profiles/{profile}/sso-ticket/{revoked}/revoke"), NONE)
            .await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, ""));
    };
    revoke(other["id"].as_str().unwrap()).await;
    assert!(works(&open(&world, &revoked).await), "another profile's ticket stays");
    revoke(path).await;
    assert!(!works(&open(&world, &revoked).await));
    assert!(!works(&world.get(FLOW).await));

    let orphan = ticket(&world, &profile, config("e")).await;
    world.api("DELETE", &format!("/self-service-profiles/{path}"), NONE).await;
    assert!(!works(&open(&world, &orphan).await), "a profile's tickets go with it");
}

#[tokio::test]
async fn the_page_says_what_it_cannot_set_up() {
    let world = World::new();
    let profile = profile(&world, json!({ "allowed_strategies": ["samlp", "waad"] })).await;
    let secret = ticket(&world, &profile, json!({ "connection_config": { "name": "saml" } })).await;
    let page = open(&world, &secret).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.body.contains("asks for samlp, waad"), "{}", page.body);
}

#[tokio::test]
async fn a_profile_lists_attributes_or_names_another_profile_of_them() {
    let world = World::new();
    let listed = json!([{ "name": "email", "description": "Work address", "is_optional": true }]);
    let branding = json!({ "logo_url": "https://acme.example/logo.png", "colors": { "primary": "#0059d6" } });
    let more = json!({ "allowed_strategies": ["oidc"], "user_attributes": listed, "branding": branding });
    let made = profile(&world, more).await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("ssp_") && id.len() == 26, "{id}");
    let mut expected = json!({
        "id": id,
        "name": "Enterprise",
        "user_attributes": listed,
        "allowed_strategies": ["oidc"],
        "branding": branding,
        "created_at": "2026-03-02T10:00:00.000Z",
        "updated_at": "2026-03-02T10:00:00.000Z",
    });
    assert_eq!(made, expected);
    world.clock.advance(Duration::from_mins(1));
    let path = format!("/self-service-profiles/{id}");
    let changed = world.api("PATCH", &path, json!({ "user_attribute_profile_id": "uap_1" })).await.json();
    expected["updated_at"] = "2026-03-02T10:01:00.000Z".into();
    expected["user_attributes"] = json!([]);
    expected["user_attribute_profile_id"] = "uap_1".into();
    assert_eq!(changed, expected);
    let back = world.api("PATCH", &path, json!({ "user_attributes": listed, "branding": null })).await.json();
    assert_eq!(
        (&back["user_attributes"], back.get("user_attribute_profile_id"), back.get("branding")),
        (&listed, None, None)
    );
    let list = world.api("GET", "/self-service-profiles?include_totals=true", NONE).await.json();
    assert_eq!((&list["total"], &list["self_service_profiles"][0]), (&json!(1), &back));
    assert_eq!(world.api("DELETE", &path, NONE).await.status, StatusCode::NO_CONTENT);
    let gone = json!({
        "statusCode": 404, "error": "Not Found", "message": format!("Profile with ID: {id} not found"),
    });
    assert_eq!(world.api("GET", &path, NONE).await.json(), gone);
}

#[tokio::test]
async fn a_connection_has_a_thousand_domains_at_most() {
    let world = World::new();
    let profile = profile(&world, json!({ "allowed_strategies": ["oidc"] })).await;
    let first = ticket(&world, &profile, json!({ "connection_config": { "name": "wide" } })).await;
    open(&world, &first).await;
    let oidc =
        [("strategy", "oidc"), ("address", "https://id.example"), ("client_id", "x"), ("client_secret", "y")];
    assert_eq!(send(&world, &first, &oidc).await.status, StatusCode::FOUND);
    let id =
        world.api("GET", "/connections?name=wide", NONE).await.json()[0]["id"].as_str().unwrap().to_owned();
    let add = async |from: usize, count: usize| {
        let features = json!({ "sso": false, "domain_verification": true });
        let body = json!({ "connection_id": id, "enabled_features": features });
        let secret = ticket(&world, &profile, body).await;
        open(&world, &secret).await;
        let domains =
            (from..from + count).map(|number| format!("d{number}.example")).collect::<Vec<_>>().join(" ");
        send(&world, &secret, &[("domains", domains.as_str())]).await
    };
    assert_eq!(add(0, 999).await.status, StatusCode::FOUND);
    let refused = add(999, 2).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("1001 domains"), "{}", refused.body);
    assert_eq!(add(998, 2).await.status, StatusCode::FOUND, "one that is there already does not count");
    let options = world.api("GET", &format!("/connections/{id}"), NONE).await.json()["options"].clone();
    assert_eq!(options["domain_aliases"].as_array().unwrap().len(), 1000);
}

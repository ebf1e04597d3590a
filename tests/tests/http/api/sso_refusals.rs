//! What a program may not do to single sign-on, and what it is told.

use reqwest::Method;
use serde_json::{Value, json};
use tenantry_domain::Catalogue;
use tenantry_web::{ROUTES, RouteSpec};

use super::program::Program;
use super::sso::{CONNECTIONS, DOMAINS, begun, connected, credentials, path};
use crate::answer::Answer;
use crate::site::Site;
use crate::sso::corp::{BO, DOMAIN, RECORD};
use crate::sso::last_way::run_by_two;

/// A problem without the number of its request.
fn anonymous(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    problem
}

/// Sends what every operation on this connection and this domain takes.
async fn everything(program: &mut Program, connection: &str, domain: &str) -> Vec<(String, Answer)> {
    let (path, domain) = (path(connection), format!("{DOMAINS}/{domain}"));
    let new = json!({ "protocol": "oidc", "discovery_url": "https://127.0.0.1:1", "client_id": "us", "client_secret": "s" });
    let asked = [
        (Method::GET, path.clone(), None),
        (Method::GET, format!("{path}/test"), None),
        (Method::PATCH, path.clone(), Some(json!({ "display_name": "Mine" }))),
        (Method::PUT, format!("{path}/domains"), Some(json!({ "domains": [] }))),
        (Method::PUT, format!("{path}/credentials"), Some(new)),
        (Method::PUT, format!("{path}/state"), Some(json!({ "state": "off" }))),
        (Method::PUT, format!("{path}/enforcement"), Some(json!({ "scope": "off" }))),
        (Method::POST, format!("{path}/let-in-again"), Some(json!({}))),
        (Method::DELETE, path, None),
        (Method::GET, domain.clone(), None),
        (Method::POST, format!("{domain}/check"), Some(json!({}))),
        (Method::DELETE, domain, None),
    ];
    let is_one = |route: &&RouteSpec| {
        let (connections, domains) = (format!("{CONNECTIONS}/"), format!("{DOMAINS}/"));
        route.path.starts_with(&connections) || route.path.starts_with(&domains)
    };
    let named = ROUTES.iter().filter(is_one);
    assert_eq!(asked.len(), named.count(), "say here what a new operation takes");
    let mut answers = Vec::new();
    for (method, path, body) in asked {
        let name = format!("{method} {path}");
        let body = body.map(|body| body.to_string().into_bytes());
        answers.push((name, program.ask(method, &path, body, &[]).await));
    }
    answers
}

/// Sends what no operation takes to every operation that takes something.
async fn nonsense(program: &mut Program, connection: &str) -> Vec<(String, Answer)> {
    let path = path(connection);
    let mut answers = Vec::new();
    for (method, path) in [
        (Method::POST, CONNECTIONS.to_owned()),
        (Method::POST, DOMAINS.to_owned()),
        (Method::PATCH, path.clone()),
        (Method::PUT, format!("{path}/domains")),
        (Method::PUT, format!("{path}/credentials")),
        (Method::PUT, format!("{path}/state")),
        (Method::PUT, format!("{path}/enforcement")),
    ] {
        for body in ["{\"nonsense\":1}", "[1]", "{"] {
            let name = format!("{method} {path} {body}");
            answers.push((name, program.ask(method.clone(), &path, Some(body.into()), &[]).await));
        }
    }
    answers
}

#[tokio::test]
async fn whoever_may_not_ask_hears_that_and_not_what_is_wrong_about_it() {
    let (corp, mut ann, id) = begun().await;
    for (name, answer) in nonsense(&mut ann, &id).await {
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{name}: {}", answer.summary());
    }
    let mut joe = Program::of(corp.site.member("joe@nowhere.example", "corp", &["Employee"]).await).await;
    for (name, answer) in nonsense(&mut joe, &id).await {
        assert_eq!(answer.status.as_u16(), 403, "{name}: {}", answer.summary());
    }
    let mut dee = Program::of(corp.site.administrator("dee@nowhere.example", "globex").await).await;
    for (name, answer) in nonsense(&mut dee, &id).await.into_iter().filter(|(name, _)| name.contains(&id)) {
        assert_eq!(answer.status.as_u16(), 404, "{name}: {}", answer.summary());
    }
    // What is of the right kind and no good is no different.
    let wrong = json!({ "kind": "saml-2" });
    joe.post(CONNECTIONS, &wrong).await.is(403);
    joe.post(DOMAINS, &json!({ "domain": "gmail.com" })).await.is(403);
    let credentials = format!("{}/credentials", path(&id));
    let wrong = json!({ "protocol": "oidc", "discovery_url": "http://corp.example", "metadata": "<a/>" });
    joe.put(&credentials, &wrong).await.is(403);
    dee.put(&credentials, &wrong).await.is(404);
}

#[tokio::test]
async fn nobody_elses_connection_or_domain_is_there() {
    let (corp, mut ann, id) = connected().await;
    let before = ann.get(&path(&id)).await.is(200).json();
    let mut dee = Program::of(corp.site.administrator("dee@nowhere.example", "globex").await).await;
    let mut answers = everything(&mut dee, &id, DOMAIN).await;
    answers.extend(everything(&mut dee, "00000000000000000000000000000000", "nobody.example").await);
    answers.extend(everything(&mut dee, "%00%3Cb%3E", "%2e%2e%00").await);
    let first = anonymous(&answers[0].1);
    for (name, answer) in answers {
        answer.is_problem(404, "not_found", None);
        assert_eq!(anonymous(&answer), first, "{name}");
    }
    for list in [CONNECTIONS, DOMAINS] {
        assert_eq!(dee.get(list).await.is(200).json()["items"], json!([]));
    }
    assert_eq!(ann.get(&path(&id)).await.is(200).json(), before, "and nothing has changed");

    // A domain in a body is one of one's own, or not claimed: whoever else has it.
    let made = dee.post(CONNECTIONS, &json!({ "kind": "okta" })).await.is(201).json();
    let domains = format!("{}/domains", path(made["id"].as_str().unwrap()));
    for (domain, code, field) in [
        (DOMAIN, "domain_not_claimed", "domains"),
        ("nobody.example", "domain_not_claimed", "domains"),
        ("", "invalid_field", "domains[0]"),
    ] {
        dee.put(&domains, &json!({ "domains": [domain] })).await.is_problem(422, code, Some(field));
    }
    // And so is whoever may break the glass.
    let dees = corp.site.management().await.user_id("dee@nowhere.example").await;
    let enforcement = format!("{}/enforcement", path(&id));
    let mut refused = Vec::new();
    for user in [dees.as_str(), "auth0|000000000000000000000000", "", "a\u{0}b"] {
        for scope in ["off", "domains"] {
            let answer = ann.put(&enforcement, &json!({ "scope": scope, "break_glass": [user] })).await;
            answer.is_problem(422, "no_administrator", Some("break_glass"));
            refused.push(anonymous(&answer));
        }
    }
    assert!(refused.iter().all(|problem| *problem == refused[0]));
}

#[tokio::test]
async fn whoever_does_not_run_the_organization_is_told_so_and_so_is_a_plan_without_it() {
    let (corp, _, id) = begun().await;
    let mut joe = Program::of(corp.site.member("joe@nowhere.example", "corp", &["Employee"]).await).await;
    for (name, answer) in everything(&mut joe, &id, DOMAIN).await {
        assert_eq!(answer.status.as_u16(), 403, "{name}: {}", answer.summary());
    }
    // Nobody sells a plan for organizations without it; whoever runs the product may.
    let plans = include_str!("../../../../domain/src/catalogue.toml").replace("sso = true", "sso = false");
    let plans = Catalogue::from_toml(&plans).unwrap();
    let site = Site::with(|settings| settings.catalogue = plans.clone()).await;
    let mut ann = Program::of(site.administrator("ann@nowhere.example", "corp").await).await;
    for (name, answer) in everything(&mut ann, &id, DOMAIN).await {
        assert_eq!(answer.status.as_u16(), 402, "{name}");
        answer.is_problem(402, "sso_not_included", None);
    }
    for list in [CONNECTIONS, DOMAINS] {
        ann.get(list).await.is_problem(402, "sso_not_included", None);
    }
    ann.post(CONNECTIONS, &json!({ "kind": "oidc" })).await.is_problem(402, "sso_not_included", None);
    ann.post(DOMAINS, &json!({ "domain": DOMAIN })).await.is_problem(402, "sso_not_included", None);
}

#[tokio::test]
async fn a_field_that_is_wrong_is_named() {
    let (corp, mut ann, id) = begun().await;
    let path = path(&id);
    let of_credentials = |field: &str, value: Value| {
        let mut sent = credentials(&corp);
        sent[field] = value;
        (Method::PUT, format!("{path}/credentials"), sent, field.to_owned())
    };
    let of_rules = |rules: Value, field: &str| {
        (Method::PATCH, path.clone(), json!({ "admission": rules }), format!("admission.{field}"))
    };
    let mapping = |claim: &str, value: &str| json!({ "claim": claim, "value": value, "role": "Employee" });
    let to = |method: Method, path: &str, sent: Value, field: &str| {
        (method, path.to_owned(), sent, field.to_owned())
    };
    for (method, path, sent, field) in [
        to(Method::POST, CONNECTIONS, json!({}), "kind"),
        to(Method::POST, CONNECTIONS, json!({ "kind": "saml-2" }), "kind"),
        to(Method::POST, CONNECTIONS, json!({ "kind": "oidc", "display_name": "" }), "display_name"),
        to(Method::POST, CONNECTIONS, json!({ "kind": "oidc", "id": id }), "id"),
        to(Method::POST, DOMAINS, json!({ "domain": "gmail.com" }), "domain"),
        to(Method::POST, DOMAINS, json!({ "domain": "*.corp.example" }), "domain"),
        to(Method::PATCH, &path, json!({ "display_name": null }), "display_name"),
        to(Method::PATCH, &path, json!({ "display_name": "https://evil.example" }), "display_name"),
        to(Method::PATCH, &path, json!({ "state": "on" }), "state"),
        of_rules(json!({ "default_role": "Owner" }), "default_role"),
        of_rules(json!({ "auto_membership": null }), "auto_membership"),
        of_rules(json!({ "mappings": [mapping("groups", "a"), mapping("", "a")] }), "mappings[1].claim"),
        of_rules(json!({ "mappings": [mapping("groups", " ")] }), "mappings[0].value"),
        of_rules(json!({ "mappings": vec![mapping("groups", "a"); 11] }), "mappings"),
        of_rules(
            json!({ "mappings": [{ "claim": "a", "value": "b", "role": "Owner" }] }),
            "mappings[0].role",
        ),
        to(Method::PUT, &format!("{path}/state"), json!({ "state": "setting_up" }), "state"),
        to(Method::PUT, &format!("{path}/domains"), json!({ "domains": [1] }), "domains[0]"),
        to(Method::PUT, &format!("{path}/enforcement"), json!({ "scope": "some" }), "scope"),
        to(
            Method::PUT,
            &format!("{path}/enforcement"),
            json!({ "scope": "off", "break_glass": vec!["x"; 21] }),
            "break_glass",
        ),
        of_credentials("protocol", json!("ldap")),
        of_credentials("protocol", Value::Null),
        of_credentials("discovery_url", json!("http://corp.example")),
        of_credentials("client_id", json!("")),
        of_credentials("client_secret", json!("")),
        of_credentials("secret_expires_at", json!("tomorrow")),
        of_credentials("issuer", json!("https://evil.example")),
        of_credentials("metadata", json!("<a/>")),
        of_credentials("metadata_url", json!("https://idp.example/metadata")),
    ] {
        let answer = ann.ask(method, &path, Some(sent.to_string().into_bytes()), &[]).await;
        assert_eq!(answer.status.as_u16(), 422, "{sent}: {}", answer.summary());
        answer.is_problem(422, "invalid_field", Some(&field));
    }
    // Nothing answers at this address, or something else than a discovery document.
    for nothing in ["https://127.0.0.1:1".to_owned(), format!("{}logout", corp.issuer)] {
        let mut sent = credentials(&corp);
        sent["discovery_url"] = json!(nothing);
        let answer = ann.put(&format!("{path}/credentials"), &sent).await;
        answer.is_problem(422, "discovery_refused", Some("discovery_url"));
    }
    let shown = ann.get(&path).await.is(200).json();
    assert_eq!((&shown["credentials"], &shown["next_step"]), (&Value::Null, &json!("domain")));
}

#[tokio::test]
async fn what_can_not_be_done_yet_is_a_conflict_that_says_why() {
    let (corp, mut ann, id) = begun().await;
    let path = path(&id);
    let on = json!({ "state": "on" });
    let refused = ann.put(&format!("{path}/state"), &on).await;
    let detail = refused.is_problem(409, "not_ready", None).json()["detail"].clone();
    assert!(detail.as_str().unwrap().contains("client id"), "{detail}");
    let demanded = ann.put(&format!("{path}/enforcement"), &json!({ "scope": "domains" })).await;
    demanded.is_problem(409, "not_on", None);
    assert_eq!(ann.get(&format!("{path}/test")).await.is(200).json(), json!({ "url": null, "report": null }));
    // A domain is for one connection.
    ann.post(DOMAINS, &json!({ "domain": DOMAIN })).await.is(200);
    ann.put(&format!("{path}/domains"), &json!({ "domains": [DOMAIN] })).await.is(200);
    let other = ann.post(CONNECTIONS, &json!({ "kind": "google" })).await.is(201).json();
    let domains = format!("{CONNECTIONS}/{}/domains", other["id"].as_str().unwrap());
    let taken = ann.put(&domains, &json!({ "domains": [DOMAIN] })).await;
    taken.is_problem(409, "domain_in_use", Some("domains"));
    for number in 1..50 {
        ann.post(DOMAINS, &json!({ "domain": format!("corp-{number}.example") })).await.is(200);
    }
    ann.post(DOMAINS, &json!({ "domain": "corp-50.example" })).await.is_problem(
        409,
        "too_many_domains",
        None,
    );
    // Nobody answers for DNS: that is no answer, and not kept for its key.
    drop(corp.dns);
    let check = format!("{DOMAINS}/{DOMAIN}/check");
    for _ in 0..2 {
        let silent = ann.post_with_key(&check, &json!({}), "look").await;
        silent.is_problem(503, "dns_silent", None);
        assert_eq!((silent.header("retry-after"), silent.header("idempotency-replayed")), ("60", ""));
    }
}

#[tokio::test]
async fn s12_nobody_demands_it_without_a_way_in_for_whoever_runs_the_organization() {
    let (corp, mut ann, id) = connected().await;
    let path = format!("{}/enforcement", path(&id));
    let nobody = ann.put(&path, &json!({ "scope": "organization", "break_glass": [] })).await;
    nobody.is_problem(422, "nobody_left", Some("break_glass"));
    corp.comes(BO).await;
    let management = corp.site.management().await;
    management.add_member("corp", BO, &["Administrator"]).await;
    let bos = management.user_id(BO).await;
    let through_it = ann.put(&path, &json!({ "scope": "organization", "break_glass": [bos] })).await;
    through_it.is_problem(422, "no_other_way", Some("break_glass"));
    let shown = ann.get(&format!("{CONNECTIONS}/{id}")).await.is(200).json();
    assert_eq!(shown["enforcement"], json!({ "scope": "off", "break_glass": [] }));
}

#[tokio::test]
async fn s12_the_last_way_in_is_closed_by_no_program_and_each_description_says_so() {
    let (mut corp, id, bo) = run_by_two().await;
    corp.admin.post("/home/leave", &[]).await.is(303);
    let mut bo = Program::of(bo).await;
    let path = path(&id);
    let (of_state, of_domains) = (format!("{path}/state"), format!("{path}/domains"));
    bo.put(&of_state, &json!({ "state": "off" })).await.is_problem(409, "last_way_in", None);
    bo.put(&of_domains, &json!({ "domains": [] })).await.is_problem(409, "last_way_in", None);
    bo.delete(&format!("{DOMAINS}/{DOMAIN}"), None).await.is_problem(409, "last_way_in", None);
    bo.delete(&path, None).await.is_problem(409, "last_way_in", None);
    let described = bo.get("/api/v1/openapi.json").await.is(200).json();
    let one = "/api/v1/sso/connections/{connection}";
    for (path, method) in [
        (format!("{one}/state"), "put"),
        (format!("{one}/domains"), "put"),
        (format!("{DOMAINS}/{{domain}}"), "delete"),
        (one.to_owned(), "delete"),
    ] {
        let said = &described["paths"][&path][method]["responses"]["409"]["description"];
        assert!(said.as_str().unwrap().contains("Every Administrator comes in through"), "{path}: {said}");
    }
    for _ in 1..20 {
        bo.post(CONNECTIONS, &json!({ "kind": "oidc" })).await.is(201);
    }
    let over = bo.post(CONNECTIONS, &json!({ "kind": "oidc" })).await;
    over.is_problem(409, "too_many_connections", None);
    let said = &described["paths"][CONNECTIONS]["post"]["responses"]["409"]["description"];
    assert!(said.as_str().unwrap().contains("as many connections as it can have"), "{said}");
}

#[tokio::test]
async fn s02_a_domain_that_another_organization_has_proved_stays_theirs() {
    let (corp, _, _) = connected().await;
    let mut dee = Program::of(corp.site.administrator("dee@nowhere.example", "globex").await).await;
    let claimed = dee.post(DOMAINS, &json!({ "domain": DOMAIN })).await.is(200).json();
    assert_eq!(claimed["state"], "claimed", "claiming tells nothing of others");
    corp.dns.publish(RECORD, claimed["record"]["value"].as_str().unwrap());
    let check = format!("{DOMAINS}/{DOMAIN}/check");
    dee.post(&check, &json!({})).await.is_problem(409, "domain_held", None);
    assert_eq!(dee.get(&format!("{DOMAINS}/{DOMAIN}")).await.is(200).json()["state"], "claimed");
}

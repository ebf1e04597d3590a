//! An organization's own identity provider, connected and run by a program. A browser is needed for the test alone.

use serde_json::{Value, json};

use super::program::Program;
use crate::sso::corp::{BO, CLIENT, Corp, DOMAIN, EVE, RECORD, SECRET, UNA, reference};

pub(super) const CONNECTIONS: &str = "/api/v1/sso/connections";
pub(super) const DOMAINS: &str = "/api/v1/sso/domains";

pub(super) fn path(id: &str) -> String {
    format!("{CONNECTIONS}/{id}")
}

/// What the company's provider gave.
pub(super) fn credentials(corp: &Corp) -> Value {
    json!({ "protocol": "oidc", "discovery_url": corp.issuer, "client_id": CLIENT, "client_secret": SECRET })
}

/// The same, with a connection that a program has begun.
pub(super) async fn begun() -> (Corp, Program, String) {
    let corp = Corp::new().await;
    let mut ann = Program::of(corp.admin.clone()).await;
    let made = ann.post(CONNECTIONS, &json!({ "kind": "oidc" })).await.is(201).json();
    (corp, ann, made["id"].as_str().unwrap().to_owned())
}

/// A company whose provider is connected and turned on, and its administrator's program.
pub(super) async fn connected() -> (Corp, Program, String) {
    let (corp, id) = Corp::connected().await;
    let ann = Program::of(corp.admin.clone()).await;
    (corp, ann, id)
}

#[tokio::test]
async fn a_program_connects_a_provider_from_nothing_to_a_colleagues_first_login() {
    let (mut corp, mut ann, id) = begun().await;
    let (path, check) = (path(&id), format!("{DOMAINS}/{DOMAIN}/check"));
    let new = ann.get(&path).await.is(200).json();
    assert_eq!((&new["state"], &new["next_step"]), (&json!("setting_up"), &json!("domain")));
    assert_eq!((&new["credentials"], &new["display_name"]), (&Value::Null, &json!("OpenID Connect")));
    let callback = corp.site.identity.join("login/callback").unwrap();
    assert_eq!(new["registration"]["redirect_uri"], callback.as_str());

    let claimed = ann.post(DOMAINS, &json!({ "domain": DOMAIN })).await.is(200).json();
    assert_eq!((&claimed["state"], &claimed["record"]["name"]), (&json!("claimed"), &json!(RECORD)));
    assert_eq!(ann.post(DOMAINS, &json!({ "domain": DOMAIN })).await.is(200).json(), claimed);
    let chosen = ann.put(&format!("{path}/domains"), &json!({ "domains": [DOMAIN] })).await.is(200).json();
    assert_eq!(chosen["domains"], json!([{ "domain": DOMAIN, "state": "claimed" }]));
    assert_eq!(ann.post(&check, &json!({})).await.is(200).json()["state"], "claimed");
    corp.dns.publish(RECORD, claimed["record"]["value"].as_str().unwrap());
    let proved = ann.post(&check, &json!({})).await.is(200).json();
    assert_eq!((&proved["state"], &proved["connection_id"]), (&json!("proved"), &json!(id)));

    let entered = ann.put(&format!("{path}/credentials"), &credentials(&corp)).await.is(200).json();
    let held = &entered["credentials"];
    assert_eq!((&held["protocol"], &held["client_id"]), (&json!("oidc"), &json!(CLIENT)));
    assert_eq!(held["issuer"], corp.issuer.as_str(), "what discovery said");
    let test = ann.get(&format!("{path}/test")).await.is(200).json();
    assert_eq!(test["report"], Value::Null);
    let url = test["url"].as_str().unwrap().strip_prefix(&corp.site.address.origin()).unwrap().to_owned();
    assert!(corp.admin.get(&url).await.is(200).says("Test in a new window"));
    let asked = corp.admin.post("/admin/sso/test", &[("connection", &id)]).await;
    let page = corp.admin.follow(asked).await;
    corp.admin.at_the_company(&page, BO).await.is(200);
    let report = ann.get(&format!("{path}/test")).await.is(200).json()["report"].clone();
    let login = &report["login"];
    assert_eq!(
        (&report["fault"], &login["email"], &login["role"]),
        (&Value::Null, &json!(BO), &json!("Employee"))
    );

    let change = json!({ "display_name": "Corp staff", "admission": { "trusts_addresses": true } });
    let changed = ann.patch(&path, &change).await.is(200).json();
    assert_eq!(changed["display_name"], "Corp staff");
    let rules = &changed["admission"];
    assert_eq!(
        (&rules["trusts_addresses"], &rules["auto_membership"]),
        (&json!(true), &json!(true)),
        "{rules}"
    );
    let on = ann.put(&format!("{path}/state"), &json!({ "state": "on" })).await.is(200).json();
    assert_eq!((&on["state"], &on["next_step"]), (&json!("on"), &json!("done")));

    let (_, end) = corp.comes(BO).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    let shown = ann.get(&path).await.is(200).json();
    assert_eq!(shown["people"], json!({ "all": 1, "kept_out": 0 }), "so many are deleted with it");
    assert!(shown["health"]["last_login_at"].is_string(), "{shown}");
    ann.delete(&path, None).await.is(204);
    ann.get(&path).await.is_problem(404, "not_found", None);
    assert_eq!(ann.get(CONNECTIONS).await.is(200).json()["items"], json!([]));
    ann.delete(&format!("{DOMAINS}/{DOMAIN}"), None).await.is(204);
    assert_eq!(ann.get(DOMAINS).await.is(200).json()["items"], json!([]));
    let log = ann.get("/api/v1/organization/audit-log").await.is(200).json();
    let actions: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    for done in
        ["sso.requested", "sso.connected", "sso.changed", "sso.turned_on", "sso.deleted", "domain.released"]
    {
        assert!(actions.contains(&done), "{done}: {actions:?}");
    }
}

#[tokio::test]
async fn s11_no_answer_tells_the_secret() {
    let (corp, mut ann, id) = begun().await;
    let path = path(&id);
    let mut bodies = Vec::new();
    bodies.push(ann.put(&format!("{path}/credentials"), &credentials(&corp)).await.is(200).body.clone());
    let mut wrong = credentials(&corp);
    wrong["client_secret"] = json!(format!("{SECRET} with blanks"));
    bodies.push(ann.put(&format!("{path}/credentials"), &wrong).await.is(422).body.clone());
    wrong["client_secret"] = json!([SECRET]);
    bodies.push(ann.put(&format!("{path}/credentials"), &wrong).await.is(422).body.clone());
    for read in [path.clone(), format!("{path}/test"), CONNECTIONS.to_owned()] {
        bodies.push(ann.get(&read).await.is(200).body.clone());
    }
    bodies.push(ann.get("/api/v1/organization/audit-log").await.is(200).body.clone());
    for body in bodies {
        // A sentence would begin with a capital letter.
        assert!(!body.to_lowercase().contains(SECRET), "{body}");
    }
    // Without one, the present one stays; and it follows to no other client.
    let mut kept = credentials(&corp);
    kept.as_object_mut().unwrap().remove("client_secret");
    kept["secret_expires_at"] = json!("2026-06-30T12:00:00+02:00");
    let entered = ann.put(&format!("{path}/credentials"), &kept).await.is(200).json();
    assert_eq!(entered["credentials"]["secret_expires_at"], "2026-06-30T10:00:00.000Z");
    kept["client_id"] = json!("other");
    let refused = ann.put(&format!("{path}/credentials"), &kept).await;
    refused.is_problem(422, "secret_needed", Some("client_secret"));
}

#[tokio::test]
async fn s08_who_came_before_the_client_was_changed_is_let_in_again_by_a_program() {
    let (corp, mut ann, id) = connected().await;
    corp.comes(BO).await;
    let mut other = credentials(&corp);
    other["client_id"] = json!("another");
    corp.company.registers("another", SECRET).await;
    let path = path(&id);
    // At another issuer its people would be strangers.
    let elsewhere = json!({ "protocol": "oidc", "discovery_url": corp.site.identity, "client_id": "x", "client_secret": "y" });
    let refused = ann.put(&format!("{path}/credentials"), &elsewhere).await;
    refused.is_problem(409, "issuer_in_use", Some("discovery_url"));
    let moved = ann.put(&format!("{path}/credentials"), &other).await.is(200).json();
    assert_eq!(moved["people"], json!({ "all": 1, "kept_out": 1 }));
    assert_eq!(moved["next_step"], "test", "what was tested was another client");
    let again = ann.post_with_key(&format!("{path}/let-in-again"), &json!({}), "k").await;
    assert_eq!(again.is(200).json(), json!({ "people": 1 }));
    let replayed = ann.post_with_key(&format!("{path}/let-in-again"), &json!({}), "k").await;
    assert_eq!(replayed.is(200).header("idempotency-replayed"), "true");
    assert_eq!(ann.post(&format!("{path}/let-in-again"), &json!({})).await.is(200).json()["people"], 0);
    assert_eq!(ann.get(&path).await.json()["people"], json!({ "all": 1, "kept_out": 0 }));
}

#[tokio::test]
async fn a_failed_login_is_found_by_its_reference() {
    let (corp, mut ann, id) = connected().await;
    let (_, end) = corp.comes(EVE).await;
    let listed = ann.get(CONNECTIONS).await.is(200).json();
    let one = &listed["items"][0];
    assert_eq!((&one["id"], &one["people"]), (&json!(id), &Value::Null));
    let failure = &one["health"]["last_failure"];
    assert_eq!(failure["reference"], reference(&end));
    assert_eq!(failure["fault"]["code"], "other_domain");
    assert!(failure["fault"]["advice"].as_str().unwrap().contains("prove it"), "{failure}");
}

#[tokio::test]
async fn every_failed_login_is_found_by_its_reference_also_after_others() {
    let (corp, mut ann, id) = connected().await;
    let of_new = ann.post(CONNECTIONS, &json!({ "kind": "okta" })).await.is(201).json();
    assert_eq!(of_new["health"]["failures"], json!([]));
    let mut numbers = Vec::new();
    for account in [EVE, UNA, EVE] {
        let (_, end) = corp.comes(account).await;
        numbers.push(reference(&end));
        corp.site.clock.advance(std::time::Duration::from_secs(1));
    }
    assert!(numbers[0] == numbers[2] && numbers[0] != numbers[1], "{numbers:?}");
    let health = ann.get(&path(&id)).await.is(200).json()["health"].clone();
    let failures = health["failures"].as_array().unwrap();
    let told: Vec<_> = failures.iter().map(|failure| (&failure["reference"], &failure["times"])).collect();
    assert_eq!(json!(told), json!([[numbers[0], 2], [numbers[1], 1]]));
    assert_eq!(failures[0], health["last_failure"]);
    let listed = ann.get(CONNECTIONS).await.is(200).json();
    assert_eq!(listed["items"][0]["health"]["failures"], Value::Null);
}

#[tokio::test]
async fn a_program_reads_that_credentials_are_new_since_the_last_test_and_which_are_refused() {
    let (mut corp, mut ann, id) = connected().await;
    let path = path(&id);
    assert_eq!(ann.get(&path).await.is(200).json()["health"]["changed_since_test"], false);
    let mut wrong = credentials(&corp);
    wrong["client_secret"] = json!("not-the-secret");
    let refused = ann.put(&format!("{path}/credentials"), &wrong).await;
    refused.is_problem(422, "client_refused", Some("client_secret"));
    assert_eq!(ann.get(&path).await.is(200).json()["health"]["changed_since_test"], false);
    let entered = ann.put(&format!("{path}/credentials"), &credentials(&corp)).await.is(200).json();
    assert_eq!((&entered["state"], &entered["next_step"]), (&json!("on"), &json!("test")));
    assert_eq!(entered["health"]["changed_since_test"], true);
    corp.tests_as(&id, BO).await;
    assert_eq!(ann.get(&path).await.is(200).json()["health"]["changed_since_test"], false);
}

#[tokio::test]
async fn s01_a_connection_whose_record_is_gone_is_not_turned_on_by_a_program() {
    let (corp, mut ann, id) = connected().await;
    let state = format!("{}/state", path(&id));
    let (on, off) = (json!({ "state": "on" }), json!({ "state": "off" }));
    ann.put(&state, &off).await.is(200);
    corp.dns.withdraw(RECORD);
    let refused = ann.put(&state, &on).await;
    let detail = refused.is_problem(409, "record_gone", None).json()["detail"].clone();
    let record = ann.get(&format!("{DOMAINS}/{DOMAIN}")).await.is(200).json()["record"].clone();
    for part in [&record["name"], &record["value"]] {
        assert!(detail.as_str().unwrap().contains(part.as_str().unwrap()), "{detail}");
    }
    drop(corp.dns);
    let silent = ann.put(&state, &on).await;
    silent.is_problem(503, "dns_silent", None);
    assert_eq!(silent.header("retry-after"), "60");
    assert_eq!(ann.get(&path(&id)).await.is(200).json()["state"], "off");
}

#[tokio::test]
async fn s13_a_program_demands_it_and_names_who_may_break_the_glass() {
    let (corp, mut ann, id) = connected().await;
    let site = &corp.site;
    let mut dee = site.member("dee@nowhere.example", "corp", &["Administrator"]).await;
    let dees = site.management().await.user_id("dee@nowhere.example").await;
    let path = format!("{}/enforcement", path(&id));
    let both = json!({ "scope": "organization", "break_glass": [dees] });
    let demanded = ann.put(&path, &both).await.is(200).json();
    assert_eq!(demanded["enforcement"], both);
    assert!(!dee.is_signed_in().await, "who was in is out, also who may break the glass");
    // Who says nothing leaves it as it is; where nobody may, it is them.
    let kept = ann.put(&path, &json!({ "scope": "domains" })).await.is(200).json();
    assert_eq!(kept["enforcement"], json!({ "scope": "domains", "break_glass": [dees] }));
    let off = ann.put(&path, &json!({ "scope": "off", "break_glass": [] })).await.is(200).json();
    assert_eq!(off["enforcement"], json!({ "scope": "off", "break_glass": [] }));
    let own = ann.put(&path, &json!({ "scope": "domains" })).await.is(200).json();
    let anns = site.management().await.user_id("ann@nowhere.example").await;
    assert_eq!(own["enforcement"], json!({ "scope": "domains", "break_glass": [anns] }));
}

#[tokio::test]
async fn s13_who_was_chosen_and_runs_the_organization_no_more_stops_no_program() {
    let (corp, mut ann, id) = connected().await;
    let management = corp.site.management().await;
    let path = format!("{}/enforcement", path(&id));
    let (mut both, anns) = (Vec::new(), management.user_id("ann@nowhere.example").await);
    for email in ["dee@nowhere.example", "fay@nowhere.example"] {
        corp.site.member(email, "corp", &["Administrator"]).await;
        both.push(management.user_id(email).await);
    }
    both.sort();
    let chosen = json!({ "scope": "domains", "break_glass": both });
    assert_eq!(ann.put(&path, &chosen).await.is(200).json()["enforcement"], chosen);
    management.take_role("corp", "dee@nowhere.example", "Administrator").await;
    let fays = management.user_id("fay@nowhere.example").await;
    let kept = ann.put(&path, &json!({ "scope": "organization" })).await.is(200).json();
    assert_eq!(kept["enforcement"], json!({ "scope": "organization", "break_glass": [fays] }));
    management.take_role("corp", "fay@nowhere.example", "Administrator").await;
    let off = ann.put(&path, &json!({ "scope": "off" })).await.is(200).json();
    assert_eq!(off["enforcement"], json!({ "scope": "off", "break_glass": [fays] }));
    // Nobody of them is left: it is whoever asks, and only if they can.
    let own = ann.put(&path, &json!({ "scope": "domains" })).await.is(200).json();
    assert_eq!(own["enforcement"], json!({ "scope": "domains", "break_glass": [anns] }));
}

#[tokio::test]
async fn s12_whoever_comes_through_the_connection_demands_it_of_nobody_in_their_own_name() {
    let (corp, _, id) = connected().await;
    corp.is_let_in(BO).await;
    corp.site.management().await.add_member("corp", BO, &["Administrator"]).await;
    let mut bo = Program::of(corp.is_let_in(BO).await).await;
    let refused = bo.put(&format!("{}/enforcement", path(&id)), &json!({ "scope": "organization" })).await;
    refused.is_problem(422, "no_other_way", Some("break_glass"));
}

#[tokio::test]
async fn what_is_sent_once_more_with_its_key_is_begun_once() {
    let (corp, mut ann, _) = begun().await;
    let wish = json!({ "kind": "okta", "display_name": "Corp staff" });
    let first = ann.post_with_key(CONNECTIONS, &wish, "begin").await;
    let again = ann.post_with_key(CONNECTIONS, &wish, "begin").await;
    assert_eq!(
        (again.is(201).body.as_str(), again.header("idempotency-replayed")),
        (first.body.as_str(), "true")
    );
    let place = path(first.json()["id"].as_str().unwrap());
    assert_eq!((first.header("location"), again.header("location")), (&*place, &*place));
    assert_eq!(ann.get(&place).await.is(200).json()["display_name"], "Corp staff");
    let listed = ann.get(CONNECTIONS).await.is(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
    // A look is an answer too: another one takes another key.
    let record = ann.post_with_key(DOMAINS, &json!({ "domain": DOMAIN }), "claim").await.is(200).json();
    let check = format!("{DOMAINS}/{DOMAIN}/check");
    assert_eq!(ann.post_with_key(&check, &json!({}), "look").await.is(200).json()["state"], "claimed");
    corp.dns.publish(RECORD, record["record"]["value"].as_str().unwrap());
    assert_eq!(ann.post_with_key(&check, &json!({}), "look").await.is(200).json()["state"], "claimed");
    assert_eq!(ann.post_with_key(&check, &json!({}), "another").await.is(200).json()["state"], "proved");
}

#[tokio::test]
async fn a_page_keeps_every_claim_that_a_program_has_mapped() {
    let (mut corp, mut ann, id) = begun().await;
    let mapping =
        |number: u32| json!({ "claim": format!("claim-{number}"), "value": "v", "role": "Employee" });
    let mappings: Vec<_> = (0..10).map(mapping).collect();
    let change = json!({ "admission": { "mappings": mappings } });
    let changed = ann.patch(&path(&id), &change).await.is(200).json();
    assert_eq!(changed["admission"]["mappings"], json!(mappings));
    let page = corp.admin.get(&format!("/admin/sso/set-up?connection={id}&step=people")).await;
    corp.admin.fill(page.is(200), &[("display_name", "Corp staff")]).await.is(303);
    let kept = ann.get(&path(&id)).await.is(200).json();
    assert_eq!(
        (&kept["display_name"], &kept["admission"]["mappings"]),
        (&json!("Corp staff"), &json!(mappings))
    );
}

#[tokio::test]
async fn a_program_answers_those_who_ask_to_be_let_in() {
    const ASKING: &str = "/api/v1/sso/access-requests";
    let (corp, id) = Corp::closed_to_newcomers().await;
    let mut ann = Program::of(corp.admin.clone()).await;
    assert_eq!(ann.get(ASKING).await.is(200).json()["items"], json!([]));
    corp.asks(BO).await;
    let asked = ann.get(ASKING).await.is(200).json()["items"][0].clone();
    assert_eq!(
        (&asked["email"], &asked["connection_id"], &asked["suggested_role"]),
        (&json!(BO), &json!(id), &json!("Employee"))
    );
    let path = format!("{ASKING}/{}", asked["id"].as_str().unwrap().replace('|', "%7C"));
    ann.post(&format!("{path}/grant"), &json!({ "role": "Owner" })).await.is(422);
    ann.delete(&path, None).await.is(204);
    ann.delete(&path, None).await.is(404);
    corp.asks(BO).await;
    let granted = ann.post(&format!("{path}/grant"), &json!({ "role": "Employee" })).await.is(200).json();
    assert_eq!(
        (&granted["email"], &granted["roles"], &granted["was_member"]),
        (&json!(BO), &json!(["Employee"]), &json!(false))
    );
    ann.post(&format!("{path}/grant"), &json!({ "role": "Employee" })).await.is(404);
    let (_, end) = corp.comes(BO).await;
    assert_eq!(end.url.path(), "/home", "{}", end.summary());
}

#[tokio::test]
async fn a_program_hears_that_who_asks_was_a_member_already_and_as_what() {
    let (mut corp, _) = Corp::closed_to_newcomers().await;
    let mut ann = Program::of(corp.admin.clone()).await;
    corp.asks(BO).await;
    let user = corp.admin.asker().await.unwrap();
    corp.site.management().await.add_member("corp", BO, &["Administrator"]).await;
    let grant = format!("/api/v1/sso/access-requests/{}/grant", user.replace('|', "%7C"));
    let granted = ann.post(&grant, &json!({ "role": "Employee" })).await.is(200).json();
    assert_eq!(
        (&granted["email"], &granted["roles"], &granted["was_member"]),
        (&json!(BO), &json!(["Administrator"]), &json!(true))
    );
}

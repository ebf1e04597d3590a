//! Organizations over the Management API: their life, lists, connections.

use std::slice;

use crate::support::{World, segment};
use axum::http::StatusCode;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn error(status: u16, reason: &str, message: &str, code: Option<&str>) -> Value {
    let mut body = json!({ "statusCode": status, "error": reason, "message": message });
    if let Some(code) = code {
        body["errorCode"] = code.into();
    }
    body
}

fn invalid_body(message: &str) -> Value {
    error(400, "Bad Request", message, Some("invalid_body"))
}

#[tokio::test]
async fn an_organization_lives() {
    let world = World::new();
    let database = world.connection_id("Username-Password-Authentication").await;
    let body = json!({
        "name": "acme",
        "display_name": "Acme AB",
        "branding": { "logo_url": "https://acme.example/logo.png",
                      "colors": { "primary": "#114488", "page_background": "#FFF" } },
        "metadata": { "subscription": "team;2027-01-01T00:00:00.000Z;active", "note": null },
        "enabled_connections": [{ "connection_id": database }],
    });
    let made = world.api("POST", "/organizations", body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let made = made.json();
    let id = made["id"].as_str().unwrap();
    let expected = json!({
        "id": id,
        "name": "acme",
        "display_name": "Acme AB",
        "branding": body["branding"],
        "metadata": { "subscription": "team;2027-01-01T00:00:00.000Z;active" },
        "third_party_client_access": "block",
        "is_app_entitlement_active": false,
    });
    assert_eq!(made, expected);
    let path = format!("/organizations/{id}");
    for path in [path.as_str(), "/organizations/name/acme"] {
        assert_eq!(world.api("GET", path, NONE).await.json(), expected);
    }
    let enabled = world.api("GET", &format!("{path}/enabled_connections"), NONE).await.json();
    let expected = json!([{
        "connection_id": database,
        "assign_membership_on_login": false,
        "show_as_button": true,
        "is_signup_enabled": false,
        "connection": { "name": "Username-Password-Authentication", "strategy": "auth0" },
    }]);
    assert_eq!(enabled, expected);

    let taken = world.api("POST", "/organizations", json!({ "name": "acme" })).await;
    let message = "An organization with this name already exists.";
    assert_eq!(taken.json(), error(409, "Conflict", message, Some("organization_conflict")));

    let deleted = world.api("DELETE", &path, NONE).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (StatusCode::NO_CONTENT, ""));
    let gone = error(404, "Not Found", "No organization found by that id or name", None);
    for (method, body) in [("GET", NONE), ("PATCH", json!({})), ("DELETE", NONE)] {
        assert_eq!(world.api(method, &path, body).await.json(), gone, "{method}");
    }
    assert_eq!(world.api("GET", "/organizations/name/acme", NONE).await.json(), gone);
}

#[tokio::test]
async fn metadata_of_an_organization_is_replaced_and_of_a_user_merged() {
    let world = World::new();
    let body = json!({ "name": "acme", "display_name": "Acme", "metadata": { "a": "1", "b": "2" } });
    let id = world.api("POST", "/organizations", body).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/organizations/{id}");
    let patched = world.api("PATCH", &path, json!({ "metadata": { "b": "3" } })).await.json();
    assert_eq!((&patched["metadata"], &patched["display_name"]), (&json!({ "b": "3" }), &json!("Acme")));
    let emptied = world.api("PATCH", &path, json!({ "metadata": {} })).await.json();
    assert_eq!(emptied.get("metadata"), None);

    let user = format!("/users/{}", segment(&world.user("ann@example.com").await));
    let patch = async |body: Value| {
        let answer = world.api("PATCH", &user, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    };
    patch(json!({ "app_metadata": { "a": 1, "b": { "x": 1, "y": 2 } }, "user_metadata": { "t": "dark" } }))
        .await;
    let merged = patch(json!({ "app_metadata": { "b": { "x": 3 }, "c": "new" }, "given_name": "Ann" })).await;
    assert_eq!(merged["app_metadata"], json!({ "a": 1, "b": { "x": 3 }, "c": "new" }));
    assert_eq!((&merged["user_metadata"], &merged["given_name"]), (&json!({ "t": "dark" }), &json!("Ann")));
    let removed = patch(json!({ "app_metadata": { "a": null } })).await;
    assert_eq!(removed["app_metadata"], json!({ "b": { "x": 3 }, "c": "new" }));
    let emptied = patch(json!({ "app_metadata": {}, "user_metadata": {} })).await;
    assert_eq!((emptied.get("app_metadata"), &emptied["user_metadata"]), (None, &json!({})));
    for key in ["email", "a.b", "$set"] {
        let refused = world.api("PATCH", &user, json!({ "app_metadata": { key: 1 } })).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{key}");
    }
}

#[tokio::test]
async fn lists_come_in_both_kinds_of_pages() {
    let world = World::new();
    for number in 0..7 {
        let body = json!({ "name": format!("org-{number}"), "display_name": format!("Z{}", 9 - number) });
        assert_eq!(world.api("POST", "/organizations", body).await.status, StatusCode::CREATED);
    }
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = names(&world.api("GET", "/organizations", NONE).await.json());
    assert_eq!(all.len(), 7);
    let page = world.api("GET", "/organizations?page=2&per_page=3&include_totals=true", NONE).await.json();
    assert_eq!((&page["start"], &page["limit"], &page["total"]), (&json!(6), &json!(3), &json!(7)));
    assert_eq!(names(&page["organizations"]), all[6..]);

    for sort in ["", "&sort=name:1", "&sort=name:-1", "&sort=display_name:1", "&sort=created_at:-1"] {
        let mut seen = Vec::new();
        let mut from = String::new();
        loop {
            let path = format!("/organizations?take=3&include_totals=true{sort}{from}");
            let page = world.api("GET", &path, NONE).await.json();
            assert_eq!(page.get("total"), None, "take wins over totals");
            seen.extend(names(&page["organizations"]));
            match page.get("next").and_then(Value::as_str) {
                Some(next) => from = format!("&from={next}"),
                None => break,
            }
        }
        let mut sorted = seen.clone();
        sorted.sort();
        assert_eq!(sorted, (0..7).map(|number| format!("org-{number}")).collect::<Vec<_>>(), "{sort}");
        match sort {
            "&sort=name:1" => assert_eq!(seen, sorted),
            "&sort=name:-1" | "&sort=display_name:1" => {
                sorted.reverse();
                assert_eq!(seen, sorted, "{sort}");
            }
            _ => {}
        }
    }
    // Exactly one page has no next.
    let page = world.api("GET", "/organizations?take=7", NONE).await.json();
    assert_eq!((page["organizations"].as_array().unwrap().len(), page.get("next")), (7, None));
    assert_eq!(world.api("GET", "/organizations?sort=id:1", NONE).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn connections_are_enabled_ten_at_most_and_sign_up_has_its_rule() {
    let world = World::new();
    let (acme, google, database) = (
        world.api("POST", "/organizations", json!({ "name": "acme" })).await.json()["id"].clone(),
        world.connection_id("google-oauth2").await,
        world.connection_id("Username-Password-Authentication").await,
    );
    let path = format!("/organizations/{}/enabled_connections", acme.as_str().unwrap());
    let rule =
        "Only database connections with assign_membership_on_login = true support is_signup_enabled = true.";
    for body in [
        json!({ "connection_id": google, "assign_membership_on_login": true, "is_signup_enabled": true }),
        json!({ "connection_id": database, "is_signup_enabled": true }),
    ] {
        assert_eq!(world.api("POST", &path, body).await.json(), invalid_body(rule));
    }
    assert_eq!(
        world.api("POST", &path, json!({ "connection_id": google })).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        world.api("POST", &path, json!({ "connection_id": google })).await.status,
        StatusCode::CONFLICT
    );
    let one = format!("{path}/{google}");
    assert_eq!(world.api("GET", &one, NONE).await.json()["show_as_button"], true);
    assert_eq!(world.api("DELETE", &one, NONE).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.api("GET", &path, NONE).await.json(), json!([]));
    let eleven: Vec<Value> = (0..11).map(|_| json!({ "connection_id": database })).collect();
    let body = json!({ "name": "big", "enabled_connections": eleven });
    assert_eq!(world.api("POST", "/organizations", body).await.status, StatusCode::BAD_REQUEST);
    // Scopes of a part of the body.
    let narrow = world.management_token(Some("create:organizations")).await;
    let body = json!({ "name": "other", "enabled_connections": [{ "connection_id": database }] });
    let refused = world.api_with(&narrow, "POST", "/organizations", body).await;
    assert_eq!(refused.json()["errorCode"], "insufficient_scope");
}

#[tokio::test]
async fn quota_and_access_settings_are_kept_and_a_quota_can_be_taken_away() {
    let world = World::new();
    let quota = json!({ "client_credentials": { "enforce": true, "per_day": 2000, "per_hour": 100 } });
    let body = json!({ "name": "acme", "token_quota": quota, "third_party_client_access": "allow" });
    let made = world.api("POST", "/organizations", body).await.json();
    let path = format!("/organizations/{}", made["id"].as_str().unwrap());
    assert_eq!(made["token_quota"], quota);
    let changed = world.api("PATCH", &path, json!({ "is_app_entitlement_active": true })).await.json();
    assert_eq!(
        (
            &changed["token_quota"],
            &changed["third_party_client_access"],
            &changed["is_app_entitlement_active"]
        ),
        (&quota, &json!("allow"), &json!(true))
    );
    world.api("PATCH", &path, json!({ "token_quota": null })).await;
    let read = world.api("GET", &path, NONE).await.json();
    assert_eq!((read.get("token_quota"), &read["is_app_entitlement_active"]), (None, &json!(true)));
}

#[tokio::test]
async fn who_may_read_summaries_sees_no_metadata() {
    let world = World::with(crate::support::seed_with_scopes("read:organizations_summary"));
    let acme = world.organization("acme").await;
    let summary = world.management_token(Some("read:organizations_summary")).await;
    let expected = json!({ "id": acme, "name": "acme", "display_name": "acme Inc" });
    let one = world.api_with(&summary, "GET", &format!("/organizations/{acme}"), NONE).await.json();
    assert_eq!(one, expected);
    let list = world.api_with(&summary, "GET", "/organizations", NONE).await.json();
    assert_eq!(list, json!([expected]));
    let by_name = world.api_with(&summary, "GET", "/organizations/name/acme", NONE).await;
    assert_eq!(by_name.status, StatusCode::FORBIDDEN);
    let both = world.api("GET", &format!("/organizations/{acme}"), NONE).await.json();
    assert!(both["metadata"].is_object());
}

#[tokio::test]
async fn both_families_of_connections_show_the_same_and_nobody_logs_in_through_a_disabled_one() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let (database, entra) = (
        world.connection_id("Username-Password-Authentication").await,
        world.connection_id("acme-entra").await,
    );
    let (new, old) =
        (format!("/organizations/{acme}/connections"), format!("/organizations/{acme}/enabled_connections"));
    let body =
        json!({ "connection_id": entra, "is_enabled": false, "organization_connection_name": "staff" });
    let made = world.api("POST", &new, body).await;
    let expected = json!({
        "connection_id": entra,
        "organization_connection_name": "staff",
        "assign_membership_on_login": false,
        "show_as_button": true,
        "organization_access_level": "none",
        "is_enabled": false,
        "connection": { "name": "acme-entra", "strategy": "oidc" },
    });
    assert_eq!((made.status, made.json()), (StatusCode::CREATED, expected));
    let ids = async |path: &str| -> Vec<String> {
        let list = world.api("GET", path, NONE).await.json();
        let id = |item: &Value| item["connection_id"].as_str().unwrap().to_owned();
        list.as_array().unwrap().iter().map(id).collect()
    };
    assert_eq!(ids(&old).await, slice::from_ref(&database));
    assert_eq!(ids(&new).await, [database.clone(), entra.clone()]);
    assert_eq!(ids(&format!("{new}?is_enabled=false")).await, slice::from_ref(&entra));
    let login = async || {
        let page =
            world.get(&world.authorize(&[("organization", &acme), ("connection", "acme-entra")])).await;
        page.location
    };
    let refused = login().await;
    assert!(refused.contains("error="), "{refused}");

    let changed = world.api("PATCH", &format!("{new}/{entra}"), json!({ "is_enabled": true })).await.json();
    assert_eq!(
        (&changed["is_enabled"], &changed["organization_connection_name"]),
        (&json!(true), &json!("staff"))
    );
    assert_eq!(ids(&old).await, [database.clone(), entra.clone()]);
    assert!(!login().await.contains("error="));

    let totals = world.api("GET", &format!("{old}?include_totals=true"), NONE).await.json();
    assert_eq!((&totals["limit"], &totals["total"]), (&json!(2), &json!(2)), "limit is what the page shows");
    assert_eq!(world.api("DELETE", &format!("{old}/{entra}"), NONE).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ids(&new).await, [database]);
    let again = world.api("POST", &new, json!({ "connection_id": entra })).await.json();
    assert_eq!(again["is_enabled"], true, "unless it is said otherwise");
}

#[tokio::test]
async fn organizations_are_searched_in_two_languages() {
    let world = World::new();
    for (name, display_name, plan) in
        [("north", "Acme North", "gold"), ("south", "Acme South", "gold"), ("east", "Beta East", "lead")]
    {
        let body = json!({ "name": name, "display_name": display_name, "metadata": { "plan": plan } });
        assert_eq!(world.api("POST", "/organizations", body).await.status, StatusCode::CREATED);
        world.clock.advance(std::time::Duration::from_mins(1));
    }
    let search = async |parser: &str, q: &str, more: &str| -> Vec<String> {
        let fields = crate::support::encode(&[("parser", parser), ("q", q)]);
        let answer = world.api("GET", &format!("/organizations/search?{fields}{more}"), NONE).await;
        assert_eq!(answer.status, StatusCode::OK, "{q}: {}", answer.body);
        let found = answer.json()["organizations"].clone();
        found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    for (lucene, scim, expected) in [
        ("", "", vec!["north", "south", "east"]),
        ("name:so*", "name sw \"so\"", vec!["south"]),
        ("display_name:*acme*", "display_name co \"acme\"", vec!["north", "south"]),
        (
            "metadata.plan:gold AND NOT name:south",
            "metadata.plan eq \"gold\" and name ne \"south\"",
            vec!["north"],
        ),
        (
            "created_at:[2026-03-02T10:01:00.000Z TO *]",
            "created_at ge \"2026-03-02T10:01:00.000Z\"",
            vec!["south", "east"],
        ),
        ("name:none", "name eq \"none\"", vec![]),
    ] {
        assert_eq!(search("lucene", lucene, "").await, expected, "{lucene}");
        assert_eq!(search("scim", scim, "").await, expected, "{scim}");
    }
    assert_eq!(search("lucene", "acme*", "&sort=display_name").await, ["north", "south"]);
    assert_eq!(search("lucene", "", "&sort=name").await, ["east", "north", "south"]);
    let page = world.api("GET", "/organizations/search?take=2", NONE).await.json();
    let next = page["next"].as_str().unwrap();
    let rest = world.api("GET", &format!("/organizations/search?take=2&from={next}"), NONE).await.json();
    assert_eq!((&rest["organizations"][0]["name"], rest.get("next")), (&json!("east"), None));
    let many = (0..6).map(|number| format!("name:a{number}")).collect::<Vec<_>>().join("%20OR%20");
    let refused = world.api("GET", &format!("/organizations/search?q={many}"), NONE).await;
    let message = "Query validation error: 'a search has at most 5 terms' on property q.";
    assert_eq!(refused.json()["message"], message);
}

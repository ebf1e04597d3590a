//! Actions through the Management API: built, deployed, bound, rolled back, and their secrets kept.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::World;

const NONE: Value = Value::Null;
const BINDINGS: &str = "/actions/triggers/post-login/bindings";
const CODE: &str = "exports.onExecutePostLogin = async (event, api) => {};";

async fn created(world: &World, name: &str, more: Value) -> Value {
    let mut body = json!({ "name": name, "supported_triggers": [{ "id": "post-login", "version": "v3" }], "code": CODE });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = world.api("POST", "/actions/actions", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()
}

fn path(action: &Value) -> String {
    format!("/actions/actions/{}", action["id"].as_str().unwrap())
}

async fn deploy(world: &World, action: &Value) -> Value {
    let answer = world.api("POST", &format!("{}/deploy", path(action)), NONE).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn an_action_is_pending_then_built_then_deployed() {
    let world = World::new();
    let action = created(&world, "stamp", json!({})).await;
    assert_eq!((&action["status"], &action["runtime"]), (&json!("pending"), &json!("node22")));
    assert_eq!((&action["all_changes_deployed"], &action["secrets"]), (&json!(false), &json!([])));
    let built = world.api("GET", &path(&action), NONE).await.json();
    assert_eq!(built["status"], "built");
    assert!(built.get("deployed_version").is_none());

    let version = deploy(&world, &action).await;
    assert_eq!((&version["number"], &version["status"]), (&json!(1), &json!("built")));
    assert_eq!(version["action"]["id"], action["id"]);
    let deployed = world.api("GET", &path(&action), NONE).await.json();
    assert_eq!(deployed["all_changes_deployed"], true);
    assert_eq!(
        (&deployed["deployed_version"]["id"], &deployed["deployed_version"]["deployed"]),
        (&version["id"], &json!(true))
    );

    let change = json!({ "code": "exports.onContinuePostLogin = async () => {};" });
    let changed = world.api("PATCH", &path(&action), change).await.json();
    assert_eq!((&changed["status"], &changed["all_changes_deployed"]), (&json!("pending"), &json!(false)));
    assert_eq!(changed["deployed_version"]["code"], CODE, "what runs stays as it was");
    assert_eq!(deploy(&world, &action).await["number"], 2);

    let versions = world.api("GET", &format!("{}/versions", path(&action)), NONE).await.json();
    let numbers: Vec<_> =
        versions["versions"].as_array().unwrap().iter().map(|row| row["number"].clone()).collect();
    assert_eq!((numbers, &versions["total"]), (vec![json!(2), json!(1)], &json!(2)));
    let back = format!("{}/versions/{}/deploy", path(&action), version["id"].as_str().unwrap());
    let third = world.api("POST", &back, NONE).await.json();
    assert_eq!((&third["number"], &third["code"]), (&json!(3), &json!(CODE)));
}

#[tokio::test]
async fn code_that_does_not_parse_fails_and_is_not_deployed() {
    let world = World::new();
    let action = created(&world, "broken", json!({ "code": "exports.onExecutePostLogin = async (" })).await;
    assert_eq!(action["status"], "pending");
    let failed = world.api("GET", &path(&action), NONE).await.json();
    assert_eq!(failed["status"], "failed");
    assert!(failed["errors"][0]["msg"].as_str().unwrap().contains("SyntaxError"), "{failed}");
    let refused = world.api("POST", &format!("{}/deploy", path(&action)), NONE).await;
    let message = "A draft must be in the 'built' state before it can be deployed.";
    assert_eq!((refused.status, &refused.json()["message"]), (StatusCode::BAD_REQUEST, &json!(message)));
    world.api("PATCH", &path(&action), json!({ "code": CODE })).await;
    assert_eq!(deploy(&world, &action).await["number"], 1);
    let large = json!({ "code": format!("//{}", "x".repeat(100_000)) });
    assert_eq!(world.api("PATCH", &path(&action), large).await.json()["errorCode"], "invalid_body");
}

#[tokio::test]
async fn secrets_go_in_and_never_come_out() {
    let world = World::new();
    let secrets =
        json!({ "secrets": [{ "name": "KEY", "value": "hunter2" }, { "name": "OLD", "value": "hunter3" }] });
    let action = created(&world, "stamp", secrets).await;
    assert_eq!(action["secrets"][0]["name"], "KEY");
    let set = action["secrets"][0]["updated_at"].clone();
    deploy(&world, &action).await;
    world.clock.advance(Duration::from_mins(1));
    let change = json!({ "secrets": [{ "name": "KEY" }, { "name": "NEW", "value": "hunter4" }] });
    let changed = world.api("PATCH", &path(&action), change).await.json();
    assert_eq!(changed["secrets"].as_array().unwrap().len(), 2);
    assert_eq!(changed["secrets"][0]["updated_at"], set, "a secret without a value is the one that it was");
    assert_ne!(changed["secrets"][1]["updated_at"], set);
    for path in [path(&action), format!("{}/versions", path(&action)), "/actions/actions".to_owned()] {
        assert!(!world.api("GET", &path, NONE).await.body.contains("hunter"), "{path}");
    }
    let unknown = json!({ "secrets": [{ "name": "NEVER" }] });
    assert_eq!(world.api("PATCH", &path(&action), unknown).await.status, StatusCode::BAD_REQUEST);
    let many: Vec<Value> = (0..31).map(|n| json!({ "name": format!("K{n}"), "value": "v" })).collect();
    let refused = world.api("PATCH", &path(&action), json!({ "secrets": many })).await.json();
    assert_eq!(
        refused["message"],
        "Payload validation error: 'Array is too long (31), maximum 30' on property secrets."
    );
}

#[tokio::test]
async fn a_trigger_runs_what_is_bound_in_its_order() {
    let world = World::new();
    assert_eq!(world.api("GET", BINDINGS, NONE).await.json(), json!({ "bindings": [], "per_page": 20 }));
    let (first, second) =
        (created(&world, "first", json!({})).await, created(&world, "second", json!({})).await);
    let by_name =
        |name: &str| json!({ "ref": { "type": "action_name", "value": name }, "display_name": name });
    let refused = world.api("PATCH", BINDINGS, json!({ "bindings": [by_name("first")] })).await;
    let message = "Trying to create a binding for an action that has not been deployed yet";
    assert_eq!((refused.status, &refused.json()["message"]), (StatusCode::BAD_REQUEST, &json!(message)));
    deploy(&world, &first).await;
    deploy(&world, &second).await;
    let both =
        json!({ "bindings": [by_name("second"), { "ref": { "type": "action_id", "value": first["id"] } }] });
    let bound = world.api("PATCH", BINDINGS, both).await.json();
    let names = |bound: &Value| -> Vec<Value> {
        bound["bindings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|binding| binding["action"]["name"].clone())
            .collect()
    };
    assert_eq!(names(&bound), ["second", "first"]);
    assert_eq!(bound["bindings"][1]["display_name"], "first");
    let listed = world.api("GET", BINDINGS, NONE).await.json();
    assert_eq!((names(&listed), &listed["total"]), (vec![json!("second"), json!("first")], &json!(2)));

    let kept = world.api("DELETE", &path(&second), NONE).await;
    assert_eq!(
        (kept.status, &kept.json()["message"]),
        (StatusCode::CONFLICT, &json!("Unable to delete an action bound to a trigger."))
    );
    assert_eq!(
        world.api("DELETE", &format!("{}?force=true", path(&second)), NONE).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(names(&world.api("GET", BINDINGS, NONE).await.json()), ["first"]);
    assert_eq!(
        world.api("PATCH", BINDINGS, json!({ "bindings": [] })).await.json(),
        json!({ "bindings": [] })
    );
    assert_eq!(world.api("DELETE", &path(&first), NONE).await.status, StatusCode::NO_CONTENT);
    let gone = world.api("DELETE", &path(&first), NONE).await;
    assert_eq!(
        (gone.status, &gone.json()["message"]),
        (StatusCode::NOT_FOUND, &json!("That action does not exist."))
    );
    assert_eq!(
        world.api("GET", "/actions/actions", NONE).await.json(),
        json!({ "actions": [], "per_page": 20 })
    );
}

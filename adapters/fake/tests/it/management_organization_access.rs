//! What is given to an organization over the Management API: client grants, applications, roles of its members.

use crate::support::{APP, M2M, World, segment};
use axum::http::StatusCode;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

#[tokio::test]
async fn applications_are_given_to_an_organization_and_shown_in_the_list_of_organizations() {
    let world = World::new();
    let (acme, beta) = (world.organization("acme").await, world.organization("beta").await);
    let ((app, _), (service, _)) = (world.client(APP), world.client(M2M));
    let path = format!("/organizations/{acme}/clients");
    let body = json!({ "clients": [{ "client_id": app, "use_for_member_access": true }] });
    let made = world.api("POST", &path, body.clone()).await;
    let item = json!({
        "client_id": app,
        "use_for_member_access": true,
        "client": {
            "name": APP, "app_type": "regular_web", "is_first_party": true, "organization_usage": "allow",
        },
    });
    assert_eq!((made.status, made.json()), (StatusCode::CREATED, json!([item])));
    assert_eq!(world.api("POST", &path, body).await.status, StatusCode::CONFLICT);
    // All of a call or nothing of it.
    let half = json!({ "clients": [{ "client_id": service }, { "client_id": "none" }] });
    assert_eq!(world.api("POST", &path, half).await.json()["errorCode"], "inexistent_client");
    assert_eq!(world.api("GET", &path, NONE).await.json(), json!({ "clients": [item] }));

    let list = format!("/organizations?sort=name:1&include_client_association_for={app}");
    let list = world.api("GET", &list, NONE).await.json();
    assert_eq!(list[0]["client"], json!({ "use_for_member_access": true }));
    assert_eq!((&list[1]["id"], list[1].get("client")), (&json!(beta), None));

    let one = format!("{path}/{app}");
    let changed = world.api("PATCH", &one, json!({ "use_for_member_access": false })).await.json();
    assert_eq!((&changed["use_for_member_access"], &changed["client"]["name"]), (&json!(false), &json!(APP)));
    for _ in 0..2 {
        let gone = world.api("DELETE", &path, json!({ "clients": [app] })).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.api("GET", &one, NONE).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn roles_in_an_organization_are_seen_from_both_sides() {
    let world = World::new();
    let (acme, beta) = (world.organization("acme").await, world.organization("beta").await);
    let (ann, bo) = (world.user("ann@acme.example").await, world.user("bo@acme.example").await);
    let roles = world.api("GET", "/roles", NONE).await.json();
    let (first, second) = (&roles[0]["id"], &roles[1]["id"]);
    for organization in [&acme, &beta] {
        world.add_member(organization, &ann).await;
        world.add_member(organization, &bo).await;
    }
    let give = async |organization: &str, user: &str, roles: Value| {
        let path = format!("/organizations/{organization}/members/{}/roles", segment(user));
        let given = world.api("POST", &path, json!({ "roles": roles })).await;
        assert_eq!(given.status, StatusCode::NO_CONTENT, "{}", given.body);
    };
    give(&acme, &ann, json!([first, second])).await;
    give(&acme, &bo, json!([second])).await;
    give(&beta, &bo, json!([first])).await;

    let effective = format!("/organizations/{acme}/members/{}/effective-roles", segment(&ann));
    let listed = world.api("GET", &effective, NONE).await.json();
    let items = listed["roles"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["sources"]), (2, &json!(["direct"])));
    assert!(items[0]["description"].is_string());
    let page = world.api("GET", &format!("{effective}?take=1"), NONE).await.json();
    let next = page["next"].as_str().unwrap();
    let rest = world.api("GET", &format!("{effective}?take=1&from={next}"), NONE).await.json();
    assert_eq!((&rest["roles"][0]["id"], rest.get("next")), (&items[1]["id"], None));

    let holders = async |organization: &str, role: &Value| -> Vec<Value> {
        let path = format!("/organizations/{organization}/roles/{}/members", role.as_str().unwrap());
        let page = world.api("GET", &path, NONE).await.json();
        page["members"].as_array().unwrap().iter().map(|member| member["email"].clone()).collect()
    };
    assert_eq!(holders(&acme, first).await, ["ann@acme.example"]);
    assert_eq!(holders(&acme, second).await.len(), 2);
    assert_eq!(holders(&beta, first).await, ["bo@acme.example"]);
    assert!(holders(&beta, second).await.is_empty());
    let nobody = format!("/organizations/{acme}/roles/rol_none/members");
    assert_eq!(world.api("GET", &nobody, NONE).await.json()["message"], "The role does not exist.");
}

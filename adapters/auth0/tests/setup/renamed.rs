//! What set-up made and somebody renamed since, and what only has the name.

use serde_json::json;
use tenantry_auth0::setup::{self, Change};

use crate::adoption::OTHERS;
use crate::world::{World, assert_same, change};

#[tokio::test]
async fn an_application_that_was_renamed_is_still_ours() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let id = world.application(setup::WEB).await["client_id"].as_str().unwrap().to_owned();
    world.api("PATCH", &format!("/clients/{id}"), json!({ "name": "Acme Academy" })).await;
    let plan = world.run(&[]).await.unwrap();
    assert_eq!(change(&plan, "application", "Acme Academy"), Change::None);
    assert_eq!(world.application("Acme Academy").await["client_id"], id.as_str());
}

#[tokio::test]
async fn an_action_that_was_renamed_is_still_ours() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let before = world.snapshot().await;
    let listed = world.get("/actions/actions?actionName=Manage_Subscription").await;
    let path = format!("/actions/actions/{}", listed["actions"][0]["id"].as_str().unwrap());
    world.api("PATCH", &path, json!({ "name": "Acme_Plans" })).await;
    world.api("POST", &format!("{path}/deploy"), json!({})).await;
    let plan = world.run(&[]).await.unwrap();
    assert_eq!(change(&plan, "action", "Acme_Plans"), Change::None);
    assert_eq!((plan.changes(), plan.conflicts()), (0, 0), "{:#?}", plan.lines());
    let after = world.snapshot().await;
    assert_eq!(after["actions"].as_array().unwrap().len(), before["actions"].as_array().unwrap().len());
    // What somebody else made under the name is nobody's concern.
    let trigger = json!([{ "id": "post-login", "version": "v3" }]);
    let theirs = json!({ "name": "Manage_Subscription", "supported_triggers": trigger, "code": OTHERS });
    world.api("POST", "/actions/actions", theirs).await;
    let plan = world.setup(&[]).plan().await.unwrap();
    assert_eq!((plan.changes(), plan.conflicts()), (0, 0), "{:#?}", plan.lines());
}

#[tokio::test]
async fn a_role_that_was_renamed_gets_back_the_name_by_which_the_product_knows_it() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let before = world.snapshot().await;
    let roles = world.get("/roles?name_filter=Administrator").await;
    let path = format!("/roles/{}", roles[0]["id"].as_str().unwrap());
    world.api("PATCH", &path, json!({ "name": "Boss" })).await;
    let plan = world.run(&[]).await.unwrap();
    assert_eq!((change(&plan, "role", "Administrator"), plan.changes()), (Change::Update, 1));
    assert!(plan.lines()[4].details[0].starts_with("name: \"Boss\" -> \"Administrator\""));
    assert_same(&world.snapshot().await, &before, "after the renaming");
}

#[tokio::test]
async fn a_role_is_found_behind_a_hundred_that_organizations_own() {
    let world = World::empty().await;
    let mut names: Vec<String> = (0..101).map(|number| format!("Administrator {number}")).collect();
    names.push("Employee".to_owned());
    let acme = world.api("POST", "/organizations", json!({ "name": "acme" })).await;
    for name in names {
        let theirs = json!({ "name": name, "type": "organization", "owner_id": acme["id"] });
        world.api("POST", "/roles", theirs).await;
    }
    world.api("POST", "/roles", json!({ "name": "Administrator" })).await;
    let plan = world.setup(&["Administrator"]).plan().await.unwrap();
    assert_eq!(change(&plan, "role", "Administrator"), Change::Update);
    assert_eq!(change(&plan, "role", "Employee"), Change::Create, "an organization's own is none of ours");
}

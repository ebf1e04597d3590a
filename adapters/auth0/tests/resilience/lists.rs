//! Lists beyond their first page.

use reqwest::Method;
use serde_json::json;
use tenantry_domain::Role;
use tenantry_ports::{Members, Tenants};

use crate::world::{QUICK, World, new_tenant};

#[tokio::test]
async fn roles_and_connections_are_found_beyond_the_first_hundred() {
    let mut names: Vec<String> = (0..250).map(|number| format!("Role {number}")).collect();
    names.extend(["Administrator", "Employee"].map(str::to_owned));
    let world = World::with_roles(names).await;
    let rig = world.rig().await;
    let theirs = json!({ "name": "Somebody else's", "app_type": "regular_web" });
    let theirs = rig.send(Method::POST, "/clients", &theirs).await["client_id"].clone();
    for number in 0..120 {
        let connection =
            json!({ "name": format!("theirs-{number}"), "strategy": "auth0", "enabled_clients": [theirs] });
        rig.send(Method::POST, "/connections", &connection).await;
    }
    let ann = rig.account("ann@example.com").await;
    let auth0 = world.cold_client(QUICK, 1);
    world.asked();
    auth0.warm_up().await.unwrap();
    let asked = world.asked();
    let pages = asked.iter().filter(|call| *call == "GET /api/v2/connections 200").count();
    assert_eq!(pages, 2, "121 connections: {asked:?}");
    let acme = auth0.tenants().create(&new_tenant("acme", &ann)).await.unwrap().tenant;
    let path = format!("/organizations/{}/enabled_connections", acme.id);
    let enabled = rig.send(Method::GET, &path, &serde_json::Value::Null).await;
    assert_eq!(enabled.as_array().unwrap().len(), 1, "ours alone: {enabled}");
    auth0.members().add(&acme.id, &ann).await.unwrap();
    auth0.members().assign(&acme.id, &ann, Role::Administrator).await.unwrap();
}

#[tokio::test]
async fn what_was_looked_up_beforehand_is_not_looked_up_again() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    world.asked();
    let acme = auth0.tenants().create(&new_tenant("acme", &ann)).await.unwrap().tenant;
    auth0.members().add(&acme.id, &ann).await.unwrap();
    auth0.members().assign(&acme.id, &ann, Role::Administrator).await.unwrap();
    assert_eq!(
        world.asked(),
        [
            "POST /api/v2/organizations 201",
            "POST /api/v2/organizations/{id}/members 204",
            "POST /api/v2/organizations/{id}/members/{user_id}/roles 204",
        ]
    );
}

#[tokio::test]
async fn a_role_that_one_organization_owns_is_not_everybodys() {
    let world = World::with_roles(vec!["Employee".to_owned()]).await;
    let rig = world.rig().await;
    let theirs = rig.send(Method::POST, "/organizations", &json!({ "name": "theirs" })).await["id"].clone();
    let owned = json!({ "name": "Administrator", "type": "organization", "owner_id": theirs });
    rig.send(Method::POST, "/roles", &owned).await;
    let refused = world.cold_client(QUICK, 1).warm_up().await.unwrap_err().to_string();
    assert!(refused.contains("no role named Administrator"), "{refused}");
}

//! Client grants of an organization, as the rest of the provider sees them.

use axum::http::Method;
use serde_json::{Value, json};

use super::World;
use super::table::fixtures;

#[tokio::test]
async fn a_grant_is_attached_until_it_is_taken_away_or_the_organization_is() {
    let world = World::new().await;
    let grant = fixtures(&world).await.remove("grant").unwrap()["id"].as_str().unwrap().to_owned();
    let create = async |name: &str| {
        let made = world.call(&Method::POST, "/organizations", Some(&json!({ "name": name }))).await;
        made.body["id"].as_str().unwrap().to_owned()
    };
    let (acme, beta) = (create("acme").await, create("beta").await);
    let is_attached = |organization: &str| {
        let store = &world.fake.core().store;
        store.read(|state| state.client_grant_is_attached(&grant, organization)).unwrap()
    };
    let path = |organization: &str| format!("/organizations/{organization}/client-grants");
    let list = async |organization: &str| world.call(&Method::GET, &path(organization), None).await.body;
    for organization in [&acme, &beta] {
        let body = json!({ "grant_id": grant });
        let attached = world.call(&Method::POST, &path(organization), Some(&body)).await.body;
        assert_eq!((&attached["id"], &attached["grant_id"]), (&json!(grant), &json!(grant)));
        assert!(is_attached(organization));
        let listed = list(organization).await;
        assert_eq!((&listed[0]["id"], listed[0].get("grant_id")), (&json!(grant), None));
    }
    assert_eq!(list(&acme).await[0]["client_id"], world.fake.client(super::SERVICE).unwrap().client_id);
    world.call(&Method::DELETE, &format!("{}/{grant}", path(&acme)), None).await;
    assert_eq!((is_attached(&acme), is_attached(&beta)), (false, true));
    assert_eq!(list(&acme).await, Value::Array(Vec::new()));
    world.call(&Method::DELETE, &format!("/organizations/{beta}"), None).await;
    assert!(!is_attached(&beta));
}

//! Organization metadata, which Auth0 replaces whole, while somebody else writes there too.

use reqwest::Method;
use serde_json::{Value, json};
use tenantry_fake::Fault;
use tenantry_ports::{Tenants, TenantsError};

use crate::world::{LATER, PAID, QUICK, Rig, World, new_tenant};

/// Acme, with a key of somebody else's.
async fn acme(world: &World) -> (Rig, tenantry_auth0::Auth0Tenants, tenantry_domain::TenantRef) {
    let (rig, auth0) = (world.rig().await, world.client(QUICK).await);
    let ann = rig.account("ann@example.com").await;
    let acme = auth0.tenants().create(&new_tenant("acme", &ann)).await.unwrap().tenant;
    let mut metadata = rig.metadata("acme").await;
    metadata["crm"] = json!("4711");
    let path = format!("/organizations/{}", acme.id);
    rig.send(Method::PATCH, &path, &json!({ "metadata": metadata })).await;
    world.asked();
    (rig, auth0.tenants(), acme)
}

#[tokio::test]
async fn a_subscription_is_put_beside_what_others_wrote() {
    let world = World::start().await;
    let (rig, tenants, acme) = acme(&world).await;
    tenants.set_subscription(&acme.id, LATER.parse().unwrap()).await.unwrap();
    let asked = world.asked();
    assert_eq!(asked.len(), 3, "read, written, and read again: {asked:?}");
    let metadata = rig.metadata("acme").await;
    assert_eq!((&metadata["crm"], &metadata["subscription"]), (&json!("4711"), &json!(LATER)));
    assert!(metadata["created_by"].is_string() && metadata["conversion"].is_string());
}

#[tokio::test]
async fn a_write_over_ours_is_noticed_and_ours_is_put_on_top_of_it() {
    let world = World::with_a_line().await;
    let (rig, tenants, acme) = acme(&world).await;
    // Somebody who read before us writes after us, and knows nothing of our subscription.
    let stale = rig.metadata("acme").await;
    let path = format!("/organizations/{}", acme.id);
    world.once_after("PATCH", move |fake| async move {
        let mut theirs = stale;
        theirs["seats"] = json!("12");
        Rig::of(&fake).await.send(Method::PATCH, &path, &json!({ "metadata": theirs })).await;
    });
    tenants.set_subscription(&acme.id, LATER.parse().unwrap()).await.unwrap();
    let metadata = rig.metadata("acme").await;
    assert_eq!(metadata["subscription"], LATER);
    assert_eq!((&metadata["seats"], &metadata["crm"]), (&json!("12"), &json!("4711")));
}

#[tokio::test]
async fn a_write_that_failed_is_not_repeated_with_what_was_read_before() {
    for fault in [Fault::status(503), Fault::status(429), Fault::cut_after(3)] {
        let world = World::with_a_line().await;
        let (rig, tenants, acme) = acme(&world).await;
        world.fake.faults().add(fault.on("PATCH", "/api/v2/organizations/*").times(1));
        let path = format!("/organizations/{}", acme.id);
        world.once_after("PATCH", move |fake| async move {
            let rig = Rig::of(&fake).await;
            let mut theirs = rig.metadata("acme").await;
            theirs["seats"] = json!("12");
            rig.send(Method::PATCH, &path, &json!({ "metadata": theirs })).await;
        });
        tenants.set_subscription(&acme.id, LATER.parse().unwrap()).await.unwrap();
        let metadata = rig.metadata("acme").await;
        assert_eq!(metadata["subscription"], LATER);
        assert_eq!(metadata["seats"], "12", "what they wrote while we waited is still there");
    }
}

#[tokio::test]
async fn a_later_subscription_that_is_there_by_now_stays() {
    let world = World::start().await;
    let (rig, tenants, acme) = acme(&world).await;
    tenants.set_subscription(&acme.id, LATER.parse().unwrap()).await.unwrap();
    let kept = tenants.set_subscription(&acme.id, PAID.parse().unwrap()).await.unwrap();
    assert_eq!(
        (kept.to_string().as_str(), &rig.metadata("acme").await["subscription"]),
        (LATER, &Value::from(LATER))
    );
}

#[tokio::test]
async fn an_organization_that_is_gone_has_no_subscription() {
    let world = World::start().await;
    let (rig, tenants, acme) = acme(&world).await;
    rig.send(Method::DELETE, &format!("/organizations/{}", acme.id), &Value::Null).await;
    let error = tenants.set_subscription(&acme.id, LATER.parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, TenantsError::UnknownTenant), "{error}");
}

//! F02: answers that are lost, spoiled or late, and what is asked again after them.

use std::collections::BTreeMap;
use std::time::Duration;

use tenantry_auth0::Limits;
use tenantry_domain::Role;
use tenantry_fake::{Fault, FaultEffect, Malformed};
use tenantry_ports::{Members, Tenants, TenantsError, Users, UsersError};

use crate::world::{PAID, QUICK, World, new_tenant};

/// Answers that are lost, of something that was done all the same.
pub(crate) fn lost() -> Vec<(&'static str, Fault)> {
    let done_and_500 =
        FaultEffect::Status { status: 502, body: None, headers: BTreeMap::new(), performs: true };
    vec![
        ("cut before the head", Fault::lost_answer()),
        ("cut in the body", Fault::cut_after(10)),
        ("half of the JSON", Fault::malformed(Malformed::TruncatedJson)),
        ("a page", Fault::malformed(Malformed::Html)),
        ("another shape", Fault::malformed(Malformed::WrongJson)),
        ("bad gateway", Fault { effect: done_and_500, ..Fault::cut() }),
    ]
}

#[tokio::test]
async fn f02_an_organization_whose_answer_is_lost_is_looked_up_and_not_made_twice() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let rig = world.rig().await;
    let ann = rig.account("ann@example.com").await;
    for (number, (what, fault)) in lost().into_iter().enumerate() {
        let name = format!("acme-{number}");
        world.fake.faults().add(fault.on("POST", "/api/v2/organizations").times(1));
        world.asked();
        let made = auth0.tenants().create(&new_tenant(&name, &ann)).await.unwrap();
        assert_eq!(made.tenant.name.as_str(), name, "{what}");
        let asked = world.asked();
        let made = asked.iter().filter(|call| call.starts_with("POST /api/v2/organizations ")).count();
        assert_eq!(made, 1, "{what}: {asked:?}");
        assert_eq!(rig.organizations().await.len(), number + 1, "{what}");
    }
}

#[tokio::test]
async fn f02_an_organization_that_was_not_made_is_made_after_a_look() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    world.asked();
    world.fake.faults().add(Fault::cut().on("POST", "/api/v2/organizations").times(2));
    auth0.tenants().create(&new_tenant("acme", &ann)).await.unwrap();
    let looked_up = "GET /api/v2/organizations/name/{name} 404";
    let cut = "POST /api/v2/organizations 0";
    assert_eq!(world.asked(), [cut, looked_up, cut, looked_up, "POST /api/v2/organizations 201"]);
}

#[tokio::test]
async fn f02_somebody_elses_organization_is_not_taken_for_the_one_whose_answer_was_lost() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let rig = world.rig().await;
    let (ann, bob) = (rig.account("ann@example.com").await, rig.account("bob@example.com").await);
    auth0.tenants().create(&new_tenant("acme", &bob)).await.unwrap();
    world.fake.faults().add(Fault::cut().on("POST", "/api/v2/organizations").times(1));
    let error = auth0.tenants().create(&new_tenant("acme", &ann)).await.unwrap_err();
    assert!(matches!(error, TenantsError::NameTaken), "{error}");
}

#[tokio::test]
async fn f02_what_does_the_same_twice_is_asked_again() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    let acme = auth0.tenants().create(&new_tenant("acme", &ann)).await.unwrap().tenant;
    let (users, members) = (auth0.users(), auth0.members());
    for (what, fault) in
        [("lost", Fault::lost_answer()), ("not done", Fault::cut()), ("a page", lost().swap_remove(3).1)]
    {
        let strike =
            |method: &str, path: &str| world.fake.faults().add(fault.clone().on(method, path).times(1));
        strike("PATCH", "/api/v2/users/*");
        users
            .set_subscription(&ann, PAID.parse().unwrap())
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        strike("POST", "/api/v2/organizations/*/members");
        members.add(&acme.id, &ann).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        strike("POST", "/api/v2/organizations/*/roles");
        members
            .assign(&acme.id, &ann, Role::Administrator)
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(world.fake.faults().all().is_empty(), "{what}: every fault has struck");
    }
    assert!(members.roles(&acme.id, &ann).await.unwrap().contains(Role::Administrator));
    assert_eq!(members.count(&acme.id).await.unwrap(), 1);
}

#[tokio::test]
async fn f02_what_does_not_end_is_a_typed_error_after_a_few_tries() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    for (what, fault, tries) in [
        ("500", Fault::status(500), 3),
        ("503", Fault::status(503), 3),
        ("cut", Fault::cut(), 3),
        ("cut in the body", Fault::cut_after(5), 3),
        ("half of the JSON", Fault::malformed(Malformed::TruncatedJson), 3),
        ("a page", Fault::malformed(Malformed::Html), 3),
        ("another shape", Fault::malformed(Malformed::WrongJson), 1),
    ] {
        world.asked();
        world.fake.faults().clear();
        world.fake.faults().add(fault);
        let error = auth0.users().find(&ann).await.unwrap_err();
        assert!(matches!(error, UsersError::Unavailable(_)), "{what}: {error}");
        assert_eq!(world.asked().len(), tries, "{what}");
    }
}

#[tokio::test]
async fn f02_silence_ends_with_the_budget() {
    let world = World::start().await;
    let limits =
        Limits { one_try: Duration::from_millis(80), whole_call: Duration::from_millis(200), ..QUICK };
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    drop(auth0);
    let hasty = world.cold_client(limits, 1);
    while hasty.warm_up().await.is_err() {}
    world.fake.faults().add(Fault::delay(Duration::from_secs(3)));
    // The fake answers after three seconds; nobody has waited for that.
    let waited = tokio::time::timeout(Duration::from_millis(2900), hasty.users().find(&ann)).await;
    let error = waited.expect("the budget ends before the silence").unwrap_err();
    assert!(matches!(error, UsersError::Unavailable(_)), "{error}");
}

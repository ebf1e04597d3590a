//! F01: too many requests, in all the ways in which Auth0 says so.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tenantry_fake::{Fault, FaultEffect};
use tenantry_ports::{Tenants, TenantsError, Users, UsersError};

use crate::world::{QUICK, World, new_tenant};

fn refusal(status: u16, headers: &[(&str, &str)]) -> Fault {
    let headers: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let message = "Global limit has been reached";
    let body = json!({ "statusCode": status, "error": "Too Many Requests", "message": message });
    Fault {
        effect: FaultEffect::Status { status, body: Some(body), headers, performs: false },
        ..Fault::status(429)
    }
}

#[tokio::test]
async fn f01_too_many_requests_are_waited_out_in_every_form() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let (rig, users) = (world.rig().await, auth0.users());
    let ann = rig.account("ann@example.com").await;
    for (what, fault) in [
        ("seconds", refusal(429, &[("retry-after", "0")])),
        ("a date", refusal(429, &[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")])),
        ("the instant of the reset", refusal(429, &[])),
        ("a 500", refusal(500, &[])),
    ] {
        world.asked();
        world.fake.faults().add(fault.on("GET", "/api/v2/users/*").times(2));
        assert!(users.find(&ann).await.unwrap().is_some(), "{what}");
        assert_eq!(world.asked().len(), 3, "{what}");
    }
}

#[tokio::test]
async fn f01_what_was_refused_is_asked_again_also_when_it_makes_something() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let rig = world.rig().await;
    let ann = rig.account("ann@example.com").await;
    for (name, status) in [("acme", 429), ("initech", 500)] {
        let fault = refusal(status, &[("retry-after", "0")]).on("POST", "/api/v2/organizations").times(2);
        world.asked();
        world.fake.faults().add(fault);
        auth0.tenants().create(&new_tenant(name, &ann)).await.unwrap();
        let asked = world.asked();
        assert_eq!(asked.len(), 3, "nothing is looked up, for nothing was done: {asked:?}");
    }
    assert_eq!(rig.organizations().await.len(), 2);
}

#[tokio::test]
async fn f01_a_wait_that_is_too_long_is_a_typed_error_at_once() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    world.asked();
    for (said, least) in [("7", 7), ("86400", 3600), ("99999999999999999999", 3600)] {
        world.fake.faults().clear();
        world.fake.faults().add(refusal(429, &[("retry-after", said)]));
        let error = auth0.users().find(&ann).await.unwrap_err();
        let UsersError::RateLimited { retry_after } = error else { panic!("{said}: {error}") };
        assert_eq!(retry_after, Some(Duration::from_secs(least)), "{said}");
        let error = auth0.tenants().create(&new_tenant("acme", &ann)).await.unwrap_err();
        assert!(matches!(error, TenantsError::RateLimited { retry_after: Some(_) }), "{said}: {error}");
        assert_eq!(world.asked().len(), 2, "{said}");
    }
}

#[tokio::test]
async fn f01_a_refusal_that_does_not_end_is_a_typed_error() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    world.asked();
    world.fake.faults().add(refusal(429, &[("retry-after", "0")]));
    let error = auth0.users().find(&ann).await.unwrap_err();
    assert!(matches!(error, UsersError::RateLimited { retry_after: Some(Duration::ZERO) }), "{error}");
    assert_eq!(world.asked().len(), 8);
}

//! F02: a provider that is down is spared.

use std::time::Duration;

use tenantry_auth0::Limits;
use tenantry_fake::Fault;
use tenantry_ports::{Users, UsersError};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::world::{QUICK, World};

const OPEN_FOR: Duration = Duration::from_millis(600);
const LIMITS: Limits = Limits { faults_until_open: 5, open_for: OPEN_FOR, ..QUICK };

#[tokio::test]
async fn f02_after_faults_in_a_row_calls_fail_at_once_until_one_probe_gets_through() {
    let world = World::start().await;
    let auth0 = world.client(LIMITS).await;
    let (rig, users) = (world.rig().await, auth0.users());
    let ann = rig.account("ann@example.com").await;
    world.asked();
    world.fake.faults().add(Fault::status(503));
    for _ in 0..20 {
        let error = users.find(&ann).await.unwrap_err();
        assert!(matches!(error, UsersError::Unavailable(_)), "{error}");
    }
    assert_eq!(world.asked().len(), 5, "twenty calls, and only five requests");
    sleep(OPEN_FOR).await;
    users.find(&ann).await.unwrap_err();
    assert_eq!(world.asked().len(), 1, "one probes");
    world.fake.faults().clear();
    users.find(&ann).await.unwrap_err();
    assert!(world.asked().is_empty(), "it is open again");
    sleep(OPEN_FOR).await;
    users.find(&ann).await.unwrap();
    users.find(&ann).await.unwrap();
    assert_eq!(world.asked().len(), 2, "it is closed");
}

#[tokio::test]
async fn f02_refusals_do_not_open_it() {
    let world = World::start().await;
    let auth0 = world.client(LIMITS).await;
    let (rig, users) = (world.rig().await, auth0.users());
    let ann = rig.account("ann@example.com").await;
    for status in [429, 404, 403, 400] {
        world.fake.faults().clear();
        world.fake.faults().add(Fault::status(status));
        for _ in 0..3 {
            drop(users.find(&ann).await);
        }
    }
    world.fake.faults().clear();
    users.find(&ann).await.unwrap();
}

#[tokio::test]
async fn f02_one_request_for_a_token_that_fails_is_one_fault_however_many_wait_for_it() {
    let world = World::start().await;
    let auth0 = world.cold_client(LIMITS, 1);
    let ann = world.rig().await.account("ann@example.com").await;
    world.fake.faults().add(Fault::status(503).on("POST", "/oauth/token").times(1));
    let mut callers = JoinSet::new();
    for _ in 0..20 {
        let (users, ann) = (auth0.users(), ann.clone());
        callers.spawn(async move { users.find(&ann).await });
    }
    for found in callers.join_all().await {
        found.unwrap();
    }
}

//! F03: the token, over HTTP.

use std::time::Duration;

use tenantry_fake::Fault;
use tenantry_ports::{Users, UsersError};
use tokio::task::JoinSet;

use crate::world::{QUICK, World};

fn tokens(asked: &[String]) -> usize {
    asked.iter().filter(|call| call.starts_with("POST /oauth/token")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn f03_a_token_that_is_refused_to_a_hundred_callers_is_renewed_once() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    world.asked();
    // For Auth0 the token has expired; the client, whose clock goes behind, learns of it from the refusals.
    world.fake.clock().advance(Duration::from_hours(25));
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let (users, ann) = (auth0.users(), ann.clone());
        callers.spawn(async move { users.find(&ann).await });
    }
    let found = callers.join_all().await;
    let asked = world.asked();
    assert_eq!(tokens(&asked), 1, "{asked:?}");
    assert!(asked.iter().any(|call| call.ends_with(" 401")), "the token was refused: {asked:?}");
    assert!(found.iter().all(|found| matches!(found, Ok(Some(_)))), "{found:?}");
}

#[tokio::test]
async fn f03_one_call_meets_one_refusal_and_nobody_notices() {
    let world = World::start().await;
    let ann = world.rig().await.account("ann@example.com").await;
    let cold = world.cold_client(QUICK, 1);
    for users in [cold.users(), cold.users()] {
        world.fake.faults().add(Fault::status(401).on("GET", "/api/v2/users/*").times(1));
        world.asked();
        users.find(&ann).await.unwrap();
    }
}

#[tokio::test]
async fn f03_refusals_that_do_not_end_become_no_storm_of_tokens() {
    let world = World::start().await;
    let auth0 = world.client(QUICK).await;
    let ann = world.rig().await.account("ann@example.com").await;
    world.asked();
    world.fake.faults().add(Fault::status(401).on("GET", "/api/v2/users/*"));
    for _ in 0..20 {
        let error = auth0.users().find(&ann).await.unwrap_err();
        assert!(matches!(error, UsersError::Unavailable(_)), "{error}");
    }
    assert_eq!(tokens(&world.asked()), 1);
}

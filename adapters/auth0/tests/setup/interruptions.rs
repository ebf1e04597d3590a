//! Set-up that stops at any call, in any way, and is run again.

use serde_json::Value;
use tenantry_fake::Fault;

use crate::world::{World, assert_same};

/// What the tenant looks like after a run that nothing disturbed, and how many calls that takes.
async fn undisturbed() -> (Value, u64) {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let calls = world.fake.requests().len();
    (world.snapshot().await, u64::try_from(calls).unwrap())
}

/// Runs set-up with a fault that begins at each of its calls in turn, then once more without.
async fn the_end_is_the_same(fault: impl Fn(u64) -> Fault) {
    let (end, calls) = undisturbed().await;
    assert!(calls > 30, "{calls}");
    let mut failed = 0;
    for call in 0..calls {
        let world = World::empty().await;
        world.fake.faults().add(fault(call));
        failed += u64::from(world.run(&[]).await.is_err());
        world.fake.faults().clear();
        world.run(&[]).await.unwrap_or_else(|error| panic!("after a fault at call {call}: {error:?}"));
        assert_same(&world.snapshot().await, &end, &format!("after a fault at call {call}"));
        let plan = world.setup(&[]).plan().await.unwrap();
        assert_eq!(plan.changes() + plan.conflicts(), 0, "after a fault at call {call}: {:#?}", plan.lines());
    }
    assert!(failed > 0, "no fault was met");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_between_any_two_calls() {
    // Whatever the process would have asked after that is never asked.
    the_end_is_the_same(|call| Fault::cut().after(call)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_at_any_call() {
    the_end_is_the_same(|call| Fault::lost_answer().after(call).times(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_at_any_call() {
    the_end_is_the_same(|call| Fault::status(500).after(call).times(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_json_at_any_call() {
    the_end_is_the_same(|call| Fault::malformed(tenantry_fake::Malformed::Html).after(call).times(1)).await;
}

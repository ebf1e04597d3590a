//! Set-up that stops at any call, in any way, and is run again.

use tenantry_auth0::setup::SetupError;
use tenantry_fake::Fault;

use crate::adoption::{EVERYTHING, after_the_guide};
use crate::world::{World, assert_same};

/// A tenant before set-up, and what of it may be taken over.
#[derive(Clone, Copy)]
enum Before {
    Empty,
    AfterTheGuide,
}

impl Before {
    async fn world(self) -> World {
        match self {
            Self::Empty => World::empty().await,
            Self::AfterTheGuide => after_the_guide().await,
        }
    }

    async fn run(self, world: &World) -> Result<(), SetupError> {
        let adopt: &[&str] = match self {
            Self::Empty => &[],
            Self::AfterTheGuide => &EVERYTHING,
        };
        world.run(adopt).await.map(drop)
    }
}

/// Runs set-up with a fault that begins at each of its calls in turn, then once more without.
async fn the_end_is_the_same(before: Before, fault: impl Fn(u64) -> Fault) {
    let world = before.world().await;
    world.fake.snapshot("before").unwrap();
    world.fake.clear_requests();
    before.run(&world).await.unwrap();
    let calls = u64::try_from(world.fake.requests().len()).unwrap();
    let end = world.snapshot().await;
    assert!(calls > 30, "{calls}");
    let mut failed = 0;
    for call in 0..calls {
        world.fake.restore("before").await.unwrap();
        world.fake.faults().add(fault(call));
        failed += u64::from(before.run(&world).await.is_err());
        world.fake.faults().clear();
        before.run(&world).await.unwrap_or_else(|error| panic!("after a fault at call {call}: {error:?}"));
        assert_same(&world.snapshot().await, &end, &format!("after a fault at call {call}"));
        let plan = world.setup(&[]).plan().await.unwrap();
        assert_eq!(plan.changes() + plan.conflicts(), 0, "after a fault at call {call}: {:#?}", plan.lines());
    }
    assert!(failed > 0, "no fault was met");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_between_any_two_calls() {
    // Whatever the process would have asked after that is never asked.
    the_end_is_the_same(Before::Empty, |call| Fault::cut().after(call)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_while_it_takes_something_over() {
    the_end_is_the_same(Before::AfterTheGuide, |call| Fault::cut().after(call)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_at_any_call() {
    the_end_is_the_same(Before::Empty, |call| Fault::lost_answer().after(call).times(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_at_any_call() {
    the_end_is_the_same(Before::Empty, |call| Fault::status(500).after(call).times(1)).await;
}

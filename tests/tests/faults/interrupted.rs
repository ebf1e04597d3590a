//! The line to everything outside is cut at every single call of a purchase, in both ways in which a call can be lost, and
//! the product dies with it. Whoever takes it up afterwards brings it to the same end, and nothing is done twice.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{PlanId, Status};

use crate::wire::{Loss, Wire};
use crate::world::{Provider, WAIT, World};

/// What was touched less long ago the sweep leaves alone.
const A_WHILE: Duration = Duration::from_secs(11);
/// A charge of which the billing provider knows nothing has been given up by then.
const GIVEN_UP: Duration = Duration::from_secs(40);

/// Who takes a purchase up after the crash.
#[derive(Clone, Copy, Debug)]
enum TakenUpBy {
    /// The person, in the session that they have.
    TheSameSession,
    /// The person, after signing in again.
    AnotherLogin,
    /// The sweep that runs at start; then the person.
    TheSweep,
}

/// How many calls a purchase makes when nothing is lost.
async fn calls_of(plan: &str, provider: &Provider) -> usize {
    let world = World::new(provider, 0).await;
    let wire = Arc::new(Wire::default());
    world.run(&wire).buy(&world.session().await, plan, &world.name).await.unwrap();
    wire.calls()
}

/// Cuts the line at this call, then lets the purchase be taken up.
async fn interrupted(plan: &str, world: &World, call: usize, loss: Loss, taken_up_by: TakenUpBy) {
    let wire = Arc::new(Wire::cut_at(call, loss));
    let session = world.session().await;
    let outcome = world.run(&wire).buy(&session, plan, &world.name).await;
    assert!(outcome.is_err(), "call {call}, {loss:?}: nobody noticed");

    // A new process, over a line that works.
    let running = world.run(&Arc::new(Wire::default()));
    let mut session = match taken_up_by {
        TakenUpBy::TheSameSession => world.again(&session).await,
        TakenUpBy::AnotherLogin => world.session().await,
        TakenUpBy::TheSweep => {
            world.clock.advance(A_WHILE);
            running.sweep.run().await.unwrap();
            world.clock.advance(A_WHILE);
            assert_eq!(running.sweep.run().await.unwrap(), 0, "the sweep leaves nothing behind");
            world.again(&session).await
        }
    };
    // The person goes on with what their pages offer: what is theirs already they don't buy again.
    for _ in 0..2 {
        let has_it = session
            .subscription
            .is_some_and(|held| held.plan() != PlanId::Trial && held.status() == Status::Active);
        if has_it {
            break;
        }
        match running.buy(&session, plan, &world.name).await {
            Err(why) if why == WAIT => world.clock.advance(GIVEN_UP),
            outcome => assert_eq!(outcome, Ok(()), "call {call}, {loss:?}, taken up by {taken_up_by:?}"),
        }
        session = world.again(&session).await;
    }
    world.clock.advance(A_WHILE);
    running.sweep.run().await.unwrap();
}

/// Interrupts a purchase of this plan at every call, in every way, and looks at what it came to in the end.
async fn interrupt_everywhere(plan: &str, check: impl AsyncFn(&World, &str, &str)) {
    let provider = Provider::start().await;
    let mut number = 0;
    for call in 0..calls_of(plan, &provider).await {
        for loss in [Loss::NotSent, Loss::ReplyLost] {
            for taken_up_by in [TakenUpBy::TheSameSession, TakenUpBy::AnotherLogin, TakenUpBy::TheSweep] {
                number += 1;
                let world = World::new(&provider, number).await;
                interrupted(plan, &world, call, loss, taken_up_by).await;
                let what = format!("{plan}, call {call}, {loss:?}, taken up by {taken_up_by:?}");
                let charges = world.charges();
                assert_eq!(charges.len(), 1, "{what}");
                let bought = format!("{plan};{};active", charges[0].plus_one_year());
                assert_eq!(world.subscription().await.unwrap().to_string(), bought, "{what}");
                check(&world, &bought, &what).await;
            }
        }
    }
}

#[tokio::test]
async fn i1_i2_i3_i6_a_team_purchase_ends_in_one_organization_with_its_administrator() {
    interrupt_everywhere("team", async |world, bought, what| {
        let acme = world.organization().await.unwrap_or_else(|| panic!("no organization: {what}"));
        assert!(world.ann_runs(&acme).await, "{what}");
        assert_eq!(world.members.count(&acme.tenant.id).await.unwrap(), 1, "{what}");
        assert_eq!(acme.subscription.as_deref(), Some(bought), "{what}");
    })
    .await;
}

#[tokio::test]
async fn i3_a_personal_purchase_ends_in_one_plan_in_force() {
    interrupt_everywhere("personal", async |world, _, what| {
        assert!(world.organization().await.is_none(), "{what}");
    })
    .await;
}

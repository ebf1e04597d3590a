//! The sweep at start: nobody sees it, so the rig looks at what comes of it and whether it still asks for anything.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::use_case::Person;
use super::world::World;
use crate::answer::Answer;

/// What was touched less long ago it leaves alone.
pub(super) const LATER: Duration = Duration::from_secs(11);
/// A sweep that has got no answer for so long is over: longer than a call may take.
const QUIET: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// Starts the product, and waits until the sweep has finished the purchase or given up; then the person looks.
pub(super) async fn run(world: &mut World, person: &mut Person) -> Answer {
    world.start(person).await;
    let (mut asked, mut since) = (0, Instant::now());
    while !is_finished(person).await && since.elapsed() < QUIET {
        sleep(PAUSE).await;
        let now = world.fake.calls().len();
        if now != asked {
            (asked, since) = (now, Instant::now());
        }
    }
    world.wait(LATER);
    person.browser.get("/home").await
}

/// Whether the person's session has been told that their purchase is finished.
async fn is_finished(person: &mut Person) -> bool {
    person.browser.get("/api/auth/me").await.is(200).says(";active")
}

//! What the fake holds in memory, and whether it grows when it only answers.

use anyhow::Result;

use super::management;
use super::provider::Provider;
use crate::drive::{Pace, Subject};
use crate::memory::{Megabytes, resident};
use crate::start::Fake;
use crate::table::{Budget, Table};

/// The list of the last requests is full long before that.
const SOME: u64 = 100_000;
const MANY: u64 = 1_000_000;
/// What the allocator may keep by accident, in megabytes.
const GROWTH: f64 = 2.0;

pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let idle = Fake::start()?;
    // Signing keys are made in the background: count what stays, not what that takes.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    row(table, "idle", resident(idle.id())?, Budget::AtMost(30.0));
    drop(idle);
    let provider = Provider::start(false).await?;
    let read = management::read(&provider);
    let mut subject = Subject::new(provider.address(), |number| read.of(number));
    subject.run(Pace::Times(SOME))?;
    let before = resident(provider.fake.id())?;
    row(table, "with 1,000 users, after 100,000 reads", before, Budget::None);
    subject.run(Pace::Times(MANY - SOME))?;
    let after = resident(provider.fake.id())?;
    row(table, "with 1,000 users, after 1,000,000 reads", after, Budget::None);
    let growth = after.0 - before.0;
    table.row("  growth, in megabytes", &format!("{growth:.1}"), Budget::AtMost(GROWTH), growth);
    Ok(())
}

fn row(table: &mut Table, name: &str, Megabytes(figure): Megabytes, budget: Budget) {
    table.row(&format!("resident memory of fake, {name}"), &format!("{figure:.1} MB"), budget, figure);
}

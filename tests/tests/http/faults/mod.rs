//! F01 to F05: every use case, every call that it makes, every way in which that call can fail. What comes of it is a
//! table in `docs/faults.md`, and what must hold in every cell of it is asserted.

mod cell;
mod connection_pages;
mod end;
mod fault;
mod inside;
mod own_clock;
mod single_sign_on;
mod sweep;
mod table;
mod use_case;
mod world;

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use tokio::task::JoinSet;

use cell::{Call, Clean, Outcome, record, strike};
use fault::{KINDS, Kind, Often};
use table::Table;
use use_case::{USE_CASES, UseCase};
use world::World;

/// The words of the use cases that somebody wants to see alone, with commas between: the page is left as it is then.
const ONLY: &str = "TENANTRY_FAULTS_ONLY";
/// Cells at a time; most of them wait.
const LANES: usize = 48;
/// So many cells take longer than it takes to prepare their use case.
const WORTH_PREPARING: usize = 4;

/// One cell of the table.
#[derive(Clone, Debug)]
struct Job {
    use_case: UseCase,
    call: Call,
    kind: Kind,
    often: Often,
}

/// What is left to do of a use case.
#[derive(Debug)]
struct Queue {
    jobs: Vec<Job>,
    /// How many lanes are at it, each of which has prepared it.
    lanes: usize,
}

type Jobs = Arc<Mutex<BTreeMap<UseCase, Queue>>>;
/// What came of each job, or why it failed.
type Results = Arc<Mutex<Vec<(Job, Result<Outcome, String>)>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f01_f02_f03_f04_f05_every_fault_at_every_call_of_every_use_case() {
    let clean = Arc::new(recorded().await);
    let queues = clean.iter().map(|(of, clean)| (*of, Queue { jobs: jobs(*of, clean), lanes: 0 }));
    let jobs: Jobs = Arc::new(Mutex::new(queues.collect()));
    let results = Results::default();
    let mut lanes = JoinSet::new();
    for _ in 0..LANES {
        lanes.spawn(lane(Arc::clone(&jobs), Arc::clone(&clean), Arc::clone(&results)));
    }
    lanes.join_all().await;

    let mut table = Table::new();
    let mut failed = Vec::new();
    for (job, outcome) in results.lock().unwrap().drain(..) {
        match outcome {
            Ok(outcome) => {
                let row: &mut BTreeMap<_, _> = table.entry((job.use_case, job.call.clone())).or_default();
                row.insert((job.kind, job.often), outcome);
            }
            Err(why) => failed.push(format!("{job:?}: {why}")),
        }
    }
    assert!(failed.is_empty(), "{} cells failed:\n{}", failed.len(), failed.join("\n"));
    if std::env::var_os(ONLY).is_some() {
        println!("{}", table::written(&table));
    } else {
        table::check(&table);
    }
}

async fn recorded() -> HashMap<UseCase, Clean> {
    let mut world = World::new().await;
    let mut clean = HashMap::new();
    for use_case in USE_CASES.into_iter().filter(|use_case| is_wanted(*use_case)) {
        clean.insert(use_case, record(&mut world, use_case).await);
    }
    clean
}

fn is_wanted(use_case: UseCase) -> bool {
    std::env::var(ONLY).map_or(true, |only| only.split(',').any(|word| word == use_case.code()))
}

fn jobs(use_case: UseCase, clean: &Clean) -> Vec<Job> {
    let mut jobs = Vec::new();
    for call in &clean.calls {
        for (kind, ..) in KINDS {
            for often in use_case.tries(kind) {
                jobs.push(Job { use_case, call: call.clone(), kind, often: *often });
            }
        }
    }
    jobs
}

/// The next job: of the same use case as the one before, which is prepared, or of the one with the most left to do for each
/// lane. None where the others are done before another lane has prepared it.
fn next(jobs: &Jobs, before: Option<UseCase>) -> Option<Job> {
    let mut jobs = jobs.lock().unwrap();
    if let Some(job) = before.and_then(|before| jobs.get_mut(&before)?.jobs.pop()) {
        return Some(job);
    }
    let share = |queue: &Queue| queue.jobs.len() / (queue.lanes + 1);
    let queue = jobs.values_mut().max_by_key(|queue| share(queue))?;
    if queue.lanes > 0 && share(queue) < WORTH_PREPARING {
        return None;
    }
    queue.lanes += 1;
    queue.jobs.pop()
}

/// Does one job after the other, in a world of its own.
async fn lane(jobs: Jobs, clean: Arc<HashMap<UseCase, Clean>>, results: Results) {
    let mut before = None;
    let mut world = None;
    while let Some(job) = next(&jobs, before) {
        before = Some(job.use_case);
        let here = match &mut world {
            Some(world) => world,
            None => world.insert(World::new().await),
        };
        let Job { use_case, call, kind, often } = &job;
        let cell = strike(here, *use_case, call, (*kind, *often), &clean[use_case]);
        // One cell that fails must not hide the others, nor leave them a world that it has turned upside down.
        let outcome = AssertUnwindSafe(cell).catch_unwind().await.map_err(|panic| said(&*panic));
        if outcome.is_err() {
            world = None;
        }
        results.lock().unwrap().push((job, outcome));
    }
}

/// The message of a panic.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

//! Does operations over some connections, as fast as they are answered or at a fixed rate, and times each.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::load::{Figure, median};
use crate::wire::Connection;

/// Enough to keep two cores busy, few enough not to measure a queue.
pub(crate) const CONNECTIONS: usize = 16;
/// How often each of two is loaded, one after the other.
const TURNS: u32 = 5;

/// Something that is done again and again over one connection.
pub(crate) trait Operation: Send + 'static {
    async fn perform(&mut self, connection: &mut Connection) -> Result<()>;
}

/// When a load is over, and how fast it goes.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// As fast as answers come, for this long.
    For(Duration),
    /// As fast as answers come, this often.
    Times(u64),
    /// So many a second, for this long.
    PerSecond(f64, Duration),
}

/// Whom to load with what, an operation for each connection.
pub(crate) struct Subject<O> {
    pub(crate) address: SocketAddr,
    pub(crate) operations: Vec<O>,
}

impl<O: Operation> Subject<O> {
    pub(crate) fn new(address: SocketAddr, operation: impl FnMut(usize) -> O) -> Self {
        Self { address, operations: (0..CONNECTIONS).map(operation).collect() }
    }

    /// Loads it once. The load has a thread of its own.
    pub(crate) fn run(&mut self, pace: Pace) -> Result<Figure> {
        let (address, operations) = (self.address, std::mem::take(&mut self.operations));
        let load = move || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            LocalSet::new().block_on(&runtime, run(address, operations, pace))
        };
        let (figure, operations) =
            thread::spawn(load).join().map_err(|_| anyhow!("the load has panicked"))??;
        self.operations = operations;
        Ok(figure)
    }

    /// Warms it up, then loads it for so long. The median of some turns counts.
    pub(crate) fn measure(&mut self, time: Duration) -> Result<Figure> {
        let turn = Pace::For(time / TURNS);
        self.run(turn)?;
        let figures = (0..TURNS).map(|_| self.run(turn)).collect::<Result<Vec<_>>>()?;
        Ok(middle(&figures))
    }
}

/// Loads both in turns, so that what else the machine does meets both alike. Medians count.
pub(crate) fn side_by_side<A: Operation, B: Operation>(
    yardstick: &mut Subject<A>,
    subject: &mut Subject<B>,
    time: Duration,
) -> Result<[Figure; 2]> {
    side_by_side_at(yardstick, subject, Pace::For, time)
}

/// The same at another pace, which is made of how long a turn is.
pub(crate) fn side_by_side_at<A: Operation, B: Operation>(
    yardstick: &mut Subject<A>,
    subject: &mut Subject<B>,
    pace: impl FnOnce(Duration) -> Pace,
    time: Duration,
) -> Result<[Figure; 2]> {
    let turn = pace(time / TURNS);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for round in 0..=TURNS {
        let figures = (yardstick.run(turn)?, subject.run(turn)?);
        if round > 0 {
            first.push(figures.0);
            second.push(figures.1);
        }
    }
    Ok([middle(&first), middle(&second)])
}

fn middle(figures: &[Figure]) -> Figure {
    Figure {
        per_second: median(figures.iter().map(|figure| figure.per_second)),
        p99: Duration::from_secs_f64(median(figures.iter().map(|figure| figure.p99.as_secs_f64()))),
    }
}

async fn run<O: Operation>(address: SocketAddr, operations: Vec<O>, pace: Pace) -> Result<(Figure, Vec<O>)> {
    let mut connections = Vec::new();
    for _ in &operations {
        connections.push(Connection::open(address).await?);
    }
    let (begin, done) = (Instant::now(), Rc::new(Cell::new(0)));
    let mut tasks = Vec::new();
    for (mut operation, mut connection) in operations.into_iter().zip(connections) {
        let done = done.clone();
        tasks.push(tokio::task::spawn_local(async move {
            let mut times = Vec::new();
            while let Some(start) = next(pace, begin, &done).await {
                operation.perform(&mut connection).await?;
                times.push(start.elapsed());
            }
            anyhow::Ok((operation, times))
        }));
    }
    let (mut operations, mut times) = (Vec::new(), Vec::new());
    for task in tasks {
        let (operation, its_times) = task.await??;
        operations.push(operation);
        times.extend(its_times);
    }
    let elapsed = begin.elapsed().as_secs_f64();
    times.sort_unstable();
    #[allow(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
    let per_second = times.len() as f64 / elapsed;
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Ok((Figure { per_second, p99 }, operations))
}

// When the next operation is due, once it is. One that is late counts from when it was due: waiting is part of its time.
async fn next(pace: Pace, begin: Instant, done: &Cell<u64>) -> Option<Instant> {
    let so_far = done.replace(done.get() + 1);
    match pace {
        Pace::For(time) => (begin.elapsed() < time).then(Instant::now),
        Pace::Times(times) => (so_far < times).then(Instant::now),
        Pace::PerSecond(rate, time) => {
            #[allow(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
            let due = Duration::from_secs_f64(so_far as f64 / rate);
            if due >= time {
                return None;
            }
            let due = begin + due;
            if Instant::now() >= due {
                return Some(due);
            }
            tokio::time::sleep_until(due.into()).await;
            // The timer ticks in milliseconds: its own lateness is not the server's.
            Some(Instant::now())
        }
    }
}

//! From exec to the first answer, and from a call to the first answer in one's own process.

use std::time::{Duration, Instant};

use anyhow::Result;
use tenantry_fake::FakeAuth0;

use super::simulators::{Kind, Simulator};
use crate::start::Fake;
use crate::table::{Budget, Table};
use crate::wire::{self, Connection};

const OURS: usize = 50;
const OTHERS: usize = 5;
/// How long fakes are started in this process.
const TIME: Duration = Duration::from_secs(2);

pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let times = (0..OURS).map(|_| Ok(Fake::start()?.time())).collect::<Result<Vec<_>>>()?;
    let p95 = row(table, "tenantry fake", times);
    table.row("  p95, in milliseconds", &format!("{p95:.1}"), Budget::AtMost(50.0), p95);
    for kind in Kind::ALL {
        let times =
            (0..OTHERS).map(|_| Ok(Simulator::start(kind)?.start.time)).collect::<Result<Vec<_>>>()?;
        row(table, kind.name(), times);
    }
    let (begin, mut count) = (Instant::now(), 0_u32);
    while begin.elapsed() < TIME {
        let fake = FakeAuth0::start().await?;
        let address = fake.issuer().socket_addrs(|| None)?;
        let address = *address.first().ok_or_else(|| anyhow::anyhow!("no address"))?;
        let request = wire::request("GET", "/.well-known/openid-configuration", &[], "");
        Connection::open(address).await?.ask(&request).await?.expect(200)?;
        count += 1;
    }
    let per_second = f64::from(count) / begin.elapsed().as_secs_f64();
    let shown = format!("{per_second:.0} a second, one after the other, each with its first answer");
    table.row("FakeAuth0::start() in one process", &shown, Budget::None, 0.0);
    Ok(())
}

// Answers the 95th percentile in milliseconds.
fn row(table: &mut Table, name: &str, mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let at = |percent: usize| {
        let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(index).copied().unwrap_or_default().as_secs_f64() * 1000.0
    };
    let (median, p95) = (at(50), at(95));
    let shown = format!("median {median:.1} ms, p95 {p95:.1} ms ({} starts)", times.len());
    table.row(&format!("start of {name} until its first answer"), &shown, Budget::None, 0.0);
    p95
}

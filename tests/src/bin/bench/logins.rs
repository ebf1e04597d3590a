//! Complete logins: from the product to the identity provider's form, back with a code, to the signed-in page.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tenantry_tests::product::Product;
use tenantry_tests::visitor::Visitor;
use tokio::task::JoinSet;

/// How many people log in at the same time.
const PEOPLE: usize = 8;

/// What the logins showed.
#[derive(Debug)]
pub(crate) struct Logins {
    times: Vec<Duration>,
    elapsed: Duration,
}

impl fmt::Display for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.times.len();
        let slowest_hundredth = self.times.get(count * 99 / 100).copied().unwrap_or_default();
        #[allow(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
        let per_second = count as f64 / self.elapsed.as_secs_f64();
        let p99 = slowest_hundredth.as_secs_f64() * 1000.0;
        write!(f, "{per_second:.0} a second, p99 {p99:.0} ms ({count}, {PEOPLE} at a time)")
    }
}

/// Lets people log in again and again, each time in a browser without cookies.
pub(crate) async fn run(product: &Product, time: Duration) -> Result<Logins> {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let mut person = Visitor::new()?;
        let email = format!("person{number}@example.com");
        person.sign_up(&product.site, &email).await.with_context(|| email.clone())?;
        people.push((person, email));
    }
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for (person, email) in people {
        let login = product.at("/api/auth/login");
        tasks.spawn(async move {
            let mut times = Vec::new();
            while begin.elapsed() < time {
                let mut person = person.elsewhere();
                let start = Instant::now();
                person.log_in(&login, &email).await?;
                times.push(start.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    let elapsed = begin.elapsed();
    times.sort_unstable();
    Ok(Logins { times, elapsed })
}

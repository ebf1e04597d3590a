//! Complete logins: from the product to the identity provider's form, back with a code, to the signed-in page.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tenantry_tests::product::Product;
use tenantry_tests::visitor::Visitor;
use tokio::task::JoinSet;
use url::Url;

/// How many people log in at the same time.
const PEOPLE: usize = 8;

/// What the logins showed.
#[derive(Debug, Default)]
pub(crate) struct Logins {
    times: Vec<Duration>,
    elapsed: Duration,
}

impl Logins {
    /// How many a second.
    pub(crate) fn per_second(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
        let count = self.times.len() as f64;
        count / self.elapsed.as_secs_f64()
    }

    /// Those of another turn, too.
    pub(crate) fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.times.sort_unstable();
        self.elapsed += other.elapsed;
    }
}

impl fmt::Display for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, per_second) = (self.times.len(), self.per_second());
        let slowest_hundredth = self.times.get(count * 99 / 100).copied().unwrap_or_default();
        let p99 = slowest_hundredth.as_secs_f64() * 1000.0;
        write!(f, "{per_second:.0} a second, p99 {p99:.0} ms ({count}, {PEOPLE} at a time)")
    }
}

/// The addresses of those who log in.
pub(crate) fn addresses(domain: &str) -> impl Iterator<Item = String> {
    (0..PEOPLE).map(move |number| format!("person{number}@{domain}"))
}

/// Lets people with passwords log in again and again, each time in a browser without cookies.
pub(crate) async fn run(product: &Product, time: Duration) -> Result<Logins> {
    let people = with_passwords(product).await?;
    again_and_again(people, &product.at("/api/auth/login"), time).await
}

/// Makes accounts with passwords.
pub(crate) async fn with_passwords(product: &Product) -> Result<Vec<String>> {
    for email in addresses("example.com") {
        let mut person = Visitor::new()?;
        person.sign_up(&product.site, &email).await.with_context(|| email.clone())?;
    }
    Ok(addresses("example.com").collect())
}

/// Lets these people log in at this address of the product again and again, each time in a browser without cookies.
pub(crate) async fn again_and_again(people: Vec<String>, login: &Url, time: Duration) -> Result<Logins> {
    let person = Visitor::new()?;
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for email in people {
        let (person, login) = (person.elsewhere(), login.clone());
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

//! One load with wrk: so many requests a second, and how slow the slowest hundredth is.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::header::{CONTENT_TYPE, COOKIE};
use reqwest::{Client, redirect};
use url::Url;

/// Enough connections to keep two cores busy, few enough not to measure a queue.
const CONNECTIONS: u32 = 16;
/// How often each of two is loaded, one after the other.
const TURNS: u32 = 5;

/// A page as the product answers it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) media_type: String,
    pub(crate) body: Vec<u8>,
}

/// What one load showed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) per_second: f64,
    pub(crate) p99: Duration,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} a second, p99 {:.2} ms", self.per_second, self.p99.as_secs_f64() * 1000.0)
    }
}

/// Fetches a page once, and makes sure that it is the page and not a redirect away from it.
pub(crate) async fn fetch(url: &Url, cookies: &str) -> Result<Answer> {
    let client =
        Client::builder().redirect(redirect::Policy::none()).timeout(Duration::from_secs(5)).build()?;
    let response = client.get(url.clone()).header(COOKIE, cookies).send().await?;
    ensure!(response.status() == 200, "{url} answers {}", response.status());
    let media_type = response.headers().get(CONTENT_TYPE).context("no content type")?.to_str()?.to_owned();
    Ok(Answer { media_type, body: response.bytes().await?.to_vec() })
}

/// A page, and the cookies of who looks at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) url: &'a Url,
    pub(crate) cookies: &'a str,
}

/// Loads a page and its yardstick in turns.
pub(crate) fn side_by_side(
    yardstick: &Url,
    page: &Url,
    cookies: &str,
    time: Duration,
) -> Result<[Figure; 2]> {
    in_turns([Subject { url: yardstick, cookies: "" }, Subject { url: page, cookies }], time)
}

/// Loads two pages in turns, so that what else the machine does meets both alike. Medians count.
pub(crate) fn in_turns(subjects: [Subject<'_>; 2], time: Duration) -> Result<[Figure; 2]> {
    let turn = time / TURNS;
    let mut figures = [Vec::new(), Vec::new()];
    for is_warm_up in std::iter::once(true).chain([false; TURNS as usize]) {
        for (subject, figures) in subjects.iter().zip(&mut figures) {
            let figure = wrk(&address(subject.url)?, subject.cookies, turn)?;
            if !is_warm_up {
                figures.push(figure);
            }
        }
    }
    Ok(figures.map(|figures| Figure {
        per_second: median(figures.iter().map(|figure| figure.per_second)),
        p99: Duration::from_secs_f64(median(figures.iter().map(|figure| figure.p99.as_secs_f64()))),
    }))
}

/// Loads a page that anybody may see.
pub(crate) fn run(page: &Url, time: Duration) -> Result<Figure> {
    wrk(&address(page)?, "", time)
}

/// The middle one of these figures; of two in the middle, the higher.
pub(crate) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// The same page by number: a name would be looked up, and tried on addresses at which nobody listens.
fn address(url: &Url) -> Result<Url> {
    ensure!(
        matches!(url.host_str(), Some("127.0.0.1" | "localhost")),
        "only this machine is measured, not {url}"
    );
    let mut url = url.clone();
    url.set_host(Some("127.0.0.1"))?;
    Ok(url)
}

fn wrk(url: &Url, cookies: &str, time: Duration) -> Result<Figure> {
    let mut command = Command::new("wrk");
    command.args(["--latency", "--threads", "1", "--connections", &CONNECTIONS.to_string()]);
    command.args(["--duration", &format!("{}s", time.as_secs().max(1))]);
    if !cookies.is_empty() {
        command.args(["--header", &format!("Cookie: {cookies}")]);
    }
    let output = command.arg(url.as_str()).output().context("wrk does not start")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
        bail!("the load on {url} went wrong:\n{text}{}", String::from_utf8_lossy(&output.stderr));
    }
    parse(&text).with_context(|| format!("wrk says something else than expected:\n{text}"))
}

fn parse(text: &str) -> Option<Figure> {
    let after = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim);
    Some(Figure { per_second: after("Requests/sec:")?.parse().ok()?, p99: duration(after("99%")?)? })
}

fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|character: char| character.is_ascii_alphabetic())?);
    let scale = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => return None,
    };
    Some(Duration::from_secs_f64(number.parse::<f64>().ok()? * scale))
}

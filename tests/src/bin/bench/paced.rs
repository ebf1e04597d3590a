//! How slow the slowest hundredth is when there is room: at a rate that both a page and its yardstick bear easily.
//! At saturation the same figure shows the queue more than the server.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use url::Url;

use crate::drive::{Operation, Pace, Subject, side_by_side_at};
use crate::load::Figure;
use crate::wire::{self, Connection};

/// Of what the page answers when it is saturated.
pub(crate) const SHARE: f64 = 0.3;

struct Get(Vec<u8>);

impl Operation for Get {
    async fn perform(&mut self, connection: &mut Connection) -> Result<()> {
        connection.ask(&self.0).await?.expect(200)?;
        Ok(())
    }
}

/// Asks a page and its yardstick at the same rate, in turns.
pub(crate) fn side_by_side(
    yardstick: &Url,
    page: &Url,
    cookies: &str,
    rate: f64,
    time: Duration,
) -> Result<[Figure; 2]> {
    let (mut yardstick, mut page) = (subject(yardstick, "")?, subject(page, cookies)?);
    side_by_side_at(&mut yardstick, &mut page, |turn| Pace::PerSecond(rate, turn), time)
}

fn subject(url: &Url, cookies: &str) -> Result<Subject<Get>> {
    let addresses = url.socket_addrs(|| None)?;
    let address = addresses.into_iter().find(std::net::SocketAddr::is_ipv4).context("no address")?;
    ensure!(address.ip().is_loopback(), "only this machine is measured, not {url}");
    let host = format!("Host: {}", url.authority());
    let cookies = format!("Cookie: {cookies}");
    let headers =
        if cookies.len() > "Cookie: ".len() { vec![host.as_str(), &cookies] } else { vec![host.as_str()] };
    let request = wire::request("GET", url.path(), &headers, "");
    Ok(Subject::new(address, |_| Get(request.clone())))
}

//! Where the servers listen.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context, anyhow};
use tokio::net::TcpListener;

/// Opens the port that `address` names; `option` is what to change when it can't be opened.
pub(crate) async fn open(address: &str, option: &str) -> anyhow::Result<TcpListener> {
    let address = parse(address).with_context(|| format!("{option} {address}"))?;
    TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address}: choose another port with {option} ADDRESS:PORT"))
}

/// Reads `address:port`; `localhost` is 127.0.0.1, whatever the machine's resolver says.
fn parse(text: &str) -> anyhow::Result<SocketAddr> {
    if let Some(port) = text.strip_prefix("localhost:").and_then(|port| port.parse().ok()) {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    text.parse().map_err(|_| anyhow!("is not an address and a port such as 127.0.0.1:3000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_address_and_a_port() {
        assert_eq!(parse("localhost:3000").unwrap(), parse("127.0.0.1:3000").unwrap());
        assert!(parse("[::1]:3000").is_ok());
        for text in ["", "3000", "localhost", "localhost:", "example.com:80", "127.0.0.1:65536"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

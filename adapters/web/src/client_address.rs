//! Where a request comes from: the other end of its connection, or what a proxy of the operator's own says of it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::{App, Shared};

/// The address of a client; `None` when nobody knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl ClientAddress {
    /// Behind so many proxies of the operator's own, each adds whom it saw to the end of `X-Forwarded-For`: the entry of
    /// the outermost one is believed, and nothing before it, for that the client wrote. Without proxies nothing is.
    fn of(peer: Option<IpAddr>, headers: &HeaderMap, trusted_proxies: u8) -> Self {
        let Some(outermost) = usize::from(trusted_proxies).checked_sub(1) else { return Self(peer) };
        let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
        let seen = lines.iter().rev().flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        let said = seen.map(str::trim).nth(outermost).and_then(|entry| entry.parse().ok());
        Self(said.or(peer))
    }

    /// The client of a request.
    pub(crate) fn of_request(parts: &Parts, app: &App) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        Self::of(peer, &parts.headers, app.trusted_proxies)
    }

    /// What one household or one office has in common: an IPv6 network of 64 bits counts as one address.
    pub(crate) fn network(self) -> Option<IpAddr> {
        self.0.map(|address| match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                Ipv6Addr::from(network).into()
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

impl FromRequestParts<Shared> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Infallible> {
        Ok(Self::of_request(parts, app))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_does_not_choose_where_it_comes_from() {
        let peer = Some(address("10.0.0.9"));
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "1.1.1.1, 2.2.2.2".parse().unwrap());
        headers.append("x-forwarded-for", "3.3.3.3,4.4.4.4".parse().unwrap());
        for (proxies, expected) in
            [(0, "10.0.0.9"), (1, "4.4.4.4"), (2, "3.3.3.3"), (3, "2.2.2.2"), (9, "10.0.0.9")]
        {
            assert_eq!(ClientAddress::of(peer, &headers, proxies).0, Some(address(expected)), "{proxies}");
        }
        headers.append("x-forwarded-for", "unknown".parse().unwrap());
        assert_eq!(ClientAddress::of(peer, &headers, 1).0, peer);
        assert_eq!(ClientAddress::of(None, &HeaderMap::new(), 1).0, None);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let network = |text| ClientAddress(Some(address(text))).network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), Some(address("192.0.2.1")));
    }
}

//! Serves the provider on a port: with TLS or without, and able to cut a connection when a fault says so.

mod authority;
mod service;
mod tls;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio::net::TcpListener;
use url::Url;

use crate::control::Hosting;
use crate::fake::Fake;
pub(crate) use service::CutConnection;
use service::Service;
use tenantry_serving::Limits;
pub(crate) use tls::is_loopback;
pub use tls::{Tls, TlsError};

/// By which address this machine reaches what listens there; `http` or `https`.
pub fn address_of(listener: &TcpListener, is_secure: bool) -> io::Result<Url> {
    let address = listener.local_addr()?;
    at(address.ip(), address.port(), is_secure)
}

fn at(ip: IpAddr, port: u16, is_secure: bool) -> io::Result<Url> {
    let ip = match ip.to_canonical() {
        // Who listens everywhere listens here as well.
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let scheme = if is_secure { "https" } else { "http" };
    let authority = std::net::SocketAddr::new(ip, port);
    Url::parse(&format!("{scheme}://{authority}/")).map_err(io::Error::other)
}

impl Fake {
    /// Serves this provider, and the tenants that are made beside it, until `until` is over; then what is under way
    /// completes, for as long as the caller waits for it.
    ///
    /// Unlike [`Fake::router`] it can cut connections. Dropping the future ends every connection at once.
    pub fn serve<U: Future<Output = ()>>(
        &self,
        listener: TcpListener,
        tls: Option<Tls>,
        until: U,
    ) -> impl Future<Output = ()> + use<U> {
        if let Ok(address) = listener.local_addr() {
            self.core().control.tenants.host(Hosting { address: address.ip(), tls: tls.clone() });
        }
        let (router, core) = (self.router(), self.core().clone());
        let service = move |peer| Service::new(core.clone(), router.clone(), peer);
        let limits = Limits::default();
        async move {
            match tls {
                None => {
                    tenantry_serving::serve(listener, limits, tenantry_serving::plain, service, until).await;
                }
                Some(tls) => {
                    let secure = move |stream| tls.clone().accept(stream);
                    tenantry_serving::serve(listener, limits, secure, service, until).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_reached_where_it_listens() {
        for (ip, reached) in [
            ("127.0.0.1", "http://127.0.0.1:4400/"),
            ("127.0.0.2", "http://127.0.0.2:4400/"),
            ("192.0.2.7", "http://192.0.2.7:4400/"),
            ("0.0.0.0", "http://127.0.0.1:4400/"),
            ("::1", "http://[::1]:4400/"),
            ("::", "http://[::1]:4400/"),
            ("::ffff:127.0.0.1", "http://127.0.0.1:4400/"),
        ] {
            assert_eq!(at(ip.parse().unwrap(), 4400, false).unwrap().as_str(), reached, "{ip}");
        }
        assert_eq!(at(IpAddr::V6(Ipv6Addr::LOCALHOST), 443, true).unwrap().as_str(), "https://[::1]/");
    }
}

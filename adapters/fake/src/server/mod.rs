//! Serves the provider on a port: with TLS or without, and able to cut a connection when a fault says so.

mod authority;
mod service;
mod tls;

use tokio::net::TcpListener;

use crate::control::Hosting;
use crate::fake::Fake;
pub(crate) use service::CutConnection;
use service::Service;
use tenantry_serving::Limits;
pub(crate) use tls::is_loopback;
pub use tls::{Tls, TlsError};

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

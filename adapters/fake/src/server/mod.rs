//! Serves the provider on a port: with TLS or without, and able to cut a connection when a fault says so.

mod authority;
mod service;
mod tls;

use tokio::net::TcpListener;

use crate::fake::Fake;
pub(crate) use service::CutConnection;
use service::Service;
pub use tenantry_serving::Limits;
pub(crate) use tls::is_loopback;
pub use tls::{Tls, TlsError};

impl Fake {
    /// Serves this provider until `until` is over; then what is under way completes, for as long as the caller waits for it.
    ///
    /// Unlike [`Fake::router`] it can cut connections. Dropping the future ends every connection at once.
    pub async fn serve(&self, listener: TcpListener, tls: Option<Tls>, until: impl Future<Output = ()>) {
        let router = self.router();
        let service = move |peer| Service::new(router.clone(), peer);
        let limits = Limits::default();
        match tls {
            None => tenantry_serving::serve(listener, limits, tenantry_serving::plain, service, until).await,
            Some(tls) => {
                let secure = move |stream| tls.clone().accept(stream);
                tenantry_serving::serve(listener, limits, secure, service, until).await;
            }
        }
    }
}

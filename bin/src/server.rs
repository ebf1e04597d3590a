//! Serving the product's router on a port.

use axum::Router;
use hyper_util::service::TowerToHyperService;
use tenantry_serving::{Limits, plain};
use tokio::net::TcpListener;

/// Serves until `until` is over; then what is under way completes, for as long as the caller waits for it.
pub(crate) async fn serve(listener: TcpListener, router: Router, until: impl Future<Output = ()>) {
    let service = move |_| TowerToHyperService::new(router.clone());
    tenantry_serving::serve(listener, Limits::default(), plain, service, until).await;
}

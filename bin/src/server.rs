//! Serving the product's router on a port.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper_util::service::TowerToHyperService;
use tenantry_serving::{Limits, plain};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// Serves until `until` is over; then what is under way completes, for as long as the caller waits for it.
pub(crate) async fn serve(listener: TcpListener, router: Router, until: impl Future<Output = ()>) {
    let service = move |peer| {
        let router = router.clone();
        // Whoever is limited by where they come from is known by their end of the connection.
        TowerToHyperService::new(router.map_request(move |request: axum::http::Request<_>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            request
        }))
    };
    tenantry_serving::serve(listener, Limits::default(), plain, service, until).await;
}

//! What answers the requests of one connection.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header;
use axum::response::Response;
use hyper::Request;
use tenantry_serving::RequestBody;
use tower::ServiceExt as _;

use crate::control::without_port;
use crate::fake::Core;

/// An extension of an answer that must not reach the client: the connection ends instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CutConnection;

/// The connection is to be cut.
#[derive(Debug, thiserror::Error)]
#[error("a fault cuts this connection")]
pub(super) struct Cut;

#[derive(Clone)]
pub(super) struct Service {
    /// The first tenant, which knows the others.
    core: Arc<Core>,
    router: Router,
    peer: SocketAddr,
}

impl Service {
    pub(super) fn new(core: Arc<Core>, router: Router, peer: SocketAddr) -> Self {
        Self { core, router, peer }
    }

    /// The tenant that the request is for, by its host name.
    fn router_for<B>(&self, request: &Request<B>) -> Router {
        let header = || request.headers().get(header::HOST)?.to_str().ok();
        let host = request.uri().host().or_else(|| header().map(without_port)).unwrap_or_default();
        self.core.control.tenants.router_of(host).unwrap_or_else(|| self.router.clone())
    }
}

impl hyper::service::Service<Request<RequestBody>> for Service {
    type Response = Response;
    type Error = Cut;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Cut>> + Send>>;

    fn call(&self, request: Request<RequestBody>) -> Self::Future {
        let router = self.router_for(&request);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        Box::pin(async move {
            let response = router.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {});
            if response.extensions().get::<CutConnection>().is_some() { Err(Cut) } else { Ok(response) }
        })
    }
}

//! What answers the requests of one connection.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use tower::ServiceExt as _;

/// An extension of an answer that must not reach the client: the connection ends instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CutConnection;

/// The connection is to be cut.
#[derive(Debug, thiserror::Error)]
#[error("a fault cuts this connection")]
pub(super) struct Cut;

#[derive(Clone)]
pub(super) struct Service {
    router: Router,
    peer: SocketAddr,
}

impl Service {
    pub(super) fn new(router: Router, peer: SocketAddr) -> Self {
        Self { router, peer }
    }
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response;
    type Error = Cut;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Cut>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let router = self.router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        Box::pin(async move {
            let response = router.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {});
            if response.extensions().get::<CutConnection>().is_some() { Err(Cut) } else { Ok(response) }
        })
    }
}

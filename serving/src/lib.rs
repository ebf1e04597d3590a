//! Serving HTTP on a port, so that nobody holds a connection by saying nothing or a little at a time. What serves has it
//! in common; what it serves is the caller's.

mod request_body;

use std::error::Error;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use request_body::{BodyError, RequestBody};

/// How much a server puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a client may take to send the head of a request, or to begin with it; and for a TLS handshake.
    pub head: Duration,
    /// How long a client may take to send the body of a request, from when it is asked for.
    pub body: Duration,
    /// How many connections are open at once; more wait until one of them ends.
    pub connections: usize,
}

impl Default for Limits {
    /// Below what an operating system commonly lets one process have open.
    fn default() -> Self {
        Self { head: Duration::from_secs(15), body: Duration::from_secs(30), connections: 900 }
    }
}

/// Passes a connection on as it is: HTTP without TLS.
pub fn plain(stream: TcpStream) -> Ready<Option<TcpStream>> {
    ready(Some(stream))
}

/// Serves until `until` is over; then what is under way completes, for as long as the caller waits for it.
///
/// `secure` makes of a connection what HTTP is spoken on, [`plain`] or a TLS handshake; `None` drops it. `service` makes
/// what answers the client at an address. Dropping the future ends every connection at once.
pub async fn serve<C, F, I, M, S, R>(
    listener: TcpListener,
    limits: Limits,
    secure: C,
    service: M,
    until: impl Future<Output = ()>,
) where
    C: Fn(TcpStream) -> F,
    F: Future<Output = Option<I>> + Send + 'static,
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    M: Fn(SocketAddr) -> S,
    S: Service<Request<RequestBody>, Response = Response<R>, Future: Send> + Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    tokio::pin!(until);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut until => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection can't be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // A small answer should not wait for more to send with it; without that it is only slower.
        let _ = stream.set_nodelay(true);
        let (secured, service) = (secure(stream), service(peer));
        let service = move |request: Request<Incoming>| {
            service.call(request.map(|body| RequestBody::new(body, limits.body)))
        };
        let (http, watcher) = (http.clone(), graceful.watcher());
        connections.spawn(async move {
            if let Ok(Some(stream)) = tokio::time::timeout(limits.head, secured).await {
                // How a connection ends is the client's business.
                let _ = watcher.watch(http.serve_connection(TokioIo::new(stream), service_fn(service))).await;
            }
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    graceful.shutdown().await;
}

#[cfg(test)]
mod tests;

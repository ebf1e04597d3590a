//! Serving HTTP on a port, so that nobody holds a connection by saying nothing. What serves has it in common; what it
//! serves is the caller's.

use std::error::Error;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How much a server puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a client may take to send the head of a request, or to begin with it; and for a TLS handshake.
    pub head: Duration,
    /// How many connections are open at once; more wait until one of them ends.
    pub connections: usize,
}

impl Default for Limits {
    /// Below what an operating system commonly lets one process have open.
    fn default() -> Self {
        Self { head: Duration::from_secs(15), connections: 900 }
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
pub async fn serve<C, F, I, M, S>(
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
    S: HttpService<Incoming, Future: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
    S::ResBody: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
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
        let (http, watcher) = (http.clone(), graceful.watcher());
        connections.spawn(async move {
            if let Ok(Some(stream)) = tokio::time::timeout(limits.head, secured).await {
                // How a connection ends is the client's business.
                let _ = watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await;
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

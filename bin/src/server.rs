//! Serving a router on a port, so that nobody holds a connection by saying nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// How much a server puts up with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long a client may take to send the head of a request, or to begin with it.
    pub(crate) head: Duration,
    /// How many connections are open at once; more wait until one of them ends.
    pub(crate) connections: usize,
}

impl Default for Limits {
    /// Below what an operating system commonly lets one process have open.
    fn default() -> Self {
        Self { head: Duration::from_secs(15), connections: 900 }
    }
}

/// Serves until `until` is over; then what is under way completes, for as long as the caller waits for it.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    until: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
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
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection can't be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // A small answer should not wait for more to send with it; without that it is only slower.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // How a connection ends is the client's business.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    const PATIENCE: Duration = Duration::from_secs(10);

    async fn started(
        limits: Limits,
    ) -> (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let slow = get(async || {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "slow"
        });
        let router = Router::new().route("/", get(async || "here")).route("/slow", slow);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async move { drop(stopped.await) };
        (address, stop, tokio::spawn(serve(listener, router, limits, until)))
    }

    async fn ask(address: std::net::SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer
    }

    #[tokio::test]
    async fn who_says_nothing_or_half_of_it_does_not_keep_others_out() {
        let limits = Limits { head: Duration::from_millis(200), connections: 2 };
        let (address, _stop, _server) = started(limits).await;
        let silent = TcpStream::connect(address).await.unwrap();
        let mut half = TcpStream::connect(address).await.unwrap();
        half.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
        let answer = ask(address, "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await;
        assert!(answer.ends_with("here"), "{answer}");
        drop((silent, half));
    }

    #[tokio::test]
    async fn what_is_under_way_completes() {
        let (address, stop, server) = started(Limits::default()).await;
        let asking =
            tokio::spawn(ask(address, "GET /slow HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"));
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        assert!(asking.await.unwrap().ends_with("slow"));
        tokio::time::timeout(PATIENCE, server).await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}

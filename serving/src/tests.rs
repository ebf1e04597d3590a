use std::future::pending;

use super::*;
use axum::Router;
use axum::routing::get;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

const PATIENCE: Duration = Duration::from_secs(10);

async fn started(limits: Limits) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let slow = get(async || {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "slow"
    });
    let router = Router::new().route("/", get(async || "here")).route("/slow", slow);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async move { drop(stopped.await) };
    (
        address,
        stop,
        tokio::spawn(serve(
            listener,
            limits,
            plain,
            move |_| TowerToHyperService::new(router.clone()),
            until,
        )),
    )
}

async fn ask(address: SocketAddr, request: &str) -> String {
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
    let asking = tokio::spawn(ask(address, "GET /slow HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    assert!(asking.await.unwrap().ends_with("slow"));
    tokio::time::timeout(PATIENCE, server).await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn dropping_it_ends_every_connection() {
    let (address, stop, server) = started(Limits::default()).await;
    let mut open = TcpStream::connect(address).await.unwrap();
    open.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    open.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    server.abort();
    let mut rest = Vec::new();
    tokio::time::timeout(PATIENCE, open.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    drop(stop);
}

#[tokio::test]
async fn a_handshake_that_never_ends_does_not_keep_others_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = Limits { head: Duration::from_millis(100), connections: 1 };
    let hang = |stream: TcpStream| async move {
        pending::<()>().await;
        Some(stream)
    };
    let router = Router::new();
    let service = move |_| TowerToHyperService::new(router.clone());
    let _server = tokio::spawn(serve(listener, limits, hang, service, pending()));
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut rest = Vec::new();
        tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.unwrap().unwrap();
        assert_eq!(rest, b"", "the connection is dropped, and the next one has its place");
    }
}

use std::future::pending;

use super::*;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest as _, Request};
use axum::routing::{get, post};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

const PATIENCE: Duration = Duration::from_secs(10);

async fn started(limits: Limits) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let slow = get(async || {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "slow"
    });
    let count = post(async |body: Result<Bytes, BytesRejection>| match body {
        Ok(body) => format!("{} bytes", body.len()),
        Err(error) => format!("late: {}", BodyError::is_time_out(&error)),
    });
    let slow = slow.post(async |request: Request| {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let body = Bytes::from_request(request, &()).await.unwrap();
        format!("{} bytes", body.len())
    });
    let router = Router::new().route("/", get(async || "here")).route("/slow", slow).route("/count", count);
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
    let limits = Limits { head: Duration::from_millis(200), connections: 2, ..Limits::default() };
    let (address, _stop, _server) = started(limits).await;
    let silent = TcpStream::connect(address).await.unwrap();
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
    let answer = ask(address, "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await;
    assert!(answer.ends_with("here"), "{answer}");
    drop((silent, half));
}

#[tokio::test]
async fn a_body_that_trickles_in_is_cut() {
    let limits = Limits { body: Duration::from_millis(300), connections: 1, ..Limits::default() };
    let (address, _stop, _server) = started(limits).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let trickle = tokio::spawn(async move {
        let head = b"POST /count HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n";
        writing.write_all(head).await.unwrap();
        // Ends with the connection.
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answer = Vec::new();
    // An end and a reset are both the end.
    let ended = tokio::time::timeout(PATIENCE, reading.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "the connection is held: {}", String::from_utf8_lossy(&answer));
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.ends_with("late: true"), "{answer}");
    tokio::time::timeout(PATIENCE, trickle).await.unwrap().unwrap();
    let next = ask(address, "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await;
    assert!(next.ends_with("here"), "{next}");
}

#[tokio::test]
async fn a_body_in_pieces_is_whole_when_it_comes_in_time() {
    // Less than the server takes before it asks.
    let limits = Limits { body: Duration::from_millis(200), ..Limits::default() };
    let (address, _stop, _server) = started(limits).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = b"POST /slow HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 3\r\n\r\n";
    stream.write_all(head).await.unwrap();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        stream.write_all(b"x").await.unwrap();
    }
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.ends_with("3 bytes"), "{answer}");
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
    let limits = Limits { head: Duration::from_millis(100), connections: 1, ..Limits::default() };
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

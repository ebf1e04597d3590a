//! Requests that no library sends: bytes on a connection, and the status that comes back.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Sends these bytes, and answers what comes back until the server has nothing more to say.
pub(crate) async fn exchange(socket: SocketAddr, request: &[u8]) -> String {
    let mut connection = TcpStream::connect(socket).await.unwrap();
    // A server that refuses early may close before it has read everything.
    let _ = connection.write_all(request).await;
    let mut answer = Vec::new();
    let _ = timeout(Duration::from_secs(5), connection.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of a GET for a target that is sent as it is written.
pub(crate) async fn status_of(socket: SocketAddr, target: &str) -> u16 {
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    status(&exchange(socket, request.as_bytes()).await)
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> u16 {
    let code = answer.split(' ').nth(1).unwrap_or_else(|| panic!("no answer but {answer:?}"));
    code.parse().unwrap()
}

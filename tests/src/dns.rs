//! A DNS server of this machine whose text records a test writes.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;
use tokio::task::JoinSet;

type Records = Arc<Mutex<HashMap<String, Vec<String>>>>;

/// It answers with the records that were written, and says of every other name that there is none.
#[derive(Debug)]
pub struct Dns {
    /// Where it listens.
    pub address: SocketAddr,
    records: Records,
    _server: JoinSet<()>,
}

impl Dns {
    /// Starts one without records.
    pub async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let records = Records::default();
        let of_server = Arc::clone(&records);
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let reply = reply(&buffer[..length], &of_server);
                let _ = socket.send_to(&reply, from).await;
            }
        });
        Self { address, records, _server: server }
    }

    /// From now on this name has this record, beside those that it has.
    pub fn publish(&self, name: &str, text: &str) {
        self.records.lock().unwrap().entry(name.to_owned()).or_default().push(text.to_owned());
    }

    /// From now on this name has no record.
    pub fn withdraw(&self, name: &str) {
        self.records.lock().unwrap().remove(name);
    }
}

/// The message that answers `query` (RFC 1035, section 4).
fn reply(query: &[u8], records: &Records) -> Vec<u8> {
    let (mut labels, mut at) = (Vec::new(), 12);
    while query[at] != 0 {
        let length = usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..=at + length]).to_lowercase());
        at += length + 1;
    }
    let found = records.lock().unwrap().get(&labels.join(".")).cloned().unwrap_or_default();
    let count = u8::try_from(found.len()).unwrap();
    let code = if count > 0 { 0 } else { 3 };
    let mut reply = vec![query[0], query[1], 0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0];
    reply.extend(&query[12..at + 5]);
    for text in found {
        let length = u8::try_from(text.len()).unwrap();
        // The name of the question, TXT, IN, a second; the length of the record, and of its one string.
        reply.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, length + 1, length]);
        reply.extend(text.as_bytes());
    }
    reply
}

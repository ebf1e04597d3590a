//! Looking text records up at a server of the test's own.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::net::SocketAddr;

use tenantry_dns::DnsTxtRecords;
use tenantry_ports::{TxtRecords, TxtRecordsError};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// What the server answers: a code of RFC 1035 section 4.1.1, and records of some strings each.
#[derive(Clone, Copy)]
enum Answer {
    Records(&'static [&'static [&'static str]]),
    Code(u8),
    Silence,
}

struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn answering(answer: Answer) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                if let Some(reply) = reply(&buffer[..length], answer) {
                    socket.send_to(&reply, from).await.unwrap();
                }
            }
        });
        Self { address, task }
    }

    async fn says(answer: Answer, name: &str) -> Result<Vec<String>, TxtRecordsError> {
        let server = Self::answering(answer).await;
        DnsTxtRecords::at(server.address).unwrap().look_up(name).await
    }
}

/// A message that answers `query`: its header, its question, and the records.
fn reply(query: &[u8], answer: Answer) -> Option<Vec<u8>> {
    let (code, records): (u8, &[&[&str]]) = match answer {
        Answer::Records(records) => (0, records),
        Answer::Code(code) => (code, &[]),
        Answer::Silence => return None,
    };
    let name = query[12..].iter().position(|byte| *byte == 0).unwrap() + 13;
    let question = &query[12..name + 4];
    let mut reply = vec![
        query[0],
        query[1],
        0x81,
        0x80 | code,
        0,
        1,
        0,
        u8::try_from(records.len()).unwrap(),
        0,
        0,
        0,
        0,
    ];
    reply.extend(question);
    for record in records {
        let data: Vec<u8> = record
            .iter()
            .flat_map(|text| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat())
            .collect();
        // The name of the question, TXT, IN, a minute.
        reply.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
        reply.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        reply.extend(data);
    }
    Some(reply)
}

#[tokio::test]
async fn every_record_is_one_text_with_its_strings_joined() {
    let records = Answer::Records(&[&["v=spf1 -all"], &["tenantry-domain-", "verification=1"], &[""]]);
    let found = Server::says(records, "_tenantry-challenge.acme.com").await.unwrap();
    assert_eq!(found, ["v=spf1 -all", "tenantry-domain-verification=1", ""]);
}

#[tokio::test]
async fn no_such_name_and_no_such_record_are_none() {
    for answer in [Answer::Records(&[]), Answer::Code(3)] {
        assert!(Server::says(answer, "acme.com").await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_cannot_tell_is_no_answer() {
    for code in [2, 5] {
        let outcome = Server::says(Answer::Code(code), "acme.com").await;
        assert!(matches!(outcome, Err(TxtRecordsError::Unavailable(_))), "{code}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_waited_for_seconds_not_minutes() {
    let look = Server::says(Answer::Silence, "acme.com");
    let outcome = tokio::time::timeout(std::time::Duration::from_secs(30), look).await.unwrap();
    assert!(matches!(outcome, Err(TxtRecordsError::Unavailable(_))), "{outcome:?}");
}

#[tokio::test]
async fn what_has_just_been_published_is_seen_at_once() {
    let server = Server::answering(Answer::Records(&[])).await;
    let records = DnsTxtRecords::at(server.address).unwrap();
    assert!(records.look_up("acme.com").await.unwrap().is_empty());
    let address = server.address;
    drop(server);
    let socket = loop {
        match UdpSocket::bind(address).await {
            Ok(socket) => break socket,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let answering = tokio::spawn(async move {
        let mut buffer = [0; 512];
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        socket.send_to(&reply(&buffer[..length], Answer::Records(&[&["now"]])).unwrap(), from).await.unwrap();
    });
    assert_eq!(records.look_up("acme.com").await.unwrap(), ["now"]);
    answering.await.unwrap();
}

//! The Management API: reads and writes beside a bare handler that answers the same bytes to the same requests.

use std::time::Duration;

use anyhow::{Context, Result};

use super::provider::{ORGANIZATION, PASSWORD, Provider};
use crate::bare::Bare;
use crate::drive::{self, Operation, Subject};
use crate::load::Answer;
use crate::table::{Budget, Table};
use crate::wire::{self, Connection};

/// One request again and again. Where its path or body says `{}`, a number stands that does not come again.
#[derive(Clone)]
pub(crate) struct Request {
    method: &'static str,
    path: String,
    headers: Vec<String>,
    body: String,
    number: u64,
}

impl Request {
    pub(crate) fn new(method: &'static str, path: &str, authorization: &str, body: &str) -> Self {
        let mut headers = vec![authorization.to_owned()];
        if !body.is_empty() {
            headers.push("Content-Type: application/json".to_owned());
        }
        Self { method, path: path.to_owned(), headers, body: body.to_owned(), number: 0 }
    }

    /// The same for another connection, whose numbers are its own.
    pub(crate) fn of(&self, connection: usize) -> Self {
        Self { number: (connection as u64 + 1) << 32, ..self.clone() }
    }

    fn next(&mut self) -> Vec<u8> {
        self.number += 1;
        let headers: Vec<&str> = self.headers.iter().map(String::as_str).collect();
        let body = self.body.replace("{}", &self.number.to_string());
        wire::request(self.method, &self.path, &headers, &body)
    }
}

impl Operation for Request {
    async fn perform(&mut self, connection: &mut Connection) -> Result<()> {
        let request = self.next();
        let reply = connection.ask(&request).await?;
        let status = reply.status;
        anyhow::ensure!((200..300).contains(&status), "{} {} answers {status}", self.method, self.path);
        Ok(())
    }
}

/// The reads and writes that are measured, by their names.
fn requests(authorization: &str) -> Vec<(&'static str, Request)> {
    let organization = format!("/api/v2/organizations/{ORGANIZATION}");
    let person = format!(
        r#"{{"connection":"Username-Password-Authentication","email":"new{{}}@example.com","password":"{PASSWORD}"}}"#
    );
    vec![
        ("GET organization", Request::new("GET", &organization, authorization, "")),
        (
            "GET 50 of 1,000 users",
            Request::new("GET", "/api/v2/users?per_page=50&include_totals=true", authorization, ""),
        ),
        (
            "PATCH organization's metadata",
            Request::new("PATCH", &organization, authorization, r#"{"metadata":{"plan":"{}"}}"#),
        ),
        (
            "POST user, with its password's hash",
            Request::new("POST", "/api/v2/users", authorization, &person),
        ),
    ]
}

/// One that reads, for whoever wants to ask a lot.
pub(crate) fn read(provider: &Provider) -> Request {
    let path = format!("/api/v2/organizations/{ORGANIZATION}");
    Request::new("GET", &path, &provider.authorization, "")
}

/// Measures all of them in one fake.
pub(crate) async fn measure(table: &mut Table, keeps_data: bool, each: Duration) -> Result<()> {
    let provider = Provider::start(keeps_data).await?;
    let place = if keeps_data { "on disk" } else { "in memory" };
    for (name, request) in requests(&provider.authorization) {
        let is_write = request.method != "GET";
        if keeps_data && !is_write {
            continue;
        }
        let mut first = Connection::open(provider.address()).await?;
        let reply = first.ask(&request.of(usize::from(u16::MAX)).next()).await?;
        let media_type = reply.header("content-type").context("no content type")?.to_owned();
        let bare = Bare::start(&Answer { media_type, body: reply.body })?;
        let bare_address = bare.address()?;
        let mut yardstick =
            Subject::new(bare_address, |number| Request { path: "/".to_owned(), ..request.of(number) });
        let mut subject = Subject::new(provider.address(), |number| request.of(number));
        let [yardstick, figure] = drive::side_by_side(&mut yardstick, &mut subject, each)?;
        table.row(
            &format!("bare axum handler, the answer to {name}"),
            &yardstick.to_string(),
            Budget::None,
            0.0,
        );
        table.row(&format!("fake, {place}: {name}"), &figure.to_string(), Budget::None, 0.0);
        let ratio = figure.per_second / yardstick.per_second;
        // A page of users is made anew from its rows; the bare handler makes nothing.
        let budget = if request.path.contains("/organizations/") && !is_write {
            Budget::AtLeast(0.2)
        } else {
            Budget::None
        };
        table.row("  throughput, of the bare handler's", &format!("{ratio:.2}"), budget, ratio);
    }
    Ok(())
}

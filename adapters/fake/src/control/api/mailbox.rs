//! Messages that Auth0 would have sent.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::operation::{Answer, Call, Later, Operation, Reply};
use crate::fake::Core;
use crate::http::present;
use crate::model::{Mail, MailKind};
use crate::schema::{Schema, UNLIMITED, integer, list, object, one_of, optional, required, text};
use std::sync::Arc;

const KINDS: &[&str] = &["invitation", "email_verification", "password_change"];
const MOST: i64 = 10_000;

pub(super) fn operations() -> Vec<Operation> {
    let filters =
        [optional("to", text(1, 320)), optional("kind", one_of(KINDS)), optional("limit", integer(1, MOST))];
    vec![
        Operation::now(Method::GET, "/mailbox", "List the latest messages, the oldest of them first", all)
            .query(filters)
            .answers(StatusCode::OK, list(shape(), 0, UNLIMITED)),
        Operation::later(Method::DELETE, "/mailbox", "Throw all messages away", clear).answers_nothing(),
    ]
}

fn shape() -> Schema {
    object([
        required("id", text(1, 100)),
        required("kind", one_of(KINDS)),
        required("to", text(0, 1_000)),
        required("link", text(0, 100_000)),
        optional("user_id", text(1, 1_000)),
        optional("organization_id", text(1, 100)),
        required("sent_at", text(24, 24)),
    ])
}

fn view(mail: &Mail) -> Value {
    present(json!({
        "id": mail.id,
        "kind": mail.kind,
        "to": mail.to,
        "link": mail.link,
        "user_id": mail.user_id,
        "organization_id": mail.organization_id,
        "sent_at": mail.sent_at,
    }))
}

fn all(core: &Core, call: &Call) -> Answer {
    let to = call.query("to").map(str::to_lowercase);
    let kind = call.query("kind").and_then(|kind| serde_json::from_value::<MailKind>(kind.into()).ok());
    let limit = call.query_number("limit").unwrap_or(100);
    let messages = core.store.read(|state| {
        let wanted = state.mail.iter().rev().filter(|mail| {
            to.as_ref().is_none_or(|to| mail.to.to_lowercase() == *to)
                && kind.is_none_or(|kind| mail.kind == kind)
        });
        let mut latest: Vec<Value> = wanted.take(limit).map(view).collect();
        latest.reverse();
        latest
    })?;
    Reply::ok(messages.into())
}

fn clear<'a>(core: &'a Arc<Core>, _: &'a Call) -> Later<'a> {
    Box::pin(async {
        core.clear_mailbox().await?;
        Ok(Reply::Nothing)
    })
}

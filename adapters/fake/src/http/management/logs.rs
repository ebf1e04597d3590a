//! `/logs`: what happened, the latest first; or from an entry on, the earliest first.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::operation::{Evidence, Operation};
use super::paging::{Paging, by_page_or_total, page_of, with_length};
use super::schema::{Schema, UNLIMITED, any, integer, object, optional, text};
use super::sorting::Sorting;
use super::{Answer, Reply};
use crate::model::LogEntry;
use crate::search;
use crate::store::State;

const SCOPES: &[&str] = &["read:logs", "read:logs_users"];

pub(super) fn operations() -> Vec<Operation> {
    let criteria = vec![
        optional("q", text(0, 10_000)),
        optional("search", text(0, 10_000)),
        optional("sort", text(3, 300)),
        optional("from", text(1, 100)),
        optional("take", integer(1, 100)),
    ];
    vec![
        Operation::get("/logs", "List or search log entries", run)
            .scope(SCOPES)
            .query([criteria, by_page_or_total(), by_fields()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("logs", shape()))
            .refuses(ApiError::paging())
            .note(
                "Calls of the Management API are not noted. With `from`, the address of the next entries is in the header \
                 `Link`.",
            ),
        Operation::get("/logs/{id}", "Get a log entry", read)
            .scope(SCOPES)
            .answers(StatusCode::OK, shape())
            .refuses(no_entry())
            .note("How Auth0 words the 404 is not known."),
    ]
}

/// `/users/{id}/logs`: the entries about one user.
pub(super) fn of_user() -> Operation {
    Operation::get("/users/{id}/logs", "List the log entries about a user", run_of_user)
        .scope(SCOPES)
        .query(by_page_or_total().into_iter().chain([optional("sort", text(3, 300))]))
        .answers(StatusCode::OK, page_of("logs", shape()))
        .refuses(ApiError::paging())
        .evidence(Evidence::Recorded)
}

/// How logs are searched.
const FIELDS: search::Fields = search::Fields {
    usual: &["user_name", "connection", "client_name", "type", "ip", "log_id", "description"],
    case_insensitive: &["user_name", "connection", "client_name", "description", "organization_name"],
    exact: &[],
};

fn no_entry() -> ApiError {
    ApiError::not_found(None, "The log entry does not exist.")
}

/// As Auth0 shows it: what is not known is `null`.
fn view(state: &State, entry: &LogEntry) -> Value {
    let client = entry.client_id.as_ref().and_then(|id| state.clients.get(id));
    let organization = entry.organization_id.as_ref().and_then(|id| state.organizations.get(id));
    let connection = entry.connection.as_ref().and_then(|name| state.connection_by_name(name));
    let strategy_type = connection.map(|connection| {
        if connection.is_database() {
            "database"
        } else if connection.is_social() {
            "social"
        } else if connection.is_passwordless() {
            "passwordless"
        } else {
            "enterprise"
        }
    });
    json!({
        "_id": entry.log_id,
        "log_id": entry.log_id,
        "date": entry.date,
        "type": entry.kind,
        "description": entry.description,
        "connection": entry.connection,
        "connection_id": connection.map(|connection| connection.id.as_str()),
        "organization_id": entry.organization_id,
        "organization_name": organization.map(|organization| organization.name.as_str()),
        "client_id": entry.client_id,
        "client_name": client.map(|client| client.name.as_str()),
        "ip": entry.ip,
        "hostname": state.settings().issuer.as_ref().and_then(|issuer| issuer.host_str()),
        "details": Some(&entry.details).filter(|details| !details.is_empty()),
        "user_id": entry.user_id,
        "user_name": entry.user_name,
        "user_agent": entry.user_agent,
        "audience": null,
        "scope": null,
        "strategy": connection.map(|connection| connection.strategy.as_str()),
        "strategy_type": strategy_type,
        "isMobile": false,
        "location_info": null,
    })
}

/// Any property may be missing: callers choose with `fields`.
fn shape() -> Schema {
    let texts = [
        "_id",
        "log_id",
        "date",
        "type",
        "description",
        "connection",
        "connection_id",
        "organization_id",
        "organization_name",
        "client_id",
        "client_name",
        "ip",
        "hostname",
        "user_id",
        "user_name",
        "user_agent",
        "audience",
        "scope",
        "strategy",
        "strategy_type",
    ];
    let texts = texts.map(|name| optional(name, text(0, UNLIMITED).or_null()));
    object(texts).with(["details", "isMobile", "location_info"].map(|name| optional(name, any())))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let entry = state.logs.get(call.path("id")).ok_or_else(no_entry)?;
    Ok(Reply::ok(view(state, entry)))
}

fn run(state: &State, call: &Call<'_>) -> Answer {
    let from = call.query.get("from");
    if from.is_some() || call.query.get("take").is_some() {
        return onward(state, call, from);
    }
    let text = call.query.get("q").or_else(|| call.query.get("search")).unwrap_or_default();
    let query = search::parse(text)
        .and_then(|query| FIELDS.check(&query).map(|()| query))
        .map_err(|error| ApiError::query(&format!("Failed to parse query: {error}"), Some("q")))?;
    page(state, call, |entry| FIELDS.matches(&query, &view(state, entry)))
}

fn run_of_user(state: &State, call: &Call<'_>) -> Answer {
    let user_id = call.path("id");
    page(state, call, |entry| entry.user_id.as_deref() == Some(user_id))
}

fn page(state: &State, call: &Call<'_>, wanted: impl Fn(&LogEntry) -> bool) -> Answer {
    let (paging, fields) = (Paging::of(call)?, Fields::of(call));
    let mut found: Vec<&LogEntry> = state.logs.iter().rev().filter(|entry| wanted(entry)).collect();
    if let Some(sorting) = Sorting::of(call, &["details"])? {
        sorting.sort(&mut found, |entry| view(state, entry));
    }
    let answer = paging.reply(
        "logs",
        |_| found.iter(),
        |entry| entry.log_id.clone(),
        |entry| fields.apply(view(state, entry)),
    );
    Ok(with_length(answer, "logs"))
}

/// The entries behind one, and where the next ones are.
fn onward(state: &State, call: &Call<'_>, from: Option<&str>) -> Answer {
    if from.is_some_and(|from| !from.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(ApiError::query("Object didn't pass validation for format log-id", Some("from")));
    }
    let take = call.query.get("take").and_then(|take| take.parse().ok()).unwrap_or(50);
    let fields = Fields::of(call);
    let entries: Vec<&LogEntry> = state.logs.with_prefix("", from).take(take).collect();
    let body = entries.iter().map(|entry| fields.apply(view(state, entry))).collect();
    let next = entries.last().map(|last| {
        format!("<{}api/v2/logs?from={}&take={take}>; rel=\"next\"", call.context.issuer, last.log_id)
    });
    Ok(match next {
        Some(link) => Reply::Linked { body, link },
        None => Reply::ok(body),
    })
}

//! `/connections`: the sources of users.

mod clients;
mod discovery;
mod options;
mod saml;
mod schema;
mod scim;
mod scim_mapping;
mod scim_tokens;
mod users;
mod write;

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::format::Format;
use super::operation::Operation;
use super::paging::{Paging, by_checkpoint, by_page, page_of};
use super::schema::{object, optional, required, text};
use super::{Answer, Reply, views};
use crate::document::Document;
use crate::model::Connection;
use crate::store::State;
pub(crate) use schema::options as options_of;

const PATH: &str = "/connections";
const ONE: &str = "/connections/{id}";
/// A list that is asked for without pages.
const ALL: usize = 100;
const NAME_IS_FREE: &str =
    "The connection is gone at once: its name is free, where Auth0 keeps it blocked for a while.";
const KEPT: &str = "Options that the provider has no use for are kept and shown, and change nothing.";

pub(super) fn operations() -> Vec<Operation> {
    let filters = vec![
        optional("strategy", text(1, 64)),
        optional("name", text(1, 128)),
        optional("domain_alias", text(1, 256)),
    ];
    let mut operations = vec![
        Operation::get(PATH, "List connections", list)
            .scope(&["read:connections"])
            .query([filters, by_fields(), by_page(), by_checkpoint()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("connections", views::connection_shape()))
            .refuses(ApiError::paging()),
        options::refusals(Operation::later(Method::POST, PATH, "Create a connection", write::create))
            .scope(&["create:connections"])
            .body(object(schema::properties()).with([
                required("name", text(1, 128).of_format(Format::ConnectionName)),
                required("strategy", schema::strategies()),
            ]))
            .answers(StatusCode::CREATED, views::connection_shape())
            .refuses(options::missing("<option>"))
            .refuses(write::name_taken())
            .refuses(write::realm_taken("<realm>"))
            .refuses(write::no_client("<client>"))
            .note(KEPT),
        Operation::get(ONE, "Get a connection", read)
            .scope(&["read:connections"])
            .query(by_fields())
            .answers(StatusCode::OK, views::connection_shape())
            .refuses(ApiError::no_connection()),
        options::refusals(Operation::later(Method::PATCH, ONE, "Change a connection", write::update))
            .scope(&["update:connections"])
            .body(object(schema::properties()))
            .answers(StatusCode::OK, views::connection_shape())
            .refuses(ApiError::no_connection())
            .refuses(write::realm_taken("<realm>"))
            .refuses(write::no_client("<client>"))
            .note(KEPT),
        Operation::write(Method::DELETE, ONE, "Delete a connection", delete)
            .scope(&["delete:connections"])
            .answers(StatusCode::ACCEPTED, object([required("deleted_at", text(20, 30))]))
            .answers_nothing(StatusCode::NO_CONTENT)
            .note(NAME_IS_FREE),
    ];
    operations.extend(clients::operations());
    operations.extend(users::operations());
    operations.extend(scim::operations());
    operations.extend(scim_tokens::operations());
    operations
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let (fields, strategies) = (Fields::of(call), call.query.all("strategy").collect::<Vec<_>>());
    let (name, domain) = (call.query.get("name"), call.query.get("domain_alias"));
    let wanted = |connection: &&Connection| {
        (strategies.is_empty() || strategies.contains(&connection.strategy.as_str()))
            && name.is_none_or(|name| name == connection.name)
            && domain.is_none_or(|domain| {
                connection.options().texts("domain_aliases").any(|alias| alias == domain)
            })
    };
    let with_options = call.has_scope("read:connections_options");
    let is_paged = ["page", "per_page", "take", "from"].iter().any(|name| call.query.get(name).is_some());
    let paging = match Paging::of(call)? {
        Paging::Offset { page, totals, .. } if !is_paged => Paging::Offset { page, per_page: ALL, totals },
        paging => paging,
    };
    Ok(paging.reply(
        "connections",
        |after| {
            let after = after.map(str::to_owned);
            let rows = state.connections.iter().filter(wanted);
            rows.filter(move |row| after.as_ref().is_none_or(|after| row.id > *after))
        },
        |connection| connection.id.clone(),
        |connection| fields.apply(views::connection(connection, with_options)),
    ))
}

/// The connection that the path names.
fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Connection, ApiError> {
    state.connections.get(call.path("id")).ok_or_else(ApiError::no_connection)
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let connection = of_path(state, call)?;
    let with_options = call.has_scope("read:connections_options");
    Ok(Reply::ok(Fields::of(call).apply(views::connection(connection, with_options))))
}

/// 202 for a connection that is there and 204 for one that is not; its accounts go with it.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    if state.delete_connection(call.path("id")) {
        Ok(Reply::accepted(json!({ "deleted_at": call.context.now })))
    } else {
        Ok(Reply::NoContent)
    }
}

/// Whether the body's options are those of an OpenID provider.
fn speaks_openid(strategy: &str) -> bool {
    matches!(strategy, "oidc" | "okta")
}

/// An option that is there and says something.
fn option<'a>(options: Document<'a>, name: &str) -> Option<&'a str> {
    options.text(name).filter(|text| !text.is_empty())
}

//! `GET /users`: all of them, or those that fulfil a query.

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::fields::{Fields, by_fields};
use super::super::operation::Operation;
use super::super::paging::{Paging, by_page_or_total, page_of, with_length};
use super::super::schema::{flag, one_of, optional, text};
use super::super::sorting::Sorting;
use super::super::{Answer, views};
use super::columns::Columns;
use crate::model::{Member, User};
use crate::search::{self, Query};
use crate::store::State;
use axum::http::StatusCode;

pub(super) fn operation() -> Operation {
    let parameters = vec![
        optional("q", text(0, 10_000)),
        optional("search_engine", one_of(&["v1", "v2", "v3"])),
        optional("sort", text(3, 300)),
        // Known to Auth0 and without effect in its search of today.
        optional("connection", text(1, 128)),
        optional("primary_order", flag()),
    ];
    Operation::get("/users", "List or search users", run)
        .scope(&["read:users", "read:user_idp_tokens"])
        .query([parameters, by_page_or_total(), by_fields()].into_iter().flatten())
        .answers(StatusCode::OK, page_of("users", views::user_shape()))
        .refuses(ApiError::paging())
        .refuses(old_engine("<version>"))
        .note("What is written is found at once; at Auth0 it takes a moment. Texts about queries that can't be read differ.")
}

/// How users are searched.
const FIELDS: search::Fields = search::Fields {
    usual: &["email", "name", "nickname", "given_name", "family_name", "username", "user_id", "phone_number"],
    case_insensitive: &["email", "email.domain", "name", "nickname", "given_name", "family_name", "username"],
    exact: &["user_metadata"],
};

fn old_engine(version: &str) -> ApiError {
    ApiError::not_supported(format!("You are not allowed to use search_engine={version}."))
}

fn run(state: &State, call: &Call<'_>) -> Answer {
    if let Some(version) = call.query.get("search_engine").filter(|version| *version != "v3") {
        return Err(old_engine(version));
    }
    let (paging, fields) = (Paging::of(call)?, Fields::of(call));
    let sorting = Sorting::of(call, &["app_metadata", "user_metadata", "identities"])?;
    let query = search::parse(call.query.get("q").unwrap_or_default())
        .and_then(|query| FIELDS.check(&query).map(|()| query))
        .map_err(|error| ApiError::query(&format!("Failed to parse query: {error}"), Some("q")))?;
    let mut found = candidates(state, &query);
    if query != Query::All {
        let columns = Columns::of(&query);
        found.retain(|user| FIELDS.matches(&query, &columns.row(state, user, call)));
    }
    if let Some(sorting) = sorting {
        let columns = Columns::named([sorting.field()]);
        sorting.sort(&mut found, |user| columns.row(state, user, call));
    }
    let answer = paging.reply(
        "users",
        |_| found.iter(),
        |user| user.id.clone(),
        |user| fields.apply(views::user(user, call.context.issuer)),
    );
    Ok(with_length(answer, "users"))
}

/// Those who may fulfil the query: few, when it says what address or id they have.
fn candidates<'a>(state: &'a State, query: &Query) -> Vec<&'a User> {
    if let Some(id) = query.must_be("user_id") {
        return state.users.get(id).into_iter().collect();
    }
    if let Some(id) = query.must_be("organization_id") {
        let prefix = Member::prefix(id);
        let rows = state.members.with_prefix(&prefix, None);
        return rows.filter_map(|row| state.users.get(&row.user_id)).collect();
    }
    match query.must_be("email") {
        Some(email) => state.users_by_email(&email.to_lowercase()).collect(),
        None => state.users.iter().collect(),
    }
}

//! `/connections/{id}/scim-configuration/tokens`: by what a directory proves itself. A token is shown once.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::scim::{configuration, not_configured, unsupported};
use crate::http::json::present;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::operation::Operation;
use crate::http::management::schema::{
    Schema, integer, list as many, object, one_of, optional, required, text,
};
use crate::http::management::{Answer, Reply};
use crate::model::ScimToken;
use crate::secrets::sha256;
use crate::store::State;

const PATH: &str = "/connections/{id}/scim-configuration/tokens";
/// Tokens of one connection (entity limits).
const LIMIT: usize = 2;
const SHORTEST_LIFETIME: i64 = 901;
const LONGEST_LIFETIME: i64 = 315_360_000;

const SCOPES: &[&str] = &[
    "get:users",
    "post:users",
    "put:users",
    "patch:users",
    "delete:users",
    "get:groups",
    "post:groups",
    "put:groups",
    "patch:groups",
    "delete:groups",
];

pub(super) fn operations() -> Vec<Operation> {
    let body = object([
        optional("scopes", many(one_of(SCOPES), 1, SCOPES.len())),
        optional("token_lifetime", integer(SHORTEST_LIFETIME, LONGEST_LIFETIME).or_null()),
    ]);
    vec![
        Operation::get(PATH, "List the SCIM tokens of a connection", list)
            .scope(&["read:scim_token"])
            .answers(StatusCode::OK, many(shape(), 0, LIMIT))
            .refuses(ApiError::no_connection())
            .refuses(not_configured())
            .refuses(unsupported()),
        Operation::write(Method::POST, PATH, "Create a SCIM token", create)
            .scope(&["create:scim_token"])
            .optional_body(body)
            .answers(StatusCode::CREATED, shape().with([required("token", text(85, 85))]))
            .refuses(ApiError::no_connection())
            .refuses(not_configured())
            .refuses(unsupported())
            .refuses(too_many()),
        Operation::write(
            Method::DELETE,
            "/connections/{id}/scim-configuration/tokens/{token_id}",
            "Delete a SCIM token",
            delete,
        )
        .scope(&["delete:scim_token"])
        .answers_nothing(StatusCode::NO_CONTENT)
        .refuses(ApiError::no_connection())
        .refuses(not_configured())
        .refuses(unsupported())
        .note("What is not there is answered 204 as well; whether Auth0 does so is not known."),
    ]
}

fn shape() -> Schema {
    object([
        required("token_id", text(20, 20)),
        optional("scopes", many(text(1, 64), 0, SCOPES.len())),
        required("created_at", text(20, 30)),
        optional("valid_until", text(20, 30)),
    ])
}

fn too_many() -> ApiError {
    ApiError::conflict(None, format!("Maximum of {LIMIT} tokens already exist for this connection"))
}

/// Without the token itself.
fn view(token: &ScimToken) -> Value {
    present(json!({
        "token_id": token.token_id,
        "scopes": token.scopes,
        "created_at": token.created_at,
        "valid_until": token.valid_until,
    }))
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let (connection, _) = configuration(state, call)?;
    Ok(Reply::ok(state.scim_tokens.by_alternate_key(&connection.id).map(view).collect()))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let connection_id = configuration(state, call)?.0.id.clone();
    if state.scim_tokens.by_alternate_key(&connection_id).count() >= LIMIT {
        return Err(too_many());
    }
    let body = call.body();
    let token_id = call.context.ids.scim_token();
    let secret = format!("{token_id}.{}", call.context.ids.hex(64));
    let scopes: Vec<String> = body.texts("scopes").map(str::to_owned).collect();
    let lifetime = body.integer("token_lifetime").and_then(|seconds| u64::try_from(seconds).ok());
    let token = ScimToken {
        token_id,
        connection_id,
        hash: sha256(&secret),
        scopes: if body.has("scopes") {
            scopes
        } else {
            SCOPES.iter().map(|scope| (*scope).to_owned()).collect()
        },
        created_at: call.context.now,
        valid_until: lifetime.map(|seconds| call.context.now + std::time::Duration::from_secs(seconds)),
    };
    let mut view = view(&token);
    if let Some(view) = view.as_object_mut() {
        view.insert("token".to_owned(), secret.into());
    }
    state.scim_tokens.put(token);
    Ok(Reply::created(view))
}

fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let connection_id = configuration(state, call)?.0.id.clone();
    let token_id = call.path("token_id");
    if state.scim_tokens.get(token_id).is_some_and(|token| token.connection_id == connection_id) {
        state.scim_tokens.remove(token_id);
    }
    Ok(Reply::NoContent)
}

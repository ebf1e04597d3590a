//! `client_authentication_methods` of a client: a new client describes its keys, a later change names them.

use serde_json::{Map, Value, json};

use super::credentials;
use crate::document::Document;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::schema::{Schema, any, list, object, one_of, optional, required, text};
use crate::model::{Client, ClientCredential, PUBLIC_KEY};
use crate::store::State;

pub(super) const NAME: &str = "client_authentication_methods";
/// So many keys are in use at once, so that one can take the place of another.
const IN_USE: usize = 2;

/// As a new client is told.
pub(super) fn of_creation() -> Schema {
    let key = object(credentials::described()).with([required("credential_type", one_of(&[PUBLIC_KEY]))]);
    methods(key)
}

/// As a client is told that is there.
pub(super) fn of_change() -> Schema {
    methods(object([required("id", text(1, 64))]))
}

fn methods(credential: Schema) -> Schema {
    let private_key_jwt = object([required("credentials", list(credential, 0, IN_USE))]);
    let methods = object([
        optional("private_key_jwt", private_key_jwt),
        optional("tls_client_auth", any()),
        optional("self_signed_tls_client_auth", any()),
    ]);
    methods.or_null()
}

pub(super) fn no_credential(id: &str) -> ApiError {
    ApiError::invalid_body(format!("The credential {id} does not exist"))
}

pub(super) fn two_ways() -> ApiError {
    ApiError::invalid_body(format!(
        "{NAME} and token_endpoint_auth_method can't both be set: one of them must be null"
    ))
}

/// Keeps the keys that the body describes, and names them in the client's settings.
pub(super) fn register(
    state: &mut State,
    call: &Call<'_>,
    client: &mut Client,
) -> Result<Vec<ClientCredential>, ApiError> {
    let Some(methods) = call.body().object(NAME) else { return Ok(Vec::new()) };
    let described = Document::new(methods).document("private_key_jwt").list("credentials");
    let added = described.iter().map(|each| credentials::add(state, call, &client.id, Document::of(each)));
    let added = added.collect::<Result<Vec<_>, _>>()?;
    let mut methods = methods.clone();
    if methods.contains_key("private_key_jwt") {
        let ids: Vec<Value> = added.iter().map(|credential| json!({ "id": credential.id })).collect();
        methods.insert("private_key_jwt".to_owned(), json!({ "credentials": ids }));
    }
    set(client, Some(methods))?;
    Ok(added)
}

/// Takes over which of its keys the client uses.
pub(super) fn change(state: &State, call: &Call<'_>, client: &mut Client) -> Result<(), ApiError> {
    if !call.body().has(NAME) {
        return set(client, client.settings().object(NAME).cloned());
    }
    let methods = call.body().document(NAME).document("private_key_jwt");
    for id in methods.list("credentials").iter().filter_map(|each| Document::of(each).text("id")) {
        state.credential_of(&client.id, id).ok_or_else(|| no_credential(id))?;
    }
    set(client, call.body().object(NAME).cloned())
}

fn set(client: &mut Client, methods: Option<Map<String, Value>>) -> Result<(), ApiError> {
    if methods.is_some() && client.settings().has("token_endpoint_auth_method") {
        return Err(two_ways());
    }
    match methods {
        Some(methods) => client.settings.insert(NAME.to_owned(), methods.into()),
        None => client.settings.remove(NAME),
    };
    Ok(())
}

//! `PATCH /clients/{id}`.

use serde_json::{Map, Value};

use super::schema::METADATA;
use super::view::Detail;
use super::{authentication_methods, of_path, rules, view};
use crate::document::{self, Document};
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::{Answer, Reply};
use crate::model::Client;
use crate::secrets::Secret;
use crate::store::State;

pub(super) fn too_much_metadata() -> ApiError {
    ApiError::invalid_body(format!("Client metadata can have at most {METADATA} properties"))
}

pub(super) fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    let mut client = of_path(state, call)?.clone();
    let changes_secret_alone = body.entries().all(|(name, _)| name == "client_secret");
    if !changes_secret_alone || body.is_empty() {
        call.require("update:clients")?;
    }
    rules::check(state, body)?;
    if let Some(secret) = body.text("client_secret") {
        call.require("update:client_keys")?;
        client.secret = Secret::new(secret);
    }
    apply(&mut client, body)?;
    authentication_methods::change(state, call, &mut client)?;
    let view = view::client(&client, Detail::of(call));
    state.clients.put(client);
    Ok(Reply::ok(view))
}

/// What is a property of its own, or changed property by property.
const APART: [&str; 6] = [
    "name",
    "client_secret",
    "client_metadata",
    "jwt_configuration",
    "oidc_backchannel_logout",
    authentication_methods::NAME,
];

/// Takes over what the body says: a property is replaced as a whole and removed by `null`; metadata and the settings
/// of tokens are changed property by property.
pub(super) fn apply(client: &mut Client, body: Document<'_>) -> Result<(), ApiError> {
    if let Some(name) = body.text("name") {
        name.clone_into(&mut client.name);
    }
    let whole: Map<String, Value> = body
        .entries()
        .filter(|(name, _)| !APART.contains(name))
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    document::replace(&mut client.settings, Document::new(&whole));
    // The older name of the same setting.
    if let Some(logout) = body.get("oidc_backchannel_logout").filter(|_| !body.has("oidc_logout")) {
        let changes = Map::from_iter([("oidc_logout".to_owned(), logout.clone())]);
        document::replace(&mut client.settings, Document::new(&changes));
    }
    for name in ["client_metadata", "jwt_configuration"] {
        if let Some(changes) = body.object(name) {
            let mut merged = client.settings().object(name).cloned().unwrap_or_default();
            document::replace(&mut merged, Document::new(changes));
            client.settings.insert(name.to_owned(), merged.into());
        }
    }
    if client.settings().object("client_metadata").is_some_and(|metadata| metadata.len() > METADATA) {
        return Err(too_much_metadata());
    }
    Ok(())
}

//! `/clients/{id}/credentials`: the public keys by which a client may prove itself. One is in use when the client's
//! `client_authentication_methods` name it.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::of_path;
use crate::document::Document;
use crate::http::json::present;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::format::Format;
use crate::http::management::operation::Operation;
use crate::http::management::schema::{
    Property, Schema, UNLIMITED, flag, list as many, object, one_of, optional, required, text,
};
use crate::http::management::{Answer, Reply};
use crate::model::{ClientCredential, CredentialError, PUBLIC_KEY};
use crate::public_key::SignatureAlgorithm;
use crate::store::State;

const PATH: &str = "/clients/{id}/credentials";
const ONE: &str = "/clients/{id}/credentials/{credential_id}";
const TYPES: &[&str] = &[PUBLIC_KEY, "cert_subject_dn", "x509_cert"];
const NOTE: &str =
    "There are public keys alone: no mutual TLS. How Auth0 words some of the refusals is not known.";

pub(super) fn operations() -> Vec<Operation> {
    let create_body = object(described())
        .with([required("credential_type", one_of(TYPES)), optional("subject_dn", text(1, 256))]);
    let update_body = object([optional("expires_at", moment().or_null())]);
    vec![
        Operation::get(PATH, "List the credentials of a client", list)
            .scope(&["read:client_credentials"])
            .answers(StatusCode::OK, many(shape(), 0, UNLIMITED))
            .refuses(ApiError::no_client()),
        Operation::write(Method::POST, PATH, "Create a client credential", create)
            .scope(&["create:client_credentials"])
            .body(create_body)
            .answers(StatusCode::CREATED, shape())
            .refuses(ApiError::no_client())
            .refuses(CredentialError::Type("<type>".to_owned()).into())
            .refuses(CredentialError::Pem.into())
            .refuses(CredentialError::Known.into())
            .refuses(CredentialError::TooMany.into())
            .note(NOTE),
        Operation::get(ONE, "Get a client credential", read)
            .scope(&["read:client_credentials"])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_client())
            .refuses(no_credential())
            .note(NOTE),
        Operation::write(Method::PATCH, ONE, "Change a client credential", update)
            .scope(&["update:client_credentials"])
            .optional_body(update_body)
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_client())
            .refuses(no_credential())
            .note(NOTE),
        Operation::write(Method::DELETE, ONE, "Delete a client credential", delete)
            .scope(&["delete:client_credentials"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(still_used()),
    ]
}

/// What a public key is made of, besides its type.
pub(super) fn described() -> [Property; 6] {
    [
        optional("name", text(1, 128)),
        optional("pem", text(1, 4096)),
        optional("alg", one_of(SignatureAlgorithm::NAMES)),
        optional("parse_expiry_from_cert", flag()),
        optional("expires_at", moment()),
        optional("kid", text(10, 64).of_format(Format::KeyId)),
    ]
}

fn moment() -> Schema {
    text(1, 64).of_format(Format::DateTime)
}

pub(super) fn shape() -> Schema {
    let moment = || text(24, 24);
    object([
        required("id", text(27, 27)),
        optional("name", text(1, 128)),
        required("kid", text(1, 64)),
        required("alg", one_of(SignatureAlgorithm::NAMES)),
        required("credential_type", one_of(TYPES)),
        required("created_at", moment()),
        required("updated_at", moment()),
        optional("expires_at", moment()),
    ])
}

fn no_credential() -> ApiError {
    ApiError::not_found(None, "The credential does not exist")
}

fn still_used() -> ApiError {
    ApiError::bad_request("Cannot delete credential still associated with a client")
}

impl From<CredentialError> for ApiError {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Type(_) => Self::not_implemented(error.to_string()),
            _ => Self::invalid_body(error.to_string()),
        }
    }
}

pub(super) fn view(credential: &ClientCredential) -> Value {
    present(json!({
        "id": credential.id,
        "name": credential.name,
        "kid": credential.kid,
        "alg": credential.algorithm,
        "credential_type": PUBLIC_KEY,
        "created_at": credential.created_at,
        "updated_at": credential.updated_at,
        "expires_at": credential.expires_at,
    }))
}

/// Gives the client the credential that the body, or a part of it, describes.
pub(super) fn add(
    state: &mut State,
    call: &Call<'_>,
    client_id: &str,
    described: Document<'_>,
) -> Result<ClientCredential, ApiError> {
    let id = call.context.ids.client_credential();
    let credential = ClientCredential::of(described, id, client_id, call.context.now)?;
    state.add_credential(credential.clone())?;
    Ok(credential)
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let client = of_path(state, call)?;
    let mut credentials: Vec<&ClientCredential> = state.credentials_of(&client.id).collect();
    credentials.sort_by_key(|credential| credential.created_at);
    Ok(Reply::ok(credentials.into_iter().map(view).collect()))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let client_id = of_path(state, call)?.id.clone();
    let credential = add(state, call, &client_id, call.body())?;
    Ok(Reply::created(view(&credential)))
}

fn found<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a ClientCredential, ApiError> {
    let client = of_path(state, call)?;
    state.credential_of(&client.id, call.path("credential_id")).ok_or_else(no_credential)
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(view(found(state, call)?)))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut credential = found(state, call)?.clone();
    let body = call.body();
    if body.has("expires_at") {
        credential.expires_at = body.text("expires_at").and_then(|text| text.parse().ok());
    }
    credential.updated_at = call.context.now;
    let view = view(&credential);
    state.client_credentials.put(credential);
    Ok(Reply::ok(view))
}

/// 204 whether it was there or not.
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let (client_id, id) = (call.path("id"), call.path("credential_id"));
    if state.clients.get(client_id).is_some_and(|client| client.uses_credential(id)) {
        return Err(still_used());
    }
    if state.credential_of(client_id, id).is_some() {
        state.client_credentials.remove(id);
    }
    Ok(Reply::NoContent)
}

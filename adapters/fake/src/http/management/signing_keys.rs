//! `/keys/signing`: the keys that sign tokens, their rotation and revocation.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::operation::{Evidence, Operation};
use super::schema::{Schema, UNLIMITED, flag, list, object, optional, required, text};
use super::{Answer, Reply};
use crate::certificate::Certificate;
use crate::fake::Core;
use crate::http::json::present;
use crate::model::{KeyUse, SigningKey};
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    const NOTE: &str = "A key has no pkcs7.";
    vec![
        Operation::later(Method::GET, "/keys/signing", "List the signing keys", |core, call| {
            Box::pin(read_all(core, call))
        })
        .scope(&["read:signing_keys"])
        .answers(StatusCode::OK, list(shape(), 0, UNLIMITED))
        .evidence(Evidence::Documented)
        .note(NOTE),
        Operation::later(Method::GET, "/keys/signing/{kid}", "Get a signing key", |core, call| {
            Box::pin(read(core, call))
        })
        .scope(&["read:signing_keys"])
        .answers(StatusCode::OK, shape())
        .refuses(no_key())
        .evidence(Evidence::Documented)
        .note(NOTE),
        Operation::later(Method::POST, "/keys/signing/rotate", "Rotate the signing keys", |core, call| {
            Box::pin(rotate(core, call))
        })
        .scopes(&["create:signing_keys", "update:signing_keys"])
        .answers(StatusCode::CREATED, short_shape())
        .evidence(Evidence::Documented),
        Operation::write(Method::PUT, "/keys/signing/{kid}/revoke", "Revoke a signing key", revoke)
            .scope(&["update:signing_keys"])
            .answers(StatusCode::OK, short_shape())
            .refuses(no_key())
            .refuses(still_needed())
            .evidence(Evidence::Documented)
            .note("Only keys that sign no more can be revoked; what Auth0 says of the others is not known."),
    ]
}

fn no_key() -> ApiError {
    ApiError::no_signing_key()
}

fn still_needed() -> ApiError {
    ApiError::not_supported("The current and the next signing key can't be revoked. Rotate the keys first.")
}

fn shape() -> Schema {
    let moment = || text(24, 24);
    object([
        required("kid", text(1, 64)),
        required("cert", text(1, 10_000)),
        required("fingerprint", text(95, 95)),
        required("thumbprint", text(40, 40)),
        optional("current", flag()),
        optional("next", flag()),
        optional("previous", flag()),
        optional("current_since", moment()),
        optional("current_until", moment()),
        optional("revoked", flag()),
        optional("revoked_at", moment()),
    ])
}

fn short_shape() -> Schema {
    object([required("kid", text(1, 64)), required("cert", text(1, 10_000))])
}

fn certificate(key: &SigningKey, host: &str) -> Result<Certificate, ApiError> {
    Ok(Certificate::of_key(key, host)?)
}

fn view(key: &SigningKey, host: &str) -> Result<Value, ApiError> {
    let certificate = certificate(key, host)?;
    let is = |key_use: KeyUse| (key.key_use == key_use).then_some(true);
    Ok(present(json!({
        "kid": key.kid,
        "cert": certificate.pem(),
        "fingerprint": certificate.fingerprint(),
        "thumbprint": certificate.thumbprint(),
        "current": is(KeyUse::Current),
        "next": is(KeyUse::Next),
        "previous": is(KeyUse::Previous),
        "current_since": key.current_since,
        "current_until": key.current_until,
        "revoked": key.revoked_at.map(|_| true),
        "revoked_at": key.revoked_at,
    })))
}

fn short_view(key: &SigningKey, host: &str) -> Result<Value, ApiError> {
    Ok(json!({ "kid": key.kid, "cert": certificate(key, host)?.pem() }))
}

/// The next key, the current one, then those of the past, the latest first.
async fn read_all(core: &Arc<Core>, _: &Call<'_>) -> Answer {
    // The first keys are made when somebody asks for them.
    core.keys.ready().await?;
    let mut keys: Vec<SigningKey> = core.store.read(|state| state.signing_keys.iter().cloned().collect())?;
    let rank = |key_use| match key_use {
        KeyUse::Next => 0,
        KeyUse::Current => 1,
        KeyUse::Previous => 2,
    };
    keys.sort_by_key(|key| (rank(key.key_use), std::cmp::Reverse(key.current_until), key.kid.clone()));
    let views = keys.iter().map(|key| view(key, core.host())).collect::<Result<Vec<_>, _>>()?;
    Ok(Reply::ok(views.into()))
}

async fn read(core: &Arc<Core>, call: &Call<'_>) -> Answer {
    core.keys.ready().await?;
    let key = core.store.read(|state| state.signing_keys.get(call.path("kid")).cloned())?;
    Ok(Reply::ok(view(&key.ok_or_else(no_key)?, core.host())?))
}

async fn rotate(core: &Arc<Core>, _: &Call<'_>) -> Answer {
    let current = core.keys.rotate().await?;
    Ok(Reply::created(short_view(&current, core.host())?))
}

fn revoke(state: &mut State, call: &Call<'_>) -> Answer {
    let key = state.signing_keys.get(call.path("kid")).cloned().ok_or_else(no_key)?;
    if key.key_use != KeyUse::Previous {
        return Err(still_needed());
    }
    let host = call.context.issuer.host_str().unwrap_or_default();
    let revoked = SigningKey { revoked_at: key.revoked_at.or(Some(call.context.now)), ..key };
    let answer = short_view(&revoked, host)?;
    state.signing_keys.put(revoked);
    Ok(Reply::ok(answer))
}

//! `POST /users`: makes an account in a database connection.

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::format::Format;
use super::super::schema::{Schema, object, optional, required, text};
use super::super::{Answer, Reply, views};
use super::{apply_metadata, apply_profile, email, properties, weak_password};
use crate::model::User;
use crate::passwords::{PasswordHash, Strength};
use crate::store::State;

/// What makes an account.
pub(super) fn body() -> Schema {
    object(properties()).with([
        required("connection", text(1, 128)),
        optional("user_id", text(1, 255).of_format(Format::NoWhitespace)),
    ])
}

pub(super) fn no_connection() -> ApiError {
    ApiError::invalid_body("The connection does not exist or does not support creating users")
}

pub(super) fn exists() -> ApiError {
    ApiError::conflict(Some("auth0_idp_error"), "The user already exists.")
}

pub(super) fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    if body.has("username") {
        return Err(ApiError::not_supported("Cannot set username for connection without requires_username"));
    }
    let connection = state
        .connection_by_name(body.text("connection").unwrap_or_default())
        .filter(|connection| connection.is_database())
        .cloned()
        .ok_or_else(no_connection)?;
    let missing = |name: &str| ApiError::body(&format!("Missing required property: {name}"), None);
    let email = email(body).ok_or_else(|| missing("email"))?;
    let password = body.text("password").ok_or_else(|| missing("password"))?;
    if !Strength::of(password).is_good() {
        return Err(weak_password());
    }
    let user_id = match body.text("user_id") {
        Some(suffix) => format!("auth0|{suffix}"),
        None => call.context.ids.database_user(call.context.now),
    };
    if state.users.get(&user_id).is_some() || state.user_in_connection(&connection.name, &email).is_some() {
        return Err(exists());
    }
    let mut user = User::new(user_id, &connection, call.context.now);
    user.email = Some(email);
    user.password = Some(PasswordHash::of(password, call.context.ids));
    apply_profile(&mut user, body);
    apply_metadata(&mut user, body)?;
    let view = views::user(&user, call.context.issuer);
    state.users.put(user);
    Ok(Reply::created(view))
}

//! `POST /users`: makes an account in a database or passwordless connection.

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::format::Format;
use super::super::schema::{Schema, object, optional, required, text};
use super::super::tickets::send_verification;
use super::super::{Answer, Reply, views};
use super::{
    apply_metadata, apply_profile, apply_verification, email, note, properties, username, weak_password,
};
use crate::document::Document;
use crate::model::{Connection, User};
use crate::passwords::{PasswordHash, Strength};
use crate::store::State;

/// What makes an account.
pub(super) fn body() -> Schema {
    object(properties(false)).with([
        required("connection", text(1, 128)),
        optional("user_id", text(1, 255).of_format(Format::NoWhitespace)),
    ])
}

pub(super) fn no_connection() -> ApiError {
    ApiError::invalid_body("The connection does not exist or does not support creating users")
}

pub(super) fn disabled() -> ApiError {
    ApiError::not_supported("The connection is disabled")
}

pub(super) fn exists() -> ApiError {
    ApiError::conflict(Some("auth0_idp_error"), "The user already exists.")
}

pub(super) fn missing_username() -> ApiError {
    ApiError::invalid_body("Missing username for <name> connection with requires_username enabled")
}

pub(super) fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    let connection = state
        .connection_by_name(body.text("connection").unwrap_or_default())
        .filter(|connection| connection.is_database() || connection.is_passwordless())
        .cloned()
        .ok_or_else(no_connection)?;
    if connection.enabled_clients.is_empty() {
        return Err(disabled());
    }
    let mut user = account(state, call, &connection)?;
    apply_profile(&mut user, body);
    apply_verification(&mut user, body);
    apply_metadata(&mut user, body)?;
    let wants_mail = body.flag("verify_email").unwrap_or(!user.email_verified);
    if connection.is_database() && wants_mail {
        send_verification(state, &call.context, &user, Document::default());
    }
    note(state, call, "ss", &user);
    let view = views::user(&user, call.context.issuer);
    state.users.put(user);
    Ok(Reply::created(view))
}

/// The account with what it is logged in to by, which nobody else may have.
fn account(state: &State, call: &Call<'_>, connection: &Connection) -> Result<User, ApiError> {
    let body = call.body();
    let missing = |name: &str| ApiError::body(&format!("Missing required property: {name}"), None);
    let required_name = if connection.strategy == "sms" { "phone_number" } else { "email" };
    if !body.has(required_name) {
        return Err(missing(required_name));
    }
    let password = match (connection.is_database(), body.text("password")) {
        (true, None) => return Err(missing("password")),
        (true, Some(password)) if !Strength::of(password).is_good() => return Err(weak_password()),
        (false, Some(_)) => return Err(ApiError::body("Property is not allowed: password", None)),
        (_, password) => password,
    };
    let username = username(connection, body)?;
    if username.is_none() && connection.requires_username() {
        let message =
            format!("Missing username for {} connection with requires_username enabled", connection.name);
        return Err(ApiError::invalid_body(message));
    }
    let user_id = match body.text("user_id") {
        Some(suffix) => format!("{}|{suffix}", connection.strategy),
        None if connection.is_database() => call.context.ids.database_user(call.context.now),
        None => call.context.ids.passwordless_user(&connection.strategy),
    };
    let mut user = User::new(user_id, connection, call.context.now);
    user.email = email(body);
    user.username = username;
    user.phone_number = super::phone_number(connection, body)?;
    user.password = password.map(|password| PasswordHash::of(password, call.context.ids));
    let phone_is_taken = user.phone_number.is_some()
        && state
            .users
            .iter()
            .any(|other| other.connection == connection.name && other.phone_number == user.phone_number);
    let email = user.email.as_deref();
    if state.user_by_identity(&user.id).is_some()
        || email.is_some_and(|email| state.user_in_connection(&connection.name, email).is_some())
        || phone_is_taken
    {
        return Err(exists());
    }
    super::check_username_is_free(state, connection, &user)?;
    Ok(user)
}

//! `POST /users`: makes an account in a database connection.

use super::super::body::Body;
use super::super::call::Call;
use super::super::error::ApiError;
use super::super::{Answer, Reply, views};
use super::{apply_metadata, apply_profile, email};
use crate::model::User;
use crate::passwords::{PasswordHash, Strength};
use crate::store::State;

const KNOWN: [&str; 15] = [
    "connection",
    "email",
    "password",
    "user_id",
    "email_verified",
    "blocked",
    "name",
    "nickname",
    "given_name",
    "family_name",
    "picture",
    "app_metadata",
    "user_metadata",
    "verify_email",
    "username",
];

pub(super) fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let body = Body::closed(call.body(), &KNOWN)?;
    if body.has("username") {
        return Err(ApiError::not_supported("Cannot set username for connection without requires_username"));
    }
    let connection = body.required_text("connection", (1, 128))?;
    let connection = state
        .connection_by_name(connection)
        .filter(|connection| connection.is_database())
        .cloned()
        .ok_or_else(|| {
            ApiError::invalid_body("The connection does not exist or does not support creating users")
        })?;
    let email = email(body.required_text("email", (1, 320))?)?;
    let password = body.required_text("password", (1, 1024))?;
    if !Strength::of(password).is_good() {
        return Err(ApiError::invalid_body("PasswordStrengthError: Password is too weak"));
    }
    let user_id = match body.text("user_id", (1, 255))? {
        Some(suffix) if suffix.contains(char::is_whitespace) => {
            return Err(ApiError::body("String does not match pattern ^\\S+$", Some("user_id")));
        }
        Some(suffix) => format!("auth0|{suffix}"),
        None => call.context.ids.database_user(call.context.now),
    };
    if state.users.get(&user_id).is_some() || state.user_in_connection(&connection.name, &email).is_some() {
        return Err(ApiError::conflict(Some("auth0_idp_error"), "The user already exists."));
    }
    let mut user = User::new(user_id, &connection, call.context.now);
    user.email = Some(email);
    user.password = Some(PasswordHash::of(password, call.context.ids));
    apply_profile(&mut user, &body)?;
    apply_metadata(&mut user, &body)?;
    let view = views::user(&user, call.context.issuer);
    state.users.put(user);
    Ok(Reply::created(view))
}

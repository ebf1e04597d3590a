//! `PATCH /users/{id}`: profile, password and metadata.

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::schema::{Schema, open_object};
use super::super::{Answer, Reply, views};
use super::{apply_metadata, apply_profile, email, of_path, properties, weak_password};
use crate::document::Document;
use crate::model::User;
use crate::passwords::{PasswordHash, Strength};
use crate::store::State;

/// Known to Auth0 and not kept here.
const NOT_KEPT: [&str; 4] = ["username", "phone_number", "phone_verified", "verify_phone_number"];

/// Auth0's schema leaves this body open: keys that it does not know change nothing.
pub(super) fn body() -> Schema {
    open_object(properties())
}

pub(super) fn together() -> ApiError {
    ApiError::not_supported("Cannot update password and email simultaneously")
}

pub(super) fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut user = of_path(state, call)?.clone();
    let body = call.body();
    if !call.has_scope("update:users") && body.entries().any(|(name, _)| name != "app_metadata") {
        return Err(ApiError::insufficient_scope(&["update:users"]));
    }
    if let Some(name) = NOT_KEPT.into_iter().find(|name| body.has(name)) {
        let message = format!("This development provider does not keep {name} yet");
        return Err(ApiError::not_implemented(message));
    }
    if body.has("password") && (body.has("email") || body.has("email_verified")) {
        return Err(together());
    }
    change_email(state, &mut user, body)?;
    change_password(&mut user, call)?;
    apply_profile(&mut user, body);
    apply_metadata(&mut user, body)?;
    user.updated_at = call.context.now;
    let view = views::user(&user, call.context.issuer);
    state.users.put(user);
    Ok(Reply::ok(view))
}

fn change_email(state: &State, user: &mut User, body: Document<'_>) -> Result<(), ApiError> {
    let Some(email) = email(body) else { return Ok(()) };
    if user.password.is_none() {
        return Err(ApiError::not_supported("The email of a user of this connection cannot be changed"));
    }
    let taken = state.user_in_connection(&user.connection, &email);
    if taken.is_some_and(|other| other.id != user.id) {
        return Err(ApiError::invalid_body("The specified new email already exists"));
    }
    user.email = Some(email);
    Ok(())
}

fn change_password(user: &mut User, call: &Call<'_>) -> Result<(), ApiError> {
    let Some(password) = call.body().text("password") else { return Ok(()) };
    if user.password.is_none() {
        return Err(ApiError::not_supported("The password of a user of this connection cannot be changed"));
    }
    if !Strength::of(password).is_good() {
        return Err(weak_password());
    }
    user.password = Some(PasswordHash::of(password, call.context.ids));
    user.last_password_reset = Some(call.context.now);
    Ok(())
}

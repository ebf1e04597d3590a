//! `PATCH /users/{id}`: profile, what somebody logs in by, and metadata.

use axum::http::Method;
use axum::http::StatusCode;

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::operation::Operation;
use super::super::schema::{flag, open_object, optional, text};
use super::super::tickets::send_verification;
use super::super::{Answer, Reply, views};
use super::create::disabled;
use super::{
    apply_metadata, apply_profile, apply_verification, email, note, of_path, properties, username,
    weak_password,
};
use crate::document::Document;
use crate::model::{Connection, SessionEnd, User};
use crate::passwords::{PasswordHash, Strength};
use crate::store::State;

pub(super) fn operation() -> Operation {
    // Auth0's schema leaves this body open: keys that it does not know change nothing.
    let body = open_object(properties(true)).with([
        optional("connection", text(1, 128)),
        optional("client_id", text(1, 64)),
        optional("verify_phone_number", flag()),
    ]);
    Operation::write(Method::PATCH, "/users/{id}", "Change a user", update)
        .scope(&["update:users", "update:users_app_metadata", "update:current_user_metadata"])
        .body(body)
        .answers(StatusCode::OK, views::user_shape())
        .refuses(weak_password())
        .refuses(together("<one>", "<other>"))
        .refuses(synced(&["<names>"], "<connection>"))
        .refuses(fixed("email"))
        .refuses(fixed("email_verified"))
        .refuses(fixed("password"))
        .refuses(super::no_username())
        .refuses(super::no_phone_number())
        .refuses(not_theirs())
        .refuses(disabled())
        .refuses(email_is_taken())
        .refuses(super::username_is_taken())
        .refuses(no_text_messages())
        .refuses(ApiError::no_client())
        .refuses(ApiError::no_user())
        .note("A new address is not verified unless the call says so; whether Auth0 does so is not known.")
}

fn together(one: &str, other: &str) -> ApiError {
    ApiError::not_supported(format!("Cannot update {one} and {other} simultaneously"))
}

/// Auth0's own text, with the page that it leads to.
fn synced(names: &[&str], connection: &str) -> ApiError {
    ApiError::not_supported(format!(
        "The following user attributes cannot be updated: {}. The connection ({connection}) must either be a database \
         connection (using the Auth0 store), a passwordless connection (email or sms) or has disabled 'Sync user \
         profile attributes at each login'. For more information, see \
         https://auth0.com/docs/dashboard/guides/connections/configure-connection-sync",
        names.join(", ")
    ))
}

fn fixed(name: &str) -> ApiError {
    ApiError::not_supported(format!("The {name} of a user of this connection cannot be changed"))
}

fn no_text_messages() -> ApiError {
    ApiError::not_implemented("This development provider sends no text messages")
}

fn not_theirs() -> ApiError {
    ApiError::not_supported("The user has no identity in the connection")
}

fn email_is_taken() -> ApiError {
    ApiError::invalid_body("The specified new email already exists")
}

/// What can't be changed in one call.
const APART: [(&str, &str); 5] = [
    ("password", "email"),
    ("password", "email_verified"),
    ("username", "password"),
    ("username", "email"),
    ("username", "email_verified"),
];

/// What belongs to an account of a connection, not to the user as a whole.
const OF_ACCOUNT: [&str; 6] =
    ["email", "email_verified", "password", "username", "phone_number", "phone_verified"];

/// What a login at a social or enterprise provider brings along.
const SYNCED: [&str; 5] = ["family_name", "given_name", "name", "nickname", "picture"];

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut user = of_path(state, call)?.clone();
    let body = call.body();
    check(state, call, &user)?;
    let connection = target(state, &user, body)?;
    if let Some(connection) = &connection {
        change_account(state, &mut user, connection, call)?;
    }
    apply_profile(&mut user, body);
    apply_metadata(&mut user, body)?;
    user.updated_at = call.context.now;
    if body.flag("blocked") == Some(true) {
        state.end_sessions_of(&user.id, SessionEnd::AccountDeactivated);
    }
    if body.has("password") {
        state.end_sessions_of(&user.id, SessionEnd::PasswordChanged);
        note(state, call, "scp", &user);
    }
    if body.has("email") {
        note(state, call, "sce", &user);
        if body.flag("verify_email") == Some(true) {
            send_verification(state, &call.context, &user, body);
        }
    }
    let view = views::user(&user, call.context.issuer);
    state.users.put(user);
    Ok(Reply::ok(view))
}

/// What can be said without looking at the account.
fn check(state: &State, call: &Call<'_>, user: &User) -> Result<(), ApiError> {
    let body = call.body();
    if !call.has_scope("update:users") && body.entries().any(|(name, _)| name != "app_metadata") {
        return Err(ApiError::insufficient_scope(&["update:users"]));
    }
    if body.flag("verify_phone_number") == Some(true) {
        return Err(no_text_messages());
    }
    if let Some((one, other)) = APART.into_iter().find(|(one, other)| body.has(one) && body.has(other)) {
        return Err(together(one, other));
    }
    if body.text("client_id").is_some_and(|id| state.clients.get(id).is_none()) {
        return Err(ApiError::no_client());
    }
    let connection = state.connection_by_name(&user.connection);
    let names: Vec<&str> = SYNCED.into_iter().filter(|name| body.has(name)).collect();
    match connection.filter(|connection| connection.syncs_profile_at_each_login()) {
        Some(connection) if !names.is_empty() => Err(synced(&names, &connection.name)),
        _ => Ok(()),
    }
}

/// The connection of the account that the call changes; none when it changes no account.
fn target(state: &State, user: &User, body: Document<'_>) -> Result<Option<Connection>, ApiError> {
    let name = body.text("connection").unwrap_or(&user.connection);
    if !user.is_in_connection(name) {
        return Err(not_theirs());
    }
    let connection = state.connection_by_name(name).filter(|_| OF_ACCOUNT.iter().any(|name| body.has(name)));
    match connection {
        Some(connection) if connection.enabled_clients.is_empty() => Err(disabled()),
        connection => Ok(connection.cloned()),
    }
}

fn change_account(
    state: &State,
    user: &mut User,
    connection: &Connection,
    call: &Call<'_>,
) -> Result<(), ApiError> {
    let body = call.body();
    if body.has("email_verified") && connection.is_enterprise() {
        return Err(fixed("email_verified"));
    }
    let email = email(body);
    if email.is_some() && !connection.is_database() && connection.strategy != "email" {
        return Err(fixed("email"));
    }
    let taken = email.as_deref().and_then(|email| state.user_in_connection(&connection.name, email));
    if taken.is_some_and(|other| other.id != user.id) {
        return Err(email_is_taken());
    }
    if body.has("password") && !connection.is_database() {
        return Err(fixed("password"));
    }
    let password = body.text("password");
    if password.is_some_and(|password| !Strength::of(password).is_good()) {
        return Err(weak_password());
    }
    let password = password.map(|password| PasswordHash::of(password, call.context.ids));
    if password.is_some() {
        user.last_password_reset = Some(call.context.now);
    }
    let (username, phone_number) = (username(connection, body)?, super::phone_number(connection, body)?);
    if user.connection == connection.name {
        // The new address is still to be proved.
        user.email_verified &= email.is_none() || email == user.email;
        user.email = email.or_else(|| user.email.take());
        user.password = password.or_else(|| user.password.take());
        user.username = username.or_else(|| user.username.take());
        user.phone_number = phone_number.or_else(|| user.phone_number.take());
        apply_verification(user, body);
    } else if let Some(identity) =
        user.linked.iter_mut().find(|identity| identity.connection == connection.name)
    {
        for name in OF_ACCOUNT.into_iter().filter(|name| *name != "password") {
            if let Some(value) = body.get(name) {
                identity.profile.insert(name.to_owned(), value.clone());
            }
        }
        if let Some(email) = email {
            identity.profile.insert("email".to_owned(), email.as_str().into());
            identity.email = Some(email);
        }
        identity.password = password.or_else(|| identity.password.take());
        identity.username = username.or_else(|| identity.username.take());
    }
    super::check_username_is_free(state, connection, user)
}

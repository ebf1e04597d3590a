//! Passwords of the database connection: checking one, and making an account with one.

use tenantry_domain::EmailAddress;

use super::Context;
use crate::model::User;
use crate::passwords::{PasswordHash, Strength};
use crate::store::State;

/// The account and the hash to check a password against, for whom `identifier` means in the connection.
pub(crate) fn hash_to_check(
    state: &State,
    connection: &str,
    identifier: &str,
) -> Option<(String, PasswordHash)> {
    let identifier = identifier.trim().to_ascii_lowercase();
    let (user, password) = state.password_in_connection(connection, &identifier)?;
    Some((user.id.clone(), password.clone()))
}

/// Why no account was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignUpError {
    #[error("Email is not valid.")]
    InvalidEmail,
    #[error("Password is too weak")]
    WeakPassword,
    #[error("The user already exists.")]
    UserExists,
}

/// Makes an account in the password database; answers its id.
pub(crate) fn sign_up(
    state: &mut State,
    context: &Context<'_>,
    connection: &str,
    email: &str,
    password: &str,
) -> Result<String, SignUpError> {
    let email = EmailAddress::try_from(email).map_err(|_| SignUpError::InvalidEmail)?;
    if !Strength::of(password).is_good() {
        return Err(SignUpError::WeakPassword);
    }
    let taken = state.user_in_connection(connection, email.as_str()).is_some();
    // A page that offers signing up shows a connection that exists.
    let connection = state.connection_by_name(connection).ok_or(SignUpError::UserExists)?;
    if taken {
        return Err(SignUpError::UserExists);
    }
    let mut user = User::new(context.ids.database_user(context.now), connection, context.now);
    user.email = Some(email.as_str().to_owned());
    user.password = Some(PasswordHash::of(password, context.ids));
    let user_id = user.id.clone();
    state.users.put(user);
    Ok(user_id)
}

//! The other side of a social or enterprise connection: whoever the person says they are, they are.

use tenantry_domain::EmailAddress;

use super::Context;
use super::credentials::SignUpError;
use crate::model::{Connection, User};
use crate::store::State;

/// Somebody who came through the connection before.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
}

const SHOWN: usize = 5;
/// The longest name that the Management API takes.
const NAME_LIMIT: usize = 300;

/// Who came through the connection before, the latest first.
pub(crate) fn known_identities(state: &State, connection: &str) -> Vec<Identity> {
    let mut users: Vec<&User> = state.users.iter().filter(|user| user.is_in_connection(connection)).collect();
    users.sort_by_key(|user| std::cmp::Reverse(user.last_login));
    users
        .into_iter()
        .take(SHOWN)
        .map(|user| Identity {
            user_id: user.id.clone(),
            name: user.display_name().to_owned(),
            email: user.email.clone().unwrap_or_default(),
        })
        .collect()
}

/// Finds the account of this address in the connection, or makes it; answers its id.
pub(crate) fn stand_in(
    state: &mut State,
    context: &Context<'_>,
    connection: &Connection,
    email: &str,
    name: &str,
) -> Result<String, SignUpError> {
    let email = EmailAddress::try_from(email).map_err(|_| SignUpError::InvalidEmail)?;
    if let Some(user) = state.user_in_connection(&connection.name, email.as_str()) {
        return Ok(user.id.clone());
    }
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(NAME_LIMIT).collect();
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut user = User::new(user_id(context, connection), connection, context.now);
    if let Some((given, family)) = name.split_once(' ') {
        user.given_name = Some(given.to_owned());
        user.family_name = Some(family.to_owned());
    }
    user.name = (!name.is_empty()).then_some(name);
    user.email = Some(email.as_str().to_owned());
    user.email_verified = true;
    let user_id = user.id.clone();
    state.users.put(user);
    Ok(user_id)
}

fn user_id(context: &Context<'_>, connection: &Connection) -> String {
    let subject = context.ids.digits(21);
    if connection.is_social() {
        format!("{}|{subject}", connection.strategy)
    } else {
        format!("{}|{}|{subject}", connection.strategy, connection.name)
    }
}

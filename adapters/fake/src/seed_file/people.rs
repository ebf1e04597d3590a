//! Accounts.

use tenantry_domain::EmailAddress;

use super::Planting;
use super::applications::permissions;
use super::document::{SeedFile, SeedFileUser};
use super::place::{Once, Place, SeedError};
use crate::model::{Connection, User};
use crate::passwords::PasswordHash;
use crate::store::State;

/// Where people with passwords are when nothing else is said.
pub(super) const DATABASE: &str = "Username-Password-Authentication";

pub(super) fn plant(file: &SeedFile, state: &mut State, planting: &Planting<'_>) -> Result<(), SeedError> {
    let mut once = Once::default();
    for (index, seed) in file.users.iter().enumerate() {
        user(seed, &Place::item("users", index), &mut once, state, planting)?;
    }
    Ok(())
}

fn user(
    seed: &SeedFileUser,
    place: &Place,
    once: &mut Once,
    state: &mut State,
    planting: &Planting<'_>,
) -> Result<(), SeedError> {
    let connection = seed.connection.as_deref().unwrap_or(DATABASE);
    let connection = state
        .connection_by_name(connection)
        .cloned()
        .ok_or_else(|| place.at("connection").error(format!("no connection has the name {connection}")))?;
    let email = seed.email.as_deref().map(EmailAddress::try_from).transpose();
    let email = email.map_err(|_| place.at("email").error("is not an address such as ann@example.com"))?;
    let email = email.map(|email| email.as_str().to_owned());
    let given_id = seed.user_id.as_deref().map(|id| whole_id(id, place)).transpose()?;
    let Some(name) = given_id.as_ref().or(email.as_ref()).or(seed.username.as_ref()) else {
        return Err(place.error("an account has an email, a username or a user_id"));
    };
    once.check(&format!("{name} of {}", connection.name), place)?;
    let of = |state: &State| {
        let by_id = given_id.as_ref().and_then(|id| state.users.get(id));
        let by_email = || email.as_ref().and_then(|email| state.user_in_connection(&connection.name, email));
        let by_name =
            || seed.username.as_ref().and_then(|name| state.user_by_username(&connection.name, name));
        by_id.or_else(by_email).or_else(by_name).cloned()
    };
    let known = of(state).or_else(|| of(planting.known));
    if let (Some(known), Some(given)) = (&known, &given_id)
        && known.id != *given
    {
        return Err(place.at("user_id").error(format!("the account has the id {} already", known.id)));
    }
    let (id, created_at) = match known {
        Some(known) => (known.id, known.created_at),
        None => (given_id.clone().unwrap_or_else(|| new_id(&connection, planting)), planting.now),
    };
    let mut user = of(state).unwrap_or_else(|| User::new(id, &connection, created_at));
    apply(seed, email, &mut user, planting);
    if let Some(wanted) = &seed.roles {
        user.roles = roles(wanted, place, state)?;
    }
    if let Some(wanted) = &seed.permissions {
        user.permissions = permissions(wanted, place, state)?;
    }
    if seed.password.is_some() && !connection.is_database() {
        return Err(place.at("password").error("only accounts of a password database have one"));
    }
    state.users.put(user);
    Ok(())
}

/// Takes over what the seed says; what it does not say stays.
fn apply(seed: &SeedFileUser, email: Option<String>, user: &mut User, planting: &Planting<'_>) {
    fn set<T: Clone>(field: &mut Option<T>, seed: Option<&T>) {
        if let Some(value) = seed {
            *field = Some(value.clone());
        }
    }
    user.email = email.or_else(|| user.email.take());
    user.email_verified = seed.email_verified.unwrap_or(user.email_verified);
    set(&mut user.username, seed.username.as_ref());
    set(&mut user.phone_number, seed.phone_number.as_ref());
    set(&mut user.name, seed.name.as_ref());
    set(&mut user.nickname, seed.nickname.as_ref());
    set(&mut user.given_name, seed.given_name.as_ref());
    set(&mut user.family_name, seed.family_name.as_ref());
    set(&mut user.picture, seed.picture.as_ref());
    set(&mut user.blocked, seed.blocked.as_ref());
    set(&mut user.user_metadata, seed.user_metadata.as_ref());
    if let Some(metadata) = &seed.app_metadata {
        user.app_metadata.clone_from(metadata);
    }
    if let Some(password) = &seed.password
        && !user.password.as_ref().is_some_and(|hash| hash.matches(password))
    {
        user.password = Some(PasswordHash::of(password, planting.ids));
    }
}

/// The id with its provider in front.
fn whole_id(id: &str, place: &Place) -> Result<String, SeedError> {
    if id.is_empty()
        || id.len() > 255
        || id.contains(|letter: char| letter.is_whitespace() || letter.is_control())
    {
        return Err(place.at("user_id").error("has 1 to 255 characters, none of them a space"));
    }
    Ok(if id.contains('|') { id.to_owned() } else { format!("auth0|{id}") })
}

fn new_id(connection: &Connection, planting: &Planting<'_>) -> String {
    if connection.is_database() {
        return planting.ids.database_user(planting.now);
    }
    let subject = planting.ids.digits(21);
    if connection.is_social() {
        format!("{}|{subject}", connection.strategy)
    } else {
        format!("{}|{}|{subject}", connection.strategy, connection.name)
    }
}

/// The ids of roles that are named by name or id.
pub(super) fn roles(wanted: &[String], place: &Place, state: &State) -> Result<Vec<String>, SeedError> {
    let each = wanted.iter().enumerate().map(|(index, name)| {
        let role = state.roles.get(name).or_else(|| state.role_by_name(name));
        let role = role.ok_or_else(|| place.item_of("roles", index).error("no role has this name or id"))?;
        Ok(role.id.clone())
    });
    each.collect()
}

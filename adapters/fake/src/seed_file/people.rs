//! Accounts.

use serde_json::{Map, Value, json};
use tenantry_domain::EmailAddress;

use super::Planting;
use super::applications::permissions;
use super::document::{SeedFile, SeedFileUser};
use super::place::{Once, Place, SeedError};
use super::rules;
use crate::ids::Ids;
use crate::model::{Connection, User};
use crate::passwords::PasswordHash;
use crate::store::State;

/// Where people with passwords are when nothing else is said.
pub(super) const DATABASE: &str = "Username-Password-Authentication";

pub(super) fn plant(file: &SeedFile, state: &mut State, planting: &Planting<'_>) -> Result<(), SeedError> {
    let mut once = Once::default();
    for (index, seed) in file.users.iter().enumerate() {
        let password = planting.prepared.password(index);
        user((seed, password), &Place::item("users", index), &mut once, state, planting)?;
    }
    Ok(())
}

/// The hashes of the passwords, in the order of the accounts. What is wrong with those is found when they are planted.
pub(super) fn hashed(file: &SeedFile, ids: &Ids, known: &State) -> Vec<Option<PasswordHash>> {
    let of = |seed: &SeedFileUser| {
        let password = seed.password.as_deref()?;
        let id = seed.user_id.as_deref().map(with_provider);
        let email = seed.email.as_deref().and_then(|email| EmailAddress::try_from(email).ok());
        let connection = seed.connection.as_deref().unwrap_or(DATABASE);
        let user = meant(known, seed, connection, id.as_deref(), email.as_ref().map(EmailAddress::as_str));
        let kept = user.and_then(|user| user.password.clone()).filter(|hash| hash.matches(password));
        Some(kept.unwrap_or_else(|| PasswordHash::of(password, ids)))
    };
    file.users.iter().map(of).collect()
}

/// The account that a seed means: by its id, its address or its name.
fn meant<'a>(
    state: &'a State,
    seed: &SeedFileUser,
    connection: &str,
    id: Option<&str>,
    email: Option<&str>,
) -> Option<&'a User> {
    let by_id = id.and_then(|id| state.users.get(id));
    let by_email = || state.user_in_connection(connection, email?);
    let by_name = || state.user_by_username(connection, seed.username.as_deref()?);
    by_id.or_else(by_email).or_else(by_name)
}

fn user(
    (seed, password): (&SeedFileUser, Option<&PasswordHash>),
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
    rules::check("/users", account(seed, &connection.name), &Map::new(), place)?;
    let of =
        |state: &State| meant(state, seed, &connection.name, given_id.as_deref(), email.as_deref()).cloned();
    let known = of(state).or_else(|| of(planting.known));
    if let Some(known) = known.as_ref().filter(|known| known.connection != connection.name) {
        let what = format!("an account of the connection {} has this id", known.connection);
        return Err(place.at("user_id").error(what));
    }
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
    apply(seed, email, &mut user);
    if let Some(password) = password {
        user.password = Some(password.clone());
    }
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

/// The account as the Management API takes it.
fn account(seed: &SeedFileUser, connection: &str) -> Value {
    json!({
        "connection": connection,
        "email": seed.email,
        "email_verified": seed.email_verified,
        "username": seed.username,
        "phone_number": seed.phone_number,
        "password": seed.password,
        "name": seed.name,
        "nickname": seed.nickname,
        "given_name": seed.given_name,
        "family_name": seed.family_name,
        "picture": seed.picture,
        "blocked": seed.blocked,
        "user_metadata": seed.user_metadata,
        "app_metadata": seed.app_metadata,
    })
}

/// Takes over what the seed says; what it does not say stays.
fn apply(seed: &SeedFileUser, email: Option<String>, user: &mut User) {
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
}

/// The id with its provider in front.
fn whole_id(id: &str, place: &Place) -> Result<String, SeedError> {
    if id.is_empty()
        || id.len() > 255
        || id.contains(|letter: char| letter.is_whitespace() || letter.is_control())
    {
        return Err(place.at("user_id").error("has 1 to 255 characters, none of them a space"));
    }
    Ok(with_provider(id))
}

fn with_provider(id: &str) -> String {
    if id.contains('|') { id.to_owned() } else { format!("auth0|{id}") }
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

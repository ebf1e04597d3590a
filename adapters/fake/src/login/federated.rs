//! The account of somebody whom another issuer vouches for.

use serde_json::{Map, Value};
use tenantry_domain::{EmailAddress, Timestamp};
use url::Url;

use super::Context;
use super::attribute_map::profile;
use crate::model::{Connection, User};
use crate::store::State;
use crate::upstream::Person;

/// What a profile may hold at most, in characters.
const NAME_LIMIT: usize = 300;
const PART_OF_NAME_LIMIT: usize = 150;
const PICTURE_LIMIT: usize = 2048;

/// Properties of a user that only this provider writes.
const RESERVED: [&str; 24] = [
    "_id",
    "account_id",
    "app_metadata",
    "blocked",
    "client_id",
    "connection",
    "created_at",
    "enrolledFactors",
    "global_client_id",
    "identities",
    "last_ip",
    "last_login",
    "last_password_reset",
    "logins_count",
    "multifactor",
    "password",
    "permissions",
    "phone_verified",
    "provider",
    "roles",
    "updated_at",
    "user_id",
    "user_metadata",
    "username",
];

/// Finds the account or makes it, and brings its profile up to date as the connection says; answers its id.
pub(crate) fn federated(
    state: &mut State,
    context: &Context<'_>,
    connection: &Connection,
    person: &Person,
) -> String {
    let own_id = format!("{}|{}|{}", connection.strategy, connection.name, person.subject);
    let profile = profile(connection, person);
    let sync = connection.options().text("set_user_root_attributes").unwrap_or("on_each_login");
    let Some(mut user) = state.user_by_identity(&own_id).cloned() else {
        let mut user = User::new(own_id.clone(), connection, context.now);
        if sync != "never_on_login" {
            apply(&mut user, profile, context.now);
        }
        state.users.put(user);
        return own_id;
    };
    let user_id = user.id.clone();
    if user_id != own_id {
        // The account was linked to another one, whose profile stays its own.
        if let Some(identity) = user.linked.iter_mut().find(|identity| identity.own_id() == own_id) {
            identity.email = email(&profile).or(identity.email.take());
            identity.profile.extend(profile);
        }
        state.users.put(user);
    } else if sync == "on_each_login" {
        apply(&mut user, profile, context.now);
        state.users.put(user);
    }
    user_id
}

/// Takes over what the profile says; what it does not mention stays.
fn apply(user: &mut User, mut profile: Map<String, Value>, now: Timestamp) {
    if let Some(email) = email(&profile) {
        user.email = Some(email);
        user.email_verified = is_true(profile.get("email_verified"));
    }
    let mut take = |name: &str, limit: usize| {
        let value = profile.remove(name);
        value.as_ref().and_then(Value::as_str).and_then(|text| one_line(text, limit))
    };
    user.name = take("name", NAME_LIMIT).or(user.name.take());
    user.nickname = take("nickname", NAME_LIMIT).or(user.nickname.take());
    user.given_name = take("given_name", PART_OF_NAME_LIMIT).or(user.given_name.take());
    user.family_name = take("family_name", PART_OF_NAME_LIMIT).or(user.family_name.take());
    let picture = take("picture", usize::MAX).filter(|address| is_picture(address));
    user.picture = picture.or(user.picture.take());
    for name in RESERVED.into_iter().chain(["email", "email_verified"]) {
        profile.remove(name);
    }
    if let Some(Value::String(number)) = profile.remove("phone_number")
        && is_phone_number(&number)
    {
        user.phone_number = Some(number);
    }
    user.attributes.extend(profile);
    user.updated_at = now;
}

fn email(profile: &Map<String, Value>) -> Option<String> {
    let email = EmailAddress::try_from(profile.get("email")?.as_str()?).ok()?;
    Some(email.as_str().to_lowercase())
}

/// In the form of E.164.
fn is_phone_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Some issuers write it as text.
fn is_true(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"))
}

fn is_picture(address: &str) -> bool {
    address.len() <= PICTURE_LIMIT
        && Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// `None` for a text of nothing but blanks.
fn one_line(text: &str, limit: usize) -> Option<String> {
    let words: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let line: String = line.chars().take(limit).collect();
    (!line.is_empty()).then_some(line)
}

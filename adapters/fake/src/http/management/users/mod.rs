//! `/users`: read, search, create, change, delete, and what hangs on one.

mod access;
mod columns;
mod create;
mod identities;
mod permissions;
mod roles;
mod search;
mod update;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::format::Format;
use super::operation::{Evidence, Operation};
use super::paging::{Paging, by_page, page_of};
use super::schema::{Property, UNLIMITED, flag, list, object, open_object, optional, required, text};
use super::{Answer, Reply, logs, views};
pub(super) use roles::{LIMIT, too_many as too_many_roles};

use crate::document::Document;
use crate::model::{Connection, LogEntry, User};
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    let more = [
        identities::operations(),
        roles::operations(),
        permissions::operations(),
        access::operations(),
        second_factors(),
    ];
    let accounts = vec![
        search::operation(),
        Operation::write(Method::POST, "/users", "Create a user", create::create)
            .scope(&["create:users"])
            .body(create::body())
            .answers(StatusCode::CREATED, views::user_shape())
            .refuses(create::no_connection())
            .refuses(create::disabled())
            .refuses(create::missing_username())
            .refuses(no_username())
            .refuses(no_phone_number())
            .refuses(weak_password())
            .refuses(username_is_taken())
            .refuses(create::exists()),
        Operation::get("/users-by-email", "Get users by their address", by_email)
            .scope(&["read:users"])
            .query(by_fields().into_iter().chain([required("email", text(1, 320))]))
            .answers(StatusCode::OK, list(views::user_shape(), 0, UNLIMITED)),
        Operation::get("/users/{id}", "Get a user", read)
            .scope(&["read:users", "read:current_user"])
            .query(by_fields())
            .answers(StatusCode::OK, views::user_shape())
            .refuses(ApiError::no_user()),
        update::operation(),
        Operation::write(Method::DELETE, "/users/{id}", "Delete a user", delete)
            .scope(&["delete:users"])
            .answers_nothing(StatusCode::NO_CONTENT),
        Operation::get("/users/{id}/organizations", "List the organizations of a user", organizations)
            .scope(&["read:organizations", "read:users"])
            .query(by_page())
            .answers(StatusCode::OK, page_of("organizations", views::organization_shape()))
            .refuses(ApiError::no_user()),
        logs::of_user(),
    ];
    accounts.into_iter().chain(more.into_iter().flatten()).collect()
}

/// What a body may say about a user, whether the account is new or not.
fn properties(can_be_removed: bool) -> Vec<Property> {
    let of_profile = |schema: super::schema::Schema| if can_be_removed { schema.or_null() } else { schema };
    vec![
        optional("email", text(1, 320).of_format(Format::Email)),
        optional("phone_number", text(2, 16).of_format(Format::Phone)),
        optional("password", text(1, 1024)),
        optional("email_verified", flag()),
        optional("phone_verified", flag()),
        optional("verify_email", flag()),
        optional("blocked", flag()),
        optional("name", of_profile(text(1, 300))),
        optional("nickname", of_profile(text(1, 300))),
        optional("given_name", of_profile(text(1, 150))),
        optional("family_name", of_profile(text(1, 150))),
        optional("picture", of_profile(text(1, 2048).of_format(Format::Uri))),
        optional("app_metadata", open_object([])),
        optional("user_metadata", open_object([])),
        optional("username", text(1, 128)),
    ]
}

/// Nobody has a second factor here.
fn second_factors() -> Vec<Operation> {
    let authenticator = open_object([required("id", text(1, 300)), required("type", text(1, 64))]);
    vec![
        Operation::get("/users/{id}/enrollments", "List the Guardian enrollments of a user", enrollments)
            .scope(&["read:users"])
            .answers(StatusCode::OK, list(object([]), 0, 0))
            .refuses(ApiError::no_user())
            .note("There is no multi-factor authentication here, so the list is empty."),
        Operation::get(
            "/users/{id}/authentication-methods",
            "List the authentication methods of a user",
            authentication_methods,
        )
        .scope(&["read:authentication_methods"])
        .query(by_page())
        .answers(StatusCode::OK, page_of("authenticators", authenticator))
        .refuses(ApiError::no_user())
        .evidence(Evidence::Recorded)
        .note("There is no multi-factor authentication here, so the list is empty."),
    ]
}

fn weak_password() -> ApiError {
    ApiError::invalid_body("PasswordStrengthError: Password is too weak")
}

fn no_username() -> ApiError {
    ApiError::not_supported("Cannot set username for connection without requires_username")
}

fn no_phone_number() -> ApiError {
    ApiError::not_supported("Cannot set phone_number for connection without it as an identifier")
}

fn username_is_taken() -> ApiError {
    ApiError::conflict(Some("auth0_idp_error"), "The username provided is in use already.")
}

fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a User, ApiError> {
    state.users.get(call.path("id")).ok_or_else(ApiError::no_user)
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    Ok(Reply::ok(fields.apply(views::user(of_path(state, call)?, call.context.issuer))))
}

/// Compares case-sensitively, as Auth0 does: stored addresses are in lower case.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn by_email(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    let email = call.query.get("email").unwrap_or_default();
    let found = state.users_by_email(email).map(|user| fields.apply(views::user(user, call.context.issuer)));
    Ok(Reply::ok(found.collect()))
}

/// 204 for who is gone already, too.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    if let Some(user) = state.users.get(call.path("id")).cloned() {
        state.delete_user(&user.id);
        note(state, call, "sdu", &user);
    }
    Ok(Reply::NoContent)
}

fn organizations(state: &State, call: &Call<'_>) -> Answer {
    let user = of_path(state, call)?;
    Ok(Paging::of(call)?.reply(
        "organizations",
        |_| state.organizations_of(&user.id),
        |organization| organization.id.clone(),
        |organization| views::organization(organization),
    ))
}

fn enrollments(state: &State, call: &Call<'_>) -> Answer {
    of_path(state, call)?;
    Ok(Reply::ok(Value::Array(Vec::new())))
}

fn authentication_methods(state: &State, call: &Call<'_>) -> Answer {
    of_path(state, call)?;
    let none = std::iter::empty::<Value>;
    Ok(Paging::of(call)?.reply("authenticators", |_| none(), |_| String::new(), Value::clone))
}

/// Writes into the logs what was done to the user.
fn note(state: &mut State, call: &Call<'_>, kind: &str, user: &User) {
    let entry = LogEntry::new(kind, &call.context).about(user);
    state.log(LogEntry { client_id: Some(call.client_id.clone()), ..entry });
}

/// Profile properties, taken over where the body names them; `null` removes one.
fn apply_profile(user: &mut User, body: Document<'_>) {
    let set = |place: &mut Option<String>, name: &str| {
        if body.has(name) {
            *place = body.text(name).map(str::to_owned);
        }
    };
    set(&mut user.name, "name");
    set(&mut user.nickname, "nickname");
    set(&mut user.given_name, "given_name");
    set(&mut user.family_name, "family_name");
    set(&mut user.picture, "picture");
    user.blocked = body.flag("blocked").or(user.blocked);
}

/// What the body says about addresses that were proved.
fn apply_verification(user: &mut User, body: Document<'_>) {
    user.email_verified = body.flag("email_verified").unwrap_or(user.email_verified);
    user.phone_verified = body.flag("phone_verified").or(user.phone_verified);
}

/// Merges `change` into metadata at the first level: `null` removes a key, and `{}` empties it all.
fn merge(metadata: &mut Map<String, Value>, change: &Map<String, Value>) {
    if change.is_empty() {
        metadata.clear();
    }
    for (key, value) in change {
        if value.is_null() {
            metadata.remove(key);
        } else {
            metadata.insert(key.clone(), value.clone());
        }
    }
}

/// Keys of `app_metadata` that Auth0 keeps for itself.
const RESERVED: [&str; 18] = [
    "__tenant",
    "_id",
    "blocked",
    "clientID",
    "created_at",
    "email_verified",
    "email",
    "globalClientID",
    "global_client_id",
    "identities",
    "lastIP",
    "lastLogin",
    "loginsCount",
    "metadata",
    "multifactor_last_modified",
    "multifactor",
    "updated_at",
    "user_id",
];

/// The metadata that the body holds, with its keys checked.
fn metadata<'a>(body: Document<'a>, name: &str) -> Result<Option<&'a Map<String, Value>>, ApiError> {
    let Some(change) = body.object(name) else { return Ok(None) };
    let refused = |key: &&String| {
        key.contains('.')
            || key.starts_with('$')
            || (name == "app_metadata" && RESERVED.contains(&key.as_str()))
    };
    match change.keys().find(refused) {
        Some(key) => Err(ApiError::body(&format!("Property is not allowed: {key}"), Some(name))),
        None => Ok(Some(change)),
    }
}

fn apply_metadata(user: &mut User, body: Document<'_>) -> Result<(), ApiError> {
    if let Some(change) = metadata(body, "app_metadata")? {
        merge(&mut user.app_metadata, change);
    }
    if let Some(change) = metadata(body, "user_metadata")? {
        merge(user.user_metadata.get_or_insert_default(), change);
    }
    Ok(())
}

/// The address of the body in the form in which the database keeps it.
fn email(body: Document<'_>) -> Option<String> {
    let address = tenantry_domain::EmailAddress::try_from(body.text("email")?).ok()?;
    Some(address.as_str().to_owned())
}

/// The username of the body, if the connection has such and this is one.
fn username(connection: &Connection, body: Document<'_>) -> Result<Option<String>, ApiError> {
    let Some(username) = body.text("username") else { return Ok(None) };
    if !connection.requires_username() {
        return Err(no_username());
    }
    let options = connection.options();
    let lengths = options.document("validation").document("username");
    let length = |name: &str, default: usize| {
        let number =
            lengths.get(name).and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
    };
    let (least, most) = (length("min", 1), length("max", 15));
    let broken = |rule: String| Err(ApiError::body(&rule, Some("username")));
    match username.chars().count() {
        count if count < least => broken(format!("String is too short ({count} chars), minimum {least}")),
        count if count > most => broken(format!("String is too long ({count} chars), maximum {most}")),
        _ if username.chars().any(|letter| !letter.is_alphanumeric() && !"_+-.!#$^`~@'".contains(letter)) => {
            broken(format!("Object didn't pass validation for format username: {username}"))
        }
        // Auth0 keeps them in lower case.
        _ => Ok(Some(username.to_lowercase())),
    }
}

/// Nobody else in the connection may have the username of `user`, or of the account linked to them there.
fn check_username_is_free(state: &State, connection: &Connection, user: &User) -> Result<(), ApiError> {
    let linked = user.linked.iter().filter(|identity| identity.connection == connection.name);
    let own = user.username.as_deref().filter(|_| user.connection == connection.name);
    let mut names = own.into_iter().chain(linked.filter_map(|identity| identity.username.as_deref()));
    let is_taken =
        |name: &str| state.user_by_username(&connection.name, name).is_some_and(|other| other.id != user.id);
    if names.any(is_taken) { Err(username_is_taken()) } else { Ok(()) }
}

/// The telephone number of the body, if people of the connection have such.
fn phone_number(connection: &Connection, body: Document<'_>) -> Result<Option<String>, ApiError> {
    match body.text("phone_number") {
        Some(_) if !connection.takes_phone_number() => Err(no_phone_number()),
        number => Ok(number.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(metadata: &Value, change: &Value) -> Value {
        let mut metadata = metadata.as_object().unwrap().clone();
        merge(&mut metadata, change.as_object().unwrap());
        metadata.into()
    }

    #[test]
    fn metadata_merges_at_the_first_level_alone() {
        let stored = json!({ "plan": "gold", "seats": { "used": 1, "of": 5 } });
        let nested = merged(&stored, &json!({ "seats": { "used": 2 } }));
        assert_eq!(nested, json!({ "plan": "gold", "seats": { "used": 2 } }));
        assert_eq!(merged(&stored, &json!({ "plan": null })), json!({ "seats": { "used": 1, "of": 5 } }));
        assert_eq!(merged(&stored, &json!({})), json!({}));
    }
}

//! `/users`: read, search, create, change, delete, and the organizations of one.

mod create;
mod update;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::format::Format;
use super::operation::Operation;
use super::paging::{Paging, by_page, page_of};
use super::schema::{Property, UNLIMITED, flag, list, one_of, open_object, optional, required, text};
use super::{Answer, Reply, views};
use crate::document::Document;
use crate::model::User;
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    let search_query =
        vec![optional("q", text(0, 10_000)), optional("search_engine", one_of(&["v1", "v2", "v3"]))];
    vec![
        Operation::get("/users", "List or search users", search)
            .scope(&["read:users", "read:user_idp_tokens"])
            .query([search_query, by_page(), by_fields()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("users", views::user_shape()))
            .refuses(ApiError::paging()),
        Operation::write(Method::POST, "/users", "Create a user", create::create)
            .scope(&["create:users"])
            .body(create::body())
            .answers(StatusCode::CREATED, views::user_shape())
            .refuses(create::no_connection())
            .refuses(weak_password())
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
        Operation::write(Method::PATCH, "/users/{id}", "Change a user", update::update)
            .scope(&["update:users", "update:users_app_metadata", "update:current_user_metadata"])
            .body(update::body())
            .answers(StatusCode::OK, views::user_shape())
            .refuses(weak_password())
            .refuses(update::together())
            .refuses(ApiError::no_user()),
        Operation::write(Method::DELETE, "/users/{id}", "Delete a user", delete)
            .scope(&["delete:users"])
            .answers_nothing(StatusCode::NO_CONTENT),
        Operation::get("/users/{id}/organizations", "List the organizations of a user", organizations)
            .scope(&["read:organizations", "read:users"])
            .query(by_page())
            .answers(StatusCode::OK, page_of("organizations", views::organization_shape()))
            .refuses(ApiError::no_user()),
    ]
}

/// What a body may say about a user, whether the account is new or not.
fn properties() -> Vec<Property> {
    vec![
        optional("email", text(1, 320).of_format(Format::Email)),
        optional("password", text(1, 1024)),
        optional("email_verified", flag()),
        optional("verify_email", flag()),
        optional("blocked", flag()),
        optional("name", text(1, 300)),
        optional("nickname", text(1, 300)),
        optional("given_name", text(1, 150)),
        optional("family_name", text(1, 150)),
        optional("picture", text(1, 2048).of_format(Format::Uri)),
        optional("app_metadata", open_object([])),
        optional("user_metadata", open_object([])),
        optional("username", text(1, 128)),
    ]
}

fn weak_password() -> ApiError {
    ApiError::invalid_body("PasswordStrengthError: Password is too weak")
}

fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a User, ApiError> {
    state.users.get(call.path("id")).ok_or_else(ApiError::no_user)
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    Ok(Reply::ok(fields.apply(views::user(of_path(state, call)?, call.context.issuer))))
}

/// Compares case-sensitively, as Auth0 does: stored addresses are in lower case.
fn by_email(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    let email = call.query.get("email").unwrap_or_default();
    let found = state.users_by_email(email).map(|user| fields.apply(views::user(user, call.context.issuer)));
    Ok(Reply::ok(found.collect()))
}

/// All users, or those of `q=email:"…"` or `q=user_id:"…"`; other searches are not there yet.
fn search(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    let term = match call.query.get("q") {
        None | Some("") => None,
        Some(q) => {
            let term = q.split_once(':').map(|(field, value)| (field, value.trim_matches('"')));
            let known = term.filter(|(field, value)| {
                ["email", "user_id"].contains(field) && !value.contains(['*', '"', ' '])
            });
            Some(known.ok_or_else(|| {
                ApiError::not_implemented("This development provider searches by email and user_id alone")
            })?)
        }
    };
    let matches = |user: &&User| match term {
        None => true,
        Some(("email", email)) => user.email.as_deref() == Some(email.to_lowercase().as_str()),
        Some((_, user_id)) => user.id == user_id,
    };
    let answer = Paging::of(call)?.reply(
        "users",
        |_| state.users.iter().filter(matches),
        |user| user.id.clone(),
        |user| fields.apply(views::user(user, call.context.issuer)),
    );
    Ok(with_length(answer))
}

/// The list of users also says how many are on this page.
fn with_length(reply: Reply) -> Reply {
    match reply {
        Reply::Json(status, Value::Object(mut body)) => {
            let length = body.get("users").and_then(Value::as_array).map_or(0, Vec::len);
            body.insert("length".to_owned(), json!(length));
            Reply::Json(status, body.into())
        }
        other => other,
    }
}

/// 204 for who is gone already, too.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    state.delete_user(call.path("id"));
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

/// Profile properties, taken over where the body names them.
fn apply_profile(user: &mut User, body: Document<'_>) {
    let set = |place: &mut Option<String>, name: &str| {
        if let Some(text) = body.text(name) {
            *place = Some(text.to_owned());
        }
    };
    set(&mut user.name, "name");
    set(&mut user.nickname, "nickname");
    set(&mut user.given_name, "given_name");
    set(&mut user.family_name, "family_name");
    set(&mut user.picture, "picture");
    user.blocked = body.flag("blocked").or(user.blocked);
    user.email_verified = body.flag("email_verified").unwrap_or(user.email_verified);
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

#[cfg(test)]
mod tests {
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

//! `/users`: read, search, create, change, delete, and the organizations of one.

mod create;
mod update;

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::body::Body;
use super::call::Call;
use super::error::ApiError;
use super::fields::{FIELDS, Fields};
use super::paging::Paging;
use super::{Answer, Operation, Reply, views};
use crate::model::User;
use crate::store::State;

const SEARCH_QUERY: &[&str] =
    &["q", "search_engine", "page", "per_page", "include_totals", "fields", "include_fields"];
const ORGANIZATIONS_QUERY: &[&str] = &["page", "per_page", "include_totals"];

pub(super) fn operations() -> Vec<Operation> {
    let update = &["update:users", "update:users_app_metadata", "update:current_user_metadata"];
    vec![
        Operation::get("/users", &["read:users", "read:user_idp_tokens"], SEARCH_QUERY, search),
        Operation::write(Method::POST, "/users", &["create:users"], create::create),
        Operation::get("/users-by-email", &["read:users"], &["email", "fields", "include_fields"], by_email),
        Operation::get("/users/{id}", &["read:users", "read:current_user"], &FIELDS, read),
        Operation::write(Method::PATCH, "/users/{id}", update, update::update),
        Operation::write(Method::DELETE, "/users/{id}", &["delete:users"], delete),
        Operation::get(
            "/users/{id}/organizations",
            &["read:organizations", "read:users"],
            ORGANIZATIONS_QUERY,
            organizations,
        ),
    ]
}

fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a User, ApiError> {
    state.users.get(call.path("id")).ok_or_else(ApiError::no_user)
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call)?;
    Ok(Reply::ok(fields.apply(views::user(of_path(state, call)?, call.context.issuer))))
}

/// Compares case-sensitively, as Auth0 does: stored addresses are in lower case.
fn by_email(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call)?;
    let email = call.query.get("email");
    let email = email.ok_or_else(|| ApiError::query("Missing required property: email", None))?;
    let found = state.users_by_email(email).map(|user| fields.apply(views::user(user, call.context.issuer)));
    Ok(Reply::ok(found.collect()))
}

/// All users, or those of `q=email:"…"` or `q=user_id:"…"`; other searches are not there yet.
fn search(state: &State, call: &Call<'_>) -> Answer {
    let fields = Fields::of(call)?;
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

/// Profile properties that are texts, taken over where the body names them.
fn apply_profile(user: &mut User, body: &Body<'_>) -> Result<(), ApiError> {
    let set = |place: &mut Option<String>, name: &str, limits| -> Result<(), ApiError> {
        if let Some(text) = body.text(name, limits)? {
            *place = Some(text.to_owned());
        }
        Ok(())
    };
    set(&mut user.name, "name", (1, 300))?;
    set(&mut user.nickname, "nickname", (1, 300))?;
    set(&mut user.given_name, "given_name", (1, 150))?;
    set(&mut user.family_name, "family_name", (1, 150))?;
    set(&mut user.picture, "picture", (1, 2048))?;
    if let Some(blocked) = body.flag("blocked")? {
        user.blocked = Some(blocked);
    }
    if let Some(verified) = body.flag("email_verified")? {
        user.email_verified = verified;
    }
    Ok(())
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
fn metadata<'a>(body: &Body<'a>, name: &str) -> Result<Option<&'a Map<String, Value>>, ApiError> {
    let Some(change) = body.object(name)? else { return Ok(None) };
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

fn apply_metadata(user: &mut User, body: &Body<'_>) -> Result<(), ApiError> {
    if let Some(change) = metadata(body, "app_metadata")? {
        merge(&mut user.app_metadata, change);
    }
    if let Some(change) = metadata(body, "user_metadata")? {
        merge(user.user_metadata.get_or_insert_default(), change);
    }
    Ok(())
}

/// An address in the form in which the database keeps it.
fn email(text: &str) -> Result<String, ApiError> {
    let address = tenantry_domain::EmailAddress::try_from(text).map_err(|_| {
        ApiError::body(&format!("Object didn't pass validation for format email: {text}"), Some("email"))
    })?;
    Ok(address.as_str().to_owned())
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

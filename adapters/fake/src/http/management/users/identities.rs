//! `/users/{id}/identities`: accounts of other connections that log in to the same user.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::operation::{Evidence, Later, Operation};
use super::super::schema::{UNLIMITED, list, object, optional, text};
use super::super::{Answer, Reply, views};
use super::of_path;
use crate::document::{self, Document};
use crate::fake::Core;
use crate::model::{Identity, User};
use crate::store::State;

const PATH: &str = "/users/{id}/identities";
const SCOPES: &[&str] = &["update:users", "update:current_user_identities"];

pub(super) fn operations() -> Vec<Operation> {
    let body = object([
        optional("provider", text(1, 64)),
        optional("user_id", text(1, 300)),
        optional("connection_id", text(1, 64)),
        optional("link_with", text(1, 20_000)),
    ]);
    let identities = || list(views::identity_shape(), 1, UNLIMITED);
    vec![
        Operation::later(Method::POST, PATH, "Link an account to a user", link)
            .scope(SCOPES)
            .body(body)
            .answers(StatusCode::CREATED, identities())
            .refuses(ApiError::no_user())
            .refuses(linked_already())
            .refuses(same())
            .refuses(bad_token())
            .refuses(token_alone())
            .note(
                "The accounts that were linked to the other account come along. Texts other than that of the 409 are not \
                 known.",
            ),
        Operation::write(
            Method::DELETE,
            "/users/{id}/identities/{provider}/{user_id}",
            "Unlink an account from a user",
            unlink,
        )
        .scope(SCOPES)
        .answers(StatusCode::OK, identities())
        .refuses(ApiError::no_user())
        .refuses(not_linked())
        .refuses(main_identity())
        .evidence(Evidence::Recorded)
        .note("The texts about accounts that are not linked are not known."),
    ]
}

fn linked_already() -> ApiError {
    ApiError::conflict(None, "Specified identity already exists.")
}

fn same() -> ApiError {
    ApiError::not_supported("The accounts to link are the same")
}

fn bad_token() -> ApiError {
    ApiError::invalid_body("link_with must be an ID token of the account to link")
}

fn token_alone() -> ApiError {
    ApiError::invalid_body("link_with excludes provider, user_id and connection_id")
}

fn not_linked() -> ApiError {
    ApiError::not_found(None, "The identity does not exist.")
}

fn main_identity() -> ApiError {
    ApiError::not_supported("The main identity of a user cannot be unlinked")
}

fn link<'a>(core: &'a Arc<Core>, call: &'a Call<'a>) -> Later<'a> {
    Box::pin(async move {
        let secondary = match call.body().text("link_with") {
            Some(token) => of_token(core, call, token).await?,
            None => of_body(call.body())?,
        };
        core.store.write(|state| join(state, call, &secondary)).await
    })
}

/// Whose ID token it is.
async fn of_token(core: &Core, call: &Call<'_>, token: &str) -> Result<String, ApiError> {
    if ["provider", "user_id", "connection_id"].into_iter().any(|name| call.body().has(name)) {
        return Err(token_alone());
    }
    let keys = core.keys.ready().await.map_err(|_| bad_token())?;
    let claims = keys.verify(token).ok_or_else(bad_token)?;
    let claims = Document::new(&claims);
    let is_ours = claims.text("iss") == Some(call.context.issuer.as_str());
    let is_in_force = claims.integer("exp").is_some_and(|exp| exp > call.context.now.as_seconds());
    let subject = claims.text("sub").filter(|_| is_ours && is_in_force);
    subject.map(str::to_owned).ok_or_else(bad_token)
}

fn of_body(body: Document<'_>) -> Result<String, ApiError> {
    let required = |name: &str| {
        let missing = || ApiError::body(&format!("Missing required property: {name}"), None);
        body.text(name).ok_or_else(missing)
    };
    let (provider, user_id) = (required("provider")?, required("user_id")?);
    // Some clients send the id with the provider in front.
    let bare = user_id.strip_prefix(provider).and_then(|rest| rest.strip_prefix('|')).unwrap_or(user_id);
    Ok(format!("{provider}|{bare}"))
}

fn join(state: &mut State, call: &Call<'_>, secondary: &str) -> Answer {
    let mut primary = of_path(state, call)?.clone();
    if primary.id == secondary {
        return Err(same());
    }
    let Some(secondary) = state.users.get(secondary).cloned() else {
        let is_linked = state.user_by_identity(secondary).is_some();
        return Err(if is_linked { linked_already() } else { ApiError::no_user() });
    };
    if let Some(id) = call.body().text("connection_id") {
        let connection = state.connections.get(id).map(|connection| connection.name.as_str());
        if connection != Some(secondary.connection.as_str()) {
            return Err(ApiError::no_user());
        }
    }
    state.delete_user(&secondary.id);
    primary.linked.push(identity_of(&secondary));
    primary.linked.extend(secondary.linked);
    primary.updated_at = call.context.now;
    let view = with_profiles(&primary);
    state.users.put(primary);
    Ok(Reply::created(view))
}

fn unlink(state: &mut State, call: &Call<'_>) -> Answer {
    let mut user = of_path(state, call)?.clone();
    let own_id = format!("{}|{}", call.path("provider"), call.path("user_id"));
    if own_id == user.id {
        return Err(main_identity());
    }
    let place = user.linked.iter().position(|identity| identity.own_id() == own_id);
    let identity = user.linked.remove(place.ok_or_else(not_linked)?);
    user.updated_at = call.context.now;
    let view = with_profiles(&user);
    state.users.put(user);
    if let Some(alone) = user_of(state, call, &identity) {
        state.users.put(alone);
    }
    Ok(Reply::ok(view))
}

/// The user's own account as an identity of somebody else.
fn identity_of(user: &User) -> Identity {
    Identity {
        connection: user.connection.clone(),
        provider: user.provider.clone(),
        user_id: user.id_at_provider().to_owned(),
        is_social: user.is_social,
        email: user.email.clone(),
        username: user.username.clone(),
        password: user.password.clone(),
        profile: profile_of(user),
    }
}

fn profile_of(user: &User) -> Map<String, Value> {
    let mut profile = Map::new();
    let values = json!({
        "email": user.email,
        "email_verified": user.email_verified,
        "phone_number": user.phone_number,
        "phone_verified": user.phone_verified,
        "name": user.name,
        "nickname": user.nickname,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "username": user.username,
        "picture": user.picture,
    });
    document::replace(&mut profile, Document::of(&values));
    profile
}

/// The account as a user of its own again, with the profile that it has; metadata, roles and memberships stay behind.
fn user_of(state: &State, call: &Call<'_>, identity: &Identity) -> Option<User> {
    let connection = state.connection_by_name(&identity.connection)?;
    let profile = Document::new(&identity.profile);
    let text = |name: &str| profile.text(name).map(str::to_owned);
    Some(User {
        email: identity.email.clone(),
        email_verified: profile.flag("email_verified").unwrap_or(false),
        phone_number: text("phone_number"),
        phone_verified: profile.flag("phone_verified"),
        name: text("name"),
        nickname: text("nickname"),
        given_name: text("given_name"),
        family_name: text("family_name"),
        picture: text("picture"),
        username: identity.username.clone(),
        password: identity.password.clone(),
        ..User::new(identity.own_id(), connection, call.context.now)
    })
}

/// All identities, the user's own with its profile as well.
fn with_profiles(user: &User) -> Value {
    std::iter::once(&identity_of(user)).chain(&user.linked).map(Identity::view).collect()
}

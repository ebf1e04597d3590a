//! `/self-service-profiles`: what enterprises may set up for themselves.

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::ApiError;
use super::format::Format;
use super::operation::Operation;
use super::paging::{Paging, by_page, page_of};
use super::schema::{self, Property, Schema, flag, object, one_of, open_object, optional, required, text};
use super::{Answer, Reply};
use crate::document::{self, Document};
use crate::http::json::{present, with};
use crate::model::SelfServiceProfile;
use crate::store::State;

const PATH: &str = "/self-service-profiles";
const ONE: &str = "/self-service-profiles/{id}";
/// Profiles of one tenant.
const LIMIT: usize = 20;
const ATTRIBUTES: usize = 20;
const STRATEGIES: &[&str] = &[
    "oidc",
    "samlp",
    "waad",
    "google-apps",
    "adfs",
    "okta",
    "auth0-samlp",
    "okta-samlp",
    "keycloak-samlp",
    "pingfederate",
];
const USER_ATTRIBUTES: &str = "user_attributes";
const ATTRIBUTE_PROFILE: &str = "user_attribute_profile_id";

pub(super) fn operations() -> Vec<Operation> {
    let not_found = || ApiError::no_self_service_profile("<id>");
    vec![
        Operation::get(PATH, "List self-service profiles", list)
            .scope(&["read:self_service_profiles"])
            .query(by_page())
            .answers(StatusCode::OK, page_of("self_service_profiles", shape()))
            .refuses(ApiError::paging()),
        Operation::write(Method::POST, PATH, "Create a self-service profile", create)
            .scope(&["create:self_service_profiles"])
            .body(object(properties(true)))
            .answers(StatusCode::CREATED, shape())
            .refuses(both_kinds())
            .refuses(too_many())
            .note(ANY_ATTRIBUTE_PROFILE),
        Operation::get(ONE, "Get a self-service profile", read)
            .scope(&["read:self_service_profiles"])
            .answers(StatusCode::OK, shape())
            .refuses(not_found()),
        Operation::write(Method::PATCH, ONE, "Change a self-service profile", update)
            .scope(&["update:self_service_profiles"])
            .body(object(properties(false)))
            .answers(StatusCode::OK, shape())
            .refuses(not_found())
            .refuses(both_kinds())
            .note(ANY_ATTRIBUTE_PROFILE),
        Operation::write(Method::DELETE, ONE, "Delete a self-service profile", delete)
            .scope(&["delete:self_service_profiles"])
            .answers_nothing(StatusCode::NO_CONTENT),
    ]
}

const ANY_ATTRIBUTE_PROFILE: &str =
    "There are no user attribute profiles here: `user_attribute_profile_id` is kept and not looked up.";

fn properties(is_new: bool) -> Vec<Property> {
    let or_null = |schema: Schema| if is_new { schema } else { schema.or_null() };
    let colors = object([required("primary", text(1, 7).of_format(Format::HtmlColor))]);
    let branding =
        object([optional("logo_url", text(1, 1024).of_format(Format::Uri)), optional("colors", colors)]);
    let name = Property { name: "name", schema: text(1, 100), is_required: is_new };
    vec![
        name,
        optional("description", or_null(text(1, 140))),
        optional("branding", or_null(branding)),
        optional("allowed_strategies", schema::list(one_of(STRATEGIES), 0, STRATEGIES.len())),
        optional(USER_ATTRIBUTES, or_null(schema::list(attribute(), 0, ATTRIBUTES))),
        optional(ATTRIBUTE_PROFILE, or_null(text(1, 64))),
    ]
}

fn attribute() -> Schema {
    object([
        required("name", text(1, 250)),
        required("description", text(1, 250)),
        required("is_optional", flag()),
    ])
}

fn shape() -> Schema {
    object([
        required("id", text(26, 26)),
        required("name", text(1, 100)),
        optional("description", text(1, 140)),
        optional("branding", open_object([])),
        required("allowed_strategies", schema::list(one_of(STRATEGIES), 0, STRATEGIES.len())),
        required(USER_ATTRIBUTES, schema::list(attribute(), 0, ATTRIBUTES)),
        optional(ATTRIBUTE_PROFILE, text(1, 64)),
        required("created_at", text(24, 24)),
        required("updated_at", text(24, 24)),
    ])
}

fn both_kinds() -> ApiError {
    ApiError::invalid_body(format!("Cannot set both {USER_ATTRIBUTES} and {ATTRIBUTE_PROFILE}"))
}

fn too_many() -> ApiError {
    ApiError::conflict(None, format!("A tenant can have at most {LIMIT} self-service profiles"))
}

fn view(profile: &SelfServiceProfile) -> Value {
    let own = json!({
        "id": profile.id,
        "created_at": profile.created_at,
        "updated_at": profile.updated_at,
    });
    present(with(own, profile.settings.clone().into()))
}

/// The profile that the path names.
pub(super) fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a SelfServiceProfile, ApiError> {
    let id = call.path("id");
    state.self_service_profiles.get(id).ok_or_else(|| ApiError::no_self_service_profile(id))
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    Ok(Paging::of(call)?.reply(
        "self_service_profiles",
        |_| state.self_service_profiles.iter(),
        |profile| profile.id.clone(),
        |profile| view(profile),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(view(of_path(state, call)?)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let mut settings = Map::new();
    let defaults = json!({ "allowed_strategies": STRATEGIES, USER_ATTRIBUTES: [] });
    document::replace(&mut settings, Document::of(&defaults));
    apply(&mut settings, call.body())?;
    if state.self_service_profiles.len() >= LIMIT {
        return Err(too_many());
    }
    let now = call.context.now;
    let id = call.context.ids.self_service_profile();
    let profile = SelfServiceProfile { id, created_at: now, updated_at: now, settings };
    let view = view(&profile);
    state.self_service_profiles.put(profile);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut profile = of_path(state, call)?.clone();
    apply(&mut profile.settings, call.body())?;
    profile.updated_at = call.context.now;
    let view = view(&profile);
    state.self_service_profiles.put(profile);
    Ok(Reply::ok(view))
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    state.delete_self_service_profile(call.path("id"));
    Ok(Reply::NoContent)
}

/// Attributes are listed in the profile or in another one that it names: whichever comes puts the other out.
fn apply(settings: &mut Map<String, Value>, body: Document<'_>) -> Result<(), ApiError> {
    let (lists, names) = (!body.list(USER_ATTRIBUTES).is_empty(), body.text(ATTRIBUTE_PROFILE).is_some());
    if lists && names {
        return Err(both_kinds());
    }
    document::replace(settings, body);
    if lists {
        settings.remove(ATTRIBUTE_PROFILE);
    }
    if names || !settings.contains_key(USER_ATTRIBUTES) {
        settings.insert(USER_ATTRIBUTES.to_owned(), json!([]));
    }
    Ok(())
}

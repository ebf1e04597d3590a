//! `/organizations/{id}/enabled_connections`: the connections that an organization takes logins from.

use axum::http::{Method, StatusCode};

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::organizations::of_path;
use super::paging::{Paging, by_page, limited_to_shown, page_of};
use super::schema::{Property, Schema, flag, object, optional, required, text};
use super::{Answer, Reply, views};
use crate::document::Document;
use crate::model::{EnabledConnection, Organization};
use crate::store::State;

const PATH: &str = "/organizations/{id}/enabled_connections";
const ONE: &str = "/organizations/{id}/enabled_connections/{connection_id}";
/// Connections of one organization (entity limits).
pub(in crate::http) const LIMIT: usize = 10;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, "List the enabled connections of an organization", list)
            .scope(&["read:organization_connections"])
            .query(by_page())
            .answers(StatusCode::OK, page_of("enabled_connections", views::enabled_connection_shape()))
            .refuses(ApiError::no_organization()),
        Operation::write(Method::POST, PATH, "Enable a connection for an organization", create)
            .scope(&["create:organization_connections"])
            .body(item())
            .answers(StatusCode::CREATED, views::enabled_connection_shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_enabled_connection())
            .refuses(no_sign_up())
            .refuses(twice())
            .refuses(too_many()),
        Operation::get(ONE, "Get an enabled connection", read)
            .scope(&["read:organization_connections"])
            .answers(StatusCode::OK, views::enabled_connection_shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_enabled_connection()),
        Operation::write(Method::PATCH, ONE, "Change an enabled connection", update)
            .scope(&["update:organization_connections"])
            .body(object(flags()))
            .answers(StatusCode::OK, views::enabled_connection_shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_enabled_connection())
            .refuses(no_sign_up()),
        Operation::write(Method::DELETE, ONE, "Disable a connection for an organization", delete)
            .scope(&["delete:organization_connections"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization())
            .note("What is not enabled is answered 204 as well; whether Auth0 does so is not known."),
    ]
}

/// A connection to enable, with how.
pub(super) fn item() -> Schema {
    object(flags()).with([required("connection_id", text(1, 50))])
}

pub(super) fn flags() -> [Property; 3] {
    ["assign_membership_on_login", "show_as_button", "is_signup_enabled"].map(|name| optional(name, flag()))
}

pub(super) fn twice() -> ApiError {
    ApiError::conflict(None, "The connection is already enabled for the organization")
}

pub(super) fn too_many() -> ApiError {
    ApiError::conflict(None, format!("An organization can have at most {LIMIT} enabled connections"))
}

pub(super) fn no_sign_up() -> ApiError {
    ApiError::invalid_body(
        "Only database connections with assign_membership_on_login = true support is_signup_enabled = true.",
    )
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let page = Paging::of(call)?.reply(
        "enabled_connections",
        |_| organization.enabled_connections.iter(),
        |enabled| enabled.connection_id.clone(),
        |enabled| views::enabled_connection(state, enabled),
    );
    Ok(limited_to_shown(page, "enabled_connections"))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let enabled = organization.enabled_connection(call.path("connection_id"));
    Ok(Reply::ok(views::enabled_connection(state, enabled.ok_or_else(ApiError::no_enabled_connection)?)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    enable(state, &mut organization, call.body())?;
    let view =
        organization.enabled_connections.last().map(|enabled| views::enabled_connection(state, enabled));
    state.organizations.put(organization);
    Ok(Reply::created(view.unwrap_or_default()))
}

/// Enables the connection that `item` describes, behind those that are enabled already.
pub(super) fn enable(
    state: &State,
    organization: &mut Organization,
    item: Document<'_>,
) -> Result<(), ApiError> {
    let enabled = set_up(state, organization, item)?;
    organization.enabled_connections.push(enabled);
    Ok(())
}

/// The connection that `item` describes, when the organization can have it.
pub(super) fn set_up(
    state: &State,
    organization: &Organization,
    item: Document<'_>,
) -> Result<EnabledConnection, ApiError> {
    let connection_id = item.text("connection_id").unwrap_or_default();
    if state.connections.get(connection_id).is_none() {
        return Err(ApiError::no_enabled_connection());
    }
    if organization.connection(connection_id).is_some() {
        return Err(twice());
    }
    if organization.connections().count() >= LIMIT {
        return Err(too_many());
    }
    let mut enabled = EnabledConnection::new(connection_id);
    set_flags(state, &mut enabled, item)?;
    Ok(enabled)
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    let wanted = call.path("connection_id");
    let enabled = organization.enabled_connections.iter_mut().find(|enabled| enabled.connection_id == wanted);
    let enabled = enabled.ok_or_else(ApiError::no_enabled_connection)?;
    set_flags(state, enabled, call.body())?;
    let view = views::enabled_connection(state, enabled);
    state.organizations.put(organization);
    Ok(Reply::ok(view))
}

fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    let gone = call.path("connection_id");
    organization.enabled_connections.retain(|enabled| enabled.connection_id != gone);
    state.organizations.put(organization);
    Ok(Reply::NoContent)
}

pub(super) fn set_flags(
    state: &State,
    enabled: &mut EnabledConnection,
    body: Document<'_>,
) -> Result<(), ApiError> {
    let set = |place: &mut bool, name: &str| *place = body.flag(name).unwrap_or(*place);
    set(&mut enabled.assign_membership_on_login, "assign_membership_on_login");
    set(&mut enabled.show_as_button, "show_as_button");
    set(&mut enabled.is_signup_enabled, "is_signup_enabled");
    let connection = state.connections.get(&enabled.connection_id);
    let is_database = connection.is_some_and(crate::model::Connection::is_database);
    if enabled.is_signup_enabled && !(is_database && enabled.assign_membership_on_login) {
        return Err(no_sign_up());
    }
    Ok(())
}

//! `/organizations/{id}/enabled_connections`: the connections that an organization takes logins from.

use axum::http::Method;
use serde_json::Value;

use super::body::Body;
use super::call::Call;
use super::error::ApiError;
use super::organizations::of_path;
use super::paging::{OFFSET, Paging};
use super::{Answer, Operation, Reply, views};
use crate::model::{EnabledConnection, Organization};
use crate::store::State;

const PATH: &str = "/organizations/{id}/enabled_connections";
const ONE: &str = "/organizations/{id}/enabled_connections/{connection_id}";
const FLAGS: [&str; 3] = ["assign_membership_on_login", "show_as_button", "is_signup_enabled"];
/// Connections of one organization (entity limits).
pub(super) const LIMIT: usize = 10;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, &["read:organization_connections"], &OFFSET, list),
        Operation::write(Method::POST, PATH, &["create:organization_connections"], create),
        Operation::get(ONE, &["read:organization_connections"], &[], read),
        Operation::write(Method::PATCH, ONE, &["update:organization_connections"], update),
        Operation::write(Method::DELETE, ONE, &["delete:organization_connections"], delete),
    ]
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    Ok(Paging::of(call)?.reply(
        "enabled_connections",
        |_| organization.enabled_connections.iter(),
        |enabled| enabled.connection_id.clone(),
        |enabled| views::enabled_connection(state, enabled),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let enabled = organization.enabled_connection(call.path("connection_id"));
    Ok(Reply::ok(views::enabled_connection(state, enabled.ok_or_else(ApiError::no_enabled_connection)?)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    enable(state, &mut organization, call.body(), None)?;
    let view =
        organization.enabled_connections.last().map(|enabled| views::enabled_connection(state, enabled));
    state.organizations.put(organization);
    Ok(Reply::created(view.unwrap_or_default()))
}

/// Enables the connection that `item` describes, behind those that are enabled already.
pub(super) fn enable(
    state: &State,
    organization: &mut Organization,
    item: &Value,
    property: Option<&str>,
) -> Result<(), ApiError> {
    let body = Body::closed_at(item, property, &[&["connection_id"][..], &FLAGS].concat())?;
    let connection_id = body.required_text("connection_id", (1, 50))?;
    if state.connections.get(connection_id).is_none() {
        return Err(ApiError::no_enabled_connection());
    }
    if organization.enabled_connection(connection_id).is_some() {
        return Err(ApiError::conflict(None, "The connection is already enabled for the organization"));
    }
    if organization.enabled_connections.len() >= LIMIT {
        let message = format!("An organization can have at most {LIMIT} enabled connections");
        return Err(ApiError::conflict(None, message));
    }
    let mut enabled = EnabledConnection {
        connection_id: connection_id.to_owned(),
        assign_membership_on_login: false,
        show_as_button: true,
        is_signup_enabled: false,
    };
    set_flags(state, &mut enabled, &body)?;
    organization.enabled_connections.push(enabled);
    Ok(())
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    let body = Body::closed(call.body(), &FLAGS)?;
    let wanted = call.path("connection_id");
    let enabled = organization.enabled_connections.iter_mut().find(|enabled| enabled.connection_id == wanted);
    let enabled = enabled.ok_or_else(ApiError::no_enabled_connection)?;
    set_flags(state, enabled, &body)?;
    let view = views::enabled_connection(state, enabled);
    state.organizations.put(organization);
    Ok(Reply::ok(view))
}

/// What is not enabled is answered 204 as well: whether Auth0 does so on this older path is not known.
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    let gone = call.path("connection_id");
    organization.enabled_connections.retain(|enabled| enabled.connection_id != gone);
    state.organizations.put(organization);
    Ok(Reply::NoContent)
}

fn set_flags(state: &State, enabled: &mut EnabledConnection, body: &Body<'_>) -> Result<(), ApiError> {
    let [assign, show, sign_up] = FLAGS;
    if let Some(flag) = body.flag(assign)? {
        enabled.assign_membership_on_login = flag;
    }
    if let Some(flag) = body.flag(show)? {
        enabled.show_as_button = flag;
    }
    if let Some(flag) = body.flag(sign_up)? {
        enabled.is_signup_enabled = flag;
    }
    let connection = state.connections.get(&enabled.connection_id);
    let is_database = connection.is_some_and(crate::model::Connection::is_database);
    if enabled.is_signup_enabled && !(is_database && enabled.assign_membership_on_login) {
        return Err(ApiError::invalid_body(
            "Only database connections with assign_membership_on_login = true support is_signup_enabled = true.",
        ));
    }
    Ok(())
}

//! `/organizations/{id}/connections`: the connections that were set up for an organization, those that are turned off
//! too. What is enabled here is what `/enabled_connections` shows.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::enabled_connections::{flags, no_sign_up, set_flags, set_up, too_many, twice};
use super::error::ApiError;
use super::format::Format;
use super::operation::{Evidence, Operation};
use super::organizations::of_path;
use super::paging::{Paging, by_page, page_of};
use super::schema::{Property, Schema, flag, object, one_of, optional, required, text};
use super::{Answer, Reply, views};
use crate::document::Document;
use crate::http::json::with;
use crate::model::{EnabledConnection, Organization};
use crate::store::State;

const PATH: &str = "/organizations/{id}/connections";
const ONE: &str = "/organizations/{id}/connections/{connection_id}";
const ACCESS_LEVELS: &[&str] = &["none", "readonly", "limited", "full"];

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, "List the connections of an organization", list)
            .scope(&["read:organization_connections"])
            .query(by_page().into_iter().chain([optional("is_enabled", flag())]))
            .answers(StatusCode::OK, page_of("connections", shape()))
            .refuses(ApiError::no_organization()),
        Operation::write(Method::POST, PATH, "Set up a connection for an organization", create)
            .scope(&["create:organization_connections"])
            .body(object(flags()).with([required("connection_id", text(1, 50))]).with(more(false)))
            .answers(StatusCode::CREATED, shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_enabled_connection())
            .refuses(no_sign_up())
            .refuses(twice())
            .refuses(too_many()),
        Operation::get(ONE, "Get a connection of an organization", read)
            .scope(&["read:organization_connections"])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_enabled_connection()),
        Operation::write(Method::PATCH, ONE, "Change a connection of an organization", update)
            .scope(&["update:organization_connections"])
            .body(object(flags()).with(more(true)))
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_enabled_connection())
            .refuses(no_sign_up()),
        Operation::write(Method::DELETE, ONE, "Take a connection from an organization", delete)
            .scope(&["delete:organization_connections"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization())
            .evidence(Evidence::Recorded),
    ]
}

/// What this family knows beyond the flags of `/enabled_connections`.
fn more(may_be_null: bool) -> [Property; 3] {
    let or_null = |schema: Schema| if may_be_null { schema.or_null() } else { schema };
    [
        optional("organization_connection_name", or_null(text(1, 50).of_format(Format::NoWhitespace))),
        optional("organization_access_level", or_null(one_of(ACCESS_LEVELS))),
        optional("is_enabled", or_null(flag())),
    ]
}

fn shape() -> Schema {
    views::enabled_connection_shape().with([
        optional("organization_connection_name", text(1, 50)),
        required("organization_access_level", one_of(ACCESS_LEVELS)),
        required("is_enabled", flag()),
    ])
}

fn view(state: &State, organization: &Organization, set_up: &EnabledConnection) -> Value {
    let more = json!({
        "organization_connection_name": set_up.organization_connection_name,
        "organization_access_level": set_up.organization_access_level,
        "is_enabled": organization.enabled_connection(&set_up.connection_id).is_some(),
    });
    with(views::enabled_connection(state, set_up), more)
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let wanted = call.query_flag("is_enabled");
    Ok(Paging::of(call)?.reply(
        "connections",
        |_| {
            organization.connections().filter(|set_up| {
                let is_enabled = organization.enabled_connection(&set_up.connection_id).is_some();
                wanted.is_none_or(|wanted| wanted == is_enabled)
            })
        },
        |set_up| set_up.connection_id.clone(),
        |set_up| view(state, organization, set_up),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let set_up = organization.connection(call.path("connection_id"));
    Ok(Reply::ok(view(state, organization, set_up.ok_or_else(ApiError::no_enabled_connection)?)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    let mut added = set_up(state, &organization, call.body())?;
    set_more(&mut added, call.body());
    put_in_place(&mut organization, added.clone(), call.body().flag("is_enabled").unwrap_or(true));
    let view = view(state, &organization, &added);
    state.organizations.put(organization);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    let id = call.path("connection_id");
    let mut changed = organization.connection(id).cloned().ok_or_else(ApiError::no_enabled_connection)?;
    set_flags(state, &mut changed, call.body())?;
    set_more(&mut changed, call.body());
    let was_enabled = organization.enabled_connection(id).is_some();
    let is_enabled = call.body().flag("is_enabled").unwrap_or(was_enabled);
    if is_enabled == was_enabled {
        let lists = [&mut organization.enabled_connections, &mut organization.disabled_connections];
        for set_up in lists.into_iter().flatten().filter(|set_up| set_up.connection_id == id) {
            *set_up = changed.clone();
        }
    } else {
        organization.remove_connection(id);
        put_in_place(&mut organization, changed.clone(), is_enabled);
    }
    let view = view(state, &organization, &changed);
    state.organizations.put(organization);
    Ok(Reply::ok(view))
}

fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    if organization.remove_connection(call.path("connection_id")).is_some() {
        state.organizations.put(organization);
    }
    Ok(Reply::NoContent)
}

fn put_in_place(organization: &mut Organization, set_up: EnabledConnection, is_enabled: bool) {
    let list = if is_enabled {
        &mut organization.enabled_connections
    } else {
        &mut organization.disabled_connections
    };
    list.push(set_up);
}

/// `null` puts the default back.
fn set_more(set_up: &mut EnabledConnection, body: Document<'_>) {
    if let Some(name) = body.get("organization_connection_name") {
        set_up.organization_connection_name = name.as_str().map(str::to_owned);
    }
    if let Some(level) = body.get("organization_access_level") {
        level.as_str().unwrap_or("none").clone_into(&mut set_up.organization_access_level);
    }
}

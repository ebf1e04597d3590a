//! `/organizations`: list, create, read, change, delete.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::format::{Format, is_organization_name};
use super::operation::Operation;
use super::paging::{Paging, by_checkpoint, by_page, page_of, unknown_cursor};
use super::schema::{self, Property, Schema, flag, integer, map, object, one_of, optional, required, text};
use super::{Answer, Reply, enabled_connections, views};
use crate::document::Document;
use crate::http::json::with;
use crate::model::Organization;
use crate::store::State;

const READ: &[&str] = &["read:organizations", "read:organizations_summary"];

pub(super) fn operations() -> Vec<Operation> {
    let sort = optional("sort", text(1, 15));
    let client = optional("include_client_association_for", text(1, 64));
    let association = object([optional("use_for_member_access", flag())]);
    let listed = views::organization_shape().with([optional("client", association)]);
    let taken = || ApiError::conflict(Some("organization_conflict"), NAME_TAKEN);
    vec![
        Operation::get("/organizations", "List organizations", list)
            .scope(READ)
            .query([by_page(), by_checkpoint(), vec![sort, client]].into_iter().flatten())
            .answers(StatusCode::OK, page_of("organizations", listed))
            .refuses(ApiError::paging())
            .note(SUMMARY),
        Operation::write(Method::POST, "/organizations", "Create an organization", create)
            .scope(&["create:organizations"])
            .body(object(properties(true)).with([optional(
                "enabled_connections",
                schema::list(enabled_connections::item(), 0, enabled_connections::LIMIT),
            )]))
            .answers(StatusCode::CREATED, views::organization_shape())
            .refuses(ApiError::no_enabled_connection())
            .refuses(taken())
            .note(NOT_ENFORCED),
        Operation::get("/organizations/name/{name}", "Get an organization by name", read_by_name)
            .scope(&["read:organizations"])
            .answers(StatusCode::OK, views::organization_shape())
            .refuses(ApiError::path(&format!("{NOT_A_NAME}<name>"), "name"))
            .refuses(ApiError::no_organization()),
        Operation::get("/organizations/{id}", "Get an organization", read)
            .scope(READ)
            .answers(StatusCode::OK, views::organization_shape())
            .refuses(ApiError::no_organization())
            .note(SUMMARY),
        Operation::write(Method::PATCH, "/organizations/{id}", "Change an organization", update)
            .scope(&["update:organizations"])
            .body(object(properties(false)))
            .answers(StatusCode::OK, views::organization_shape())
            .refuses(ApiError::no_organization())
            .refuses(taken())
            .note(NOT_ENFORCED),
        Operation::write(Method::DELETE, "/organizations/{id}", "Delete an organization", delete)
            .scope(&["delete:organizations"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization()),
    ]
}

/// What a body may say about an organization.
fn properties(name_is_required: bool) -> Vec<Property> {
    let name = text(1, 50).of_format(Format::OrganizationName);
    let color = || text(1, 7).of_format(Format::HtmlColor);
    let branding = object([
        optional("logo_url", text(1, 2048).of_format(Format::HttpsUri).or_null()),
        optional("colors", object([required("primary", color()), required("page_background", color())])),
    ]);
    vec![
        Property { name: "name", schema: name, is_required: name_is_required },
        optional("display_name", text(1, 255)),
        optional("branding", branding),
        optional("metadata", map(text(0, 255).or_null(), 25, 255)),
        optional("token_quota", token_quota(name_is_required)),
        optional("third_party_client_access", one_of(views::THIRD_PARTY_CLIENT_ACCESS)),
        optional("is_app_entitlement_active", flag()),
    ]
}

/// How many tokens clients get for the organization; a change may take it away with `null`.
fn token_quota(is_new: bool) -> Schema {
    let most = i64::from(i32::MAX);
    let quota = object([required(
        "client_credentials",
        object([
            optional("enforce", flag()),
            optional("per_day", integer(1, most)),
            optional("per_hour", integer(1, most)),
        ]),
    )]);
    if is_new { quota } else { quota.or_null() }
}

const SUMMARY: &str = "With `read:organizations_summary` alone, only id, name, display_name and branding are shown; \
    what Auth0 hides then is not known.";
const NOT_ENFORCED: &str = "`token_quota`, `third_party_client_access` and `is_app_entitlement_active` are kept and shown, \
    and hold nobody back.";
const NAME_TAKEN: &str = "An organization with this name already exists.";
const NOT_A_NAME: &str = "Object didn't pass validation for format organization-name: ";

/// The organization that the path names.
pub(super) fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Organization, ApiError> {
    state.organizations.get(call.path("id")).ok_or_else(ApiError::no_organization)
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let paging = Paging::of(call)?;
    let client = call.query.get("include_client_association_for");
    let mut ordered: Vec<(String, &Organization)> =
        state.organizations.iter().map(|organization| (sort_key(organization, ""), organization)).collect();
    let descending = match call.query.get("sort") {
        None => false,
        Some(sort) => {
            let (field, direction) = sort.split_once(':').ok_or_else(unknown_sort)?;
            if !["name", "display_name", "created_at"].contains(&field) {
                return Err(unknown_sort());
            }
            for (key, organization) in &mut ordered {
                *key = sort_key(organization, field);
            }
            match direction {
                "1" => false,
                "-1" => true,
                _ => return Err(unknown_sort()),
            }
        }
    };
    ordered.sort_by(|(a, _), (b, _)| a.cmp(b));
    if descending {
        ordered.reverse();
    }
    if paging.from().is_some_and(|from| !from.contains(SEPARATOR)) {
        return Err(unknown_cursor());
    }
    let behind = |after: Option<&str>| {
        let after = after.map(str::to_owned);
        ordered.iter().filter(move |(key, _)| {
            after
                .as_deref()
                .is_none_or(|after| if descending { key.as_str() < after } else { key.as_str() > after })
        })
    };
    Ok(paging.reply(
        "organizations",
        behind,
        |(key, _)| key.clone(),
        |(_, organization)| {
            let associated = client.and_then(|id| state.organization_client(&organization.id, id));
            let associated = associated
                .map(|associated| json!({ "use_for_member_access": associated.use_for_member_access }));
            with(view_for(call, organization), json!({ "client": associated }))
        },
    ))
}

/// As much of an organization as the caller may see.
fn view_for(call: &Call<'_>, organization: &Organization) -> Value {
    if call.has_scope("read:organizations") {
        views::organization(organization)
    } else {
        views::organization_summary(organization)
    }
}

/// Between what a list is sorted by and the id.
pub(super) const SEPARATOR: char = '\n';

/// The id makes the place of two that are otherwise alike certain.
pub(super) fn sort_key(organization: &Organization, field: &str) -> String {
    let by = match field {
        "name" => organization.name.clone(),
        "display_name" => organization.label().to_lowercase(),
        "created_at" => organization.created_at.to_string(),
        _ => String::new(),
    };
    format!("{by}{SEPARATOR}{}", organization.id)
}

fn unknown_sort() -> ApiError {
    ApiError::query("String does not match pattern ^(name|display_name|created_at):(1|-1)$", Some("sort"))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(view_for(call, of_path(state, call)?)))
}

fn read_by_name(state: &State, call: &Call<'_>) -> Answer {
    let name = call.path("name");
    if !is_organization_name(name) {
        return Err(ApiError::path(&format!("{NOT_A_NAME}{name}"), "name"));
    }
    let organization = state.organization_by_name(name).ok_or_else(ApiError::no_organization)?;
    Ok(Reply::ok(views::organization(organization)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    let mut organization = Organization::new(call.context.ids.organization(), "", call.context.now);
    apply(state, &mut organization, body)?;
    if body.has("enabled_connections") {
        call.require("create:organization_connections")?;
    }
    for item in body.list("enabled_connections") {
        enabled_connections::enable(state, &mut organization, Document::of(item))?;
    }
    let view = views::organization(&organization);
    state.organizations.put(organization);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    apply(state, &mut organization, call.body())?;
    let view = views::organization(&organization);
    state.organizations.put(organization);
    Ok(Reply::ok(view))
}

fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    if state.delete_organization(call.path("id")) {
        Ok(Reply::NoContent)
    } else {
        Err(ApiError::no_organization())
    }
}

/// Takes over what the body names. Metadata is replaced as a whole; a key whose value is `null` is left out.
fn apply(state: &State, organization: &mut Organization, body: Document<'_>) -> Result<(), ApiError> {
    if let Some(name) = body.text("name") {
        if state.organization_by_name(name).is_some_and(|other| other.id != organization.id) {
            return Err(ApiError::conflict(Some("organization_conflict"), NAME_TAKEN));
        }
        name.clone_into(&mut organization.name);
    }
    if let Some(display_name) = body.text("display_name") {
        organization.display_name = Some(display_name.to_owned());
    }
    if let Some(branding) = body.get("branding") {
        organization.branding = Some(branding.clone());
    }
    if body.has("metadata") {
        let pairs = body.document("metadata").entries();
        organization.metadata =
            pairs.filter_map(|(key, value)| Some((key.to_owned(), value.as_str()?.to_owned()))).collect();
    }
    if let Some(quota) = body.get("token_quota") {
        organization.token_quota = Some(quota.clone()).filter(|quota| !quota.is_null());
    }
    if let Some(access) = body.text("third_party_client_access") {
        access.clone_into(&mut organization.third_party_client_access);
    }
    organization.is_app_entitlement_active =
        body.flag("is_app_entitlement_active").unwrap_or(organization.is_app_entitlement_active);
    Ok(())
}

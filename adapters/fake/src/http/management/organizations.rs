//! `/organizations`: list, create, read, change, delete.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::Value;

use super::body::{Body, organization_metadata};
use super::call::Call;
use super::error::ApiError;
use super::paging::{Paging, unknown_cursor};
use super::{Answer, Operation, Reply, enabled_connections, views};
use crate::model::Organization;
use crate::store::State;

const READ: &[&str] = &["read:organizations", "read:organizations_summary"];
const LIST_QUERY: &[&str] = &["page", "per_page", "include_totals", "from", "take", "sort"];
const PATCHABLE: [&str; 4] = ["name", "display_name", "branding", "metadata"];
/// Known to Auth0 and not kept here.
const NOT_KEPT: [&str; 3] = ["token_quota", "third_party_client_access", "is_app_entitlement_active"];

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/organizations", READ, LIST_QUERY, list),
        Operation::write(Method::POST, "/organizations", &["create:organizations"], create),
        Operation::get("/organizations/name/{name}", &["read:organizations"], &[], read_by_name),
        Operation::get("/organizations/{id}", READ, &[], read),
        Operation::write(Method::PATCH, "/organizations/{id}", &["update:organizations"], update),
        Operation::write(Method::DELETE, "/organizations/{id}", &["delete:organizations"], delete),
    ]
}

/// The organization that the path names.
pub(super) fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Organization, ApiError> {
    state.organizations.get(call.path("id")).ok_or_else(ApiError::no_organization)
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let paging = Paging::of(call)?;
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
        |(_, organization)| views::organization(organization),
    ))
}

const SEPARATOR: char = '\n';

/// The id makes the place of two that are otherwise alike certain.
fn sort_key(organization: &Organization, field: &str) -> String {
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
    Ok(Reply::ok(views::organization(of_path(state, call)?)))
}

fn read_by_name(state: &State, call: &Call<'_>) -> Answer {
    let name = call.path("name");
    if !is_name(name) {
        let rule = format!("Object didn't pass validation for format organization-name: {name}");
        return Err(ApiError::path(&rule, "name"));
    }
    let organization = state.organization_by_name(name).ok_or_else(ApiError::no_organization)?;
    Ok(Reply::ok(views::organization(organization)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let known = [&PATCHABLE[..], &NOT_KEPT, &["enabled_connections"]].concat();
    let body = Body::closed(call.body(), &known)?;
    refuse_what_is_not_kept(&body)?;
    body.required("name")?;
    let mut organization = Organization {
        id: call.context.ids.organization(),
        name: String::new(),
        display_name: None,
        branding: None,
        metadata: BTreeMap::new(),
        enabled_connections: Vec::new(),
        created_at: call.context.now,
    };
    apply(state, &mut organization, &body)?;
    if let Some(items) = body.array("enabled_connections", (0, enabled_connections::LIMIT))? {
        call.require("create:organization_connections")?;
        for (index, item) in items.iter().enumerate() {
            let property = format!("enabled_connections[{index}]");
            enabled_connections::enable(state, &mut organization, item, Some(&property))?;
        }
    }
    let view = views::organization(&organization);
    state.organizations.put(organization);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut organization = of_path(state, call)?.clone();
    let body = Body::closed(call.body(), &[&PATCHABLE[..], &NOT_KEPT].concat())?;
    refuse_what_is_not_kept(&body)?;
    apply(state, &mut organization, &body)?;
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

fn refuse_what_is_not_kept(body: &Body<'_>) -> Result<(), ApiError> {
    match NOT_KEPT.into_iter().find(|name| body.has(name)) {
        Some(name) => {
            Err(ApiError::not_implemented(format!("This development provider does not keep {name} yet")))
        }
        None => Ok(()),
    }
}

/// Takes over what the body names. Metadata is replaced as a whole.
fn apply(state: &State, organization: &mut Organization, body: &Body<'_>) -> Result<(), ApiError> {
    if let Some(name) = body.text("name", (1, 50))? {
        if !is_name(name) {
            let rule = format!("Object didn't pass validation for format organization-name: {name}");
            return Err(ApiError::body(&rule, Some("name")));
        }
        if state.organization_by_name(name).is_some_and(|other| other.id != organization.id) {
            let message = "An organization with this name already exists.";
            return Err(ApiError::conflict(Some("organization_conflict"), message));
        }
        name.clone_into(&mut organization.name);
    }
    if let Some(display_name) = body.text("display_name", (1, 255))? {
        organization.display_name = Some(display_name.to_owned());
    }
    if let Some(branding) = body.get("branding") {
        organization.branding = Some(checked_branding(branding)?);
    }
    if let Some(metadata) = organization_metadata(body)? {
        organization.metadata = metadata;
    }
    Ok(())
}

/// `^(?:(?!org_))[a-z0-9]([a-z0-9-_]*[a-z0-9])?$`, 1 to 50 characters.
fn is_name(name: &str) -> bool {
    let is_end = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_inner = |byte: u8| is_end(byte) || byte == b'-' || byte == b'_';
    (1..=50).contains(&name.len())
        && !name.starts_with("org_")
        && name.bytes().all(is_inner)
        && name.bytes().next().is_some_and(is_end)
        && name.bytes().next_back().is_some_and(is_end)
}

fn checked_branding(branding: &Value) -> Result<Value, ApiError> {
    let body = Body::closed_at(branding, Some("branding"), &["logo_url", "colors"])?;
    if let Some(logo) = body.nullable_text("logo_url", (1, 2048))?
        && !logo.starts_with("https://")
    {
        let rule = format!("Object didn't pass validation for format absolute-https-uri-or-empty: {logo}");
        return Err(ApiError::body(&rule, Some("branding.logo_url")));
    }
    if let Some(colors) = body.get("colors") {
        let property = "branding.colors";
        let colors = Body::closed_at(colors, Some(property), &["primary", "page_background"])?;
        for name in ["primary", "page_background"] {
            let color = colors.required_text(name, (1, 7))?;
            let hex = color.strip_prefix('#').unwrap_or_default();
            if !matches!(hex.len(), 3 | 6) || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let rule = format!("Object didn't pass validation for format html-color: {color}");
                return Err(ApiError::body(&rule, Some(&format!("{property}.{name}"))));
            }
        }
    }
    Ok(branding.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_pattern() {
        let long = "a".repeat(51);
        for (name, good) in [
            ("a", true),
            ("acme-1", true),
            ("1st_co", true),
            (&long[..50], true),
            (&long, false),
            ("", false),
            ("-acme", false),
            ("acme_", false),
            ("Acme", false),
            ("org_acme", false),
            ("ac me", false),
        ] {
            assert_eq!(is_name(name), good, "{name}");
        }
    }
}

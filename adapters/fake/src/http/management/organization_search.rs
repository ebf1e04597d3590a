//! `/organizations/search`: organizations by what is known of them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::operation::{Evidence, Operation};
use super::organizations::{SEPARATOR, sort_key};
use super::paging::{Paging, by_checkpoint, object_with_items, unknown_cursor};
use super::schema::{one_of, optional, text};
use super::{Answer, views};
use crate::model::Organization;
use crate::search::{Fields, Query, Test, parse, parse_scim};
use crate::store::State;

/// As many terms may one search have.
const MOST_TERMS: usize = 5;
const SCIM: &str = "scim";
const FIELDS: Fields =
    Fields { usual: &["name", "display_name"], case_insensitive: &["name", "display_name"], exact: &[] };

pub(super) fn operations() -> Vec<Operation> {
    let query = [
        optional("q", text(0, 2048)),
        optional("parser", one_of(&[SCIM, "lucene"])),
        optional("sort", one_of(&["name", "display_name", "created_at"])),
    ];
    vec![
        Operation::get("/organizations/search", "Search organizations", search)
            .scope(&["read:organizations"])
            .query(query.into_iter().chain(by_checkpoint()))
            .answers(StatusCode::OK, object_with_items("organizations", views::organization_shape()))
            .evidence(Evidence::Documented)
            .note("What was written is found at once; at Auth0 it takes a while."),
    ]
}

fn search(state: &State, call: &Call<'_>) -> Answer {
    let wanted = query(call)?;
    let field = call.query.get("sort").unwrap_or("created_at");
    let paging = Paging::by_checkpoint(call)?;
    if paging.from().is_some_and(|from| !from.contains(SEPARATOR)) {
        return Err(unknown_cursor());
    }
    let mut found: Vec<(String, &Organization)> = state
        .organizations
        .iter()
        .filter(|organization| FIELDS.matches(&wanted, &searched(organization)))
        .map(|organization| (sort_key(organization, field), organization))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(paging.reply(
        "organizations",
        |after| {
            let after = after.map(str::to_owned);
            found.iter().filter(move |(key, _)| after.as_ref().is_none_or(|after| key > after))
        },
        |(key, _)| key.clone(),
        |(_, organization)| views::organization(organization),
    ))
}

fn query(call: &Call<'_>) -> Result<Query, ApiError> {
    let refused = |rule: &str| ApiError::query(rule, Some("q"));
    let text = call.query.get("q").unwrap_or_default();
    let parsed = if call.query.get("parser") == Some(SCIM) { parse_scim(text) } else { parse(text) };
    let query = parsed.map_err(|error| refused(&error.to_string()))?;
    let terms = query.terms();
    if terms.len() > MOST_TERMS {
        return Err(refused(&format!("a search has at most {MOST_TERMS} terms")));
    }
    for term in terms {
        let (name, test) = match term {
            Query::Field { name: Some(name), test } => (name, Some(test)),
            Query::Exists(name) => (name, None),
            _ => continue,
        };
        let is_known = matches!(name.as_str(), "id" | "name" | "display_name" | "created_at")
            || name.starts_with("metadata.");
        if !is_known {
            return Err(refused(&format!("{name} can't be searched for")));
        }
        if name == "id" && !matches!(test, None | Some(Test::Is(_))) {
            return Err(refused("id is compared as a whole"));
        }
    }
    Ok(query)
}

/// What a search sees of an organization.
fn searched(organization: &Organization) -> Value {
    json!({
        "id": organization.id,
        "name": organization.name,
        "display_name": organization.display_name,
        "created_at": organization.created_at,
        "metadata": organization.metadata,
    })
}

//! `/u/organization`: names the organization before the login, or picks one after it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::errors::PageError;
use super::super::pages::{OrganizationPickerPage, OrganizationPromptPage, PickableOrganization, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::Visit;
use crate::config::OrganizationUsage;
use crate::fake::Core;
use crate::login::{self, Choice};

/// What a button without an organization sends.
const PERSONAL: &str = "personal";

pub(super) async fn show_prompt(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    render_prompt(&visit, "", None)
}

pub(super) async fn submit_prompt(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    let name = form.get("organizationName").unwrap_or_default().trim();
    let wanted = name.to_ascii_lowercase();
    let found = core
        .store
        .read(|state| state.organization_by_name(&wanted).map(|organization| organization.id.clone()))?;
    let choice = match (form.get("action"), &found) {
        (Some(PERSONAL), _) => Choice::Personal,
        (_, Some(id)) => Choice::Organization(id),
        (_, None) if name.is_empty() => {
            return render_prompt(&visit, name, Some("Enter your organization's name"));
        }
        (_, None) => {
            return render_prompt(&visit, name, Some("The organization you entered is invalid"));
        }
    };
    let context = core.context();
    let (transaction, browser) = (&visit.transaction, visit.browser());
    let gone_on = visit
        .go_on(|state| login::choose_organization(state, &context, transaction, choice, browser))
        .await?;
    match gone_on {
        Some(response) => Ok(response),
        None => render_prompt(&visit, name, Some("This application needs an organization")),
    }
}

pub(super) async fn show_picker(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    render_picker(&Visit::find(&core, &visitor, &query)?)
}

pub(super) async fn submit_picker(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    let choice = match form.get("organization") {
        Some(id) => Choice::Organization(id),
        None if form.get("action") == Some(PERSONAL) => Choice::Personal,
        None => return render_picker(&visit),
    };
    let context = core.context();
    let (transaction, browser) = (&visit.transaction, visit.browser());
    let gone_on =
        visit.go_on(|state| login::pick_organization(state, &context, transaction, choice, browser)).await?;
    match gone_on {
        Some(response) => Ok(response),
        None => render_picker(&visit),
    }
}

fn may_go_without(visit: &Visit<'_>) -> Result<bool, PageError> {
    let client_id = &visit.transaction.request.client_id;
    Ok(visit.core.store.read(|state| {
        state
            .clients
            .get(client_id)
            .is_some_and(|client| client.organization_usage() == OrganizationUsage::Allow)
    })?)
}

fn render_prompt(visit: &Visit<'_>, name: &str, error: Option<&str>) -> Result<Response, PageError> {
    let page = OrganizationPromptPage {
        frame: visit.frame("Enter your organization")?,
        state: visit.handle(),
        name,
        name_error: error,
        may_go_without: may_go_without(visit)?,
    };
    let status = if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(visit.page(html(status, &page)))
}

fn render_picker(visit: &Visit<'_>) -> Result<Response, PageError> {
    let who = visit.transaction.authenticated.as_ref().ok_or_else(PageError::expired)?;
    let organizations: Vec<PickableOrganization> = visit.core.store.read(|state| {
        let pickable = login::pickable_organizations(state, who).into_iter();
        pickable
            .map(|organization| PickableOrganization {
                id: organization.id.clone(),
                label: organization.label().to_owned(),
            })
            .collect()
    })?;
    let page = OrganizationPickerPage {
        frame: visit.frame("Select an organization")?,
        state: visit.handle(),
        organizations: &organizations,
        may_go_without: may_go_without(visit)?,
    };
    Ok(visit.page(html(StatusCode::OK, &page)))
}

//! `/u/organization`: names the organization before the login, or picks one after it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::errors::PageError;
use super::super::pages::{OrganizationPickerPage, OrganizationPromptPage, PickableOrganization, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::log_in::{IDENTIFIER_LIMIT, NO_EMAIL};
use super::{Page, Visit, path};
use crate::config::OrganizationUsage;
use crate::fake::Core;
use crate::login::{self, Choice};
use crate::model::Organization;

/// What a button without an organization sends.
const PERSONAL: &str = "personal";
const UNKNOWN: &str = "The organization you entered is invalid";
const NEEDS_ONE: &str = "This application needs an organization";

pub(super) async fn show_prompt(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    render_prompt(&visit, &Entered { email: visit.identifier(), ..Entered::default() })
}

pub(super) async fn submit_prompt(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    if form.get("action") == Some(PERSONAL) {
        let entered = Entered { name_error: Some(NEEDS_ONE), ..Entered::default() };
        return choose(&visit, None, Choice::Personal, &entered).await;
    }
    let methods = discovery(&visit)?;
    match form.get("email").filter(|_| methods.email) {
        Some(email) => submit_email(&visit, email.trim()).await,
        None => submit_name(&visit, form.get("organizationName").unwrap_or_default().trim()).await,
    }
}

async fn submit_name(visit: &Visit<'_>, name: &str) -> Result<Response, PageError> {
    let wanted = name.to_ascii_lowercase();
    let found = visit
        .core
        .store
        .read(|state| state.organization_by_name(&wanted).map(|organization| organization.id.clone()))?;
    let entered = |error| Entered { name, name_error: Some(error), ..Entered::default() };
    match found {
        Some(id) => choose(visit, None, Choice::Organization(&id), &entered(UNKNOWN)).await,
        None if name.is_empty() => render_prompt(visit, &entered("Enter your organization's name")),
        None => render_prompt(visit, &entered(UNKNOWN)),
    }
}

async fn submit_email(visit: &Visit<'_>, email: &str) -> Result<Response, PageError> {
    let entered = |error| Entered { email, email_error: Some(error), ..Entered::default() };
    if email.is_empty() || email.len() > IDENTIFIER_LIMIT {
        return render_prompt(visit, &entered(NO_EMAIL));
    }
    let found: Vec<String> = visit.core.store.read(|state| {
        let found = login::organizations_of_address(state, email).into_iter();
        found.map(|organization| organization.id.clone()).collect()
    })?;
    match found.as_slice() {
        [] => render_prompt(visit, &entered("No organization uses addresses of this kind")),
        [only] => choose(visit, Some(email), Choice::Organization(only), &entered(UNKNOWN)).await,
        _ => {
            visit.remember(|transaction| transaction.identifier = Some(email.to_owned())).await?;
            Ok(visit.go_to(path(Page::OrganizationPicker)))
        }
    }
}

/// Goes on with the choice; `email` is what the person has entered already.
async fn choose(
    visit: &Visit<'_>,
    email: Option<&str>,
    choice: Choice<'_>,
    otherwise: &Entered<'_>,
) -> Result<Response, PageError> {
    let context = visit.core.context();
    let mut transaction = visit.transaction.clone();
    if let Some(email) = email {
        transaction.identifier = Some(email.to_owned());
    }
    let browser = visit.browser();
    let gone_on = visit
        .go_on(|state| login::choose_organization(state, &context, &transaction, choice, browser))
        .await?;
    match gone_on {
        Some(response) => Ok(response),
        None => render_prompt(visit, otherwise),
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
    if visit.transaction.authenticated.is_none() {
        let may = match choice {
            Choice::Organization(id) => found_by_address(&visit)?.iter().any(|found| found.id == id),
            Choice::Personal => true,
        };
        if !may {
            return render_picker(&visit);
        }
    }
    let context = core.context();
    let (transaction, browser) = (&visit.transaction, visit.browser());
    let gone_on = visit
        .go_on(|state| match transaction.authenticated {
            Some(_) => login::pick_organization(state, &context, transaction, choice, browser),
            None => login::choose_organization(state, &context, transaction, choice, browser),
        })
        .await?;
    match gone_on {
        Some(response) => Ok(response),
        None => render_picker(&visit),
    }
}

/// How people say which organization is theirs (Auth0: `organization_discovery_methods`).
struct Discovery {
    email: bool,
    name: bool,
}

fn discovery(visit: &Visit<'_>) -> Result<Discovery, PageError> {
    let client_id = &visit.transaction.request.client_id;
    let methods: Vec<String> = visit.core.store.read(|state| {
        let client = state.clients.get(client_id);
        let methods = client.map(|client| client.settings().texts("organization_discovery_methods"));
        methods.into_iter().flatten().map(str::to_owned).collect()
    })?;
    let has = |name: &str| methods.iter().any(|method| method == name);
    Ok(Discovery { email: has("email"), name: has("organization_name") || !has("email") })
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

/// What was entered on the first page, and what is wrong with it.
#[derive(Default)]
struct Entered<'a> {
    email: &'a str,
    email_error: Option<&'a str>,
    name: &'a str,
    name_error: Option<&'a str>,
}

fn render_prompt(visit: &Visit<'_>, entered: &Entered<'_>) -> Result<Response, PageError> {
    let methods = discovery(visit)?;
    let page = OrganizationPromptPage {
        frame: visit.frame("Enter your organization")?,
        state: visit.handle(),
        email: methods.email.then_some(entered.email),
        email_error: entered.email_error,
        name: methods.name.then_some(entered.name),
        name_error: entered.name_error,
        may_go_without: may_go_without(visit)?,
    };
    let wrong = entered.email_error.is_some() || entered.name_error.is_some();
    Ok(visit.page(html(if wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page)))
}

fn pickable(organizations: Vec<&Organization>) -> Vec<PickableOrganization> {
    let shown = |organization: &Organization| PickableOrganization {
        id: organization.id.clone(),
        label: organization.label().to_owned(),
    };
    organizations.into_iter().map(shown).collect()
}

/// The organizations that the address which was entered before could mean.
fn found_by_address(visit: &Visit<'_>) -> Result<Vec<PickableOrganization>, PageError> {
    let address = visit.identifier();
    Ok(visit.core.store.read(|state| pickable(login::organizations_of_address(state, address)))?)
}

fn render_picker(visit: &Visit<'_>) -> Result<Response, PageError> {
    let organizations = match &visit.transaction.authenticated {
        Some(who) => visit.core.store.read(|state| pickable(login::pickable_organizations(state, who)))?,
        None => found_by_address(visit)?,
    };
    if organizations.is_empty() {
        return Err(PageError::expired());
    }
    let page = OrganizationPickerPage {
        frame: visit.frame("Select an organization")?,
        state: visit.handle(),
        organizations: &organizations,
        may_go_without: may_go_without(visit)?,
    };
    Ok(visit.page(html(StatusCode::OK, &page)))
}

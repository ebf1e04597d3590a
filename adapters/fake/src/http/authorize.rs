//! `/authorize`: begins a login (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::authorization_response::back_to_client;
use super::errors::PageError;
use super::parameters::{Form, Parameters, Query};
use super::pushed_authorization;
use super::universal_login::{redirect, respond};
use super::visitor::Visitor;
use super::way_on::WayOn;
use crate::fake::Core;
use crate::login::{self, Browser, Callback, Refusal, address};
use crate::model::{LogEntry, ResponseKind};
use crate::store::StoreError;

pub(super) async fn by_query(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(parameters): Query,
) -> Result<Response, PageError> {
    authorize(&core, &visitor.browser, parameters).await
}

pub(super) async fn by_form(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Form(parameters): Form,
) -> Result<Response, PageError> {
    authorize(&core, &visitor.browser, parameters).await
}

async fn authorize(
    core: &Arc<Core>,
    browser: &Browser,
    parameters: Parameters,
) -> Result<Response, PageError> {
    if let Some(name) = parameters.duplicate() {
        return Err(PageError::invalid_request(format!("The parameter {name} stands there twice")));
    }
    let parameters = pushed_authorization::resolve(core, parameters.into_map()).await?;
    let context = core.context();
    let request = match core.store.read(|state| login::check(state, &context, &parameters))? {
        Ok(request) => request,
        Err(Refusal::Page { error, description }) => {
            let tracking = log_refusal(core, browser, &parameters, &description).await?;
            return show_refusal(core, &parameters, error, description, &tracking);
        }
        Err(Refusal::Callback { redirect_uri, state, mode, error }) => {
            log_refusal(core, browser, &parameters, &error.to_string()).await?;
            let response = ResponseKind { mode, ..ResponseKind::default() };
            return back_to_client(&Callback::Error(error), &redirect_uri, state.as_deref(), response, &[]);
        }
    };
    let next = core
        .store
        .write(|state| {
            core.sweep_if_due(state, context.now);
            Ok::<_, StoreError>(login::begin(state, &context, request, browser))
        })
        .await?;
    respond(core, browser, next).await
}

/// Writes into the logs what was asked wrongly; answers the entry's id.
async fn log_refusal(
    core: &Core,
    browser: &Browser,
    parameters: &HashMap<String, String>,
    description: &str,
) -> Result<String, StoreError> {
    let entry = LogEntry {
        client_id: parameters.get("client_id").cloned(),
        connection: parameters.get("connection").cloned(),
        ip: Some(browser.ip.clone()),
        user_agent: browser.user_agent.clone(),
        ..LogEntry::new("f", &core.context())
    };
    let entry = entry.saying(description);
    let log_id = entry.log_id.clone();
    core.store
        .write(|state| {
            state.log(entry);
            Ok(log_id)
        })
        .await
}

/// Tells the person what is wrong: on the tenant's own error page, if it has one.
fn show_refusal(
    core: &Core,
    parameters: &HashMap<String, String>,
    error: &'static str,
    description: String,
    tracking: &str,
) -> Result<Response, PageError> {
    let error_page = core.store.read(|state| state.settings().error_page().map(str::to_owned))?;
    let told = [
        ("client_id", parameters.get("client_id").map(String::as_str)),
        ("connection", parameters.get("connection").map(String::as_str)),
        ("lang", Some("en")),
        ("error", Some(error)),
        ("error_description", Some(description.as_str())),
        ("tracking", Some(tracking)),
    ];
    match error_page.and_then(|page| address(&page, &told)) {
        Some(target) => Ok(redirect(target.as_str(), &[])),
        None => {
            let way_on = WayOn::from_login(core, None);
            Err(PageError::refused(error, description).with_way_on(way_on))
        }
    }
}

//! `/authorize`: begins a login (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::authorization_response::back_to_client;
use super::errors::PageError;
use super::parameters::{Form, Parameters, Query};
use super::pushed_authorization;
use super::universal_login::respond;
use super::visitor::Visitor;
use super::way_on::WayOn;
use crate::fake::Core;
use crate::login::{self, Browser, Callback, Refusal};
use crate::model::ResponseKind;
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
            let way_on = WayOn::from_login(core, None);
            return Err(PageError::refused(error, description).with_way_on(way_on));
        }
        Err(Refusal::Callback { redirect_uri, state, mode, error }) => {
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

//! `/continue`: where somebody comes back whom an Action has sent elsewhere.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};

use super::errors::PageError;
use super::pages::{ContinuePage, Frame, html};
use super::parameters::{Form, Parameters, Query};
use super::universal_login::respond;
use super::visitor::Visitor;
use super::way_on::WayOn;
use crate::fake::Core;
use crate::login;

pub(super) async fn by_query(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    go_on(&core, &visitor, &query, &Parameters::default()).await
}

/// Browsers keep the login's cookie to themselves when another site sends a form: then the person presses a button of
/// ours, which sends the same form from here.
pub(super) async fn by_form(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let handle = query.get("state").or_else(|| form.get("state")).unwrap_or_default();
    if visitor.cookies.transaction_hash(handle).is_none() && form.get(AGAIN).is_none() {
        let mut fields: Vec<(&str, &str)> =
            form.names().filter_map(|name| Some((name, form.get(name)?))).collect();
        fields.push((AGAIN, "true"));
        let page = ContinuePage { frame: Frame::bare("Continue"), state: handle, fields: &fields };
        return Ok(html(StatusCode::OK, &page));
    }
    go_on(&core, &visitor, &query, &form).await
}

/// Marks a form that was sent from here.
const AGAIN: &str = "_again";

async fn go_on(
    core: &Arc<Core>,
    visitor: &Visitor,
    query: &Parameters,
    form: &Parameters,
) -> Result<Response, PageError> {
    let handle = query.get("state").or_else(|| form.get("state"));
    let expired = || PageError::expired().with_way_on(WayOn::from_login(core, handle));
    let handle = handle.ok_or_else(expired)?;
    let hash = visitor.cookies.transaction_hash(handle).ok_or_else(expired)?;
    let now = core.clock.now();
    let brought = (object(query), object(form));
    let next = core
        .store
        .read(|state| login::come_back(state.live_transaction(handle, &hash, now)?, brought))?
        .ok_or_else(expired)?;
    respond(core, &visitor.browser, next).await
}

fn object(parameters: &Parameters) -> Map<String, Value> {
    let present = parameters.names().filter(|name| *name != AGAIN);
    present.filter_map(|name| Some((name.to_owned(), parameters.get(name)?.into()))).collect()
}

//! The front page: what the provider knows, for whoever sits at this machine; a few words for everybody else.

mod view;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::errors::PageError;
use super::pages::{ElsewherePage, Frame, html};
use super::parameters::Parameters;
use crate::control::{self, admit_form, is_near};
use crate::fake::Core;

pub(super) const PATH: &str = "/";

/// Enough for any form of the page.
const FORM_LIMIT: usize = 10_000;

pub(super) fn routes() -> Router<Arc<Core>> {
    Router::new().route(PATH, get(show)).route(&format!("{}/page/{{action}}", control::BASE), post(act))
}

async fn show(State(core): State<Arc<Core>>, request: Request) -> Result<Response, PageError> {
    let (parts, _) = request.into_parts();
    if core.control.token.get().is_some() || !is_near(&core, &parts) {
        let (users, organizations, clients) =
            core.store.read(|state| (state.users.len(), state.organizations.len(), state.clients.len()))?;
        let frame = Frame::bare("Development identity provider");
        let issuer = core.config.issuer.as_str();
        return Ok(html(StatusCode::OK, &ElsewherePage { frame, issuer, users, organizations, clients }));
    }
    let mut response = html(StatusCode::OK, &view::page(&core)?);
    // With no referrer at all a browser would say of the page's own forms that they come from nowhere.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}

/// A button of the page.
async fn act(State(core): State<Arc<Core>>, Path(action): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(problem) = admit_form(&core, &parts) {
        return problem.into_response();
    }
    let Ok(body) = axum::body::to_bytes(body, FORM_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let form = Parameters::parse(&body);
    let done = match action.as_str() {
        "clear-mailbox" => core.clear_mailbox().await,
        "reset" => core.reset().await,
        "remove-fault" => {
            if let Some(id) = form.get("id").and_then(|id| id.parse().ok()) {
                core.control.faults.remove(id);
            }
            Ok(())
        }
        "advance-clock" => {
            if let Some(seconds) = form.get("seconds").and_then(|seconds| seconds.parse().ok()) {
                core.time.advance(Duration::from_secs(seconds));
            }
            Ok(())
        }
        "reset-clock" => {
            core.time.reset();
            Ok(())
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match done {
        Ok(()) => Redirect::to(&format!("{PATH}{}", section(&action))).into_response(),
        Err(error) => PageError::from(error).into_response(),
    }
}
/// Where on the page the effect is to be seen.
fn section(action: &str) -> &'static str {
    match action {
        "clear-mailbox" => "#mailbox",
        "remove-fault" => "#faults",
        "advance-clock" | "reset-clock" => "#clock",
        _ => "",
    }
}

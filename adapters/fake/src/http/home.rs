//! The front page: says what this is.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::errors::PageError;
use super::pages::{Frame, HomePage, html};
use crate::fake::Core;

pub(super) const PATH: &str = "/";

pub(super) async fn show(State(core): State<Arc<Core>>) -> Result<Response, PageError> {
    let (users, organizations, clients) =
        core.store.read(|state| (state.users.len(), state.organizations.len(), state.clients.len()))?;
    let frame = Frame::bare("Development identity provider");
    let issuer = core.config.issuer.as_str();
    Ok(html(StatusCode::OK, &HomePage { frame, issuer, users, organizations, clients }))
}

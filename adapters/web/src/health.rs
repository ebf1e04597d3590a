//! Whether the service lives, and whether it can do its work.

use axum::extract::State;
use axum::http::StatusCode;
use tenantry_domain::SessionId;

use crate::Shared;

/// The process answers.
pub(crate) async fn is_alive() -> &'static str {
    "alive\n"
}

/// Requests can be served: the store of sessions answers. Existing sessions need nobody else.
pub(crate) async fn is_ready(State(app): State<Shared>) -> (StatusCode, &'static str) {
    let answer = match SessionId::try_from("readiness") {
        Ok(nobody) => app.sessions.find(&nobody, app.clock.now()).await.is_ok(),
        Err(_) => false,
    };
    if answer {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
    }
}

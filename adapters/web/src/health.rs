//! Whether the service lives, and whether it can do its work.

use axum::extract::State;

use crate::Shared;
use crate::problem::Problem;

/// The process answers.
pub(crate) async fn is_alive() -> &'static str {
    "alive\n"
}

/// Requests can be served: our own store answers and takes writes. Existing sessions need nobody else.
pub(crate) async fn is_ready(State(app): State<Shared>) -> Result<&'static str, Problem> {
    if app.readiness.is_ready().await { Ok("ready\n") } else { Err(Problem::not_ready()) }
}

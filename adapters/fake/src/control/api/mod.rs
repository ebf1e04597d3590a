//! The control API: one table of operations below `/_tenantry`, apart from Auth0's paths.

#![expect(clippy::unnecessary_wraps, reason = "all operations have the form of those that can fail")]

mod about;
mod clock;
mod description;
mod faults;
mod guard;
mod mailbox;
mod operation;
mod problem;
mod rate_limits;
mod requests;
mod tenants;
mod whole_state;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, any, on};

use super::BASE;
use crate::fake::Core;
pub use guard::InProcess;
pub(crate) use guard::{admit_form, is_near, without_port};
use operation::{Answer, Operation};
use problem::Problem;

/// A seed file may be large.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// The table.
fn operations() -> impl Iterator<Item = Operation> {
    whole_state::operations()
        .into_iter()
        .chain(faults::operations())
        .chain(clock::operations())
        .chain(mailbox::operations())
        .chain(requests::operations())
        .chain(rate_limits::operations())
        .chain(tenants::operations())
        .chain(about::operations())
}

pub(crate) fn routes() -> Router<Arc<Core>> {
    let routes = operations().fold(Router::new(), |router, operation| {
        let Ok(filter) = MethodFilter::try_from(operation.method.clone()) else { return router };
        let path = format!("{BASE}{}", operation.path);
        let operation = Arc::new(operation);
        let handler = move |State(core): State<Arc<Core>>, path: RawPathParams, request: Request| async move {
            let (parts, body) = request.into_parts();
            perform(&core, &operation, &path, &parts, body).await.into_response()
        };
        router.route(&path, on(filter, handler))
    });
    routes
        .route(&format!("{BASE}/"), any(unknown))
        .route(&format!("{BASE}/{{*path}}"), any(unknown))
        .method_not_allowed_fallback(unknown)
}

async fn perform(
    core: &Arc<Core>,
    operation: &Operation,
    path: &RawPathParams,
    parts: &Parts,
    body: Body,
) -> Answer {
    guard::admit(core, parts)?;
    let body = axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| Problem::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"))?;
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let query = parts.uri.query().unwrap_or_default();
    operation.perform(core, path, query, &parts.headers, &body).await
}

async fn unknown(State(core): State<Arc<Core>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let problem = guard::admit(&core, &parts).err().unwrap_or_else(|| {
        let what = format!("The control API has no {} {}", parts.method, parts.uri.path());
        Problem::not_found(format!("{what}: GET {BASE} says what it has"))
    });
    problem.into_response()
}

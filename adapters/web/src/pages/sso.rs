//! `/admin/sso`: an organization's own identity provider, from the first step of its set-up to its end.

pub(crate) mod connection;
mod consequences;
pub(crate) mod credentials;
pub(crate) mod deletion;
pub(crate) mod domain;
pub(crate) mod list;
pub(crate) mod people;
pub(crate) mod policy;
pub(crate) mod report;
pub(crate) mod saml;
pub(crate) mod set_up;
mod steps;
pub(crate) mod test;

use axum::response::Response;
use tenantry_application::ConnectSsoError;
use tenantry_domain::{SsoRequest, SsoRequestId, SsoStep};
use tenantry_ports::KeptSsoRequest;

use crate::problem::Problem;
use crate::session::see_other;

/// The page of one step of the set-up.
fn step_path(request: &SsoRequestId, step: SsoStep) -> String {
    match step {
        SsoStep::Done => connection_path(request),
        step => format!("/admin/sso/set-up?connection={request}&step={}", step.as_str()),
    }
}

/// The page of a connection that is set up.
fn connection_path(request: &SsoRequestId) -> String {
    format!("/admin/sso/connection?connection={request}")
}

/// Where entered credentials lead: to their test. What is wrong about one of the fields is said beside it; the rest is a
/// problem.
fn entered(
    connected: Result<KeptSsoRequest, ConnectSsoError>,
    source: &'static str,
) -> Result<Result<Response, ConnectSsoError>, Problem> {
    match connected {
        Ok(kept) => Ok(Ok(see_other(&step_path(&kept.request.id, SsoStep::Test)))),
        Err(error @ (ConnectSsoError::Sso(_) | ConnectSsoError::OtherProtocol)) => {
            Err(Problem::not_connected(error, source))
        }
        Err(error) => Ok(Err(error)),
    }
}

/// Where to go on with a request.
fn next_path(request: &SsoRequest) -> String {
    step_path(&request.id, request.next_step())
}

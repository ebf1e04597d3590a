//! `/api/auth/backchannel-logout`: the identity provider tells of a logout (OpenID Connect Back-Channel Logout, sections
//! 2.5 to 2.8).

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde_json::json;
use tenantry_application::FollowLogoutError;

use crate::Shared;
use crate::csrf::{is_form, read};
use crate::fields::Fields;
use crate::problem::Problem;

/// Ends what the token says has ended. A token that proves nothing is 400, with which the provider gives up; what fails
/// here is 503, with which it tries again.
pub(crate) async fn follow(State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    if !is_form(request.headers()) {
        return Ok(refused("logout_token must be sent as a form"));
    }
    let body = read(request.into_body()).await?;
    let fields = Fields::parse(&body).unwrap_or_default();
    let Ok(Some(token)) = fields.sole("logout_token") else {
        return Ok(refused("logout_token must be sent once"));
    };
    match app.use_cases.follow_logout.run(&SecretString::from(token)).await {
        Ok(sessions) => {
            tracing::info!(sessions, "logged out at the identity provider");
            Ok(StatusCode::OK.into_response())
        }
        Err(FollowLogoutError::Rejected(why)) => {
            tracing::warn!(%why, "a logout token was not accepted");
            Ok(refused("the logout token was not accepted"))
        }
        Err(FollowLogoutError::Outage(outage)) => Err(outage.into()),
    }
}

/// The standard's own form of an error, which says no more than that.
fn refused(description: &str) -> Response {
    let error = json!({ "error": "invalid_request", "error_description": description });
    (StatusCode::BAD_REQUEST, Json(error)).into_response()
}

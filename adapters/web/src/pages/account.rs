//! `/home/account/*`: one's own sessions, password and copy, and the end of the account.

pub(crate) mod deletion;
pub(crate) mod export;
pub(crate) mod password;
pub(crate) mod sessions;

use axum::http::HeaderMap;
use axum::response::Response;
use tenantry_application::{SignInWish, Under};
use tenantry_ports::Session;

use crate::App;
use crate::auth::login::begin;
use crate::problem::Problem;

/// Sends somebody to log in once more, with their credentials, where they are signed in now; they come back to the page
/// at `return_to`.
async fn log_in_again(
    app: &App,
    headers: &HeaderMap,
    session: &Session,
    return_to: &str,
) -> Result<Response, Problem> {
    let wish = SignInWish {
        under: session.tenant.clone().map_or(Under::NoTenant, Under::Tenant),
        email_hint: session.email.clone(),
        reauthenticate: true,
        return_to: return_to.to_owned(),
        ..SignInWish::default()
    };
    begin(app, headers, wish).await
}

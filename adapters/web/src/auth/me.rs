//! `/api/auth/me`: the claims of whoever is signed in, for scripts of the product.

use axum::Json;
use axum::extract::State;

use crate::Shared;
use crate::problem::Problem;
use crate::session::SignedIn;

/// The claims as JSON; 401 for a stranger.
pub(crate) async fn show(
    State(app): State<Shared>,
    signed_in: SignedIn,
) -> Result<Json<serde_json::Map<String, serde_json::Value>>, Problem> {
    Ok(Json(app.use_cases.profile.run(&signed_in.session).await?.claims))
}

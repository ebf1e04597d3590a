//! Builds an Action's code: whether it can run at all.

use serde_json::{Value, json};
use tenantry_actions::{BuildError, check};

/// What came of a build: nothing when it went well, else what is wrong, as the Management API shows it.
///
/// Code without the handler is built as well, as it is at Auth0: it fails when it runs.
pub(super) async fn build(code: String) -> Vec<Value> {
    let checked = tokio::task::spawn_blocking(move || check(&code)).await;
    match checked {
        Ok(Ok(()) | Err(BuildError::NoHandler)) => Vec::new(),
        Ok(Err(error)) => vec![json!({ "id": "build_failed", "msg": error.to_string() })],
        Err(_) => vec![json!({ "id": "build_failed", "msg": "The build was stopped" })],
    }
}

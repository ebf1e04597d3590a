//! What a single request can do to the service at most: break itself, and take half a minute.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tokio::time::timeout;

use crate::problem::Problem;

const LONGEST: Duration = Duration::from_secs(30);

/// A handler has a bug; with what it said last.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

/// The answer of a handler, or the problem that there is none.
pub(crate) async fn answer(handler: impl Future<Output = Response>) -> Response {
    // What a handler shares with others is behind ports, whose adapters keep it whole; the rest is gone with it.
    match timeout(LONGEST, AssertUnwindSafe(handler).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => Problem::internal(Panicked(last_words(&*panic))).into_response(),
        Err(_) => Problem::took_too_long().into_response(),
    }
}

fn last_words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

//! What was asked of the fake over HTTP, so that a test can count the calls that a page costs.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// One request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The HTTP method.
    pub method: String,
    /// The route that answered, as a template: `/api/v2/users/{id}`. Empty when none did.
    pub route: String,
    /// The path that was asked for, without its query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
}

/// The last calls.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<VecDeque<Call>>>);

const KEPT: usize = 10_000;

impl Calls {
    pub(crate) fn all(&self) -> Vec<Call> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn push(&self, call: Call) {
        let mut calls = self.lock();
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Call>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes every request with its answer's status.
pub(crate) async fn note_call(State(calls): State<Calls>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let route =
        request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    calls.push(Call { method, route, path, status: response.status().as_u16() });
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_call_makes_room() {
        let calls = Calls::default();
        let call = |status| Call { method: "GET".into(), route: "/".into(), path: "/".into(), status };
        for status in 0..10_001 {
            calls.push(call(status));
        }
        let kept = calls.all();
        assert_eq!((kept.len(), kept[0].status, kept[9_999].status), (10_000, 1, 10_000));
    }
}

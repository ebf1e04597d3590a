//! One row of the table of endpoints outside of the Management API: what is served, and how it is known.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

use super::management::Covered;
use crate::fake::Core;

/// How it is known that Auth0 answers like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Seen in recordings of the real service.
    Recorded,
    /// Read in Auth0's documentation or its clients.
    Documented,
    /// Neither: what Auth0 is likely to do.
    Assumed,
}

impl Evidence {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Documented => "documented",
            Self::Assumed => "assumed",
        }
    }
}

/// What is served at one path for one method.
pub(super) struct Endpoint {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    evidence: Evidence,
    note: Option<&'static str>,
    handler: MethodRouter<Arc<Core>>,
}

impl Endpoint {
    pub(super) fn get<H, T>(path: &'static str, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<Core>>,
        T: 'static,
    {
        Self::new("GET", path, summary, routing::get(handler))
    }

    pub(super) fn post<H, T>(path: &'static str, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<Core>>,
        T: 'static,
    {
        Self::new("POST", path, summary, routing::post(handler))
    }

    fn new(
        method: &'static str,
        path: &'static str,
        summary: &'static str,
        handler: MethodRouter<Arc<Core>>,
    ) -> Self {
        Self { method, path, summary, evidence: Evidence::Documented, note: None, handler }
    }

    pub(super) fn evidence(self, evidence: Evidence) -> Self {
        Self { evidence, ..self }
    }

    /// Where it is known, or guessed, that Auth0 differs.
    pub(super) fn note(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    pub(super) fn covered(&self) -> Covered {
        Covered {
            method: self.method.to_owned(),
            route: self.path.to_owned(),
            summary: self.summary,
            evidence: self.evidence.as_str(),
            note: self.note,
        }
    }
}

/// Serves what the table says, and nothing else.
pub(super) fn serve(endpoints: Vec<Endpoint>) -> Router<Arc<Core>> {
    endpoints
        .into_iter()
        .fold(Router::new(), |router, endpoint| router.route(endpoint.path, endpoint.handler))
}

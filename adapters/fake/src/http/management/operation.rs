//! One operation of the Management API: how it is asked for, who may, what it answers, and what it does.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::{Method, StatusCode};

pub(super) use super::super::endpoint::Evidence;
use super::call::Call;
use super::error::ApiError;
use super::schema::{Property, Schema};
use super::{Answer, Reply};
use crate::fake::Core;
use crate::store::State;

/// Which of the token's scopes an operation asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scopes {
    /// One of these.
    Any(&'static [&'static str]),
    /// Each of these.
    All(&'static [&'static str]),
}

pub(super) type Later<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// What an operation does. A write that fails leaves nothing behind.
#[derive(Clone, Copy)]
pub(super) enum Run {
    Read(fn(&State, &Call<'_>) -> Answer),
    Write(fn(&mut State, &Call<'_>) -> Answer),
    /// For those that wait for something besides the store.
    Later(for<'a> fn(&'a Arc<Core>, &'a Call<'a>) -> Later<'a>),
}

/// One operation.
pub(super) struct Operation {
    pub(super) method: Method,
    /// Below `/api/v2`.
    pub(super) path: &'static str,
    /// What it does, as a phrase: "List organizations".
    pub(super) summary: &'static str,
    pub(super) scopes: Scopes,
    /// The query parameters that it knows; any other is refused.
    pub(super) query: Vec<Property>,
    /// The body that it takes, if any.
    pub(super) body: Option<Schema>,
    pub(super) body_is_optional: bool,
    /// What it answers when it succeeds, with the body's shape.
    pub(super) answers: Vec<(StatusCode, Option<Schema>)>,
    /// Why it may refuse, beyond what every operation refuses: token, scope, query, path and body.
    pub(super) refusals: Vec<ApiError>,
    pub(super) evidence: Evidence,
    /// Where it is known to differ from Auth0.
    pub(super) note: Option<&'static str>,
    pub(super) run: Run,
}

impl Operation {
    fn new(method: Method, path: &'static str, summary: &'static str, run: Run) -> Self {
        Self {
            method,
            path,
            summary,
            scopes: Scopes::Any(&[]),
            query: Vec::new(),
            body: None,
            body_is_optional: false,
            answers: Vec::new(),
            refusals: Vec::new(),
            evidence: Evidence::Recorded,
            note: None,
            run,
        }
    }

    /// An operation that changes nothing.
    pub(super) fn get(
        path: &'static str,
        summary: &'static str,
        run: fn(&State, &Call<'_>) -> Answer,
    ) -> Self {
        Self::new(Method::GET, path, summary, Run::Read(run))
    }

    /// An operation that changes the state in one transaction.
    pub(super) fn write(
        method: Method,
        path: &'static str,
        summary: &'static str,
        run: fn(&mut State, &Call<'_>) -> Answer,
    ) -> Self {
        Self::new(method, path, summary, Run::Write(run))
    }

    /// An operation that waits for something besides the store.
    pub(super) fn later(
        method: Method,
        path: &'static str,
        summary: &'static str,
        run: for<'a> fn(&'a Arc<Core>, &'a Call<'a>) -> Later<'a>,
    ) -> Self {
        Self::new(method, path, summary, Run::Later(run))
    }

    /// Asks for one of these scopes.
    pub(super) fn scope(self, any: &'static [&'static str]) -> Self {
        Self { scopes: Scopes::Any(any), ..self }
    }

    /// Asks for each of these scopes.
    pub(super) fn scopes(self, all: &'static [&'static str]) -> Self {
        Self { scopes: Scopes::All(all), ..self }
    }

    pub(super) fn query(mut self, parameters: impl IntoIterator<Item = Property>) -> Self {
        self.query.extend(parameters);
        self
    }

    pub(super) fn body(self, schema: Schema) -> Self {
        Self { body: Some(schema), ..self }
    }

    /// A body that may be left out.
    pub(super) fn optional_body(self, schema: Schema) -> Self {
        Self { body: Some(schema), body_is_optional: true, ..self }
    }

    pub(super) fn answers(mut self, status: StatusCode, body: Schema) -> Self {
        self.answers.push((status, Some(body)));
        self
    }

    pub(super) fn answers_nothing(mut self, status: StatusCode) -> Self {
        self.answers.push((status, None));
        self
    }

    pub(super) fn refuses(mut self, error: ApiError) -> Self {
        self.refusals.push(error);
        self
    }

    /// How the answers are known, when not from recordings.
    pub(super) fn evidence(self, evidence: Evidence) -> Self {
        Self { evidence, ..self }
    }

    /// Says where it differs from Auth0.
    pub(super) fn note(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    /// Does what was asked for.
    pub(super) async fn perform(&self, core: &Arc<Core>, call: &Call<'_>) -> Answer {
        match self.run {
            Run::Read(run) => core.store.read(|state| run(state, call))?,
            Run::Write(run) => core.store.write(|state| run(state, call)).await,
            Run::Later(run) => run(core, call).await,
        }
    }

    /// What every call of it must bring: scopes, and a query, path and body of the right shape.
    pub(super) fn check(&self, call: &Call<'_>) -> Result<(), ApiError> {
        match self.scopes {
            Scopes::Any([]) => {}
            Scopes::Any(any) if any.iter().any(|scope| call.has_scope(scope)) => {}
            Scopes::All(all) if all.iter().all(|scope| call.has_scope(scope)) => {}
            Scopes::Any(expected) | Scopes::All(expected) => {
                return Err(ApiError::insufficient_scope(expected));
            }
        }
        for name in call.query.names() {
            if !self.query.iter().any(|known| known.name == name) {
                return Err(ApiError::query(&format!("Additional properties not allowed: {name}"), None));
            }
        }
        for parameter in &self.query {
            let mut values = call.query.all(parameter.name).peekable();
            if parameter.is_required && values.peek().is_none() {
                let rule = format!("Missing required property: {}", parameter.name);
                return Err(ApiError::query(&rule, None));
            }
            for text in values {
                let checked = parameter.schema.check_parameter(parameter.name, text);
                checked.map_err(|broken| ApiError::query(&broken.rule, broken.property.as_deref()))?;
            }
        }
        match &self.body {
            Some(_) if self.body_is_optional && call.has_no_body() => Ok(()),
            Some(schema) => schema
                .check(call.json())
                .map_err(|broken| ApiError::body(&broken.rule, broken.property.as_deref())),
            None => Ok(()),
        }
    }
}

impl Reply {
    pub(super) fn ok(body: serde_json::Value) -> Self {
        Self::Json(StatusCode::OK, body)
    }

    pub(super) fn created(body: serde_json::Value) -> Self {
        Self::Json(StatusCode::CREATED, body)
    }

    pub(super) fn accepted(body: serde_json::Value) -> Self {
        Self::Json(StatusCode::ACCEPTED, body)
    }
}

//! One operation of the control API: how it is asked for, what it takes and answers, and what it does.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::form_urlencoded;

use super::problem::Problem;
use crate::document::Document;
use crate::fake::Core;
use crate::schema::{Property, Schema};

/// What an operation answers.
pub(super) type Answer = Result<Reply, Problem>;

/// A success.
pub(super) enum Reply {
    Json(StatusCode, Value),
    Nothing,
}

pub(super) type Later<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

#[derive(Clone, Copy)]
enum Run {
    Now(fn(&Core, &Call) -> Answer),
    Later(for<'a> fn(&'a Arc<Core>, &'a Call) -> Later<'a>),
}

/// One operation.
pub(super) struct Operation {
    pub(super) method: Method,
    /// Below the control API's base.
    pub(super) path: &'static str,
    /// What it does, as a phrase.
    pub(super) summary: &'static str,
    pub(super) query: Vec<Property>,
    pub(super) body: Option<Schema>,
    pub(super) answers: Vec<(StatusCode, Option<Schema>)>,
    pub(super) refusals: Vec<(StatusCode, &'static str)>,
    run: Run,
}

/// A call that has what the operation takes.
pub(super) struct Call {
    query: HashMap<String, String>,
    path: HashMap<String, String>,
    body: Value,
}

impl Operation {
    fn new(method: Method, path: &'static str, summary: &'static str, run: Run) -> Self {
        let (query, answers, refusals) = (Vec::new(), Vec::new(), Vec::new());
        Self { method, path, summary, query, body: None, answers, refusals, run }
    }

    /// An operation that is done at once.
    pub(super) fn now(
        method: Method,
        path: &'static str,
        summary: &'static str,
        run: fn(&Core, &Call) -> Answer,
    ) -> Self {
        Self::new(method, path, summary, Run::Now(run))
    }

    /// An operation that waits for something.
    pub(super) fn later(
        method: Method,
        path: &'static str,
        summary: &'static str,
        run: for<'a> fn(&'a Arc<Core>, &'a Call) -> Later<'a>,
    ) -> Self {
        Self::new(method, path, summary, Run::Later(run))
    }

    pub(super) fn query(mut self, parameters: impl IntoIterator<Item = Property>) -> Self {
        self.query.extend(parameters);
        self
    }

    pub(super) fn body(self, schema: Schema) -> Self {
        Self { body: Some(schema), ..self }
    }

    pub(super) fn answers(mut self, status: StatusCode, body: Schema) -> Self {
        self.answers.push((status, Some(body)));
        self
    }

    pub(super) fn answers_nothing(mut self) -> Self {
        self.answers.push((StatusCode::NO_CONTENT, None));
        self
    }

    /// What it may refuse beyond a query or a body of another shape.
    pub(super) fn refuses(mut self, status: StatusCode, why: &'static str) -> Self {
        self.refusals.push((status, why));
        self
    }

    /// Checks the call and does it.
    pub(super) async fn perform(
        &self,
        core: &Arc<Core>,
        path: HashMap<String, String>,
        query: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Answer {
        let query = self.checked_query(query)?;
        let body = self.checked_body(headers, body)?;
        let call = Call { query, path, body };
        match self.run {
            Run::Now(run) => run(core, &call),
            Run::Later(run) => run(core, &call).await,
        }
    }

    fn checked_query(&self, query: &str) -> Result<HashMap<String, String>, Problem> {
        let mut checked = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            let known = self.query.iter().find(|known| known.name == name);
            let known = known.ok_or_else(|| Problem::bad("This parameter is not known").at(name.clone()))?;
            known.schema.check_parameter(&name, &value)?;
            checked.insert(name, value);
        }
        Ok(checked)
    }

    fn checked_body(&self, headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
        let Some(schema) = &self.body else {
            return if body.is_empty() { Ok(Value::Null) } else { Err(Problem::bad("This takes no body")) };
        };
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
        if !essence.trim().eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Send JSON, with Content-Type: application/json",
            ));
        }
        let body = serde_json::from_slice(body)
            .map_err(|error| Problem::bad(format!("The body is no JSON: {error}")))?;
        schema.check(&body)?;
        Ok(body)
    }
}

impl Call {
    pub(super) fn path(&self, name: &str) -> &str {
        self.path.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A number of the query, whose shape was checked.
    pub(super) fn query_number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.query(name)?.parse().ok()
    }

    pub(super) fn body(&self) -> Document<'_> {
        Document::of(&self.body)
    }

    pub(super) fn json(&self) -> &Value {
        &self.body
    }
}

impl Reply {
    pub(super) fn ok(body: Value) -> Answer {
        Ok(Self::Json(StatusCode::OK, body))
    }

    pub(super) fn created(body: Value) -> Answer {
        Ok(Self::Json(StatusCode::CREATED, body))
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Json(status, body) => (status, [no_store()], axum::Json(body)).into_response(),
            Self::Nothing => (StatusCode::NO_CONTENT, [no_store()]).into_response(),
        }
    }
}

/// What is true now may be another thing in a moment.
pub(super) fn no_store() -> (HeaderName, HeaderValue) {
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

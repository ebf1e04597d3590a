//! Parameters of a query or a form, in the order in which they came.

use std::collections::{HashMap, HashSet};

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::form_urlencoded;

use super::standard_answers;

/// Names and values. Among the values are secrets, passwords and codes.
#[derive(Clone, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of this name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The first name that stands twice.
    pub(super) fn duplicate(&self) -> Option<&str> {
        let mut seen = HashSet::new();
        self.names().find(|name| !seen.insert(*name))
    }

    pub(super) fn into_map(self) -> HashMap<String, String> {
        self.0.into_iter().collect()
    }
}

/// The text as it stands in a query.
pub(super) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The query of a request.
pub(super) struct Query(pub(super) Parameters);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// A form that a page sent.
pub(super) struct Form(pub(super) Parameters);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let is_form = has_content_type(request.headers(), "application/x-www-form-urlencoded");
        let (path, body) = read(request, state).await?;
        if is_form || body.is_empty() {
            Ok(Self(Parameters::parse(&body)))
        } else {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            Err(standard_answers::refusal(&path, status, Some("Send a form")))
        }
    }
}

/// What an OAuth endpoint is sent: a form, or a JSON object of strings.
pub(super) struct FormOrJson(pub(super) Parameters);

impl<S: Send + Sync> FromRequest<S> for FormOrJson {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if !has_content_type(request.headers(), "application/json") {
            return Form::from_request(request, state).await.map(|Form(parameters)| Self(parameters));
        }
        let (_, body) = read(request, state).await?;
        match serde_json::from_slice(&body) {
            Ok(Value::Object(object)) => Ok(Self(Parameters(
                object.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect(),
            ))),
            _ => Err(super::errors::OAuthError::invalid_request("Invalid JSON body").into_response()),
        }
    }
}

/// The path and the whole body.
async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<(String, Bytes), Response> {
    let path = request.uri().path().to_owned();
    match Bytes::from_request(request, state).await {
        Ok(body) => Ok((path, body)),
        Err(error) => Err(standard_answers::unreadable(&path, &error, error.status())),
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(super) fn has_content_type(headers: &HeaderMap, wanted: &str) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(wanted)
}

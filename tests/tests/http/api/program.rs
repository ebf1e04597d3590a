//! A program that calls the API with somebody's session.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::answer::Answer;
use crate::browser::Browser;

/// It has the cookies of a browser, and the session's token.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(super) browser: Browser,
    pub(super) token: String,
}

impl Program {
    /// What runs with the session of this browser.
    pub(crate) async fn of(mut browser: Browser) -> Self {
        let session = browser.get("/api/v1/session").await;
        let token = session.is(200).json()["csrf_token"].as_str().unwrap().to_owned();
        Self { browser, token }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, None, &[]).await
    }

    pub(super) async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body.to_string().into_bytes()), &[]).await
    }

    pub(super) async fn post_with_key(&mut self, path: &str, body: &Value, key: &str) -> Answer {
        let body = body.to_string().into_bytes();
        self.ask(Method::POST, path, Some(body), &[("idempotency-key", key)]).await
    }

    pub(super) async fn patch(&mut self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body.to_string().into_bytes()), &[]).await
    }

    pub(crate) async fn put(&mut self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, Some(body.to_string().into_bytes()), &[]).await
    }

    pub(super) async fn delete(&mut self, path: &str, body: Option<&Value>) -> Answer {
        self.ask(Method::DELETE, path, body.map(|body| body.to_string().into_bytes()), &[]).await
    }

    /// Sends exactly this, as JSON, with the session's token.
    pub(super) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.browser.site.request(method.clone(), path);
        if method != Method::GET {
            request = request.header("x-csrf-token", &self.token);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.browser.send(request, path).await
    }
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.summary()))
    }

    /// That it is a problem of this status, code and field.
    #[track_caller]
    pub(super) fn is_problem(&self, status: u16, code: &str, field: Option<&str>) -> &Self {
        self.is(status);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.summary());
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}", self.summary());
        assert_eq!(problem.get("field").and_then(Value::as_str), field, "{}", self.summary());
        assert_eq!(problem["status"], status, "{}", self.summary());
        self
    }
}

//! A provider on a real port, and a client of both of its APIs.

use std::time::Duration;

use reqwest::{Client, Method, Response, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tenantry_fake::{ClientCredentials, Fake, FakeAuth0, MANAGEMENT_CLIENT};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::PASSWORD;

pub(crate) struct Wire {
    pub(crate) fake: FakeAuth0,
    pub(crate) client: Client,
    token: String,
}

pub(crate) fn client() -> Client {
    let builder = Client::builder().timeout(Duration::from_secs(20));
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

impl Wire {
    pub(crate) async fn start() -> Self {
        Self::of(FakeAuth0::start().await.unwrap()).await
    }

    pub(crate) async fn of(fake: FakeAuth0) -> Self {
        let client = client();
        let token = token(&client, &fake).await;
        Self { fake, client, token }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.fake.issuer().as_str().trim_end_matches('/'))
    }

    /// A call of the control API.
    pub(crate) async fn control(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let request = self.client.request(method, self.url(&format!("/_tenantry{path}")));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        read(request.send().await.unwrap()).await
    }

    /// Puts a fault in force.
    pub(crate) async fn fault(&self, body: Value) -> u64 {
        let (status, fault) = self.control(Method::POST, "/faults", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{fault}");
        fault["id"].as_u64().unwrap()
    }

    /// A call of the Management API.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let request =
            self.client.request(method, self.url(&format!("/api/v2{path}"))).bearer_auth(&self.token);
        match body {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    }

    pub(crate) async fn api(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        read(self.send(method, path, body).await.unwrap()).await
    }

    pub(crate) async fn add_user(&self, email: &str) -> reqwest::Result<Response> {
        let connection = "Username-Password-Authentication";
        let body = json!({ "connection": connection, "email": email, "password": PASSWORD });
        self.send(Method::POST, "/users", Some(body)).await
    }

    /// The addresses of all accounts.
    pub(crate) async fn users(&self) -> Vec<String> {
        let (status, users) = self.api(Method::GET, "/users", None).await;
        assert_eq!(status, StatusCode::OK, "{users}");
        let users = users.as_array().unwrap().iter();
        let mut users: Vec<String> = users.map(|user| user["email"].as_str().unwrap().to_owned()).collect();
        users.sort();
        users
    }

    /// What comes back on a connection of its own, byte by byte, until it ends.
    pub(crate) async fn raw(&self, path: &str) -> String {
        let domain = self.fake.domain();
        let mut stream = TcpStream::connect(domain).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: {domain}\r\nConnection: close\r\n");
        let request = format!("{head}Authorization: Bearer {}\r\n\r\n", self.token);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // An end and a reset are both the end.
        let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await.unwrap();
        String::from_utf8(answer).unwrap()
    }
}

pub(crate) async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub(crate) fn management(fake: &Fake) -> ClientCredentials {
    fake.client(MANAGEMENT_CLIENT).unwrap()
}

/// A token of the Management API with every scope.
pub(crate) async fn token(client: &Client, fake: &Fake) -> String {
    let management = management(fake);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &management.client_id),
        ("client_secret", management.client_secret.expose_secret()),
        ("audience", &format!("{}api/v2/", fake.issuer())),
    ];
    let answer = client.post(format!("{}oauth/token", fake.issuer())).form(&form).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

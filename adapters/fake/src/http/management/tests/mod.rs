//! The table of operations against the table of what they answer: every declared success and refusal is brought about,
//! and nothing else is ever answered.

mod bad_input;
mod every_operation;
mod invitation_mail;
mod organization_grants;
mod rows;
mod script;
mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tower::ServiceExt as _;

use super::operation::{Operation, Scopes};
use super::{BASE, operations};
use crate::model::Client;
use crate::ready_keys;
use crate::tokens::{client_access_token, management_audience};
use crate::{Fake, FakeConfig, Seed, SeedClient, SeedClientKind, SeedConnection, StoreError};

/// A provider, a token with every scope, and the operations that it is asked for.
struct World {
    fake: Fake,
    clock: Arc<FixedClock>,
    router: Router,
    token: String,
    operations: Vec<Operation>,
}

struct Answer {
    status: StatusCode,
    body: Value,
}

const WEB: &str = "Web";
const SERVICE: &str = "Service";

impl World {
    async fn new() -> Self {
        let clock = Arc::new(FixedClock::at("2026-03-02T10:00:00.000Z"));
        let random = Arc::new(SeededRandom::new(11));
        let client = |name: &str, kind| SeedClient {
            name: name.to_owned(),
            callbacks: vec!["https://app.example/callback".to_owned()],
            logout_urls: vec!["https://app.example/".to_owned()],
            initiate_login_uri: Some("https://app.example/login".to_owned()),
            backchannel_logout_url: None,
            kind,
            client_id: None,
            client_secret: None,
        };
        let mut seed = Seed {
            clients: vec![
                client(WEB, SeedClientKind::RegularWeb),
                client(SERVICE, SeedClientKind::MachineToMachine { scopes: Vec::new() }),
            ],
            ..Seed::default()
        };
        for (name, strategy) in [("acme", "oidc"), ("email", "email")] {
            seed.connections.push(SeedConnection { name: name.to_owned(), strategy: strategy.to_owned() });
        }
        let issuer = "http://127.0.0.1:4400/".parse().unwrap();
        let config = FakeConfig { issuer, trial_days: 1, action_run_time: FakeConfig::ACTION_RUN_TIME, seed };
        let fake = Fake::in_memory(config, clock.clone(), random).unwrap();
        ready_keys::plant(&fake);
        plant(&fake);
        let operations: Vec<Operation> = operations().collect();
        let token = token(&fake, &every_scope(&operations)).await;
        Self { router: fake.router(), fake, clock, token, operations }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into())
        };
        Answer { status: parts.status, body }
    }

    /// A call with every scope.
    async fn call(&self, method: &Method, path: &str, body: Option<&Value>) -> Answer {
        self.send(request(&self.token, method, path, body)).await
    }

    /// The operation whose path this is, by its place in the table.
    fn operation_of(&self, method: &Method, path: &str) -> Option<usize> {
        let path = path.split('?').next().unwrap_or_default();
        let fits = |operation: &&(usize, &Operation)| {
            let (template, parts) = (operation.1.path.split('/'), path.split('/'));
            operation.1.method == *method
                && template.clone().count() == parts.clone().count()
                && template.zip(parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
        };
        let candidates: Vec<(usize, &Operation)> = self.operations.iter().enumerate().collect();
        // Among paths that fit, the one with the fewest parameters is meant, as the router sees it.
        let fitting = candidates.iter().filter(fits);
        fitting.min_by_key(|(_, operation)| operation.path.matches('{').count()).map(|(index, _)| *index)
    }
}

const BARE: &str = "Bare";
const INDIVIDUALS: &str = "Individuals";

/// Applications that can't invite anybody: one has no address for it, the other wants no organizations.
fn plant(fake: &Fake) {
    let planted = fake.core().store.write_blocking(|state| {
        let web = state.client_by_name(WEB).unwrap().clone();
        for (name, property, value) in
            [(BARE, "initiate_login_uri", Value::Null), (INDIVIDUALS, "organization_usage", json!("deny"))]
        {
            let mut client = Client { id: fake.core().ids.client(), name: name.to_owned(), ..web.clone() };
            client.settings.insert(property.to_owned(), value);
            state.clients.put(client);
        }
        Ok::<_, StoreError>(())
    });
    planted.unwrap();
}

fn request(token: &str, method: &Method, path: &str, body: Option<&Value>) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(format!("{BASE}{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    match body {
        None => request.body(Body::empty()).unwrap(),
        Some(json) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(json.to_string()))
            .unwrap(),
    }
}

fn every_scope(operations: &[Operation]) -> Vec<String> {
    // Some operations ask for these by what a call names.
    let more = ["create:organization_connections", "read:organization_member_roles"];
    let more = more.into_iter().chain(["read:connections_options", "update:connections_options"]);
    let of_operations = operations.iter().flat_map(|operation| match operation.scopes {
        Scopes::Any(scopes) | Scopes::All(scopes) => scopes,
    });
    let more = more.chain(["read:client_keys", "update:client_keys", "delete:refresh_tokens"]);
    let all: BTreeSet<&str> = of_operations.copied().chain(more).collect();
    all.into_iter().map(str::to_owned).collect()
}

async fn token(fake: &Fake, scopes: &[String]) -> String {
    let core = fake.core();
    let issuer = &core.config.issuer;
    let client = fake.client(SERVICE).unwrap().client_id;
    let now = core.clock.now();
    let claims = core.store.read(|state| {
        let api = state.api(&management_audience(issuer), issuer).unwrap();
        client_access_token(state, &core.context(), &api, &client, scopes, None)
    });
    // Long enough for the days that a script lets pass.
    let mut claims: Map<String, Value> = claims.unwrap();
    claims.insert("exp".to_owned(), json!(now.as_seconds() + 400 * 86_400));
    core.keys.ready().await.unwrap().sign("JWT", &claims).unwrap()
}

/// The path of an operation with something in place of its parameters.
fn operation_path(operation: &Operation) -> String {
    let parts = operation.path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

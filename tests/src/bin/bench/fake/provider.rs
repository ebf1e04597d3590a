//! A fake in a process of its own, with the applications and people that the loads need.

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde_json::json;
use tempfile::TempDir;

use crate::start::Fake;
use crate::wire::{self, Connection};

pub(crate) const CLIENT_ID: &str = "bench";
/// The application that calls APIs in its own name. Its secret is the same.
pub(crate) const MACHINE_ID: &str = "bench-machine";
pub(crate) const CLIENT_SECRET: &str = "not-a-secret";
pub(crate) const CALLBACK: &str = "http://localhost:3000/callback";
pub(crate) const EMAIL: &str = "person0@example.com";
pub(crate) const PASSWORD: &str = "correct Horse 1";
pub(crate) const ORGANIZATION: &str = "org_bench00000000001";
/// How many accounts there are at first.
const PEOPLE: usize = 1_000;

/// A running fake and the token for its Management API.
pub(crate) struct Provider {
    pub(crate) fake: Fake,
    pub(crate) audience: String,
    pub(crate) authorization: String,
    _directory: TempDir,
}

impl Provider {
    pub(crate) async fn start(keeps_data: bool) -> Result<Self> {
        let directory = TempDir::with_prefix("tenantry-")?;
        let (seed, data) = (directory.path().join("seed.json"), directory.path().join("data"));
        fs::write(&seed, seed_file().to_string())?;
        let (seed, data) = (seed.display().to_string(), data.display().to_string());
        let mut arguments = vec!["--empty", "--seed", &seed];
        if keeps_data {
            arguments.extend(["--data", &data]);
        }
        let fake = Fake::start_with(&arguments)?;
        let audience = format!("http://{}/api/v2/", fake.address());
        let mut connection = Connection::open(fake.address()).await?;
        let reply = connection.ask(&credentials(MACHINE_ID, CLIENT_SECRET, &audience)).await?.expect(200)?;
        let token = reply.json()?;
        let token = token.get("access_token").and_then(|token| token.as_str()).context("no access token")?;
        Ok(Self {
            fake,
            audience,
            authorization: format!("Authorization: Bearer {token}"),
            _directory: directory,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.fake.address()
    }
}

/// The request for a token of a client's own.
pub(crate) fn credentials(client_id: &str, client_secret: &str, audience: &str) -> Vec<u8> {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("audience", audience),
    ];
    wire::form("/oauth/token", &[], &fields)
}

fn seed_file() -> serde_json::Value {
    let connection = "Username-Password-Authentication";
    let people: Vec<_> = (0..PEOPLE)
        .map(|number| {
            json!({
                "connection": connection,
                "email": format!("person{number}@example.com"),
                "password": PASSWORD,
            })
        })
        .collect();
    json!({
        "clients": [{
            "name": "Bench",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "app_type": "regular_web",
            "callbacks": [CALLBACK],
        }, {
            "name": "Bench machine",
            "client_id": MACHINE_ID,
            "client_secret": CLIENT_SECRET,
            "app_type": "non_interactive",
            "management_scopes": ["read:organizations", "update:organizations", "read:users", "create:users"],
        }],
        "connections": [{ "name": connection, "strategy": "auth0", "enabled_clients": ["Bench", "Bench machine"] }],
        "users": people,
        "organizations": [{ "name": "bench", "id": ORGANIZATION, "display_name": "Bench" }],
    })
}

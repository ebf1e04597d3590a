//! The two other fakes that npm has, as far as they can do what ours does. They are started as they are delivered.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tempfile::TempDir;

use super::logins;
use super::provider;
use super::tokens::Tokens;
use crate::drive::Operation;
use crate::start::{self, Start};
use crate::wire::{self, Connection};

/// The client and the account that the simulator has from the beginning.
const CLIENT_ID: &str = "00000000000000000000000000000000";
const EMAIL: &str = "default@example.com";
const PASSWORD: &str = "12345";
const PROMISE: &str = "/.well-known/openid-configuration";

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Auth0Simulator,
    Oauth2MockServer,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Auth0Simulator, Self::Oauth2MockServer];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auth0Simulator => "auth0-simulator",
            Self::Oauth2MockServer => "oauth2-mock-server",
        }
    }

    fn token_path(self) -> &'static str {
        match self {
            Self::Auth0Simulator => "/oauth/token",
            Self::Oauth2MockServer => "/token",
        }
    }

    pub(crate) fn tokens(self) -> Tokens {
        let fields = [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("audience", "bench")];
        Tokens(wire::form(self.token_path(), &[], &fields))
    }
}

/// One that runs, until it is dropped.
pub(crate) struct Simulator {
    pub(crate) start: Start,
    _home: TempDir,
}

impl Simulator {
    pub(crate) fn start(kind: Kind) -> Result<Self> {
        let (home, address) = (TempDir::with_prefix("tenantry-")?, start::free_address()?);
        let folder = folder();
        ensure!(folder.join("node_modules").is_dir(), "npm ci --ignore-scripts in {}", folder.display());
        let port = address.port().to_string();
        let mut command = Command::new("node");
        command.current_dir(&folder).env("HOME", home.path()).env("NODE_ENV", "production");
        match kind {
            Kind::Auth0Simulator => command.args(["yardsticks/auth0_simulator.mjs", &port]),
            Kind::Oauth2MockServer => command.args([
                "node_modules/oauth2-mock-server/dist/oauth2-mock-server.mjs",
                "-a",
                "127.0.0.1",
                "-p",
                &port,
            ]),
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Start::wait(command, address, PROMISE).context(kind.name())?;
        Ok(Self { start, _home: home })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.start.address
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sdks")
}

/// A login of either. The mock server has no people: whoever comes is logged in. The simulator has no session:
/// everybody fills in the form.
#[derive(Clone, Copy)]
pub(crate) struct Login(pub(crate) Kind);

impl Operation for Login {
    async fn perform(&mut self, connection: &mut Connection) -> Result<()> {
        let path = logins::authorize("/authorize", CLIENT_ID);
        let reply = connection.ask(&wire::request("GET", &path, &[], "")).await?;
        let location = reply.location()?.to_owned();
        let code = match self.0 {
            Kind::Oauth2MockServer => logins::code(&location)?,
            Kind::Auth0Simulator => fill_in(connection, &location).await?,
        };
        logins::redeem(connection, self.0.token_path(), (CLIENT_ID, provider::CLIENT_SECRET), &code).await
    }
}

async fn fill_in(connection: &mut Connection, page: &str) -> Result<String> {
    connection.ask(&wire::request("GET", page, &[], "")).await?.expect(200)?;
    let fields = [("username", EMAIL), ("password", PASSWORD), ("nonce", "n1"), ("client_id", CLIENT_ID)];
    connection.ask(&wire::form("/usernamepassword/login", &[], &fields)).await?.expect(200)?;
    let context = json!({ "redirect_uri": provider::CALLBACK, "nonce": "n1", "state": "s1" }).to_string();
    let reply = connection.ask(&wire::form("/login/callback", &[], &[("wctx", &context)])).await?;
    logins::code(reply.location()?)
}

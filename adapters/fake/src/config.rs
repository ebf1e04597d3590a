//! What the fake is told at its start.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::fake_auth0::MANAGEMENT_CLIENT;
use crate::seed_file::SeedFile;

/// Where the fake is reached and what it holds at first.
#[derive(Clone, Debug)]
pub struct FakeConfig {
    /// The issuer, with a slash at the end: `http://127.0.0.1:4400/`.
    pub issuer: Url,
    /// How long the trial of a new user lasts, in days of 24 hours.
    pub trial_days: u32,
    /// How long the Actions of one login may take together: [`FakeConfig::ACTION_RUN_TIME`], unless a test is in a hurry.
    pub action_run_time: Duration,
    /// What is created, and what is brought up to date in a state that exists.
    pub seed: Seed,
}

impl FakeConfig {
    /// As long as Auth0 waits for a login's Actions.
    pub const ACTION_RUN_TIME: Duration = Duration::from_secs(20);
}

/// What there is before anybody has done anything.
///
/// Clients, connections and roles are matched by name: those that a state has already keep their ids, secrets and
/// everything that hangs on them, and take on the rest of what stands here.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Applications.
    pub clients: Vec<SeedClient>,
    /// Sources of users, enabled for every seeded application.
    pub connections: Vec<SeedConnection>,
    /// Roles.
    pub roles: Vec<SeedRole>,
    /// How people log in.
    pub login: SeedLogin,
    /// What a file says, on top of the rest.
    pub file: Option<SeedFile>,
}

/// An application.
#[derive(Clone, Debug)]
pub struct SeedClient {
    /// Names it on the login pages, and in [`Fake::client`](crate::Fake::client).
    pub name: String,
    /// Where a login may end (Auth0: Allowed Callback URLs). Compared exactly.
    pub callbacks: Vec<String>,
    /// Where a logout may end (Auth0: Allowed Logout URLs).
    pub logout_urls: Vec<String>,
    /// Where the application starts a login by itself, for invitations.
    pub initiate_login_uri: Option<String>,
    /// Where the application hears of logouts (Auth0: Back-Channel Logout URI): of all but those that come from nobody
    /// having been there for a while.
    pub backchannel_logout_url: Option<String>,
    /// What it does.
    pub kind: SeedClientKind,
    /// A given id; otherwise one is made, and kept.
    pub client_id: Option<String>,
    /// A given secret; otherwise one is made, and kept.
    pub client_secret: Option<SecretString>,
}

/// What an application does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeedClientKind {
    /// Logs people in.
    RegularWeb,
    /// Calls the Management API in its own name.
    MachineToMachine {
        /// The scopes that it may have.
        scopes: Vec<String>,
    },
}

/// A source of users.
#[derive(Clone, Debug)]
pub struct SeedConnection {
    /// Its unique name.
    pub name: String,
    /// `auth0` for a password database, else the provider's: `google-oauth2`, `oidc`, `okta`.
    pub strategy: String,
}

/// A role.
#[derive(Clone, Debug)]
pub struct SeedRole {
    /// Its unique name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// How people log in.
#[derive(Clone, Debug, Default)]
pub struct SeedLogin {
    /// Whether the e-mail address is asked for on a page of its own, before the password.
    pub identifier_first: bool,
    /// Whether an organization may be asked for by its name, too, and tokens carry `org_name`.
    pub allow_organization_name: bool,
    /// Whether the seeded web applications take people, organizations, or both.
    pub organization_usage: OrganizationUsage,
    /// What happens when the seeded web applications don't say which organization.
    pub organization_require_behavior: OrganizationRequireBehavior,
}

/// Whether logins are under an organization (Auth0: "Type of users").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationUsage {
    /// Never.
    Deny,
    /// Either way. Auth0's own default is `deny`; the guide sets this.
    #[default]
    Allow,
    /// Always.
    Require,
}

/// What happens when a login does not say which organization (Auth0: "Login flow").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationRequireBehavior {
    /// Nobody is asked.
    #[default]
    NoPrompt,
    /// The person names it before logging in.
    PreLoginPrompt,
    /// The person picks one of theirs after logging in.
    PostLoginPrompt,
}

impl Seed {
    /// One client, [`MANAGEMENT_CLIENT`](crate::MANAGEMENT_CLIENT), that calls the Management API with every scope, and
    /// nothing else.
    pub fn empty() -> Self {
        let management = SeedClient {
            name: MANAGEMENT_CLIENT.to_owned(),
            callbacks: Vec::new(),
            logout_urls: Vec::new(),
            initiate_login_uri: None,
            backchannel_logout_url: None,
            kind: SeedClientKind::MachineToMachine {
                scopes: crate::http::management_scopes().into_iter().map(str::to_owned).collect(),
            },
            client_id: None,
            client_secret: None,
        };
        Self {
            clients: vec![management],
            connections: Vec::new(),
            roles: Vec::new(),
            login: SeedLogin::default(),
            file: None,
        }
    }

    /// The same with one more source of users.
    #[must_use]
    pub fn with_connection(mut self, name: &str, strategy: &str) -> Self {
        self.connections.push(SeedConnection { name: name.to_owned(), strategy: strategy.to_owned() });
        self
    }
}

impl Default for Seed {
    fn default() -> Self {
        let connection = |name: &str, strategy: &str| SeedConnection {
            name: name.to_owned(),
            strategy: strategy.to_owned(),
        };
        let role = |name: &str, description: &str| SeedRole {
            name: name.to_owned(),
            description: description.to_owned(),
        };
        Self {
            clients: Vec::new(),
            connections: vec![
                connection("Username-Password-Authentication", "auth0"),
                connection("google-oauth2", "google-oauth2"),
            ],
            roles: vec![
                role("Administrator", "Runs the organization: members, plan and connections"),
                role("Employee", "Uses the product"),
            ],
            login: SeedLogin::default(),
            file: None,
        }
    }
}

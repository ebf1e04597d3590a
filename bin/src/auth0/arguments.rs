//! The arguments of `tenantry auth0`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::SecretString;

/// What to do with an Auth0 tenant.
#[derive(Clone, Debug, Subcommand)]
pub enum Auth0Command {
    /// Bring the tenant to what the product needs: shows a plan, then changes only what differs. May be run again at any
    /// point.
    Setup(SetupArguments),
    /// Say line by line whether the tenant is as the product needs it, and what to do where it is not. Ends with 1 when
    /// something is wrong.
    Check(CheckArguments),
    /// Write organizations, members, subscriptions and connections as JSON, one a line, without secrets.
    Export(ExportArguments),
}

/// Who calls the Management API: an application of its own, or a token.
#[derive(Clone, Debug, Default, Args)]
pub struct AccessArguments {
    /// The application that may call the Management API
    #[arg(long, value_name = "ID", env = "AUTH0_MANAGEMENT_CLIENT_ID")]
    pub client_id: Option<String>,

    /// Its secret; better in the environment than here
    #[arg(long, value_name = "SECRET", env = "AUTH0_MANAGEMENT_CLIENT_SECRET", hide_env_values = true)]
    pub client_secret: Option<SecretString>,

    /// A token for the Management API, instead of an application; better in the environment than here
    #[arg(long, value_name = "TOKEN", env = "AUTH0_MANAGEMENT_TOKEN", hide_env_values = true)]
    pub token: Option<SecretString>,
}

/// Arguments of `tenantry auth0 setup`.
#[derive(Clone, Debug, Args)]
pub struct SetupArguments {
    /// The tenant, for example https://acme.eu.auth0.com: its own domain, also where there is a custom one
    #[arg(long, value_name = "URL", env = "AUTH0_ISSUER_BASE_URL")]
    pub domain: String,

    #[command(flatten)]
    pub access: AccessArguments,

    /// The address at which browsers reach the product, for example https://app.example.com
    #[arg(long, value_name = "URL", env = "AUTH0_BASE_URL")]
    pub base_url: String,

    /// How many days a newcomer may try; --env-out writes it for the product [default: as in that file, or in the plans]
    #[arg(long, value_name = "DAYS", env = "TENANTRY_TRIAL_DAYS")]
    pub trial_days: Option<u32>,

    /// Carry the plan out without asking
    #[arg(long)]
    pub yes: bool,

    /// Show the plan, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Write the plan and what was done as JSON, one object a line
    #[arg(long)]
    pub json: bool,

    /// Write the product's variables into this file, which its owner alone can read; what else stands there is kept
    #[arg(long, value_name = "FILE")]
    pub env_out: Option<PathBuf>,

    /// Take over what others made under this name, change the login page of their applications with "prompts", or all of
    /// it with "all"; may be given several times
    #[arg(long, value_name = "NAME")]
    pub adopt: Vec<String>,

    /// Leave the connection to Google as it is, or is not
    #[arg(long)]
    pub without_google: bool,
}

/// Arguments of `tenantry auth0 check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArguments {
    /// The file with the product's variables; what it leaves out comes from the environment
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,

    #[command(flatten)]
    pub access: AccessArguments,

    /// Write the findings as JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `tenantry auth0 export`.
#[derive(Clone, Debug, Args)]
pub struct ExportArguments {
    /// The file with the product's variables; what it leaves out comes from the environment
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,

    #[command(flatten)]
    pub access: AccessArguments,

    /// Write to this file, which its owner alone can read, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

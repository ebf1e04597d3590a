//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::auth0::arguments::Auth0Command;

/// The front door of a SaaS product: sign-up and login, organizations, trials and paid plans, members and roles.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    serve: ServeArguments,

    /// How log lines are written.
    #[arg(long, global = true, env = "TENANTRY_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the product (what happens when no command is given).
    Serve(ServeArguments),
    /// Serve the development identity provider alone, and print the variables with which an application uses it.
    Fake(FakeArguments),
    /// Bring the PostgreSQL database of `TENANTRY_DATABASE_URL` up to date, as a role that may make tables.
    Migrate(MigrateArguments),
    /// Set an Auth0 tenant up for the product, check it, or export it.
    #[command(subcommand)]
    Auth0(Auth0Command),
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For eyes.
    Text,
    /// For machines: a JSON object a line.
    Json,
}

/// The plans whose rate limits are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RateLimits {
    /// Free.
    Free,
    /// Essentials and Professional.
    Essentials,
    /// Enterprise, in production.
    Enterprise,
}

/// Arguments of `tenantry serve`. What is not given here comes from the environment, then from the files.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeArguments {
    /// Where to listen, as address:port [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,

    /// Where the development identity provider listens, as address:port [default: 127.0.0.1:4400]
    #[arg(long, value_name = "ADDR")]
    pub fake_listen: Option<String>,

    /// The address at which browsers reach the product, for example https://app.example.com
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,

    /// Where to listen for those who collect metrics (Prometheus), as address:port; nowhere by default
    #[arg(long, value_name = "ADDR")]
    pub metrics_listen: Option<String>,

    /// For development: connect identity providers of this machine, and look domains up at this DNS server (address:port)
    #[arg(long, value_name = "ADDR")]
    pub dev_sso_dns: Option<String>,

    /// The folder for the product's data [default: .tenantry]
    #[arg(long, value_name = "DIR", conflicts_with = "ephemeral")]
    pub data: Option<PathBuf>,

    /// Keep everything in memory, and forget it at the end
    #[arg(long)]
    pub ephemeral: bool,

    /// A file with NAME=value lines, such as the guide's .env.local
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,

    /// A configuration file in TOML
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Arguments of `tenantry migrate`.
#[derive(Clone, Debug, Args)]
pub struct MigrateArguments {
    /// A file with NAME=value lines
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,

    /// A configuration file in TOML
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Arguments of `tenantry fake`.
#[derive(Clone, Debug, Args)]
pub struct FakeArguments {
    /// Where to listen, as address:port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4400")]
    pub listen: String,

    /// The folder in which it keeps what it knows; without one it forgets everything at the end
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// The address of the application that uses it
    #[arg(long, value_name = "URL", default_value = "http://localhost:3000")]
    pub base_url: String,

    /// Serve HTTPS, with a certificate of an authority that is made on the spot (and kept with --data)
    #[arg(long)]
    pub tls: bool,

    /// Serve HTTPS with this certificate, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_key", conflicts_with = "tls")]
    pub tls_cert: Option<PathBuf>,

    /// The private key of --tls-cert, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// Be https://HOST/ (http://HOST/ without TLS), for clients that know a domain and no port: listen on its port, 443
    #[arg(long, value_name = "HOST")]
    pub domain: Option<String>,

    /// Begin with one client, which may call the whole Management API, instead of the guide's two applications
    #[arg(long)]
    pub empty: bool,

    /// A file with what there is from the beginning: users, organizations, applications (YAML, TOML or JSON)
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,

    /// One more tenant, on a port of its own, with what a file says is there; may be given several times
    #[arg(long, value_name = "NAME[=FILE]")]
    pub tenant: Vec<String>,

    /// Put the rate limits of one of Auth0's plans in force [default when given without one: essentials]
    #[arg(long, value_name = "PLAN", value_enum, num_args = 0..=1, default_missing_value = "essentials")]
    pub rate_limits: Option<RateLimits>,

    /// The token without which nobody may use the control API, and with which from any machine
    #[arg(long, value_name = "TOKEN", env = "TENANTRY_CONTROL_TOKEN", hide_env_values = true)]
    pub control_token: Option<String>,
}

impl Cli {
    /// The command, `serve` when none is given.
    pub fn command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        <Cli as CommandFactory>::command().debug_assert();
    }

    #[test]
    fn serving_is_what_happens_without_a_command() {
        let cli = Cli::try_parse_from(["tenantry", "--listen", "127.0.0.1:0", "--ephemeral"]).unwrap();
        let Command::Serve(arguments) = cli.command() else { panic!("another command") };
        assert_eq!(arguments.listen.as_deref(), Some("127.0.0.1:0"));
        assert!(arguments.ephemeral);
    }

    #[test]
    fn a_certificate_comes_with_its_key_or_is_made() {
        let fake = |arguments: &[&str]| Cli::try_parse_from([&["tenantry", "fake"], arguments].concat());
        assert!(fake(&["--tls", "--domain", "dev.example.com"]).is_ok());
        assert!(fake(&["--tls-cert", "c.pem", "--tls-key", "k.pem"]).is_ok());
        for wrong in [
            &["--tls-cert", "c.pem"][..],
            &["--tls-key", "k.pem"],
            &["--tls", "--tls-cert", "c", "--tls-key", "k"],
        ] {
            assert!(fake(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn data_is_kept_or_forgotten_but_not_both() {
        assert!(Cli::try_parse_from(["tenantry", "serve", "--ephemeral", "--data", "here"]).is_err());
    }
}

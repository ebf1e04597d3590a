//! `tenantry auth0 setup`: shows the plan, asks, carries it out, and writes the product's variables.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use secrecy::ExposeSecret;
use serde::Serialize;
use tenantry_auth0::setup::{Adopt, Change, Line, Plan, ProductCredentials, Progress, Setup, SetupSettings};
use tenantry_oidc::Issuer;
use tenantry_ports::{Clock, Random};
use url::Url;

use super::arguments::SetupArguments;
use super::env_file::EnvFile;
use super::{Usage, access, trial};
use crate::settings::base_url;

/// What takes all of what stands in the way.
const ALL: &str = "all";

/// A line of the plan, or of what was done, as a program reads it.
#[derive(Serialize)]
struct Event<'a> {
    event: &'static str,
    #[serde(flatten)]
    line: &'a Line,
}

pub(super) async fn run(
    arguments: SetupArguments,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> anyhow::Result<ExitCode> {
    let env_file = arguments.env_out.as_deref().map(EnvFile::read).transpose().context("--env-out")?;
    let settings = settings(&arguments, env_file.as_ref())?;
    let (issuer, base_url) = (settings.issuer.clone(), settings.base_url.clone());
    let setup = Setup::new(settings, clock, Arc::clone(&random))?;
    let plan = setup.plan().await?;
    show(&plan, arguments.json)?;
    if plan.conflicts() > 0 {
        tell(&format!("{} steps conflict with what others made: nothing was changed", plan.conflicts()));
        return Ok(ExitCode::FAILURE);
    }
    if arguments.dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    if plan.changes() > 0 && !arguments.yes {
        if !confirmed(&plan)? {
            tell("nothing was changed");
            return Ok(ExitCode::FAILURE);
        }
        // Somebody may have taken a while to answer.
        anyhow::ensure!(
            setup.plan().await?.lines() == plan.lines(),
            "the tenant has changed since the plan was shown: nothing was changed; run the command again"
        );
    }
    if plan.changes() == 0 {
        tell("the tenant is as the product needs it: nothing to change");
        if arguments.env_out.is_none() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    let made = apply(&setup, &plan, arguments.json).await?;
    match arguments.env_out {
        Some(path) => {
            let name = path.display().to_string();
            // Somebody may have written to it since: what is kept is what stands there now.
            let mut file = EnvFile::read(&path).context("--env-out")?;
            trial::keep(arguments.trial_days, &mut file);
            let change = write_variables(file, &issuer, &base_url, &made, &*random)?;
            let line = Line { step: "env_file", name: name.clone(), change, details: Vec::new() };
            if arguments.json {
                print(&Event { event: "done", line: &line })?;
            }
            tell(&format!("{name}: {}; start with: tenantry serve --env-file {name}", done(change)));
        }
        None => tell("the same command with --env-out FILE writes the product's variables"),
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(arguments: &SetupArguments, env_file: Option<&EnvFile>) -> anyhow::Result<SetupSettings> {
    let missing = || {
        let what = "who may call the Management API? give --client-id and --client-secret, or --token (or the \
                    variables AUTH0_MANAGEMENT_CLIENT_ID and AUTH0_MANAGEMENT_CLIENT_SECRET, or AUTH0_MANAGEMENT_TOKEN)";
        Usage(what.to_owned())
    };
    let mut domain = arguments.domain.trim_end_matches('/').to_owned();
    if !domain.contains("://") {
        domain.insert_str(0, "https://");
    }
    let issuer = Issuer::try_from(format!("{domain}/").as_str()).map_err(|_| {
        Usage("--domain is not the address of an Auth0 tenant such as https://acme.eu.auth0.com".to_owned())
    })?;
    let environment = |name: &str| std::env::var(name).ok();
    Ok(SetupSettings {
        issuer,
        access: access(arguments.access.clone())?.ok_or_else(missing)?,
        base_url: base_url(&arguments.base_url).map_err(|error| Usage(format!("--base-url: {error:#}")))?,
        trial_days: trial::days(arguments.trial_days, env_file, environment)?,
        google: !arguments.without_google,
        adopt: if arguments.adopt.iter().any(|name| name == ALL) {
            Adopt::All
        } else {
            Adopt::Named(arguments.adopt.iter().cloned().collect::<BTreeSet<_>>())
        },
    })
}

fn show(plan: &Plan, json: bool) -> anyhow::Result<()> {
    for line in plan.lines() {
        if json {
            print(&Event { event: "plan", line })?;
            continue;
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{:<8}  {:<18}  {}", word(line.change), line.step, line.name)?;
        for detail in &line.details {
            writeln!(out, "{:<30}{detail}", "")?;
        }
    }
    Ok(())
}

/// Asks whoever sits at the terminal.
fn confirmed(plan: &Plan) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        let what = "there is no terminal to ask at: --yes carries the plan out, --dry-run shows it";
        return Err(Usage(what.to_owned()).into());
    }
    let mut error = io::stderr().lock();
    write!(error, "Make these {} changes? [y/N] ", plan.changes())?;
    error.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

async fn apply(setup: &Setup, plan: &Plan, json: bool) -> anyhow::Result<ProductCredentials> {
    let (steps, mut step, mut broken) = (plan.lines().len(), 0, None);
    let mut listener = |progress: Progress<'_>| match progress {
        Progress::Begins(line) => {
            step += 1;
            if line.change != Change::None {
                tell(&format!("[{step}/{steps}] {} {} ...", line.step, line.name));
            }
        }
        Progress::Done(line) => {
            if line.change != Change::None || !line.details.is_empty() {
                tell(&format!("[{step}/{steps}] {} {}: {}", line.step, line.name, done(line.change)));
                line.details.iter().filter(|_| line.change == Change::None).for_each(|detail| tell(detail));
            }
            if json {
                // A reader that is gone is no reason to stop half-way.
                broken = print(&Event { event: "done", line }).err().or(broken.take());
            }
        }
    };
    let made = setup.apply(plan, &mut listener).await?;
    broken.map_or(Ok(made), Err)
}

fn write_variables(
    mut file: EnvFile,
    issuer: &Issuer,
    base_url: &Url,
    made: &ProductCredentials,
    random: &dyn Random,
) -> anyhow::Result<Change> {
    file.set("AUTH0_BASE_URL", base_url.as_str().trim_end_matches('/'));
    // One that can't be read is there all the same.
    if matches!(file.value("AUTH0_SECRET"), Ok(None)) {
        file.set("AUTH0_SECRET", &random.hex(32));
    }
    file.set("AUTH0_ISSUER_BASE_URL", issuer.as_str().trim_end_matches('/'));
    file.set("AUTH0_CLIENT_ID", &made.client_id);
    file.set("AUTH0_CLIENT_SECRET", made.client_secret.expose_secret());
    file.set("AUTH0_M2M_CLIENT_ID", &made.m2m_client_id);
    file.set("AUTH0_M2M_CLIENT_SECRET", made.m2m_client_secret.expose_secret());
    file.set("AUTH0_M2M_SCOPES", &tenantry_auth0::scopes());
    file.write(random)
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Create => "create",
        Change::Update => "update",
        Change::None => "none",
        Change::Conflict => "CONFLICT",
    }
}

fn done(change: Change) -> &'static str {
    match change {
        Change::Create => "created",
        Change::Update => "updated",
        Change::None | Change::Conflict => "as it was",
    }
}

fn print(event: &Event<'_>) -> anyhow::Result<()> {
    let mut line = serde_json::to_string(event)?;
    line.push('\n');
    Ok(io::stdout().lock().write_all(line.as_bytes())?)
}

#[expect(clippy::print_stderr, reason = "a command says how far it has come")]
fn tell(text: &str) {
    eprintln!("{text}");
}

//! `tenantry auth0 check`: how a tenant stands, line by line.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use tenantry_auth0::setup::{Check, CheckSettings, Finding, State};
use tenantry_ports::{Clock, Random};

use super::arguments::CheckArguments;
use super::{access, product};

pub(super) async fn run(
    arguments: CheckArguments,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> anyhow::Result<ExitCode> {
    let access = access(arguments.access)?;
    let (auth0, base_url) = product::read(arguments.env_file)?;
    let settings = CheckSettings {
        issuer: auth0.issuer,
        base_url,
        client_id: auth0.client_id,
        client_secret: auth0.client_secret,
        m2m_client_id: auth0.m2m_client_id,
        m2m_client_secret: auth0.m2m_client_secret,
        m2m_scopes: auth0.m2m_scopes,
        access,
    };
    let report = Check::new(settings, clock, random)?.run().await?;
    let mut out = io::stdout().lock();
    for finding in &report.findings {
        if arguments.json {
            writeln!(out, "{}", serde_json::to_string(finding)?)?;
        } else {
            show(finding, &mut out)?;
        }
    }
    Ok(if report.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(finding: &Finding, out: &mut impl io::Write) -> io::Result<()> {
    let state = match finding.state {
        State::Right => "right",
        State::Wrong => "WRONG",
        State::Note => "note",
        State::Unseen => "unseen",
    };
    writeln!(out, "{state:<8}{}: {}", finding.check, finding.found)?;
    match &finding.todo {
        Some(todo) => writeln!(out, "{:<8}-> {todo}", ""),
        None => Ok(()),
    }
}

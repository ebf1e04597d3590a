//! The first step: whose addresses come in, and the proof that the domain is the organization's.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{CheckDomainError, ChooseSsoDomainsError, ClaimDomainError, SsoView};
use tenantry_domain::{EmailDomain, SsoRequest, SsoStep, Timestamp};

use super::step_path;
use super::steps::{DomainRow, STEPS};
use crate::csrf::Form;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::text::sentence;
use crate::{App, Shared, flash};

#[derive(Template)]
#[template(path = "pages/sso_domain.html")]
struct DomainPage<'a> {
    frame: Frame<'a>,
    steps: &'static [&'static str],
    step: usize,
    request: &'a SsoRequest,
    form: DomainForm,
    /// The domains of this connection.
    chosen: Vec<DomainRow<'a>>,
    has_proved: bool,
    /// Domains of the organization that it could have too.
    free: String,
    now: Timestamp,
}

/// The form as it was typed.
#[derive(Default)]
pub(super) struct DomainForm {
    domain: String,
    error: Option<String>,
}

pub(super) fn page_of(
    app: &App,
    person: &SignedIn,
    view: &SsoView,
    form: DomainForm,
) -> Result<Response, Problem> {
    let status = if form.error.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let request = &view.kept.request;
    let is_chosen = |domain: &EmailDomain| request.domains.contains(domain);
    let (chosen, free): (Vec<_>, Vec<_>) = view.proofs.iter().partition(|proof| is_chosen(&proof.domain));
    let free: Vec<_> = free.iter().map(|proof| proof.domain.as_str()).collect();
    let chosen: Vec<_> = chosen.into_iter().map(DomainRow::from).collect();
    let shown = DomainPage {
        frame: person.frame(app, "/admin/sso"),
        steps: STEPS,
        step: 1,
        request,
        form,
        has_proved: chosen.iter().any(DomainRow::is_proved),
        chosen,
        free: free.join(", "),
        now: app.clock.now(),
    };
    page(status, &shown)
}

/// Claims a domain, and makes the connection one for it too.
pub(crate) async fn add(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (id, typed) = (fields.text("connection")?, fields.text("domain")?);
    let view = app.use_cases.sso.list.one(&person.session, id).await?;
    let error = match EmailDomain::try_from(typed) {
        Err(why) => sentence(&why.to_string()),
        Ok(domain) => match claim(&app, &person, &view, domain).await? {
            Ok(()) => {
                let there = step_path(&view.kept.request.id, SsoStep::Domain);
                return Ok(flash::tell(
                    &app,
                    &person.session.user,
                    &there,
                    "Claimed. Now prove that it is yours.",
                ));
            }
            Err(error) => error,
        },
    };
    page_of(&app, &person, &view, DomainForm { domain: typed.to_owned(), error: Some(error) })
}

async fn claim(
    app: &App,
    person: &SignedIn,
    view: &SsoView,
    domain: EmailDomain,
) -> Result<Result<(), String>, Problem> {
    match app.use_cases.sso.claim_domain.run(&person.session, &domain).await {
        Ok(_) => {}
        Err(ClaimDomainError::Sso(error)) => return Err(error.into()),
        Err(error) => return Ok(Err(sentence(&error.to_string()))),
    }
    let request = &view.kept.request;
    let mut domains = request.domains.clone();
    domains.insert(domain);
    choose(app, person, request, domains).await
}

async fn choose(
    app: &App,
    person: &SignedIn,
    request: &SsoRequest,
    domains: BTreeSet<EmailDomain>,
) -> Result<Result<(), String>, Problem> {
    let chosen = app.use_cases.sso.choose_domains.run(&person.session, request.id.as_str(), domains).await;
    match chosen {
        Ok(_) => Ok(Ok(())),
        Err(ChooseSsoDomainsError::Sso(error)) => Err(error.into()),
        Err(error) => Ok(Err(sentence(&error.to_string()))),
    }
}

/// Looks for the record, now.
pub(crate) async fn check(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let view = app.use_cases.sso.list.one(&person.session, fields.text("connection")?).await?;
    let domain = EmailDomain::try_from(fields.text("domain")?).map_err(|_| Problem::not_found())?;
    let said = match app.use_cases.sso.check_domain.run(&person.session, &domain).await {
        Ok(proof) if proof.holds() => {
            format!("{domain} is proved to be yours.")
        }
        Ok(_) => format!("The record of {domain} is not there yet. DNS can take a while."),
        Err(CheckDomainError::Unknown) => return Err(Problem::not_found()),
        Err(CheckDomainError::Sso(error)) => return Err(error.into()),
        Err(error) => sentence(&error.to_string()),
    };
    let there = step_path(&view.kept.request.id, SsoStep::Domain);
    Ok(flash::tell(&app, &person.session.user, &there, &said))
}

/// Makes the connection no longer one for this domain. Its proof stays.
pub(crate) async fn remove(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let view = app.use_cases.sso.list.one(&person.session, fields.text("connection")?).await?;
    let request = &view.kept.request;
    let removed = fields.text("domain")?;
    let left = request.domains.iter().filter(|domain| domain.as_str() != removed).cloned().collect();
    let said = match choose(&app, &person, request, left).await? {
        Ok(()) => format!("{} is no longer for {removed}.", request.display_name),
        Err(error) => error,
    };
    Ok(flash::tell(&app, &person.session.user, &step_path(&request.id, SsoStep::Domain), &said))
}

/// Gives a domain up: whoever proves it next has it.
pub(crate) async fn release(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let domain = app.use_cases.sso.release_domain.run(&person.session, fields.text("domain")?).await?;
    let said = format!("{domain} is given up. Nobody comes in by it any more.");
    Ok(flash::tell(&app, &person.session.user, "/admin/sso", &said))
}

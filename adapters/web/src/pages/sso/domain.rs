//! The first step: whose addresses come in, and the proof that the domain is the organization's.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{CheckDomainError, ChooseSsoDomainsError, ClaimDomainError, SsoView};
use tenantry_domain::{DomainProof, EmailDomain, SsoRequest, SsoState, SsoStep, Timestamp};

use super::consequences::{self, End};
use super::step_path;
use super::steps::{DomainRow, progress};
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::confirmation::is_confirmed;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::steps::Step;
use crate::text::{self, sentence};
use crate::{App, Shared, flash};

#[derive(Template)]
#[template(path = "pages/sso_domain.html")]
struct DomainPage<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    request: &'a SsoRequest,
    form: DomainForm,
    /// The domains of this connection.
    chosen: Vec<DomainRow<'a>>,
    has_proved: bool,
    /// Proved domains of the organization that it could have too, and those that are only claimed.
    proved: String,
    claimed: String,
    now: Timestamp,
}

/// The form as it was typed.
#[derive(Default)]
pub(super) struct DomainForm {
    domain: String,
    error: Option<String>,
    /// Which domain was looked at just now, and why it is not proved.
    looked: Option<(String, String)>,
}

impl DomainForm {
    /// Why this domain, looked at just now, is not proved.
    fn unproved(&self, row: &DomainRow<'_>) -> Option<&str> {
        self.looked.as_ref().filter(|(domain, _)| domain == row.domain).map(|(_, why)| why.as_str())
    }
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
    let (proved, claimed): (Vec<_>, Vec<_>) = free.into_iter().partition(|proof| proof.holds());
    let chosen: Vec<_> = chosen.into_iter().map(DomainRow::from).collect();
    let shown = DomainPage {
        frame: person.frame(app, "/admin/sso"),
        steps: progress(view, SsoStep::Domain),
        request,
        form,
        has_proved: chosen.iter().any(DomainRow::is_proved),
        chosen,
        proved: names(&proved),
        claimed: names(&claimed),
        now: app.clock.now(),
    };
    page(status, &shown)
}

fn names(proofs: &[&DomainProof]) -> String {
    proofs.iter().map(|proof| proof.domain.as_str()).collect::<Vec<_>>().join(", ")
}

/// Claims a domain, and makes the connection one for it too.
pub(crate) async fn add(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (id, typed) = (fields.text("connection")?, fields.text("domain")?);
    let view = app.use_cases.sso.list.one(&person.session, id).await?;
    if let Err(error) = claim(&app, &person, &view, typed).await? {
        let form = DomainForm { domain: typed.to_owned(), error: Some(error), looked: None };
        return page_of(&app, &person, &view, form);
    }
    let there = step_path(&view.kept.request.id, SsoStep::Domain);
    Ok(flash::tell(&app, &person.session.user, &there, "Claimed. Now prove that it is yours."))
}

async fn claim(
    app: &App,
    person: &SignedIn,
    view: &SsoView,
    typed: &str,
) -> Result<Result<(), String>, Problem> {
    let domain = match EmailDomain::try_from(typed) {
        Ok(domain) => domain,
        Err(why) => return Ok(Err(sentence(&why.to_string()))),
    };
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
    let error = match app.use_cases.sso.check_domain.look(&person.session, &domain).await {
        Ok((proof, _)) if proof.holds() => {
            let there = step_path(&view.kept.request.id, SsoStep::Domain);
            let said = format!("{domain} is proved to be yours.");
            return Ok(flash::tell(&app, &person.session.user, &there, &said));
        }
        Ok((_, others)) if !others.is_empty() => text::other_record(&domain, &others),
        Ok(_) => format!("The record of {domain} is not there yet. DNS can take a while."),
        Err(CheckDomainError::Unknown) => return Err(Problem::not_found()),
        Err(CheckDomainError::Sso(error)) => return Err(error.into()),
        Err(error) => sentence(&error.to_string()),
    };
    let view = app.use_cases.sso.list.one(&person.session, view.kept.request.id.as_str()).await?;
    let looked = Some((domain.to_string(), error));
    page_of(&app, &person, &view, DomainForm { looked, ..DomainForm::default() })
}

/// Makes the connection no longer one for this domain, and asks first when people come in by it. Its proof stays.
pub(crate) async fn remove(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let view = app.use_cases.sso.list.one(&person.session, fields.text("connection")?).await?;
    let request = &view.kept.request;
    let removed = fields.text("domain")?;
    if request.state == SsoState::On
        && let Some(domain) = request.domains.iter().find(|domain| domain.as_str() == removed)
    {
        let (end, back) = (End::TakenFrom(request), step_path(&request.id, SsoStep::Domain));
        if let Some(question) = question(&app, &person, &fields, domain, &end, back).await? {
            return Ok(question);
        }
    }
    let left = request.domains.iter().filter(|domain| domain.as_str() != removed).cloned().collect();
    let said = match choose(&app, &person, request, left).await? {
        Ok(()) => format!("{} is no longer for {removed}.", request.display_name),
        Err(error) => error,
    };
    Ok(flash::tell(&app, &person.session.user, &step_path(&request.id, SsoStep::Domain), &said))
}

/// Gives a domain up, and asks first when people come in by it: whoever proves it next has it.
pub(crate) async fn release(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let released = fields.text("domain")?;
    if let Ok(domain) = EmailDomain::try_from(released) {
        let back = "/admin/sso".to_owned();
        if let Some(question) = question(&app, &person, &fields, &domain, &End::GivenUp, back).await? {
            return Ok(question);
        }
    }
    let domain = app.use_cases.sso.release_domain.run(&person.session, released).await?;
    let said = format!("{domain} is given up. Nobody comes in by it any more.");
    Ok(flash::tell(&app, &person.session.user, "/admin/sso", &said))
}

/// What is asked before the end of a domain by which people come in, unless it was answered.
async fn question(
    app: &App,
    person: &SignedIn,
    fields: &Fields,
    domain: &EmailDomain,
    end: &End<'_>,
    back: String,
) -> Result<Option<Response>, Problem> {
    if is_confirmed(fields)? {
        return Ok(None);
    }
    let concerned = app.use_cases.sso.release_domain.foresee(&person.session, domain).await?;
    if concerned.is_nobody() {
        return Ok(None);
    }
    consequences::of_domain(app, person, domain, &concerned, end, back).map(Some)
}

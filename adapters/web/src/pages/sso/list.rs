//! `/admin/sso`: the organization's connections, and a beginning of another one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_domain::{DisplayName, DomainProof, EmailDomain, SsoKind, SsoState, Timestamp};
use tenantry_ports::KeptSsoRequest;

use super::{connection_path, next_path, steps};
use crate::Shared;
use crate::csrf::Form;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, see_other};
use crate::sso::guides::{Guide, KINDS, guide};

#[derive(Template)]
#[template(path = "pages/sso.html")]
struct SsoList<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    connections: Vec<Row<'a>>,
    domains: Vec<steps::DomainRow<'a>>,
    kinds: Vec<(&'static str, &'static Guide)>,
}

/// A connection in the list.
struct Row<'a> {
    name: String,
    kind: &'static str,
    domains: String,
    state: (&'static str, &'static str),
    health: Vec<(bool, String)>,
    path: String,
    kept: &'a KeptSsoRequest,
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    if person.session.tenant.is_none() {
        return Err(Problem::sso_is_for_organizations());
    }
    let (kept, proofs) = app.use_cases.sso.list.run(&person.session).await?;
    let now = app.clock.now();
    let view = SsoList {
        frame: person.frame(&app, "/admin/sso"),
        organization: person.organization(),
        connections: kept.iter().map(|kept| Row::new(kept, &proofs, now)).collect(),
        domains: proofs.iter().map(steps::DomainRow::from).collect(),
        kinds: KINDS.iter().map(|kind| (kind.as_str(), guide(*kind))).collect(),
    };
    page(StatusCode::OK, &view)
}

/// Begins a request, and leads to its first step.
pub(crate) async fn begin(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let kind: SsoKind = fields.text("kind")?.parse().map_err(|_| Problem::not_offered("kind"))?;
    let name = DisplayName::try_from(guide(kind).name).map_err(Problem::internal)?;
    let request = app.use_cases.sso.begin.run(&person.session, kind, name).await?;
    Ok(see_other(&next_path(&request)))
}

impl<'a> Row<'a> {
    fn new(kept: &'a KeptSsoRequest, proofs: &[DomainProof], now: Timestamp) -> Self {
        let request = &kept.request;
        let domains: Vec<_> = request.domains.iter().map(EmailDomain::as_str).collect();
        Self {
            name: request.display_name.to_string(),
            kind: guide(request.kind).name,
            domains: domains.join(", "),
            state: steps::state(request),
            health: steps::health(kept, proofs, now),
            path: match request.state {
                SsoState::SettingUp => next_path(request),
                SsoState::On | SsoState::Off => connection_path(&request.id),
            },
            kept,
        }
    }

    fn is_unfinished(&self) -> bool {
        self.kept.request.state == SsoState::SettingUp
    }
}

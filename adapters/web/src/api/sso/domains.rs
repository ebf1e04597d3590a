//! `/api/v1/sso/domains`: the organization's domains, and the records in DNS that prove them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tenantry_domain::{DomainProof, EmailDomain, ProofState, Timestamp};
use tenantry_ports::{KeptSsoRequest, Session};
use utoipa::ToSchema;

use super::super::body;
use super::super::caller::Caller;
use super::super::operation::{Body, Operation};
use super::super::path::PathId;
use super::own::Administrator;
use super::view::DomainState;
use super::{LAST_WAY_IN, NOT_INCLUDED};
use crate::problem::Problem;
use crate::text::sentence;
use crate::{App, Shared};

pub(super) const LIST: Operation = Operation {
    refusals: &[NOT_INCLUDED],
    ..Operation::new("listSsoDomains", "The organization's domains, and how their proofs stand")
        .answering::<Domains>(200)
};

pub(super) const SHOW: Operation = Operation {
    refusals: &[NOT_INCLUDED],
    ..Operation::new("getSsoDomain", "One domain, and how its proof stands").answering::<DomainView>(200)
};

pub(super) const CLAIM: Operation = Operation {
    details: "That opens nothing: publish `record` in the domain's DNS. It is looked for every few minutes, and when you \
              ask for it. Repeatable: a domain that is claimed keeps its record.",
    body: Some(Body::of::<Claim>()),
    refusals: &[NOT_INCLUDED, (409, "The organization has claimed as many domains as it can.")],
    ..Operation::new("claimSsoDomain", "Claims a domain, and tells which record proves it")
        .answering::<DomainView>(200)
};

pub(super) const CHECK: Operation = Operation {
    details: "Look at its `state`: an answer that the record is not there yet is an answer, and kept for its \
              `Idempotency-Key`. Take another key for each look, or none.",
    refusals: &[
        NOT_INCLUDED,
        (409, "The record is there, but another organization has proved the domain first."),
        (503, "DNS does not answer; nothing was changed."),
    ],
    ..Operation::new("checkSsoDomain", "Looks for a domain's record now").answering::<DomainView>(200)
};

pub(super) const RELEASE: Operation = Operation {
    details: "Nobody comes in by it any more, and no connection is for it. Whoever proves it next has it.",
    refusals: &[
        NOT_INCLUDED,
        (409, "Somebody else is changing a connection that is for it: try again."),
        LAST_WAY_IN,
    ],
    ..Operation::new("releaseSsoDomain", "Gives a domain up")
};

/// All domains of the organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoDomains)]
pub(super) struct Domains {
    items: Vec<DomainView>,
    /// Always null: this is all of them.
    next: Option<String>,
}

/// A domain that the organization has claimed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoDomain)]
pub(super) struct DomainView {
    /// What stands after the `@`.
    #[schema(examples("acme.example"))]
    domain: String,
    state: DomainState,
    /// Since when it stands like this.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    record: Record,
    /// Which connection is for it; null when none is.
    connection_id: Option<String>,
    /// When the record was last looked for.
    #[schema(value_type = Option<String>, format = DateTime)]
    checked_at: Option<Timestamp>,
    /// Since when the record of a proved domain is missing; after three days it is `lapsed`.
    #[schema(value_type = Option<String>, format = DateTime)]
    missing_since: Option<Timestamp>,
}

/// The record in DNS that proves a domain.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoDomainRecord)]
pub(super) struct Record {
    /// Always `TXT`.
    #[schema(examples("TXT"))]
    r#type: &'static str,
    /// Where it has to be.
    #[schema(examples("_tenantry-challenge.acme.example"))]
    name: String,
    /// What it has to say.
    #[schema(examples("tenantry-domain-verification=0123456789abcdef0123456789abcdef"))]
    value: String,
}

/// Which domain is claimed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSsoDomain)]
pub(super) struct Claim {
    /// What stands after the `@`, as A-labels.
    #[schema(examples("acme.example"))]
    domain: String,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<Domains>, Problem> {
    let (connections, proofs) = app.use_cases.sso.list.run(&session).await?;
    let items = proofs.iter().map(|proof| DomainView::new(proof, &connections)).collect();
    Ok(Json(Domains { items, next: None }))
}

pub(super) async fn show(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(domain): PathId<String>,
) -> Result<Json<DomainView>, Problem> {
    let (proof, connections) = find(&app, &session, &domain).await?;
    Ok(Json(DomainView::new(&proof, &connections)))
}

pub(super) async fn claim(
    State(app): State<Shared>,
    Administrator(session): Administrator,
    body::Json(claim): body::Json<Claim>,
) -> Result<Json<DomainView>, Problem> {
    let domain = EmailDomain::try_from(claim.domain.as_str())
        .map_err(|why| Problem::wrong_value("domain", sentence(&why.to_string())))?;
    app.use_cases.sso.claim_domain.run(&session, &domain).await?;
    let (proof, connections) = find(&app, &session, domain.as_str()).await?;
    Ok(Json(DomainView::new(&proof, &connections)))
}

pub(super) async fn check(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(domain): PathId<String>,
) -> Result<Json<DomainView>, Problem> {
    let (held, connections) = find(&app, &session, &domain).await?;
    let looked = app.use_cases.sso.check_domain.run(&session, &held.domain).await?;
    Ok(Json(DomainView::new(&looked, &connections)))
}

pub(super) async fn release(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(domain): PathId<String>,
) -> Result<StatusCode, Problem> {
    app.use_cases.sso.release_domain.run(&session, &domain).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The organization's claim to this domain, and its connections. What is no domain is unknown, as one of others is.
async fn find(
    app: &App,
    session: &Session,
    domain: &str,
) -> Result<(DomainProof, Vec<KeptSsoRequest>), Problem> {
    let (connections, proofs) = app.use_cases.sso.list.run(session).await?;
    let found = proofs.into_iter().find(|proof| proof.domain.as_str() == domain);
    Ok((found.ok_or_else(Problem::not_found)?, connections))
}

impl DomainView {
    fn new(proof: &DomainProof, connections: &[KeptSsoRequest]) -> Self {
        let its = connections.iter().find(|kept| kept.request.domains.contains(&proof.domain));
        let since = match proof.state {
            ProofState::Claimed => proof.claimed_at,
            ProofState::Proved { since } | ProofState::Lapsed { since } => since,
        };
        Self {
            domain: proof.domain.to_string(),
            state: proof.state.into(),
            since,
            record: Record { r#type: "TXT", name: proof.record_name(), value: proof.record_value() },
            connection_id: its.map(|kept| kept.request.id.to_string()),
            checked_at: proof.checked_at,
            missing_since: proof.missing_since,
        }
    }
}

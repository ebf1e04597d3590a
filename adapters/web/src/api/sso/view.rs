//! A connection as programs see it.

use serde::Serialize;
use tenantry_domain::{DomainProof, EmailDomain, ProofState, SsoKind, SsoRequest, SsoState, Timestamp};
use tenantry_ports::{KeptSsoRequest, Session, SsoFailure, SsoPeople};
use utoipa::ToSchema;

use super::admission::AdmissionView;
use super::credentials::CredentialsView;
use super::enforcement::EnforcementView;
use crate::App;
use crate::problem::Problem;
use crate::sso::start_link;
use crate::text;

/// A connection to an identity provider of the organization's own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoConnection)]
pub(super) struct ConnectionView {
    /// Its id.
    #[schema(examples("7d1c5e0b9a3f4c8896e2d0417fb35a6c"))]
    id: String,
    /// What kind of provider it is: `oidc`, `okta`, `entra`, `google` or `saml`. There may be more one day.
    #[schema(value_type = String, examples("okta"))]
    kind: SsoKind,
    /// What people read on its button.
    #[schema(examples("Acme staff"))]
    display_name: String,
    /// `setting_up` until it is turned on for the first time, then `on` or `off`.
    #[schema(value_type = String, examples("on"))]
    state: SsoState,
    /// What is to be done next: `domain`, `credentials`, `test`, `people`, or `done`.
    #[schema(examples("done"))]
    next_step: &'static str,
    /// Whose addresses come in through it, as far as they are proved.
    domains: Vec<ConnectionDomain>,
    /// What the provider gave; null until it is entered.
    credentials: Option<CredentialsView>,
    registration: Registration,
    admission: AdmissionView,
    enforcement: EnforcementView,
    health: HealthView,
    /// Whom it has brought; null in a list.
    people: Option<PeopleView>,
    /// When its set-up began.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The account of who began it.
    begun_by: String,
}

/// A domain of a connection.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoConnectionDomain)]
pub(super) struct ConnectionDomain {
    /// What stands after the `@`.
    #[schema(examples("acme.example"))]
    domain: String,
    state: DomainState,
}

/// How the proof of a domain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SsoDomainState)]
pub(super) enum DomainState {
    /// It was given up: it opens nothing.
    Released,
    /// Its record was never seen: it opens nothing yet.
    Claimed,
    /// Its record was seen.
    Proved,
    /// Its record is gone: it opens nothing until it is there again.
    Lapsed,
}

/// What is entered at the provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoRegistration)]
pub(super) struct Registration {
    /// Where it sends people back to; with SAML, the assertion consumer service.
    #[schema(examples("https://login.example/login/callback"))]
    redirect_uri: String,
    /// What we are called there: the audience of its assertions. Null but for SAML.
    #[schema(examples("urn:tenantry:acme-7d1c"))]
    entity_id: Option<String>,
    /// Where it sends people who begin there.
    #[schema(examples("https://learn.example/api/auth/login?organization=org_1&connection=7d1c"))]
    initiate_login_uri: String,
}

/// How the logins through a connection go.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = SsoHealth)]
pub(super) struct HealthView {
    /// When somebody last came in.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_login_at: Option<Timestamp>,
    /// When somebody last did not, and why; it may be older than the last login.
    last_failure: Option<FailureView>,
    /// The latest logins that failed, the latest first: at most 50. Null in a list.
    failures: Option<Vec<FailureView>>,
    /// Whether no test counts: none has succeeded with the credentials of now, or whoever logged in for the last one would
    /// not be let in by the domains and rules of now. Then nobody knows whether people can come in.
    changed_since_test: bool,
}

/// A login that failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoFailure)]
pub(super) struct FailureView {
    /// When; the last time, where it happened more than once.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What the person was shown, and tells whoever they ask.
    reference: String,
    fault: FaultView,
    /// How often it happened to the same person within an hour; those who are not known by then are taken for one.
    times: u32,
}

/// Why a login did not succeed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoFault)]
pub(crate) struct FaultView {
    /// A word for programs, as `wrong_client` or `other_domain`. There may be more one day.
    #[schema(value_type = String, examples("wrong_client"))]
    code: tenantry_domain::SsoFault,
    /// What happened.
    detail: &'static str,
    /// What to change, and where.
    advice: &'static str,
}

/// Whom a connection has brought. Their accounts end with it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoPeople)]
pub(super) struct PeopleView {
    /// How many; so many accounts and memberships end when the connection is deleted.
    all: u32,
    /// How many of them a change of the client keeps out until they are let in again.
    kept_out: u32,
}

impl ConnectionView {
    pub(super) fn new(
        app: &App,
        request: SsoRequest,
        health: HealthView,
        proofs: &[DomainProof],
        people: Option<SsoPeople>,
    ) -> Self {
        let list = &app.use_cases.sso.list;
        let saml = list.saml_service(&request);
        Self {
            domains: request.domains.iter().map(|domain| ConnectionDomain::new(domain, proofs)).collect(),
            registration: Registration {
                redirect_uri: saml
                    .as_ref()
                    .map_or_else(|| list.callback_url(), |saml| saml.consumer_url.clone())
                    .to_string(),
                entity_id: saml.map(|saml| saml.entity_id),
                initiate_login_uri: start_link(app, &request),
            },
            next_step: request.next_step().as_str(),
            enforcement: EnforcementView::from(&request),
            id: request.id.to_string(),
            kind: request.kind,
            display_name: request.display_name.to_string(),
            state: request.state,
            credentials: request.upstream.map(CredentialsView::from),
            admission: request.admission.into(),
            health,
            people: people.map(|people| PeopleView { all: people.all, kept_out: people.quarantined }),
            created_at: request.made_at,
            begun_by: request.made_by.to_string(),
        }
    }

    /// One in a list.
    pub(super) fn of_list(app: &App, kept: KeptSsoRequest, proofs: &[DomainProof]) -> Self {
        let health = HealthView::from(&kept);
        Self::new(app, kept.request, health, proofs, None)
    }

    /// The connection as it stands now.
    pub(super) async fn read(app: &App, session: &Session, id: &str) -> Result<Self, Problem> {
        let view = app.use_cases.sso.list.one(session, id).await?;
        let failures = view.failures.into_iter().map(FailureView::from).collect();
        let health = HealthView { failures: Some(failures), ..HealthView::from(&view.kept) };
        Ok(Self::new(app, view.kept.request, health, &view.proofs, Some(view.people)))
    }
}

impl ConnectionDomain {
    fn new(domain: &EmailDomain, proofs: &[DomainProof]) -> Self {
        let proof = proofs.iter().find(|proof| proof.domain == *domain);
        let state = proof.map_or(DomainState::Released, |proof| proof.state.into());
        Self { domain: domain.to_string(), state }
    }
}

impl From<ProofState> for DomainState {
    fn from(state: ProofState) -> Self {
        match state {
            ProofState::Claimed => Self::Claimed,
            ProofState::Proved { .. } => Self::Proved,
            ProofState::Lapsed { .. } => Self::Lapsed,
        }
    }
}

impl HealthView {
    /// That of a connection through which nobody has come yet.
    pub(super) fn of_new() -> Self {
        Self { failures: Some(Vec::new()), ..Self::default() }
    }
}

impl From<&KeptSsoRequest> for HealthView {
    fn from(kept: &KeptSsoRequest) -> Self {
        let request = &kept.request;
        Self {
            last_login_at: kept.last_login,
            last_failure: kept.last_failure.clone().map(FailureView::from),
            failures: None,
            changed_since_test: request.upstream.is_some() && !request.is_tested(),
        }
    }
}

impl From<SsoFailure> for FailureView {
    fn from(failure: SsoFailure) -> Self {
        let SsoFailure { at, fault, reference, times, user: _ } = failure;
        Self { at, reference, fault: fault.into(), times }
    }
}

impl From<tenantry_domain::SsoFault> for FaultView {
    fn from(code: tenantry_domain::SsoFault) -> Self {
        let (detail, advice) = text::sso_fault(code);
        Self { code, detail, advice }
    }
}

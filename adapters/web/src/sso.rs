//! An organization's own identity provider, for pages and API alike: the use cases behind both, and what both read and say.

pub(crate) mod guides;
pub(crate) mod input;

use std::sync::Arc;

use tenantry_application::{
    AdmitThroughSso, AskForAccess, BeginSignIn, BeginSso, CheckDomain, ChooseSsoDomains, ClaimDomain,
    ConnectSaml, ConnectSso, DeclineAccess, DeleteSso, EnforceSso, FindLogin, GrantAccess,
    ListAccessRequests, ListSso, People, Redeem, ReleaseDomain, ReportSsoTest, SsoGate, SsoParts, TestSso,
    TurnSso,
};
use tenantry_domain::SsoRequest;
use tenantry_ports::{AccessRequests, DiscoveryProbe, Sessions, TxtRecords};

use crate::App;

/// Setting single sign-on up, running it, and finding the login that an address leads to.
pub struct SsoUseCases {
    /// `/admin/sso`, beginning.
    pub begin: BeginSso,
    /// `/admin/sso`, and every page about one connection.
    pub list: ListSso,
    /// `/admin/sso/domain`, claiming.
    pub claim_domain: ClaimDomain,
    /// `/admin/sso/domain/check`.
    pub check_domain: CheckDomain,
    /// `/admin/sso/domain/release`.
    pub release_domain: ReleaseDomain,
    /// `/admin/sso/domain`, choosing.
    pub choose_domains: ChooseSsoDomains,
    /// `/admin/sso/credentials`.
    pub connect: ConnectSso,
    /// `/admin/sso/saml`.
    pub connect_saml: ConnectSaml,
    /// `/admin/sso/test`.
    pub test: TestSso,
    /// `/api/auth/callback`, back from a test.
    pub report_test: ReportSsoTest,
    /// `/admin/sso/people`.
    pub admit: AdmitThroughSso,
    /// `/admin/sso/turn`.
    pub turn: TurnSso,
    /// `/admin/sso/policy`.
    pub enforce: EnforceSso,
    /// `/admin/sso/delete`.
    pub delete: DeleteSso,
    /// `/orgprompt`, by an e-mail address.
    pub find_login: FindLogin,
    /// `/api/auth/callback`, back from asking for access.
    pub ask_for_access: AskForAccess,
    /// `/admin/members`, above them.
    pub list_access_requests: ListAccessRequests,
    /// `/admin/members/grant-access`.
    pub grant_access: GrantAccess,
    /// `/admin/members/decline-access`.
    pub decline_access: DeclineAccess,
}

/// What the use cases need beyond what they share.
pub struct SsoOutside {
    /// Starts the login of a test.
    pub begin: BeginSignIn,
    /// Verifies what a test brings back.
    pub redeem: Redeem,
    /// Reads discovery documents.
    pub probe: Arc<dyn DiscoveryProbe>,
    /// Asks DNS.
    pub records: Arc<dyn TxtRecords>,
    /// Who is signed in.
    pub sessions: Arc<dyn Sessions>,
    /// Who may pass.
    pub gate: SsoGate,
    /// Changes who belongs to an organization.
    pub people: People,
    /// Who asks to be let in.
    pub access: Arc<dyn AccessRequests>,
}

impl SsoUseCases {
    /// All of them.
    pub fn new(parts: &SsoParts, outside: SsoOutside) -> Self {
        let shared = || parts.clone();
        let members = Arc::clone(&parts.authorize.members);
        let (people, access) = (|| outside.people.clone(), || Arc::clone(&outside.access));
        Self {
            begin: BeginSso { parts: shared() },
            list: ListSso { parts: shared() },
            claim_domain: ClaimDomain { parts: shared() },
            check_domain: CheckDomain { parts: shared(), records: Arc::clone(&outside.records) },
            release_domain: ReleaseDomain { parts: shared() },
            choose_domains: ChooseSsoDomains { parts: shared() },
            connect: ConnectSso { parts: shared(), probe: Arc::clone(&outside.probe) },
            connect_saml: ConnectSaml { parts: shared(), probe: outside.probe },
            test: TestSso { parts: shared(), begin: outside.begin },
            report_test: ReportSsoTest { parts: shared(), redeem: outside.redeem.clone() },
            admit: AdmitThroughSso { parts: shared() },
            turn: TurnSso { parts: shared(), records: outside.records },
            enforce: EnforceSso {
                parts: shared(),
                members: Arc::clone(&members),
                offers: Arc::clone(&outside.people.withdraw.seats.offers),
            },
            delete: DeleteSso { parts: shared(), sessions: outside.sessions },
            ask_for_access: AskForAccess {
                redeem: outside.redeem,
                gate: outside.gate,
                access: access(),
                members,
                audit_log: Arc::clone(&parts.audit_log),
                clock: Arc::clone(&parts.clock),
            },
            list_access_requests: ListAccessRequests { people: people(), access: access() },
            grant_access: GrantAccess {
                people: people(),
                access: access(),
                proofs: Arc::clone(&parts.proofs),
            },
            decline_access: DeclineAccess { people: people(), access: access() },
            find_login: FindLogin {
                proofs: Arc::clone(&parts.proofs),
                requests: Arc::clone(&parts.requests),
            },
        }
    }
}

/// Where the organization's provider sends people who begin there (OpenID Connect Core, section 4).
pub(crate) fn start_link(app: &App, request: &SsoRequest) -> String {
    let link = app.base_url.join("/api/auth/login").map(|mut link| {
        link.query_pairs_mut()
            .append_pair("organization", request.tenant.id.as_str())
            .append_pair("connection", request.id.as_str());
        link.to_string()
    });
    link.unwrap_or_default()
}

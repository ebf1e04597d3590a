//! What a tenant's administrator asks for: "let my people in through our own identity provider".
//!
//! A request is filled in step by step, and can be left and taken up at each; what it lacks says which step is next.
//! The connection at the provider is a part of it, and so is what was learnt about it since.

use std::collections::BTreeSet;

use crate::{
    ClaimMapping, DisplayName, EmailAddress, EmailDomain, Role, SsoKind, SsoRequestId, TenantRef,
    TestedLogin, Timestamp, Upstream, UserId,
};

/// A request, and everything that Tenantry knows about the connection which came of it. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SsoRequest {
    /// Its id.
    pub id: SsoRequestId,
    /// Whose it is.
    pub tenant: TenantRef,
    /// What kind of identity provider it is about.
    pub kind: SsoKind,
    /// What the organization's people call it.
    pub display_name: DisplayName,
    /// Whose addresses come in through it.
    pub domains: BTreeSet<EmailDomain>,
    /// The connection at the provider, once the credentials were entered.
    pub upstream: Option<Upstream>,
    /// How the last test went.
    pub test: Option<SsoTest>,
    /// When a test began that has not come back. Some providers keep people on an error page of their own.
    #[serde(default)]
    pub test_begun: Option<Timestamp>,
    /// What becomes of those who come.
    pub admission: AdmissionRules,
    /// Whether it is used.
    pub state: SsoState,
    /// Who has to come this way.
    pub enforcement: Enforcement,
    /// Who may come in another way all the same, so that nobody is locked out for good.
    pub break_glass: BTreeSet<UserId>,
    /// Who asked.
    pub made_by: UserId,
    /// When.
    pub made_at: Timestamp,
}

/// Whether a request is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SsoState {
    /// It was never turned on.
    #[default]
    SettingUp,
    /// People come in through it.
    On,
    /// It was turned off: nobody comes in through it.
    Off,
}

/// What becomes of those who come through the connection.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AdmissionRules {
    /// Whether newcomers become members.
    pub auto_membership: bool,
    /// As what.
    pub default_role: Role,
    /// Claims that give other roles; the first that fits counts.
    pub mappings: Vec<ClaimMapping>,
    /// Whether an address in a proved domain counts although the organization's provider does not say that it was
    /// verified. Some never say it.
    pub trusts_addresses: bool,
}

/// Who has to come in through the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// Nobody: it is one way among others.
    #[default]
    Off,
    /// Whoever has an address in one of its domains.
    Domains,
    /// Every member of the organization.
    Organization,
}

/// A test of the connection: what came back, or what went wrong.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SsoTest {
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: SsoTestOutcome,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SsoTestOutcome {
    /// Somebody logged in; this is what was told about them.
    Arrived(TestedLogin),
    /// Nobody did.
    Failed(SsoFault),
}

/// Why a login through the connection did not succeed, as far as an administrator can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SsoFault {
    /// The person, or the organization's provider on their behalf, said no.
    Cancelled,
    /// The client id or the secret is not the one that the organization's provider knows.
    WrongClient,
    /// The organization's provider does not know the address to which it is to send people back.
    WrongRedirect,
    /// A certificate has expired or is not to be trusted.
    Certificate,
    /// The organization's provider can't be reached.
    Unreachable,
    /// It answers something else than the standard wants.
    NotUnderstood,
    /// The login came without an address.
    NoAddress,
    /// The address was not verified.
    UnverifiedAddress,
    /// The address is in a domain that the organization has not proved for this connection.
    OtherDomain,
    /// The person is no member, and newcomers do not become members by themselves.
    NotAMember,
    /// The connection is turned off.
    TurnedOff,
    /// Whoever comes was known before the client was changed, and has not been let in again.
    Quarantined,
    /// The organization's plan does not include it any more, and the time of grace is over.
    PlanEnded,
    /// Something else; the reference leads to it in the log.
    Other,
}

/// The step that an administrator is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SsoStep {
    /// To claim a domain and to prove it.
    Domain,
    /// To enter what the organization's provider gave.
    Credentials,
    /// To try it.
    Test,
    /// To say what becomes of those who come, and to turn it on.
    People,
    /// Nothing is left to do.
    Done,
}

/// Why a connection can't be turned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// Nothing to log in with was entered yet.
    #[error("enter the discovery URL, the client id and the secret first")]
    NoCredentials,
    /// No domain of it is proved.
    #[error("prove a domain first")]
    NoProvedDomain,
    /// No test has succeeded since the credentials were entered.
    #[error("test the connection first")]
    NotTested,
    /// Somebody has logged in for the test, and would not be let in.
    #[error(
        "whoever logged in for the last test would not be let in: do what its report says, or test again with somebody else"
    )]
    TestRefused(SsoFault),
}

impl Default for AdmissionRules {
    /// The guide's own: newcomers become Employees.
    fn default() -> Self {
        Self {
            auto_membership: true,
            default_role: Role::Employee,
            mappings: Vec::new(),
            trusts_addresses: false,
        }
    }
}

impl AdmissionRules {
    /// The role for a newcomer with these claims.
    pub fn role(&self, claims: &serde_json::Map<String, serde_json::Value>) -> Role {
        let fits = self.mappings.iter().find(|mapping| mapping.fits(claims));
        fits.map_or(self.default_role, |mapping| mapping.role)
    }
}

impl SsoStep {
    /// Every step that has a page, in order.
    pub const ALL: [Self; 4] = [Self::Domain, Self::Credentials, Self::Test, Self::People];

    /// The step as it stands in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Credentials => "credentials",
            Self::Test => "test",
            Self::People => "people",
            Self::Done => "done",
        }
    }

    /// The step of this name; `None` when there is none.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }
}

impl SsoRequest {
    /// The first step that is not done.
    pub fn next_step(&self) -> SsoStep {
        if self.domains.is_empty() {
            SsoStep::Domain
        } else if self.upstream.is_none() {
            SsoStep::Credentials
        } else if !self.is_tested() {
            SsoStep::Test
        } else if self.state == SsoState::SettingUp {
            SsoStep::People
        } else {
            SsoStep::Done
        }
    }

    /// Whether somebody has logged in for a test since the credentials were entered who would be let in, as soon as every
    /// domain is proved.
    pub fn is_tested(&self) -> bool {
        self.passes_test(&self.domains).is_ok()
    }

    /// Whether the last test succeeded, given the domains that the tenant has `proved`: somebody has logged in, and would
    /// be let in. The rules are those of now: what the report said to change may have been changed since.
    pub fn passes_test(&self, proved: &BTreeSet<EmailDomain>) -> Result<(), NotReady> {
        let Some(SsoTest { outcome: SsoTestOutcome::Arrived(login), .. }) = &self.test else {
            return Err(NotReady::NotTested);
        };
        self.believe(login.email.as_ref(), login.email_verified, proved).map_err(NotReady::TestRefused)
    }

    /// Whether people come in although no test counts: none has succeeded with these credentials, or whoever logged in for
    /// the last one would not be let in any more.
    pub fn is_on_untested(&self) -> bool {
        self.state == SsoState::On && !self.is_tested()
    }

    /// Which of its domains would let people in, given those that the tenant has `proved`; why it can't be turned on.
    pub fn ready(&self, proved: &BTreeSet<EmailDomain>) -> Result<BTreeSet<EmailDomain>, NotReady> {
        if self.upstream.is_none() {
            return Err(NotReady::NoCredentials);
        }
        let usable: BTreeSet<_> = self.domains.intersection(proved).cloned().collect();
        if usable.is_empty() {
            return Err(NotReady::NoProvedDomain);
        }
        self.passes_test(proved).map(|()| usable)
    }

    /// Keeps how a test went.
    pub fn tested(&mut self, test: SsoTest) {
        self.test = Some(test);
        self.test_begun = None;
    }

    /// Takes over what the credentials became at the provider. A test says something of the credentials with which it was
    /// made alone: anything new of them is untested, also a secret.
    pub fn connected(&mut self, upstream: Upstream, has_new_secret: bool) {
        let same = self.upstream.as_ref().is_some_and(|held| held.is_as_tested(&upstream));
        if has_new_secret || !same {
            self.test = None;
        }
        self.test_begun = None;
        self.upstream = Some(upstream);
    }

    /// Whether this login may pass, as far as the request alone can tell: it is on, and the address is in one of its
    /// domains that the tenant has `proved`.
    pub fn admit(
        &self,
        email: Option<&EmailAddress>,
        email_verified: bool,
        proved: &BTreeSet<EmailDomain>,
    ) -> Result<(), SsoFault> {
        if self.state != SsoState::On {
            return Err(SsoFault::TurnedOff);
        }
        self.believe(email, email_verified, proved)
    }

    /// Whether what was told about somebody would let them in, were the connection on.
    pub fn believe(
        &self,
        email: Option<&EmailAddress>,
        email_verified: bool,
        proved: &BTreeSet<EmailDomain>,
    ) -> Result<(), SsoFault> {
        let email = email.ok_or(SsoFault::NoAddress)?;
        let is_ours = |domain: &EmailDomain| domain.as_str() == email.domain();
        if !self.domains.intersection(proved).any(is_ours) {
            return Err(SsoFault::OtherDomain);
        }
        if email_verified || self.admission.trusts_addresses {
            Ok(())
        } else {
            Err(SsoFault::UnverifiedAddress)
        }
    }

    /// Whether a member with this address has to come in through the connection.
    pub fn demands(&self, user: &UserId, email: Option<&EmailAddress>) -> bool {
        self.concerns(email) && !self.break_glass.contains(user)
    }

    /// The same, whoever may break the glass.
    pub fn concerns(&self, email: Option<&EmailAddress>) -> bool {
        let concerned = match self.enforcement {
            Enforcement::Off => false,
            Enforcement::Organization => true,
            Enforcement::Domains => self.has_domain_of(email),
        };
        self.state == SsoState::On && concerned
    }

    /// Whether anybody has to come in through the connection.
    pub fn is_demanded(&self) -> bool {
        self.state == SsoState::On && self.enforcement != Enforcement::Off
    }

    /// Whether people with addresses in this domain come in through it.
    pub fn is_open_for(&self, domain: &EmailDomain) -> bool {
        self.state == SsoState::On && self.domains.contains(domain)
    }

    /// Whether the address is in one of its domains.
    pub fn has_domain_of(&self, email: Option<&EmailAddress>) -> bool {
        email.is_some_and(|email| self.domains.iter().any(|domain| domain.as_str() == email.domain()))
    }
}

/// The text names no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no rule: use off, domains or organization")]
pub struct UnknownEnforcement(String);

impl std::str::FromStr for Enforcement {
    type Err = UnknownEnforcement;

    fn from_str(text: &str) -> Result<Self, UnknownEnforcement> {
        let all = [Self::Off, Self::Domains, Self::Organization];
        all.into_iter().find(|rule| rule.as_str() == text).ok_or_else(|| UnknownEnforcement(text.to_owned()))
    }
}

impl Enforcement {
    /// The rule as it is exported and noted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Domains => "domains",
            Self::Organization => "organization",
        }
    }
}

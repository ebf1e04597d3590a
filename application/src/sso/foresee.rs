//! Whom a change would keep out, told before it is made.

use std::collections::BTreeSet;

use tenantry_domain::{EmailAddress, EmailDomain, Enforcement, Member, Offer, SsoRequest, TenantId, UserId};
use tenantry_ports::{KeptSsoRequest, PageSize, Session};

use super::{EnforceSso, EnforceSsoError, ReleaseDomain, SsoError, SsoParts};
use crate::Outage;

/// How many pages of members are looked at: whoever asks waits for it.
const MOST_PAGES: u8 = 10;

/// Members whom a change concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// What they are called.
    pub names: Vec<String>,
    /// Whether there may be more of them: a large organization is not read to its end.
    pub or_more: bool,
}

/// What a rule would do to those who come in now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptOut {
    /// The request with the rule.
    pub request: SsoRequest,
    /// Who could still come in another way.
    pub holders: Vec<Member>,
    /// All whom it would keep out: they have never come in through the connection.
    pub all: Concerned,
    /// Those of them who can't, since their address is in no proved domain of it.
    pub outside: Concerned,
    /// Who is invited, and could not come any more.
    pub invited: Concerned,
}

/// What came of a rule that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// It counts.
    Done(KeptSsoRequest),
    /// It would keep out members, and nothing has changed yet.
    Asked(KeptOut),
}

impl EnforceSso {
    /// Changes the rule, unless it would keep out members who come in now, or people who are invited: that is asked about
    /// first.
    pub async fn run_or_ask(
        &self,
        session: &Session,
        request: &str,
        enforcement: Enforcement,
        break_glass: Option<&BTreeSet<UserId>>,
    ) -> Result<Enforced, EnforceSsoError> {
        if enforcement != Enforcement::Off {
            let kept_out = self.foresee(session, request, enforcement, break_glass).await?;
            if !kept_out.all.is_nobody() || !kept_out.invited.is_nobody() {
                return Ok(Enforced::Asked(kept_out));
            }
        }
        self.run(session, request, enforcement, break_glass).await.map(Enforced::Done)
    }

    /// Whom the rule would keep out, by the account with which they come in now. Changes nothing.
    async fn foresee(
        &self,
        session: &Session,
        request: &str,
        enforcement: Enforcement,
        break_glass: Option<&BTreeSet<UserId>>,
    ) -> Result<KeptOut, EnforceSsoError> {
        let administrator = self.parts.to_look(session)?;
        let tenant = &administrator.tenant().id;
        let now = self.parts.find(tenant, request).await?.request;
        let then = self.ruled(session, &now, enforcement, break_glass).await?;
        let is_new = |member: &Member| {
            let email = member.email.as_ref();
            then.demands(&member.user, email) && !now.demands(&member.user, email)
        };
        let (members, or_more) = self.parts.members_who(tenant, is_new, false).await?;
        let proved = self.parts.proved(tenant).await.map_err(SsoError::from)?;
        let can_come = |email: Option<&EmailAddress>| {
            now.domains.intersection(&proved).any(|domain| is_in(email, domain))
        };
        let kept = self.parts.requests.of_tenant(tenant).await.map_err(SsoError::from)?;
        let opens = |email: &EmailAddress| {
            kept.iter().any(|kept| kept.request.admit(Some(email), true, &proved).is_ok())
        };
        let pending = self.offers.pending(tenant, self.parts.clock.now()).await.map_err(Outage::from);
        let is_shut_out = |Offer { email, .. }: &Offer| {
            then.concerns(Some(email)) && !now.concerns(Some(email)) && !opens(email)
        };
        let pending = pending.map_err(SsoError::from)?.into_iter().filter(is_shut_out);
        let invited = pending.map(|offer| offer.email.to_string()).collect();
        let invited = Concerned { names: invited, or_more: false };
        let outside = members.iter().filter(|member| !can_come(member.email.as_ref()));
        let outside = Concerned { names: outside.map(|member| member.name.clone()).collect(), or_more };
        let chosen: Vec<_> = then.break_glass.iter().cloned().collect();
        let holders = self.known(tenant, &chosen).await?;
        Ok(KeptOut { request: then, holders, outside, invited, all: Concerned::new(members, or_more) })
    }
}

impl ReleaseDomain {
    /// Who comes in by an address in this domain, through any connection that is on. Changes nothing.
    pub async fn foresee(&self, session: &Session, domain: &EmailDomain) -> Result<Concerned, SsoError> {
        let administrator = self.parts.to_look(session)?;
        let tenant = &administrator.tenant().id;
        let requests = self.parts.requests.of_tenant(tenant).await?;
        if !requests.iter().any(|kept| kept.request.is_open_for(domain)) {
            return Ok(Concerned::default());
        }
        let comes_by_it = |member: &Member| is_in(member.email.as_ref(), domain);
        let (members, or_more) = self.parts.members_who(tenant, comes_by_it, true).await?;
        Ok(Concerned::new(members, or_more))
    }
}

impl SsoParts {
    /// The members of whom this is true and whom a connection of the organization has brought, or none has; and whether
    /// there may be more of them.
    async fn members_who(
        &self,
        tenant: &TenantId,
        is_concerned: impl Fn(&Member) -> bool,
        brought: bool,
    ) -> Result<(Vec<Member>, bool), SsoError> {
        let (mut found, mut from) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = self.authorize.members.page(tenant, from, PageSize::at_most(100)).await;
            let page = page.map_err(Outage::from)?;
            for member in page.items.into_iter().filter(&is_concerned) {
                if self.requests.has_brought(tenant, &member.user).await? == brought {
                    found.push(member);
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok((found, false));
            }
        }
        Ok((found, true))
    }
}

impl Concerned {
    fn new(members: Vec<Member>, or_more: bool) -> Self {
        Self { names: members.into_iter().map(|member| member.name).collect(), or_more }
    }

    /// Whether a change goes unnoticed.
    pub fn is_nobody(&self) -> bool {
        self.names.is_empty() && !self.or_more
    }
}

fn is_in(email: Option<&EmailAddress>, domain: &EmailDomain) -> bool {
    email.is_some_and(|email| email.domain() == domain.as_str())
}

//! An organization's domains: claimed, proved by a record in DNS, and given up.

use std::sync::Arc;

use tenantry_domain::{AuditAction, DomainProof, EmailDomain, ProofState, ProofToken, SsoState};
use tenantry_ports::{Session, TxtRecords};

use super::watch::unheard;
use super::{SsoError, SsoParts};
use crate::Outage;

/// How many domains an organization may claim.
const MOST_DOMAINS: usize = 50;

/// Claims a domain. That opens nothing: it tells which record would prove it.
pub struct ClaimDomain {
    /// What it works with.
    pub parts: SsoParts,
}

/// Looks for the record of a claimed domain, now.
pub struct CheckDomain {
    /// What it works with.
    pub parts: SsoParts,
    /// Asks DNS.
    pub records: Arc<dyn TxtRecords>,
}

/// Gives a domain up.
pub struct ReleaseDomain {
    /// What it works with.
    pub parts: SsoParts,
}

/// Why a domain is not claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimDomainError {
    /// The organization has claimed as many as it can.
    #[error("your organization has claimed {MOST_DOMAINS} domains, and can’t claim more: give one up first")]
    TooMany,
    /// What may happen to every change.
    #[error(transparent)]
    Sso(#[from] SsoError),
}

/// Why a look at a domain leads to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CheckDomainError {
    /// The organization has not claimed it.
    #[error("your organization has not claimed this domain")]
    Unknown,
    /// The record is there, and so is another organization's, which came first.
    #[error("another organization has proved this domain: it can be yours once they give it up")]
    HeldByAnother,
    /// Nobody could tell.
    #[error("DNS does not answer just now: nothing was changed, try again in a minute")]
    NoAnswer,
    /// What may happen to every change.
    #[error(transparent)]
    Sso(#[from] SsoError),
}

impl ClaimDomain {
    /// Claims it; a domain that is claimed already keeps its record.
    pub async fn run(
        &self,
        session: &Session,
        domain: &EmailDomain,
    ) -> Result<DomainProof, ClaimDomainError> {
        let administrator = self.parts.to_change(session).await?;
        let tenant = administrator.tenant();
        let claimed = self.parts.proofs.of_tenant(&tenant.id).await.map_err(outage)?;
        if let Some(claimed) = claimed.iter().find(|proof| proof.domain == *domain) {
            return Ok(claimed.clone());
        }
        if claimed.len() >= MOST_DOMAINS {
            return Err(ClaimDomainError::TooMany);
        }
        let token = ProofToken::try_from(self.parts.random.hex(16).as_str());
        let token = token.map_err(|error| SsoError::from(Outage::Store(Box::new(error))))?;
        let now = self.parts.clock.now();
        let proof = DomainProof::claim(tenant.id.clone(), domain.clone(), token, now);
        let kept = self.parts.proofs.claim(&proof).await.map_err(outage)?;
        self.parts.record(session, tenant, AuditAction::DomainClaimed, domain.to_string()).await;
        Ok(kept)
    }
}

impl CheckDomain {
    /// Looks once; answers how the claim stands then.
    pub async fn run(
        &self,
        session: &Session,
        domain: &EmailDomain,
    ) -> Result<DomainProof, CheckDomainError> {
        Ok(self.look(session, domain).await?.0)
    }

    /// The same, and what stands there besides the text that is looked for.
    pub async fn look(
        &self,
        session: &Session,
        domain: &EmailDomain,
    ) -> Result<(DomainProof, Vec<String>), CheckDomainError> {
        let administrator = self.parts.to_change(session).await?;
        let tenant = administrator.tenant();
        let held = self.parts.proofs.find(&tenant.id, domain).await.map_err(outage)?;
        let held = held.ok_or(CheckDomainError::Unknown)?;
        let now = self.parts.clock.now();
        let looked = look(&*self.records, held.clone(), now).await;
        let (looked, others) = looked.map_err(|error| {
            tracing::warn!(%error, %domain, "a domain's record can't be looked for");
            CheckDomainError::NoAnswer
        })?;
        if !self.parts.proofs.keep(&unheard(&looked, now)).await.map_err(outage)? {
            return Err(CheckDomainError::HeldByAnother);
        }
        if looked.holds() && !held.holds() {
            self.parts.record(session, tenant, AuditAction::DomainProved, domain.to_string()).await;
        }
        if held.holds() && !looked.holds() {
            self.parts.note_of_dns(&looked, AuditAction::DomainLapsed, now).await.map_err(SsoError::from)?;
        }
        // Also when nothing is new: the provider may not have heard of it.
        if looked.state != ProofState::Claimed {
            let _turn = self.parts.tell_of(&tenant.id, domain).await.map_err(SsoError::from)?;
            self.parts.heard(&looked, now).await.map_err(SsoError::from)?;
        }
        Ok((looked, others))
    }
}

impl ReleaseDomain {
    /// Gives it up, and answers it: from now on nobody comes in by it. A domain that the organization has not claimed and
    /// a text that is none are unknown.
    pub async fn run(&self, session: &Session, domain: &str) -> Result<EmailDomain, SsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let domain = &EmailDomain::try_from(domain).map_err(|_| SsoError::Unknown)?;
        if self.parts.proofs.find(&tenant.id, domain).await.map_err(outage)?.is_none() {
            return Err(SsoError::Unknown);
        }
        let requests = self.parts.requests.of_tenant(&tenant.id).await?;
        if requests.iter().any(|kept| kept.request.is_open_for(domain)) {
            self.parts.leaves_a_way_in(&tenant.id).await?;
        }
        // The proof goes last: whoever comes again after an interruption still finds it, and finishes.
        for mut kept in requests {
            if kept.request.domains.remove(domain) {
                self.parts.save(&mut kept).await?;
            }
            if kept.request.state == SsoState::On {
                self.parts.reopen(&kept.request).await?;
            }
        }
        self.parts.proofs.release(&tenant.id, domain).await.map_err(outage)?;
        self.parts.record(session, tenant, AuditAction::DomainReleased, domain.to_string()).await;
        Ok(domain.clone())
    }
}

/// The claim after a look for its record.
pub(super) async fn looked(
    records: &dyn TxtRecords,
    proof: DomainProof,
    now: tenantry_domain::Timestamp,
) -> Result<DomainProof, Outage> {
    Ok(look(records, proof, now).await?.0)
}

/// The same, and the other texts of the record's name.
async fn look(
    records: &dyn TxtRecords,
    proof: DomainProof,
    now: tenantry_domain::Timestamp,
) -> Result<(DomainProof, Vec<String>), Outage> {
    let (value, found) = (proof.record_value(), records.look_up(&proof.record_name()).await?);
    let (right, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|text| text.trim() == value);
    Ok((proof.looked(!right.is_empty(), now), others))
}

pub(super) fn outage(error: tenantry_ports::DomainProofsError) -> SsoError {
    Outage::from(error).into()
}

//! Looking for the records of domains in the background.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{AuditAction, AuditEntry, DomainProof, ProofState, Timestamp, UserId};
use tenantry_ports::TxtRecords;

use super::SsoParts;
use super::domains::looked;
use crate::{Outage, audit};

/// How often a proved domain is looked at.
const PROVED_EVERY: Duration = Duration::from_hours(24);
/// How often one that waits for its record is.
const CLAIMED_EVERY: Duration = Duration::from_mins(5);
/// How long one waits.
const CLAIMED_FOR: Duration = DomainProof::WAITS;
/// How soon one is looked at again of which the provider could not be told.
const AGAIN_AFTER: Duration = Duration::from_mins(2);
/// For how long a proof is new: as long as an interruption may have left what it ends.
const NEWLY: Duration = Duration::from_hours(12);
/// How many are looked at in one go.
const AT_ONCE: u32 = 50;

/// Looks at every domain whose turn it is: proves what is waiting, and notices when a record is gone. What the provider
/// leads people by follows.
pub struct WatchDomains {
    /// What it works with.
    pub parts: SsoParts,
    /// Asks DNS.
    pub records: Arc<dyn TxtRecords>,
}

impl WatchDomains {
    /// Looks at those that are due; answers how many. One that can't be looked at is left for the next time.
    pub async fn run(&self) -> Result<usize, Outage> {
        let now = self.parts.clock.now();
        let (proved, claimed) = (now - PROVED_EVERY, now - CLAIMED_EVERY);
        let due = self.parts.proofs.due(proved, claimed, now - CLAIMED_FOR, AT_ONCE).await?;
        let count = due.len();
        for proof in due {
            let domain = proof.domain.clone();
            if let Err(error) = self.look_at(proof).await {
                tracing::warn!(%error, %domain, "a domain's record can't be looked for");
            }
        }
        Ok(count)
    }

    async fn look_at(&self, before: DomainProof) -> Result<(), Outage> {
        let now = self.parts.clock.now();
        if !self.parts.proofs.take_look(&before, now).await? {
            // Another instance looks at it.
            return Ok(());
        }
        // An answer that does not come says nothing of the record. The next claim has its turn all the same.
        let after = looked(&*self.records, before.clone(), now).await?;
        if !self.parts.proofs.keep(&unheard(&after, now)).await? {
            // Another organization has proved it, or the claim was given up: there is nothing to keep but the look.
            return Ok(());
        }
        self.note(&before, &after, now).await?;
        if after.state == ProofState::Claimed {
            return Ok(());
        }
        let _turn = self.parts.tell_of(&after.tenant, &after.domain).await?;
        self.parts.heard(&after, now).await
    }

    /// Remembers what became of a domain.
    async fn note(&self, before: &DomainProof, after: &DomainProof, now: Timestamp) -> Result<(), Outage> {
        match (before.holds(), after.state) {
            (false, ProofState::Proved { .. }) => {
                self.parts.note_of_dns(after, AuditAction::DomainProved, now).await
            }
            (true, ProofState::Lapsed { .. }) => {
                self.parts.note_of_dns(after, AuditAction::DomainLapsed, now).await
            }
            _ => Ok(()),
        }
    }
}

/// A look as it is kept until the provider has heard of it: its turn comes again soon, and not before that of others. A
/// claim is none of the provider's business.
pub(super) fn unheard(looked: &DomainProof, now: Timestamp) -> DomainProof {
    let is_claimed = looked.state == ProofState::Claimed;
    let checked_at = if is_claimed { now } else { now - PROVED_EVERY + AGAIN_AFTER };
    DomainProof { checked_at: Some(checked_at), ..looked.clone() }
}

impl SsoParts {
    /// Notes that the provider has heard of a look, and ends what is over by it. Somebody may have looked meanwhile: what
    /// they saw stays.
    pub(super) async fn heard(&self, looked: &DomainProof, now: Timestamp) -> Result<(), Outage> {
        if let ProofState::Proved { since } = looked.state
            && now < since + NEWLY
        {
            self.end_personal_in(&looked.tenant, &looked.domain).await?;
        }
        let held = self.proofs.find(&looked.tenant, &looked.domain).await?;
        if held.is_some_and(|held| held == unheard(looked, now)) {
            self.proofs.keep(&DomainProof { checked_at: Some(now), ..looked.clone() }).await?;
        }
        Ok(())
    }

    /// Remembers what DNS has made of a domain. Nobody did it: it is noted as done by the tenant itself.
    pub(super) async fn note_of_dns(
        &self,
        proof: &DomainProof,
        action: AuditAction,
        now: Timestamp,
    ) -> Result<(), Outage> {
        let (tenant, domain, what) = (&proof.tenant, &proof.domain, action.as_str());
        tracing::info!(%tenant, %domain, what, "the record of a domain has come or gone");
        let actor = UserId::try_from(proof.tenant.as_str());
        let actor = actor.map_err(|error| Outage::Store(Box::new(error)))?;
        let (tenant, subject) = (Some(proof.tenant.clone()), proof.domain.to_string());
        let actor_name = Some("DNS".to_owned());
        let entry = AuditEntry { at: now, actor, actor_name, tenant, action, subject };
        audit::record(&*self.audit_log, &entry).await;
        Ok(())
    }
}

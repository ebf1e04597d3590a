//! Looking for the records of domains in the background.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{AuditAction, AuditEntry, DomainProof, ProofState};
use tenantry_ports::{AuditLog, Clock, DomainProofs, TxtRecords};

use super::domains::looked;
use crate::{Outage, audit};

/// How often a proved domain is looked at.
const PROVED_EVERY: Duration = Duration::from_hours(24);
/// How often one that waits for its record is.
const CLAIMED_EVERY: Duration = Duration::from_mins(5);
/// How long one waits.
const CLAIMED_FOR: Duration = DomainProof::WAITS;
/// How many are looked at in one go.
const AT_ONCE: u32 = 50;

/// Looks at every domain whose turn it is: proves what is waiting, and notices when a record is gone.
pub struct WatchDomains {
    /// Which domains are whose.
    pub proofs: Arc<dyn DomainProofs>,
    /// Asks DNS.
    pub records: Arc<dyn TxtRecords>,
    /// Remembers what became of a domain.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

impl WatchDomains {
    /// Looks at those that are due; answers how many. One that can't be looked at is left for the next time.
    pub async fn run(&self) -> Result<usize, Outage> {
        let now = self.clock.now();
        let (proved, claimed) = (now - PROVED_EVERY, now - CLAIMED_EVERY);
        let due = self.proofs.due(proved, claimed, now - CLAIMED_FOR, AT_ONCE).await?;
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
        let now = self.clock.now();
        let after = match looked(&*self.records, before.clone(), now).await {
            Ok(after) => after,
            Err(outage) => {
                // An answer that does not come says nothing of the record. The next claim has its turn all the same.
                self.proofs.keep(&DomainProof { checked_at: Some(now), ..before }).await?;
                return Err(outage);
            }
        };
        if !self.proofs.keep(&after).await? {
            // Another organization has proved it, or the claim was given up: there is nothing to keep but the look.
            self.proofs.keep(&DomainProof { checked_at: Some(now), ..before }).await?;
            return Ok(());
        }
        let action = match (before.holds(), after.state) {
            (false, ProofState::Proved { .. }) => AuditAction::DomainProved,
            (true, ProofState::Lapsed { .. }) => {
                tracing::warn!(tenant = %after.tenant, domain = %after.domain, "the record of a domain is gone");
                AuditAction::DomainLapsed
            }
            _ => return Ok(()),
        };
        // Nobody did it: it is noted as done by the tenant itself.
        let actor = tenantry_domain::UserId::try_from(after.tenant.as_str());
        let actor = actor.map_err(|error| Outage::Store(Box::new(error)))?;
        let (tenant, subject) = (Some(after.tenant), after.domain.to_string());
        let actor_name = Some("DNS".to_owned());
        let entry = AuditEntry { at: now, actor, actor_name, tenant, action, subject };
        audit::record(&*self.audit_log, &entry).await;
        Ok(())
    }
}

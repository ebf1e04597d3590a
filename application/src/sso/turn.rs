//! Turning a connection on and off.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::try_join_all;
use tenantry_domain::{
    Admission, AuditAction, DomainProof, EmailDomain, Enforcement, NotReady, SsoRequest, SsoState, TenantId,
    Timestamp,
};
use tenantry_ports::{KeptSsoRequest, Session, SsoConnectionsError, Turn, TxtRecords};

use super::domains::{looked, outage};
use super::watch::unheard;
use super::{SsoError, SsoParts};
use crate::Outage;

/// Lets people in through a connection, or nobody any more.
pub struct TurnSso {
    /// What it works with.
    pub parts: SsoParts,
    /// Asks DNS.
    pub records: Arc<dyn TxtRecords>,
}

/// Why a connection is not turned on.
#[derive(Debug, thiserror::Error)]
pub enum TurnOnSsoError {
    /// A step is missing.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// The record of a domain that was proved is not there any more.
    #[error(
        "the TXT record {name} is gone, which shows that {domain} is yours: publish it again with the value {value}, or take \
         the domain away from this connection"
    )]
    RecordGone {
        /// Of which domain.
        domain: EmailDomain,
        /// Its name.
        name: String,
        /// What it has to say.
        value: String,
    },
    /// Nobody could tell whether it is.
    #[error("the record of {0} cannot be looked up just now: nothing was changed, try again")]
    NoAnswer(EmailDomain),
    /// What may happen to every change.
    #[error(transparent)]
    Sso(#[from] SsoError),
}

impl TurnSso {
    /// Turns it on, if DNS says now that its domains are the organization's: a proof may be a day old. The provider is told
    /// first: as long as we don't say so too, nobody is let in.
    pub async fn on(&self, session: &Session, request: &str) -> Result<KeptSsoRequest, TurnOnSsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        let usable = kept.request.ready(&self.parts.proved(&tenant.id).await.map_err(SsoError::from)?)?;
        if kept.request.state != SsoState::On {
            self.look_again(&tenant.id, usable).await?;
        }
        kept.request.state = SsoState::On;
        self.parts.reopen(&kept.request).await?;
        self.parts.save(&mut kept).await?;
        let subject = kept.request.display_name.to_string();
        self.parts.record(session, tenant, AuditAction::SsoTurnedOn, subject).await;
        Ok(kept)
    }

    /// Fails unless the record of each of these domains is there.
    async fn look_again(
        &self,
        tenant: &TenantId,
        domains: BTreeSet<EmailDomain>,
    ) -> Result<(), TurnOnSsoError> {
        let now = self.parts.clock.now();
        let looks = domains.into_iter().map(async |domain| {
            let held = self.parts.proofs.find(tenant, &domain).await.map_err(outage)?;
            let held = held.ok_or(NotReady::NoProvedDomain)?;
            let found = looked(&*self.records, held.clone(), now).await.map_err(|error| {
                tracing::warn!(%error, %domain, "a domain's record can't be looked for");
                TurnOnSsoError::NoAnswer(domain)
            })?;
            Ok::<_, TurnOnSsoError>((held, found))
        });
        // All at once: others wait for the organization's turn.
        for (held, found) in try_join_all(looks).await? {
            let has_lapsed = held.holds() && !found.holds();
            let kept = if has_lapsed { unheard(&found, now) } else { found.clone() };
            if !self.parts.proofs.keep(&kept).await.map_err(outage)? {
                return Err(NotReady::NoProvedDomain.into());
            }
            if has_lapsed {
                self.lapsed(&found, now).await.map_err(SsoError::from)?;
            }
            if !found.holds() || found.missing_since.is_some() {
                let (name, value) = (found.record_name(), found.record_value());
                return Err(TurnOnSsoError::RecordGone { domain: found.domain, name, value });
            }
        }
        Ok(())
    }

    async fn lapsed(&self, proof: &DomainProof, now: Timestamp) -> Result<(), Outage> {
        self.parts.note_of_dns(proof, AuditAction::DomainLapsed, now).await?;
        self.parts.tell_in_turn(&proof.tenant, &proof.domain).await?;
        self.parts.heard(proof, now).await
    }

    /// Turns it off. From the first write on nobody is let in, also those whose login is under way; who is in stays in.
    pub async fn off(&self, session: &Session, request: &str) -> Result<KeptSsoRequest, SsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        if kept.request.state == SsoState::On {
            self.parts.leaves_a_way_in(&tenant.id).await?;
            kept.request.state = SsoState::Off;
            // Turned on again it demands nothing: whoever came in meanwhile another way is in.
            kept.request.enforcement = Enforcement::Off;
            self.parts.save(&mut kept).await?;
        }
        self.parts.close(&kept.request).await?;
        let subject = kept.request.display_name.to_string();
        self.parts.record(session, tenant, AuditAction::SsoTurnedOff, subject).await;
        Ok(kept)
    }
}

impl SsoParts {
    /// Opens the connection at the provider as the request says now. Repeatable.
    pub(super) async fn reopen(&self, request: &SsoRequest) -> Result<(), SsoError> {
        Ok(self.open(request).await??)
    }

    async fn open(&self, request: &SsoRequest) -> Result<Result<(), SsoConnectionsError>, Outage> {
        let Some(upstream) = &request.upstream else { return Ok(Ok(())) };
        let proved = self.proved(&request.tenant.id).await?;
        let domains: Vec<EmailDomain> = request.domains.intersection(&proved).cloned().collect();
        let admission =
            if request.admission.auto_membership { Admission::AutoMembership } else { Admission::Members };
        let tenant = &request.tenant.id;
        Ok(self.connections.open(tenant, &upstream.connection, admission, &domains).await.map(|_| ()))
    }

    /// Tells the provider whether this domain leads to the tenant's connections, as its proof stands now, in the tenant's
    /// turn; answers the turn. A connection that is gone there has no domains. Repeatable.
    pub(super) async fn tell_of(
        &self,
        tenant: &TenantId,
        domain: &EmailDomain,
    ) -> Result<Option<Turn>, Outage> {
        let kept = self.requests.of_tenant(tenant).await?;
        if !kept.iter().any(|kept| kept.request.is_open_for(domain)) {
            return Ok(None);
        }
        let turn = self.turns.take(tenant).await?;
        self.tell_in_turn(tenant, domain).await?;
        Ok(Some(turn))
    }

    /// The same, for whoever has the tenant's turn.
    pub(super) async fn tell_in_turn(&self, tenant: &TenantId, domain: &EmailDomain) -> Result<(), Outage> {
        for kept in self.requests.of_tenant(tenant).await? {
            if !kept.request.is_open_for(domain) {
                continue;
            }
            match self.open(&kept.request).await? {
                Ok(()) | Err(SsoConnectionsError::UnknownConnection) => {}
                Err(outage) => return Err(outage.into()),
            }
        }
        Ok(())
    }

    /// Closes the connection at the provider; one that is gone is closed. Repeatable.
    pub(super) async fn close(&self, request: &SsoRequest) -> Result<(), SsoError> {
        let Some(upstream) = &request.upstream else { return Ok(()) };
        let closed =
            self.connections.open(&request.tenant.id, &upstream.connection, Admission::Closed, &[]).await;
        match closed {
            Ok(_) | Err(SsoConnectionsError::UnknownConnection) => Ok(()),
            Err(outage) => Err(Outage::from(outage).into()),
        }
    }
}

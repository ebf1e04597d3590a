//! The end of an organization, for everybody in it.

use std::sync::Arc;

use tenantry_domain::{
    AuditAction, AuditEntry, Feature, Holder, Permission, Subscription, TenantId, TenantRef,
};
use tenantry_ports::{
    AuditLog, Clock, DomainProofs, Offers, Session, Sessions, SessionsOf, SsoConnections, SsoRequests,
    TenantLooks, Tenants, Turns,
};

use crate::home::standing;
use crate::sign_in::remembered_until;
use crate::{Authorize, AuthorizeError, Conversions, Outage, audit};

/// Deletes the organization under which somebody is signed in. Everybody keeps their account.
pub struct DeleteOrganization {
    /// Who may.
    pub authorize: Authorize,
    /// Where the organization is.
    pub tenants: Arc<dyn Tenants>,
    /// Lets nobody change its people meanwhile.
    pub turns: Arc<dyn Turns>,
    /// Whether a payment for it is under way.
    pub conversions: Arc<Conversions>,
    /// What is left of it here.
    pub remains: Remains,
    /// Remembers who did it.
    pub audit_log: Arc<dyn AuditLog>,
}

/// What the product itself keeps of an organization, and what goes when the organization goes.
#[derive(Clone)]
pub struct Remains {
    /// Its people's sessions under it.
    pub sessions: Arc<dyn Sessions>,
    /// How it looks.
    pub looks: Arc<dyn TenantLooks>,
    /// Who was invited.
    pub offers: Arc<dyn Offers>,
    /// What was asked for of single sign-on.
    pub requests: Arc<dyn SsoRequests>,
    /// The connections that came of it, at the provider.
    pub connections: Arc<dyn SsoConnections>,
    /// Its domains.
    pub proofs: Arc<dyn DomainProofs>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// What somebody who is about to delete an organization has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletionView {
    /// Which: its name has to be typed.
    pub tenant: TenantRef,
    /// What is paid for and ends with it.
    pub subscription: Option<Subscription>,
}

/// Why it is not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteOrganizationError {
    /// What was typed is not its name.
    #[error("type the name exactly as it stands above")]
    NotConfirmed,
    /// A card is being charged for it.
    #[error("a payment for this organization is just being completed: try again in a minute")]
    BeingPaid,
    /// The actor may not do it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl DeleteOrganization {
    /// What would be deleted.
    pub fn view(&self, session: &Session) -> Result<DeletionView, DeleteOrganizationError> {
        let administrator = self.authorize.to_look(session, Permission::DeleteOrganization)?;
        let is_current = standing(session, self.remains.clock.now()).opens(Feature::Administration);
        let subscription = session.subscription.filter(|_| is_current);
        Ok(DeletionView { tenant: administrator.tenant().clone(), subscription })
    }

    /// Deletes it, once its name was typed. Repeatable: what a crash has left of an organization that is gone already is
    /// removed by the next try.
    pub async fn run(&self, session: &Session, typed: &str) -> Result<TenantRef, DeleteOrganizationError> {
        let administrator = self.authorize.to_look(session, Permission::DeleteOrganization)?;
        let tenant = administrator.tenant();
        if typed.trim() != tenant.name.as_str() {
            return Err(DeleteOrganizationError::NotConfirmed);
        }
        let _turn = self.turns.take(&tenant.id).await.map_err(Outage::from)?;
        // Where the organization is gone nobody has a role in it: whoever had one a minute ago may clear away the rest.
        if self.tenants.find(&tenant.id).await.map_err(Outage::from)?.is_some() {
            self.authorize.to_change(session, Permission::DeleteOrganization).await?;
            self.nothing_is_being_paid(&tenant.id).await?;
            self.remains.disconnect(&tenant.id).await?;
            self.tenants.delete(&tenant.id).await.map_err(Outage::from)?;
            self.remains.forget(&tenant.id).await?;
        } else {
            self.remains.clear(&tenant.id).await?;
        }
        let entry = AuditEntry {
            at: self.remains.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: Some(tenant.id.clone()),
            action: AuditAction::OrganizationDeleted,
            subject: tenant.name.to_string(),
        };
        audit::record(&*self.audit_log, &entry).await;
        Ok(tenant.clone())
    }

    async fn nothing_is_being_paid(&self, tenant: &TenantId) -> Result<(), DeleteOrganizationError> {
        let Some(saved) = self.conversions.find(&Holder::Tenant(tenant.clone())).await? else {
            return Ok(());
        };
        let settled = self.conversions.settle(saved).await?;
        if settled.conversion.is_owed(self.remains.clock.now()) {
            return Err(DeleteOrganizationError::BeingPaid);
        }
        Ok(())
    }
}

impl Remains {
    /// Deletes the tenant's own connections at the provider: nothing else would ever find them again. A request that knows
    /// of none may have one all the same, when the answer that told of it was lost.
    async fn disconnect(&self, tenant: &TenantId) -> Result<(), Outage> {
        let mut has_unknown = false;
        for kept in self.requests.of_tenant(tenant).await? {
            match kept.request.upstream {
                Some(upstream) => self.connections.delete(tenant, &upstream.connection).await?,
                None => has_unknown = true,
            }
        }
        if has_unknown {
            for connection in self.connections.list(tenant).await? {
                self.connections.delete(tenant, &connection.id).await?;
            }
        }
        Ok(())
    }

    /// Removes what is left of a tenant that is gone.
    pub(crate) async fn clear(&self, tenant: &TenantId) -> Result<(), Outage> {
        self.disconnect(tenant).await?;
        self.forget(tenant).await
    }

    /// Removes what is left here, and sees to it that no login which is under way begins a session under it.
    async fn forget(&self, tenant: &TenantId) -> Result<(), Outage> {
        let (whose, now) = (SessionsOf::Tenant(tenant.clone()), self.clock.now());
        self.looks.forget(tenant).await?;
        self.offers.forget(tenant).await?;
        self.requests.forget(tenant).await?;
        self.proofs.forget(tenant).await?;
        self.sessions.end_all(&whose, None, now, remembered_until(now)).await?;
        Ok(())
    }
}

//! A copy of what is known about oneself.

use std::sync::Arc;

use tenantry_domain::{AuditAction, AuditEntry, Roles, Tenant, Timestamp, User};
use tenantry_ports::{
    AuditLog, Clock, Members, PageSize, Session, SessionOnDevice, Sessions, Tenants, Users,
};

use crate::{Outage, audit};

/// Collects what the product and the identity provider know about whoever is signed in. No secret is part of it.
pub struct ExportAccount {
    /// Where the account is.
    pub users: Arc<dyn Users>,
    /// Where organizations are.
    pub tenants: Arc<dyn Tenants>,
    /// Where roles are.
    pub members: Arc<dyn Members>,
    /// Where sessions are.
    pub sessions: Arc<dyn Sessions>,
    /// What the person did.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// What is known about a person.
#[derive(Clone, Debug)]
pub struct AccountCopy {
    /// When it was collected.
    pub at: Timestamp,
    /// The account, with the person's own subscription.
    pub user: User,
    /// Their organizations, and their roles in each.
    pub memberships: Vec<(Tenant, Roles)>,
    /// Where they are signed in.
    pub sessions: Vec<SessionOnDevice>,
    /// What they did with their own account: the latest hundred entries, the latest first.
    pub activity: Vec<AuditEntry>,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum ExportAccountError {
    /// The account was deleted at the provider.
    #[error("this account does not exist any more")]
    UnknownUser,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ExportAccount {
    /// All of it, as it is now.
    pub async fn run(&self, session: &Session) -> Result<AccountCopy, ExportAccountError> {
        let (me, at) = (&session.user, self.clock.now());
        let user = self.users.find(me).await.map_err(Outage::from)?;
        let user = user.ok_or(ExportAccountError::UnknownUser)?;
        let mut memberships = Vec::new();
        for tenant in self.tenants.of_user(me).await.map_err(Outage::from)? {
            let roles = self.members.roles(&tenant.tenant.id, me).await.map_err(Outage::from)?;
            memberships.push((tenant, roles));
        }
        let sessions = self.sessions.of_user(me, at).await.map_err(Outage::from)?;
        let entry = AuditEntry {
            at,
            actor: me.clone(),
            actor_name: Some(user.name.clone()),
            tenant: None,
            action: AuditAction::AccountExported,
            subject: user.name.clone(),
        };
        audit::record(&*self.audit_log, &entry).await;
        let activity = self.audit_log.of_account(me, PageSize::at_most(100)).await.map_err(Outage::from)?;
        Ok(AccountCopy { at, user, memberships, sessions, activity })
    }
}

//! Who changed what in the organization.

use std::sync::Arc;

use tenantry_domain::{AuditEntry, Permission};
use tenantry_ports::{AuditLog, AuditLogError, Cursor, Page, PageSize, Session};

use crate::{Authorize, AuthorizeError, Outage};

/// Shows an Administrator what was done in the organization, the latest first.
pub struct Activity {
    /// Who may.
    pub authorize: Authorize,
    /// Where it is remembered.
    pub audit_log: Arc<dyn AuditLog>,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum ActivityError {
    /// The page does not exist.
    #[error("this page of the audit log does not exist")]
    InvalidCursor,
    /// The actor may not read it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl Activity {
    /// One page of it.
    pub async fn run(
        &self,
        session: &Session,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<AuditEntry>, ActivityError> {
        let administrator = self.authorize.to_look(session, Permission::ViewAuditLog)?;
        let page = self.audit_log.of_tenant(&administrator.tenant().id, from, size).await;
        page.map_err(|error| match error {
            AuditLogError::InvalidCursor => ActivityError::InvalidCursor,
            other @ AuditLogError::Unavailable(_) => ActivityError::Outage(other.into()),
        })
    }
}

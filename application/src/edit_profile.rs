//! What to call oneself.

use std::sync::Arc;

use tenantry_domain::{AuditAction, AuditEntry, PersonName};
use tenantry_ports::{AuditLog, Clock, Session, Sessions, Users, UsersError};

use crate::{Outage, audit};

/// Changes the profile of whoever is signed in.
pub struct EditProfile {
    /// Where the account is.
    pub users: Arc<dyn Users>,
    /// Shows the name everywhere at once.
    pub sessions: Arc<dyn Sessions>,
    /// Remembers it.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum EditProfileError {
    /// Each login brings the name along from another provider.
    #[error("your name comes from where you log in: change it there, and log in again")]
    ManagedElsewhere,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl EditProfile {
    /// Writes the name; every session of the person shows it from then on.
    pub async fn run(&self, session: &Session, name: &PersonName) -> Result<(), EditProfileError> {
        match self.users.rename(&session.user, name).await {
            Ok(()) => {}
            Err(UsersError::ManagedElsewhere) => return Err(EditProfileError::ManagedElsewhere),
            Err(error) => return Err(Outage::from(error).into()),
        }
        self.sessions.set_name(&session.user, name).await.map_err(Outage::from)?;
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: None,
            action: AuditAction::ProfileChanged,
            subject: name.to_string(),
        };
        audit::record(&*self.audit_log, &entry).await;
        Ok(())
    }
}

//! A new password, chosen at the identity provider.

use std::sync::Arc;

use tenantry_domain::{AuditAction, AuditEntry};
use tenantry_ports::{AuditLog, Clock, PasswordChange, Session, Sessions, Users};
use url::Url;

use crate::fresh_login::is_fresh;
use crate::{Outage, audit};

/// Leads whoever is signed in to where they choose a new password. The old one is not asked for there: so they have to
/// have logged in just now, and a browser that somebody left open, or a stolen cookie, is not enough.
pub struct ChangePassword {
    /// Where the account is.
    pub users: Arc<dyn Users>,
    /// When the person proved who they are.
    pub sessions: Arc<dyn Sessions>,
    /// Remembers it.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// Why there is no page to choose a password on.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The person has not logged in with their credentials for a while.
    #[error("log in once more, so that we know that it is you")]
    LoginNeeded,
    /// The account has no password at the provider.
    #[error("you log in through another provider: your password is there, and is changed there")]
    NoPassword,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ChangePassword {
    /// Whether the person has to log in once more before. Nobody has to who would find no password then.
    pub async fn needs_login(&self, session: &Session) -> Result<bool, ChangePasswordError> {
        if session.is_brought {
            return Err(ChangePasswordError::NoPassword);
        }
        Ok(!is_fresh(&*self.sessions, session, self.clock.now()).await?)
    }

    /// The page to choose it on, for this person alone; it leads to `result_url` afterwards. Nothing has changed yet.
    pub async fn run(&self, session: &Session, result_url: &Url) -> Result<Url, ChangePasswordError> {
        if self.needs_login(session).await? {
            return Err(ChangePasswordError::LoginNeeded);
        }
        match self.users.password_change(&session.user, result_url).await.map_err(Outage::from)? {
            PasswordChange::NoPassword => Err(ChangePasswordError::NoPassword),
            PasswordChange::At(page) => {
                let entry = AuditEntry {
                    at: self.clock.now(),
                    actor: session.user.clone(),
                    actor_name: Some(session.name.clone()),
                    tenant: None,
                    action: AuditAction::PasswordChangeRequested,
                    subject: session.name.clone(),
                };
                audit::record(&*self.audit_log, &entry).await;
                Ok(page)
            }
        }
    }
}

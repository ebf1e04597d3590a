//! A link that lets its holder do one thing: set a new password, or prove an address.

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use super::MailKind;
use crate::store::Row;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// The hash of what the link carries.
    pub(crate) hash: String,
    /// What it lets its holder do: [`MailKind::PasswordChange`] or [`MailKind::EmailVerification`].
    pub(crate) kind: MailKind,
    pub(crate) user_id: String,
    /// The client whose initiate-login address a person goes on to.
    pub(crate) client_id: Option<String>,
    pub(crate) organization_id: Option<String>,
    /// Where a person goes on to.
    pub(crate) result_url: Option<String>,
    pub(crate) marks_email_as_verified: bool,
    pub(crate) includes_email_in_redirect: bool,
    pub(crate) expires_at: Timestamp,
}

impl Row for Ticket {
    const TABLE: &'static str = "tickets";

    fn key(&self) -> String {
        self.hash.clone()
    }
}

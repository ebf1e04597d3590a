//! A link that lets its holder do one thing: set a new password, or prove an address.

use std::time::Duration;

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
    /// Whether it was used: a link that comes again is told so.
    #[serde(default)]
    pub(crate) is_used: bool,
    pub(crate) expires_at: Timestamp,
}

/// How long a ticket is remembered beyond its end, so that its link can say what became of it.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);

impl Ticket {
    /// Whether nobody needs to know of it any more.
    pub(crate) fn is_forgotten(&self, now: Timestamp) -> bool {
        now >= self.expires_at + REMEMBERED
    }
}

impl Row for Ticket {
    const TABLE: &'static str = "tickets";

    fn key(&self) -> String {
        self.hash.clone()
    }
}

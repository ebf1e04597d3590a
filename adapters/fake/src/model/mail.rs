//! A message that Auth0 would have sent: it stays here, for whoever tests to open its link.

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use crate::secrets::shown_by;
use crate::store::{Row, State};

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mail {
    /// Sorts by age.
    pub(crate) id: String,
    pub(crate) kind: MailKind,
    pub(crate) to: String,
    /// Where the message leads.
    pub(crate) link: String,
    /// Who is meant, when there is an account.
    pub(crate) user_id: Option<String>,
    pub(crate) organization_id: Option<String>,
    pub(crate) sent_at: Timestamp,
}

shown_by!(Mail: id, kind, to);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailKind {
    Invitation,
    EmailVerification,
    PasswordChange,
}

impl Row for Mail {
    const TABLE: &'static str = "mail";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.to.clone())
    }
}

/// As many are kept.
const KEPT: usize = 10_000;

impl State {
    /// Puts a message into the mailbox; the oldest makes room.
    pub(crate) fn send(&mut self, mail: Mail) {
        while self.mail.len() >= KEPT {
            let Some(oldest) = self.mail.iter().next().map(Row::key) else { break };
            self.mail.remove(&oldest);
        }
        self.mail.put(mail);
    }
}

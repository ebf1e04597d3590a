//! The same for tests in Rust, without HTTP.

use tenantry_domain::Timestamp;

use super::{AdjustableClock, Faults, PlantError, SnapshotError};
use crate::calls::Call;
use crate::fake::Fake;
use crate::model::{Mail, MailKind};
use crate::rate_limits::RateLimitPlan;
use crate::secrets::{Secret, shown_by};
use crate::seed_file::SeedFile;
use crate::store::StoreError;

/// A message that Auth0 would have sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is for.
    pub kind: MessageKind,
    /// Whom it is for.
    pub to: String,
    /// Where it leads.
    pub link: String,
    /// The account that is meant, when there is one.
    pub user_id: Option<String>,
    /// The organization that is meant, when there is one.
    pub organization_id: Option<String>,
    /// When it was sent, by the provider's clock.
    pub sent_at: Timestamp,
}

shown_by!(Message: kind, to, sent_at);

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// It invites somebody to an organization.
    Invitation,
    /// It lets somebody prove that the address is theirs.
    EmailVerification,
    /// It lets somebody set a new password.
    PasswordChange,
}

impl From<&Mail> for Message {
    fn from(mail: &Mail) -> Self {
        Self {
            kind: match mail.kind {
                MailKind::Invitation => MessageKind::Invitation,
                MailKind::EmailVerification => MessageKind::EmailVerification,
                MailKind::PasswordChange => MessageKind::PasswordChange,
            },
            to: mail.to.clone(),
            link: mail.link.clone(),
            user_id: mail.user_id.clone(),
            organization_id: mail.organization_id.clone(),
            sent_at: mail.sent_at,
        }
    }
}

impl Fake {
    /// The time that it goes by.
    pub fn clock(&self) -> &AdjustableClock {
        &self.core().time
    }

    /// What goes wrong with requests.
    pub fn faults(&self) -> &Faults {
        &self.core().control.faults
    }

    /// Puts the rate limits of a plan in force, or none, also after a reset.
    pub fn limit_rates(&self, plan: Option<RateLimitPlan>) {
        self.core().control.rate_limits.begin_with(plan);
    }

    /// The messages that it would have sent, the oldest first.
    pub fn mailbox(&self) -> Result<Vec<Message>, StoreError> {
        self.core().store.read(|state| state.mail.iter().map(Message::from).collect())
    }

    /// Throws all messages away.
    pub async fn clear_mailbox(&self) -> Result<(), StoreError> {
        self.core().clear_mailbox().await
    }

    /// What was asked over HTTP since the start, the latest 10,000 requests, the oldest first.
    pub fn requests(&self) -> Vec<Call> {
        self.core().calls.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.core().calls.clear();
    }

    /// Goes back to the beginning: the seeded state with the ids and secrets that it had, the clock that it was started
    /// with, no faults, nothing noted. Snapshots and signing keys stay.
    pub async fn reset(&self) -> Result<(), StoreError> {
        self.core().reset().await
    }

    /// Keeps the whole state under a name.
    pub fn snapshot(&self, name: &str) -> Result<(), SnapshotError> {
        self.core().snapshot(name).map(drop)
    }

    /// Goes back to the state of that name. The signing keys stay.
    pub async fn restore(&self, name: &str) -> Result<(), SnapshotError> {
        self.core().restore(name).await
    }

    /// Plants a seed on top of what there is: all of it, or nothing. [`Self::reset`] does not come back to it.
    pub async fn seed(&self, file: &SeedFile) -> Result<(), PlantError> {
        self.core().plant(file.clone()).await
    }

    /// Lets the control API be used with this token alone, from any machine. The first one that is set stays.
    pub fn require_control_token(&self, token: &str) {
        // A second one is ignored, as it says.
        let _ = self.core().control.token.set(Secret::new(token));
    }
}

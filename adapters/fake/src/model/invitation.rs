//! An offer of membership in an organization, sent to an address.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::document::Document;
use crate::secrets::shown_by;
use crate::store::{Row, State};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Invitation {
    /// `uinv_` and 16 letters or digits.
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) client_id: String,
    /// What the link carries: whoever brings it back, once, accepts. 32 letters or digits.
    pub(crate) ticket_id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// The rest, as the Management API takes and returns it: `inviter`, `invitee`, `roles`, `connection_id`,
    /// `app_metadata`, `user_metadata`.
    #[serde(flatten)]
    pub(crate) settings: Map<String, Value>,
}

shown_by!(Invitation: id, organization_id);

impl Invitation {
    pub(crate) fn settings(&self) -> Document<'_> {
        Document::new(&self.settings)
    }

    /// Whom it is for, as it was entered.
    pub(crate) fn invitee(&self) -> &str {
        self.settings().document("invitee").text("email").unwrap_or_default()
    }

    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

impl Row for Invitation {
    const TABLE: &'static str = "invitations";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.organization_id.clone())
    }
}

impl State {
    /// The invitation that a link's ticket stands for, while it is in force.
    pub(crate) fn live_invitation(&self, ticket: &str, now: Timestamp) -> Option<&Invitation> {
        self.invitations.iter().find(|invitation| invitation.ticket_id == ticket && invitation.is_live(now))
    }

    pub(crate) fn invitations_of(&self, organization_id: &str) -> impl Iterator<Item = &Invitation> {
        self.invitations.by_alternate_key(organization_id)
    }
}

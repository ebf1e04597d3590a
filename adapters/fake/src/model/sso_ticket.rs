//! A link that lets its holder connect their own identity provider.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::document::Document;
use crate::store::Row;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SsoTicket {
    /// The hash of what the link carries.
    pub(crate) hash: String,
    pub(crate) profile_id: String,
    pub(crate) expires_at: Timestamp,
    /// How often the link has been opened.
    pub(crate) opens: u32,
    pub(crate) first_opened_at: Option<Timestamp>,
    /// The connection that was set up with it; then it is spent.
    pub(crate) set_up: Option<String>,
    /// As the Management API took it: `connection_config`, `enabled_organizations` and so on.
    #[serde(flatten)]
    pub(crate) settings: Map<String, Value>,
}

/// A link can be opened as often.
const MOST_OPENS: u32 = 10;
/// A link that was opened is good for as long, in seconds.
const OPEN_FOR: i64 = 5 * 3600;

impl SsoTicket {
    pub(crate) fn settings(&self) -> Document<'_> {
        Document::new(&self.settings)
    }

    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        let opened_long_ago =
            self.first_opened_at.is_some_and(|at| now.as_seconds() >= at.as_seconds() + OPEN_FOR);
        now < self.expires_at && !opened_long_ago
    }

    /// The ticket opened once more; `None` when it was opened too often or too long ago. One that is spent shows what
    /// was done with it, as often as one likes.
    pub(crate) fn open(mut self, now: Timestamp) -> Option<Self> {
        if !self.is_live(now) {
            return None;
        }
        if self.set_up.is_none() {
            if self.opens >= MOST_OPENS {
                return None;
            }
            self.opens += 1;
            self.first_opened_at.get_or_insert(now);
        }
        Some(self)
    }
}

impl Row for SsoTicket {
    const TABLE: &'static str = "sso_tickets";

    fn key(&self) -> String {
        self.hash.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.profile_id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> SsoTicket {
        SsoTicket {
            hash: "h".to_owned(),
            profile_id: "ssp_1".to_owned(),
            expires_at: Timestamp::from_seconds(432_000),
            opens: 0,
            first_opened_at: None,
            set_up: None,
            settings: Map::new(),
        }
    }

    #[test]
    fn a_ticket_can_be_opened_ten_times() {
        let now = Timestamp::from_seconds(10);
        let opened = (0..10).try_fold(ticket(), |ticket, _| ticket.open(now)).unwrap();
        assert!(opened.clone().open(now).is_none());
        let spent = SsoTicket { set_up: Some("con_1".to_owned()), ..opened };
        assert_eq!(spent.open(now).unwrap().opens, 10);
    }

    #[test]
    fn a_ticket_ends_five_hours_after_it_was_first_opened() {
        let opened = ticket().open(Timestamp::from_seconds(100)).unwrap();
        let opened = opened.open(Timestamp::from_seconds(18_099)).unwrap();
        assert!(!opened.is_live(Timestamp::from_seconds(18_100)));
        assert!(ticket().is_live(Timestamp::from_seconds(431_999)));
        assert!(!ticket().is_live(Timestamp::from_seconds(432_000)));
    }
}

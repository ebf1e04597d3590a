//! What happened, as the tenant's logs tell it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::login::Context;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LogEntry {
    /// Sorts by age.
    pub(crate) log_id: String,
    pub(crate) date: Timestamp,
    /// One of Auth0's event codes: `s` for a login, `fp` for a wrong password, `si` for an accepted invitation.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) description: Option<String>,
    pub(crate) client_id: Option<String>,
    /// The connection's name.
    pub(crate) connection: Option<String>,
    pub(crate) user_id: Option<String>,
    /// The address, or what was entered in its place.
    pub(crate) user_name: Option<String>,
    pub(crate) organization_id: Option<String>,
    /// Where the browser or program is.
    #[serde(default)]
    pub(crate) ip: Option<String>,
    #[serde(default)]
    pub(crate) user_agent: Option<String>,
    pub(crate) details: Map<String, Value>,
}

impl LogEntry {
    /// An entry about nobody yet.
    pub(crate) fn new(kind: &str, context: &Context<'_>) -> Self {
        Self {
            log_id: context.ids.log_entry(context.now),
            date: context.now,
            kind: kind.to_owned(),
            description: None,
            client_id: None,
            connection: None,
            user_id: None,
            user_name: None,
            organization_id: None,
            ip: None,
            user_agent: None,
            details: Map::new(),
        }
    }
}

impl Row for LogEntry {
    const TABLE: &'static str = "logs";

    fn key(&self) -> String {
        self.log_id.clone()
    }
}

/// As many are kept.
const KEPT: usize = 10_000;

impl State {
    /// Writes an entry; the oldest makes room.
    pub(crate) fn log(&mut self, entry: LogEntry) {
        while self.logs.len() >= KEPT {
            let Some(oldest) = self.logs.iter().next().map(Row::key) else { break };
            self.logs.remove(&oldest);
        }
        self.logs.put(entry);
    }
}

//! The browser that logs in, as its request shows it.

use crate::model::Device;

/// Who asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    /// The hash of its session cookie.
    pub(crate) session: Option<String>,
    pub(crate) ip: String,
    pub(crate) user_agent: Option<String>,
    /// What it prefers first: `en`, `sv-SE`.
    pub(crate) language: Option<String>,
    /// The host that it asked.
    pub(crate) hostname: String,
    /// The method of its request.
    pub(crate) method: String,
}

impl Browser {
    /// What a session remembers of it.
    pub(crate) fn device(&self) -> Device {
        Device { ip: self.ip.clone(), user_agent: self.user_agent.clone().unwrap_or_default() }
    }
}

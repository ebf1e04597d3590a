//! The browser that logs in, as its request shows it.

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

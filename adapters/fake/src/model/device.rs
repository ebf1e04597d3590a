//! What a browser shows of itself.

use serde::{Deserialize, Serialize};

/// Where a request came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) ip: String,
    /// Empty when the browser did not say.
    pub(crate) user_agent: String,
}

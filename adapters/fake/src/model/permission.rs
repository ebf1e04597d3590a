//! What a role or a user may do at an API.

use serde::{Deserialize, Serialize};

/// A scope of a resource server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Permission {
    /// The identifier of the resource server.
    pub(crate) resource_server_identifier: String,
    /// One of its scopes.
    pub(crate) permission_name: String,
}

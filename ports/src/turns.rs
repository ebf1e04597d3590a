//! Changes to one tenant's people, one after the other.

use std::any::Any;
use std::fmt;

use async_trait::async_trait;
use tenantry_domain::TenantId;

use crate::Source;

/// Lets one change at a time look at a tenant's people and act on what it saw: never without an Administrator, never
/// more people than seats. Whoever needs the turns of several tenants takes them in the order of their ids.
#[async_trait]
pub trait Turns: Send + Sync {
    /// Waits until nobody else has this tenant's turn, and takes it. It holds on every instance of the product.
    ///
    /// [`TurnsError::Busy`] when the others take longer than ten seconds: nothing was done, and trying again may help.
    async fn take(&self, tenant: &TenantId) -> Result<Turn, TurnsError>;
}

/// Somebody's turn. It is over when this is dropped, also when whoever held it died.
#[must_use = "the turn is over at once when it is not held"]
pub struct Turn {
    _held: Box<dyn Any + Send + Sync>,
}

impl Turn {
    /// A turn that is over when `held` is dropped.
    pub fn holding(held: impl Any + Send + Sync) -> Self {
        Self { _held: Box::new(held) }
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}

/// Why it is nobody's turn.
#[derive(Debug, thiserror::Error)]
pub enum TurnsError {
    /// Others change the same tenant's people, and take long.
    #[error("others are changing this organization's people just now")]
    Busy,
    /// The store can't be reached. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}

//! Conversions in progress.

use async_trait::async_trait;
use tenantry_domain::{Conversion, Holder, Timestamp};

use crate::Source;

/// Keeps the latest conversion of each holder of a subscription: there is one purchase at a time for a person, and one for
/// a tenant, whoever of its administrators makes it. What it has acknowledged survives a crash.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Journeys: Send + Sync {
    /// The latest conversion for this holder; `Ok(None)` when there is none.
    async fn find(&self, holder: &Holder) -> Result<Option<SavedConversion>, JourneysError>;

    /// Saves a conversion in place of the one for the same holder that was read at `seen` (`None`: there was none), and
    /// answers what it is now saved as. `at` is the present.
    ///
    /// [`JourneysError::Conflict`] when somebody else has saved meanwhile; then nothing was saved.
    async fn save(
        &self,
        conversion: &Conversion,
        seen: Option<Revision>,
        at: Timestamp,
    ) -> Result<SavedConversion, JourneysError>;

    /// Up to `limit` conversions that wait for nobody but a provider ([`Conversion::is_unattended`]) and were last saved
    /// before `saved_before`, the ones that were saved longest ago first.
    async fn unattended(
        &self,
        limit: u32,
        saved_before: Timestamp,
    ) -> Result<Vec<SavedConversion>, JourneysError>;
}

/// A conversion as it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedConversion {
    /// The conversion.
    pub conversion: Conversion,
    /// Which of its savings this is.
    pub revision: Revision,
}

/// Counts the savings of one record, so that two writers notice each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(pub i64);

/// Why a conversion could not be read or saved.
#[derive(Debug, thiserror::Error)]
pub enum JourneysError {
    /// Somebody else has saved meanwhile.
    #[error("the purchase was changed in another window")]
    Conflict,
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}

//! What those who test may change about the provider while it runs: its time, its faults, its whole state.

mod api;
mod clock;
mod faults;
mod handles;
mod seeded;
mod snapshots;
mod tenants;
mod whole_state;

use std::sync::OnceLock;

use crate::rate_limits::RateLimits;
use crate::secrets::Secret;
pub use api::InProcess;
pub(crate) use api::{admit_form, is_near, routes, without_port};
pub use clock::AdjustableClock;
pub(crate) use clock::Reading;
pub use faults::{ActiveFault, Fault, FaultEffect, Faults, Malformed};
pub use handles::{Message, MessageKind};
pub use snapshots::SnapshotError;
use snapshots::Snapshots;
pub(crate) use tenants::{Hosting, Tenants};
pub use tenants::{TenantError, TenantOptions};
pub use whole_state::PlantError;

/// Where the control API is; no path of Auth0's begins like this.
pub(crate) const BASE: &str = "/_tenantry";

/// What a provider has for those who test.
#[derive(Default)]
pub(crate) struct Control {
    pub(crate) faults: Faults,
    pub(crate) snapshots: Snapshots,
    pub(crate) tenants: Tenants,
    pub(crate) rate_limits: RateLimits,
    /// What opens the control API; without it, being on this machine does.
    pub(crate) token: OnceLock<Secret>,
}

//! What tests of adapters and use cases share: contract suites, a clock that tests move, randomness that repeats.
//!
//! A contract suite is a set of `pub async fn`s, one a case, that take the port under test. [`contract_tests!`] makes
//! one `#[tokio::test]` of each.
//!
//! [`contract_tests!`]: crate::contract_tests

pub mod access_requests;
pub mod accounts;
pub mod audit_log;
pub mod checkouts;
pub mod domain_proofs;
pub mod idempotency_keys;
pub mod invitations;
pub mod journeys;
pub mod login_attempts;
pub mod members;
mod memory;
mod no_sso;
pub mod offers;
pub mod provider;
pub mod sessions;
pub mod sso_connections;
pub mod sso_requests;
mod system;
pub mod tenant_looks;
pub mod turns;

pub use memory::MemoryCheckouts;
pub use no_sso::without_sso;
pub use system::{FixedClock, SeededRandom};

/// Makes one `#[tokio::test]` of each case of a contract suite.
///
/// `contract_tests!(tenantry_ports::testkit::sessions, world().await, [begins_and_is_found, ...])` runs each case
/// against a world of its own.
#[macro_export]
macro_rules! contract_tests {
    ($suite:path, $world:expr, [$($case:ident),+ $(,)?]) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                use $suite as suite;
                let world = $world;
                suite::$case(&world).await;
            }
        )+
    };
}

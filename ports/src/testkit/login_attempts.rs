//! The contract of [`LoginAttempts`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use tenantry_domain::Timestamp;

use crate::LoginAttempts;

/// The first caller spends it; every later one finds it spent.
pub async fn is_spent_once(attempts: &impl LoginAttempts) {
    let until = Timestamp::from_seconds(4_000_000_000);
    assert!(attempts.spend("s1", until).await.unwrap());
    assert!(!attempts.spend("s1", until).await.unwrap());
    assert!(attempts.spend("s2", until).await.unwrap());
}

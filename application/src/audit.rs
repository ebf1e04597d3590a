//! Noting what was done, once it is done.

use std::time::Duration;

use tenantry_domain::AuditEntry;
use tenantry_ports::AuditLog;

/// Remembers it. What was done is done, also when nobody can note it: then the log of the service says so.
pub(crate) async fn record(log: &dyn AuditLog, entry: &AuditEntry) {
    if let Err(error) = log.record(entry).await {
        let action = entry.action.as_str();
        tracing::error!(%error, action, actor = %entry.actor, "the audit log misses an entry");
    }
}

/// For how long what somebody may try again and again is remembered once.
const ONCE: Duration = Duration::from_hours(1);

/// Remembers what anybody can make happen as often as they like: once an hour of the same person about the same. Answers
/// what is remembered, so that both can be told the same.
pub(crate) async fn record_once(log: &dyn AuditLog, entry: AuditEntry, about: &str) -> AuditEntry {
    match log.record_once(&entry, about, entry.at - ONCE).await {
        Ok(remembered) => remembered,
        Err(error) => {
            let action = entry.action.as_str();
            tracing::error!(%error, action, actor = %entry.actor, "the audit log misses an entry");
            entry
        }
    }
}

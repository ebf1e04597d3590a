//! Noting what was done, once it is done.

use tenantry_domain::AuditEntry;
use tenantry_ports::AuditLog;

/// Remembers it. What was done is done, also when nobody can note it: then the log of the service says so.
pub(crate) async fn record(log: &dyn AuditLog, entry: &AuditEntry) {
    if let Err(error) = log.record(entry).await {
        let action = entry.action.as_str();
        tracing::error!(%error, action, actor = %entry.actor, "the audit log misses an entry");
    }
}

//! Sessions that ended because of what became of a membership.

use tenantry_domain::{SessionId, TenantId, Timestamp, UserId};
use tenantry_ports::EndedSession;

use super::session_devices::read_tenant;
use crate::database::Database;
use crate::error::StoreError;
use crate::statement::{Statement, statement};

/// Notes a member's sessions before they end, but for the one that is spared.
pub(super) fn note(tenant: &TenantId, user: &UserId, spared: &str) -> Statement {
    statement(
        "INSERT INTO ended_sessions (id, user_id, tenant_id, tenant_name, is_brought, forget_at) \
         SELECT id, user_id, tenant_id, tenant_name, is_brought, ends_at FROM sessions \
         WHERE id <> $1 AND user_id = $2 AND tenant_id = $3 ON CONFLICT DO NOTHING",
    )
    .bind(spared)
    .bind(user.as_str())
    .bind(tenant.as_str())
}

/// The one with this id, as long as it is remembered.
pub(super) async fn find(
    database: &Database,
    session: &SessionId,
    now: Timestamp,
) -> Result<Option<EndedSession>, StoreError> {
    let row = statement(
        "SELECT user_id, tenant_id, tenant_name, is_brought FROM ended_sessions WHERE id = $1 AND forget_at > $2",
    )
    .bind(session.as_str())
    .bind(now.as_millis())
    .find(database)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let user = UserId::try_from(row.get::<&str>("user_id")?);
    let user = user.map_err(|why| StoreError::row("user_id")(&why))?;
    let is_brought = row.get("is_brought")?;
    Ok(read_tenant(&row)?.map(|tenant| EndedSession { user, tenant, is_brought }))
}

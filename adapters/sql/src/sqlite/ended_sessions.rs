//! Sessions that ended because of what became of a membership.

use sqlx::Row;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};
use tenantry_domain::{SessionId, TenantId, Timestamp, UserId};
use tenantry_ports::EndedSession;

use super::Database;
use super::session_devices::read_tenant;
use crate::error::StoreError;

/// Notes a member's sessions before they end, but for the one that is spared.
pub(super) fn note(
    tenant: &TenantId,
    user: &UserId,
    spared: &str,
) -> Query<'static, Sqlite, SqliteArguments> {
    sqlx::query(
        "INSERT INTO ended_sessions (id, user_id, tenant_id, tenant_name, is_brought, forget_at) \
         SELECT id, user_id, tenant_id, tenant_name, is_brought, ends_at FROM sessions \
         WHERE id <> ? AND user_id = ? AND tenant_id = ? ON CONFLICT DO NOTHING",
    )
    .bind(spared.to_owned())
    .bind(user.as_str().to_owned())
    .bind(tenant.as_str().to_owned())
}

/// The one with this id, as long as it is remembered.
pub(super) async fn find(
    database: &Database,
    session: &SessionId,
    now: Timestamp,
) -> Result<Option<EndedSession>, StoreError> {
    let row = sqlx::query(
        "SELECT user_id, tenant_id, tenant_name, is_brought FROM ended_sessions WHERE id = ? AND forget_at > ?",
    )
    .bind(session.as_str())
    .bind(now.as_millis())
    .fetch_optional(&database.read)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let user = UserId::try_from(row.try_get::<&str, _>("user_id")?);
    let user = user.map_err(|why| StoreError::row("user_id")(&why))?;
    let is_brought = row.try_get("is_brought")?;
    Ok(read_tenant(&row)?.map(|tenant| EndedSession { user, tenant, is_brought }))
}

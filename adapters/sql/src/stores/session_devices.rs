//! With what sessions are used: beside them, so that noting it forgets none of those that are kept in memory.

use tenantry_domain::{Device, SessionId, TenantId, TenantName, TenantRef, Timestamp, UserId};
use tenantry_ports::SessionOnDevice;

use crate::database::Database;
use crate::error::StoreError;
use crate::statement::{Row, statement};

/// Notes it, unless the session has ended meanwhile.
pub(super) async fn note(
    database: &Database,
    session: &SessionId,
    device: &Device,
    at: Timestamp,
) -> Result<(), StoreError> {
    statement(
        "INSERT INTO session_devices (session_id, name, network, used_at) \
         SELECT id, $1, $2, $3 FROM sessions WHERE id = $4 ON CONFLICT (session_id) \
         DO UPDATE SET name = excluded.name, network = excluded.network, used_at = excluded.used_at",
    )
    .bind(&device.name)
    .bind(&device.network)
    .bind(at.as_millis())
    .bind(session.as_str())
    .write_unless_orphaned(database)
    .await?;
    Ok(())
}

/// The person's sessions that run at `now`, the one that was used last first.
pub(super) async fn of_user(
    database: &Database,
    user: &UserId,
    now: Timestamp,
) -> Result<Vec<SessionOnDevice>, StoreError> {
    let rows = statement(
        "SELECT sessions.id, tenant_id, tenant_name, began_at, ends_at, session_devices.name AS device, network, \
         coalesce(used_at, began_at) AS used_at FROM sessions \
         LEFT JOIN session_devices ON session_id = sessions.id \
         WHERE user_id = $1 AND idle_until > $2 AND ends_at > $3 ORDER BY 8 DESC, sessions.id",
    )
    .bind(user.as_str())
    .bind(now.as_millis())
    .bind(now.as_millis())
    .list(database)
    .await?;
    rows.iter().map(read_session).collect()
}

/// The tenant of a row, when it has one.
pub(super) fn read_tenant(row: &Row) -> Result<Option<TenantRef>, StoreError> {
    let tenant_id: Option<&str> = row.get("tenant_id")?;
    let tenant_name: Option<&str> = row.get("tenant_name")?;
    Ok(match (tenant_id, tenant_name) {
        (Some(id), Some(name)) => Some(TenantRef {
            id: TenantId::try_from(id).map_err(|why| StoreError::row("tenant_id")(&why))?,
            name: TenantName::try_from(name).map_err(|why| StoreError::row("tenant_name")(&why))?,
        }),
        _ => None,
    })
}

fn read_session(row: &Row) -> Result<SessionOnDevice, StoreError> {
    let id = SessionId::try_from(row.get::<&str>("id")?).map_err(|why| StoreError::row("id")(&why))?;
    let name: Option<String> = row.get("device")?;
    let network: Option<String> = row.get("network")?;
    Ok(SessionOnDevice {
        handle: id.handle(),
        tenant: read_tenant(row)?,
        device: name.map(|name| Device { name, network }),
        began_at: Timestamp::from_millis(row.get("began_at")?),
        used_at: Timestamp::from_millis(row.get("used_at")?),
        ends_at: Timestamp::from_millis(row.get("ends_at")?),
    })
}

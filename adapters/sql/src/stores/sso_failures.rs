//! The latest logins through a connection that failed.

use std::time::Duration;

use tenantry_domain::{SsoRequestId, TenantId, Timestamp, UserId};
use tenantry_ports::SsoFailure;

use crate::database::{Database, InTurn};
use crate::error::StoreError;
use crate::statement::{Row, statement};

/// How many are kept of a connection.
const MOST: i64 = 50;
/// For how long the same counts as one.
const ONE: Duration = Duration::from_hours(1);

/// Keeps a failure, or counts it with the same of a moment ago; answers the number under which it is found.
pub(super) async fn keep(
    database: &Database,
    tenant: &TenantId,
    request: &SsoRequestId,
    failure: &SsoFailure,
) -> Result<String, StoreError> {
    let fault = serde_json::to_string(&failure.fault).map_err(|why| StoreError::row("fault")(&why))?;
    let user = failure.user.as_ref().map(UserId::as_str);
    let at = failure.at.as_millis();
    let turn = format!("sso_failures:{request}");
    let mut write = database.begin_in_turn(InTurn::Alone(&turn)).await?;
    let counted = statement(
        "UPDATE sso_failures SET times = times + 1, last_at = CASE WHEN last_at > $1 THEN last_at ELSE $1 END \
         WHERE request_id = (SELECT id FROM sso_requests WHERE id = $2 AND tenant_id = $3) \
         AND user_id IS NOT DISTINCT FROM $4 AND fault = $5 AND first_at > $6 RETURNING reference",
    )
    .bind(at)
    .bind(request.as_str())
    .of(tenant)
    .bind(user)
    .bind(&fault)
    .bind((failure.at - ONE).as_millis())
    .write_returning(&mut write)
    .await?;
    let counted = counted.map(|row| row.only::<String>()).transpose()?;
    if counted.is_none() {
        let kept = statement(
            "INSERT INTO sso_failures (request_id, user_id, fault, reference, first_at, last_at, times) \
             SELECT id, $1, $2, $3, $4, $4, 1 FROM sso_requests WHERE id = $5 AND tenant_id = $6",
        )
        .bind(user)
        .bind(&fault)
        .bind(&failure.reference)
        .bind(at)
        .bind(request.as_str())
        .of(tenant)
        .write_unless_orphaned(&mut write)
        .await?;
        if kept == 0 {
            return Ok(failure.reference.clone());
        }
        statement(
            "DELETE FROM sso_failures WHERE request_id = $1 AND id NOT IN \
             (SELECT id FROM sso_failures WHERE request_id = $1 ORDER BY last_at DESC, id DESC LIMIT $2)",
        )
        .within(tenant)
        .bind(request.as_str())
        .bind(MOST)
        .write(&mut write)
        .await?;
    }
    write.commit().await?;
    Ok(counted.unwrap_or_else(|| failure.reference.clone()))
}

/// All that are kept of a connection, the latest first.
pub(super) async fn of_request(
    database: &Database,
    tenant: &TenantId,
    request: &SsoRequestId,
) -> Result<Vec<SsoFailure>, StoreError> {
    let rows = statement(
        "SELECT last_at, fault, user_id, reference, times FROM sso_failures WHERE request_id = \
         (SELECT id FROM sso_requests WHERE id = $1 AND tenant_id = $2) ORDER BY last_at DESC, id DESC",
    )
    .bind(request.as_str())
    .of(tenant)
    .list(database)
    .await?;
    let failures: Result<Vec<_>, _> = rows.iter().map(read).collect();
    Ok(failures?.into_iter().flatten().collect())
}

/// The failure in a row; `None` where the row has none.
pub(super) fn read(row: &Row) -> Result<Option<SsoFailure>, StoreError> {
    let Some(at) = row.get::<Option<i64>>("last_at")? else { return Ok(None) };
    let user: Option<&str> = row.get("user_id")?;
    Ok(Some(SsoFailure {
        at: Timestamp::from_millis(at),
        fault: serde_json::from_str(row.get("fault")?).map_err(|why| StoreError::row("fault")(&why))?,
        user: user.map(UserId::try_from).transpose().map_err(|why| StoreError::row("user_id")(&why))?,
        reference: row.get("reference")?,
        times: row.count("times")?,
    }))
}

//! [`AuditLog`] in SQLite.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteExecutor};
use tenantry_domain::{AuditAction, AuditEntry, TenantId, Timestamp, UserId};
use tenantry_ports::{AuditLog, AuditLogError, Cursor, Page, PageSize};

use super::Database;
use crate::error::StoreError;

/// The audit log in SQLite.
#[derive(Clone, Debug)]
pub struct SqlAuditLog {
    database: Database,
}

impl SqlAuditLog {
    /// The audit log in this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Looks and writes in one go, so that of two at the same moment one is remembered.
    async fn recorded_once(
        &self,
        entry: &AuditEntry,
        about: &str,
        since: Timestamp,
    ) -> Result<AuditEntry, StoreError> {
        let mut write = self.database.write.begin().await?;
        let held = sqlx::query(
            "SELECT at, actor, actor_name, tenant_id, action, subject FROM audit_log WHERE tenant_id = ? \
             AND actor = ? AND action = ? AND at > ? AND substr(subject, 1, length(?5)) = ?5 ORDER BY at DESC LIMIT 1",
        )
        .bind(entry.tenant.as_ref().map(TenantId::as_str))
        .bind(entry.actor.as_str())
        .bind(entry.action.as_str())
        .bind(since.as_millis())
        .bind(about)
        .fetch_optional(&mut *write)
        .await?;
        if let Some(held) = held {
            return read_entry(&held);
        }
        insert(entry, &mut *write).await?;
        write.commit().await?;
        Ok(entry.clone())
    }
}

async fn insert(entry: &AuditEntry, into: impl SqliteExecutor<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO audit_log (at, actor, actor_name, tenant_id, action, subject) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(entry.at.as_millis())
    .bind(entry.actor.as_str())
    .bind(&entry.actor_name)
    .bind(entry.tenant.as_ref().map(TenantId::as_str))
    .bind(entry.action.as_str())
    .bind(&entry.subject)
    .execute(into)
    .await?;
    Ok(())
}

#[async_trait]
impl AuditLog for SqlAuditLog {
    async fn record(&self, entry: &AuditEntry) -> Result<(), AuditLogError> {
        insert(entry, &self.database.write).await.map_err(StoreError::from)?;
        Ok(())
    }

    async fn record_once(
        &self,
        entry: &AuditEntry,
        about: &str,
        since: Timestamp,
    ) -> Result<AuditEntry, AuditLogError> {
        Ok(self.recorded_once(entry, about, since).await?)
    }

    async fn of_tenant(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<AuditEntry>, AuditLogError> {
        let before = match &from {
            None => i64::MAX,
            Some(cursor) => cursor.as_str().parse().map_err(|_| AuditLogError::InvalidCursor)?,
        };
        let rows = sqlx::query(
            "SELECT id, at, actor, actor_name, tenant_id, action, subject FROM audit_log \
             WHERE tenant_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        )
        .bind(tenant.as_str())
        .bind(before)
        .bind(i64::from(size.get()) + 1)
        .fetch_all(&self.database.read)
        .await
        .map_err(StoreError::from)?;
        let shown = usize::from(size.get());
        let last = rows.get(shown.saturating_sub(1)).filter(|_| rows.len() > shown);
        let next = last.map(|row| row.try_get::<i64, _>("id")).transpose().map_err(StoreError::from)?;
        let items = rows.iter().take(shown).map(read_entry).collect::<Result<_, _>>()?;
        Ok(Page { items, next: next.map(|id| Cursor::new(id.to_string())) })
    }

    async fn of_action(
        &self,
        tenant: &TenantId,
        action: AuditAction,
        since: Timestamp,
        size: PageSize,
    ) -> Result<Vec<AuditEntry>, AuditLogError> {
        let rows = sqlx::query(
            "SELECT at, actor, actor_name, tenant_id, action, subject FROM audit_log \
             WHERE tenant_id = ? AND action = ? AND at > ? ORDER BY at DESC, id DESC LIMIT ?",
        )
        .bind(tenant.as_str())
        .bind(action.as_str())
        .bind(since.as_millis())
        .bind(i64::from(size.get()))
        .fetch_all(&self.database.read)
        .await
        .map_err(StoreError::from)?;
        Ok(rows.iter().map(read_entry).collect::<Result<_, _>>()?)
    }

    async fn of_account(&self, user: &UserId, size: PageSize) -> Result<Vec<AuditEntry>, AuditLogError> {
        let rows = sqlx::query(
            "SELECT at, actor, actor_name, tenant_id, action, subject FROM audit_log \
             WHERE actor = ? AND tenant_id IS NULL ORDER BY id DESC LIMIT ?",
        )
        .bind(user.as_str())
        .bind(i64::from(size.get()))
        .fetch_all(&self.database.read)
        .await
        .map_err(StoreError::from)?;
        Ok(rows.iter().map(read_entry).collect::<Result<_, _>>()?)
    }
}

fn read_entry(row: &SqliteRow) -> Result<AuditEntry, StoreError> {
    let tenant: Option<&str> = row.try_get("tenant_id")?;
    let action: &str = row.try_get("action")?;
    Ok(AuditEntry {
        at: Timestamp::from_millis(row.try_get("at")?),
        actor: UserId::try_from(row.try_get::<&str, _>("actor")?)
            .map_err(|why| StoreError::row("actor")(&why))?,
        actor_name: row.try_get("actor_name")?,
        tenant: tenant
            .map(TenantId::try_from)
            .transpose()
            .map_err(|why| StoreError::row("tenant_id")(&why))?,
        action: action.parse().map_err(|why| StoreError::row("action")(&why))?,
        subject: row.try_get("subject")?,
    })
}

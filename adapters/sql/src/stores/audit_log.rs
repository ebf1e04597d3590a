//! [`AuditLog`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::{AuditAction, AuditEntry, TenantId, Timestamp, UserId};
use tenantry_ports::{AuditLog, AuditLogError, Cursor, Page, PageSize};

use crate::database::{Database, InTurn};
use crate::error::StoreError;
use crate::statement::{Row, Writer, statement};

/// The audit log in a SQL database.
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
        let tenant = entry.tenant.as_ref().map_or("", TenantId::as_str);
        let turn = format!("audit_log:{}:{}:{tenant}", entry.action.as_str(), entry.actor.as_str());
        let mut write = self.database.begin_in_turn(InTurn::Alone(&turn)).await?;
        let held = statement(
            "SELECT at, actor, actor_name, tenant_id, action, subject FROM audit_log WHERE tenant_id = $1 \
             AND actor = $2 AND action = $3 AND at > $4 AND substr(subject, 1, length($5)) = $5 ORDER BY at DESC LIMIT 1",
        )
        .of(entry.tenant.as_ref())
        .bind(entry.actor.as_str())
        .bind(entry.action.as_str())
        .bind(since.as_millis())
        .bind(about)
        .find_in(&mut write)
        .await?;
        if let Some(held) = held {
            return read_entry(&held);
        }
        insert(entry, &mut write).await?;
        write.commit().await?;
        Ok(entry.clone())
    }
}

async fn insert(entry: &AuditEntry, into: impl Writer) -> Result<(), StoreError> {
    statement(
        "INSERT INTO audit_log (at, actor, actor_name, tenant_id, action, subject) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(entry.at.as_millis())
    .bind(entry.actor.as_str())
    .bind(&entry.actor_name)
    .of(entry.tenant.as_ref())
    .bind(entry.action.as_str())
    .bind(&entry.subject)
    .write(into)
    .await?;
    Ok(())
}

#[async_trait]
impl AuditLog for SqlAuditLog {
    async fn record(&self, entry: &AuditEntry) -> Result<(), AuditLogError> {
        Ok(insert(entry, &self.database).await?)
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
        let rows = statement(
            "SELECT id, at, actor, actor_name, tenant_id, action, subject FROM audit_log \
             WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        )
        .of(tenant)
        .bind(before)
        .bind(i64::from(size.get()) + 1)
        .list(&self.database)
        .await?;
        let shown = usize::from(size.get());
        let last = rows.get(shown.saturating_sub(1)).filter(|_| rows.len() > shown);
        let next = last.map(|row| row.get::<i64>("id")).transpose()?;
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
        Ok(statement(
            "SELECT at, actor, actor_name, tenant_id, action, subject FROM audit_log \
             WHERE tenant_id = $1 AND action = $2 AND at > $3 ORDER BY at DESC, id DESC LIMIT $4",
        )
        .of(tenant)
        .bind(action.as_str())
        .bind(since.as_millis())
        .bind(i64::from(size.get()))
        .list_as(&self.database, read_entry)
        .await?)
    }

    async fn of_account(&self, user: &UserId, size: PageSize) -> Result<Vec<AuditEntry>, AuditLogError> {
        Ok(statement(
            "SELECT at, actor, actor_name, tenant_id, action, subject FROM audit_log \
             WHERE actor = $1 AND tenant_id IS NULL ORDER BY id DESC LIMIT $2",
        )
        .bind(user.as_str())
        .bind(i64::from(size.get()))
        .list_as(&self.database, read_entry)
        .await?)
    }
}

fn read_entry(row: &Row) -> Result<AuditEntry, StoreError> {
    let tenant: Option<&str> = row.get("tenant_id")?;
    let action: &str = row.get("action")?;
    Ok(AuditEntry {
        at: Timestamp::from_millis(row.get("at")?),
        actor: UserId::try_from(row.get::<&str>("actor")?).map_err(|why| StoreError::row("actor")(&why))?,
        actor_name: row.get("actor_name")?,
        tenant: tenant
            .map(TenantId::try_from)
            .transpose()
            .map_err(|why| StoreError::row("tenant_id")(&why))?,
        action: action.parse().map_err(|why| StoreError::row("action")(&why))?,
        subject: row.get("subject")?,
    })
}

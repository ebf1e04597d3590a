//! [`AccessRequests`] in SQLite.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tenantry_domain::{AccessRequest, TenantId, Timestamp, UserId};
use tenantry_ports::{AccessRequests, AccessRequestsError};

use super::Database;
use crate::error::StoreError;

const COLUMNS: &str = "tenant_id, user_id, request_id, name, email, role, asked_at";

/// Requests for access in SQLite.
#[derive(Clone, Debug)]
pub struct SqlAccessRequests(Database);

impl SqlAccessRequests {
    /// The requests in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl AccessRequests for SqlAccessRequests {
    async fn ask(&self, request: &AccessRequest) -> Result<bool, AccessRequestsError> {
        let asked = sqlx::query(
            "INSERT INTO access_requests (tenant_id, user_id, request_id, name, email, role, asked_at) \
             SELECT tenant_id, ?, id, ?, ?, ?, ? FROM sso_requests WHERE id = ? AND tenant_id = ? \
             AND (SELECT COUNT(*) FROM access_requests WHERE access_requests.tenant_id = sso_requests.tenant_id) < 200 \
             ON CONFLICT (tenant_id, user_id) DO NOTHING",
        )
        .bind(request.user.as_str())
        .bind(&request.name)
        .bind(request.email.as_str())
        .bind(request.role.name())
        .bind(request.asked_at.as_millis())
        .bind(request.request.as_str())
        .bind(request.tenant.as_str())
        .execute(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        Ok(asked.rows_affected() == 1)
    }

    async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<AccessRequest>, AccessRequestsError> {
        let text = format!(
            "SELECT {COLUMNS} FROM access_requests WHERE tenant_id = ? ORDER BY asked_at, user_id LIMIT 200"
        );
        Ok(self.0.all(text, &[tenant.as_str()], read).await?)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> Result<Option<AccessRequest>, AccessRequestsError> {
        let text = format!("SELECT {COLUMNS} FROM access_requests WHERE tenant_id = ? AND user_id = ?");
        Ok(self.0.one(text, &[tenant.as_str(), user.as_str()], read).await?)
    }

    async fn settle(&self, tenant: &TenantId, user: &UserId) -> Result<(), AccessRequestsError> {
        sqlx::query("DELETE FROM access_requests WHERE tenant_id = ? AND user_id = ?")
            .bind(tenant.as_str())
            .bind(user.as_str())
            .execute(&self.0.write)
            .await
            .map_err(StoreError::from)?;
        Ok(())
    }
}

fn read(row: &SqliteRow) -> Result<AccessRequest, StoreError> {
    let text = |column: &'static str| row.try_get::<&str, _>(column);
    Ok(AccessRequest {
        tenant: text("tenant_id")?.try_into().map_err(|why| StoreError::row("tenant_id")(&why))?,
        request: text("request_id")?.try_into().map_err(|why| StoreError::row("request_id")(&why))?,
        user: text("user_id")?.try_into().map_err(|why| StoreError::row("user_id")(&why))?,
        name: text("name")?.to_owned(),
        email: text("email")?.try_into().map_err(|why| StoreError::row("email")(&why))?,
        role: text("role")?.parse().map_err(|why| StoreError::row("role")(&why))?,
        asked_at: Timestamp::from_millis(row.try_get("asked_at")?),
    })
}

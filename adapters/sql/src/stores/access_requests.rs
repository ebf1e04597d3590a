//! [`AccessRequests`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::{AccessRequest, TenantId, Timestamp, UserId};
use tenantry_ports::{AccessRequests, AccessRequestsError};

use crate::database::{Database, InTurn};
use crate::error::StoreError;
use crate::statement::{Row, composed, statement};

const COLUMNS: &str = "tenant_id, user_id, request_id, name, email, role, asked_at";

/// Requests for access in a SQL database.
#[derive(Clone, Debug)]
pub struct SqlAccessRequests(Database);

impl SqlAccessRequests {
    /// The requests in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Counts and writes in one go, so that no more ask than are shown.
    async fn asked(&self, request: &AccessRequest) -> Result<bool, StoreError> {
        let turn = format!("access_requests:{}", request.tenant);
        let mut write = self.0.begin_in_turn(InTurn::Alone(&turn)).await?;
        let asked = statement(
            "INSERT INTO access_requests (tenant_id, user_id, request_id, name, email, role, asked_at) \
             SELECT tenant_id, $1, id, $2, $3, $4, $5 FROM sso_requests WHERE id = $6 AND tenant_id = $7 \
             AND (SELECT COUNT(*) FROM access_requests WHERE access_requests.tenant_id = sso_requests.tenant_id) < 200 \
             ON CONFLICT (tenant_id, user_id) DO NOTHING",
        )
        .bind(request.user.as_str())
        .bind(&request.name)
        .bind(request.email.as_str())
        .bind(request.role.name())
        .bind(request.asked_at.as_millis())
        .bind(request.request.as_str())
        .of(&request.tenant)
        .write_unless_orphaned(&mut write)
        .await?;
        write.commit().await?;
        Ok(asked == 1)
    }
}

#[async_trait]
impl AccessRequests for SqlAccessRequests {
    async fn ask(&self, request: &AccessRequest) -> Result<bool, AccessRequestsError> {
        Ok(self.asked(request).await?)
    }

    async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<AccessRequest>, AccessRequestsError> {
        let text = format!(
            "SELECT {COLUMNS} FROM access_requests WHERE tenant_id = $1 ORDER BY asked_at, user_id LIMIT 200"
        );
        Ok(composed(text).of(tenant).list_as(&self.0, read).await?)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> Result<Option<AccessRequest>, AccessRequestsError> {
        let text = format!("SELECT {COLUMNS} FROM access_requests WHERE tenant_id = $1 AND user_id = $2");
        Ok(composed(text).of(tenant).bind(user.as_str()).find_as(&self.0, read).await?)
    }

    async fn settle(&self, tenant: &TenantId, user: &UserId) -> Result<(), AccessRequestsError> {
        statement("DELETE FROM access_requests WHERE tenant_id = $1 AND user_id = $2")
            .of(tenant)
            .bind(user.as_str())
            .write(&self.0)
            .await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<AccessRequest, StoreError> {
    let text = |column: &'static str| row.get::<&str>(column);
    Ok(AccessRequest {
        tenant: text("tenant_id")?.try_into().map_err(|why| StoreError::row("tenant_id")(&why))?,
        request: text("request_id")?.try_into().map_err(|why| StoreError::row("request_id")(&why))?,
        user: text("user_id")?.try_into().map_err(|why| StoreError::row("user_id")(&why))?,
        name: text("name")?.to_owned(),
        email: text("email")?.try_into().map_err(|why| StoreError::row("email")(&why))?,
        role: text("role")?.parse().map_err(|why| StoreError::row("role")(&why))?,
        asked_at: Timestamp::from_millis(row.get("asked_at")?),
    })
}

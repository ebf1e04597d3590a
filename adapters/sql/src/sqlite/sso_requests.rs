//! [`SsoRequests`] in SQLite.

use async_trait::async_trait;
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tenantry_domain::{ConnectionName, SsoRequest, SsoRequestId, TenantId, Timestamp, UserId};
use tenantry_ports::{
    KeptSsoRequest, Recognized, Revision, SsoArrival, SsoFailure, SsoPeople, SsoRequests, SsoRequestsError,
};

use super::{Database, sso_failures};
use crate::error::StoreError;

/// A request, and its latest failure.
const REQUESTS: &str = "SELECT request, revision, last_login_at, latest.last_at, latest.fault, latest.user_id, \
     latest.reference, latest.times FROM sso_requests LEFT JOIN sso_failures AS latest \
     ON latest.id = (SELECT id FROM sso_failures WHERE request_id = sso_requests.id \
     ORDER BY last_at DESC, id DESC LIMIT 1)";

/// Requests for single sign-on in SQLite.
#[derive(Clone, Debug)]
pub struct SqlSsoRequests(Database);

impl SqlSsoRequests {
    /// The requests in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    async fn find_where(
        &self,
        column: &'static str,
        tenant: &TenantId,
        value: &str,
    ) -> Result<Option<KeptSsoRequest>, StoreError> {
        let text = format!("{REQUESTS} WHERE tenant_id = ? AND sso_requests.{column} = ?");
        self.0.one(text, &[tenant.as_str(), value], read).await
    }

    /// Looks whether anybody is known by this id or this address, and notes a newcomer, in one go.
    async fn recognized(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        arrival: &SsoArrival,
    ) -> Result<Recognized, StoreError> {
        let mut write = self.0.write.begin().await?;
        let held: Option<String> =
            sqlx::query_scalar("SELECT client FROM sso_people WHERE request_id = ? AND user_id = ?")
                .bind(request.as_str())
                .bind(arrival.user.as_str())
                .fetch_optional(&mut *write)
                .await?;
        if let Some(client) = held {
            return Ok(if client == arrival.client { Recognized::Known } else { Recognized::OtherClient });
        }
        let others: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM sso_people WHERE request_id = ? AND email = ?")
                .bind(request.as_str())
                .bind(arrival.email.as_str())
                .fetch_one(&mut *write)
                .await?;
        sqlx::query(
            "INSERT INTO sso_people (request_id, user_id, email, client, first_at) \
             SELECT id, ?, ?, ?, ? FROM sso_requests WHERE id = ? AND tenant_id = ?",
        )
        .bind(arrival.user.as_str())
        .bind(arrival.email.as_str())
        .bind(&arrival.client)
        .bind(arrival.at.as_millis())
        .bind(request.as_str())
        .bind(tenant.as_str())
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(if others == 0 { Recognized::New } else { Recognized::AddressOfAnother })
    }

    /// Deletes a request, and first the members whom its connection alone has brought.
    async fn deleted(&self, tenant: &TenantId, request: &SsoRequestId) -> Result<(), StoreError> {
        let mut write = self.0.write.begin().await?;
        for text in [
            "DELETE FROM admitted_members WHERE tenant_id = ?2 AND user_id IN (SELECT user_id FROM sso_people \
             WHERE request_id IN (SELECT id FROM sso_requests WHERE id = ?1 AND tenant_id = ?2)) \
             AND user_id NOT IN (SELECT user_id FROM sso_people JOIN sso_requests \
             ON sso_requests.id = sso_people.request_id WHERE request_id <> ?1 AND tenant_id = ?2)",
            "DELETE FROM sso_requests WHERE id = ?1 AND tenant_id = ?2",
        ] {
            let deleted = sqlx::query(text).bind(request.as_str()).bind(tenant.as_str());
            deleted.execute(&mut *write).await?;
        }
        write.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl SsoRequests for SqlSsoRequests {
    async fn begin(&self, request: &SsoRequest) -> Result<(), SsoRequestsError> {
        sqlx::query(
            "INSERT INTO sso_requests (id, tenant_id, connection, request, revision, made_at) \
             VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(request.id.as_str())
        .bind(request.tenant.id.as_str())
        .bind(connection(request))
        .bind(written(request)?)
        .bind(request.made_at.as_millis())
        .execute(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        Ok(())
    }

    async fn save(
        &self,
        request: &SsoRequest,
        Revision(seen): Revision,
    ) -> Result<Revision, SsoRequestsError> {
        let revision: Option<i64> = sqlx::query_scalar(
            "UPDATE sso_requests SET connection = ?, request = ?, revision = revision + 1 \
             WHERE id = ? AND tenant_id = ? AND revision = ? RETURNING revision",
        )
        .bind(connection(request))
        .bind(written(request)?)
        .bind(request.id.as_str())
        .bind(request.tenant.id.as_str())
        .bind(seen)
        .fetch_optional(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        revision.map(Revision).ok_or(SsoRequestsError::Conflict)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
    ) -> Result<Option<KeptSsoRequest>, SsoRequestsError> {
        Ok(self.find_where("id", tenant, request.as_str()).await?)
    }

    async fn of_connection(
        &self,
        tenant: &TenantId,
        connection: &ConnectionName,
    ) -> Result<Option<KeptSsoRequest>, SsoRequestsError> {
        Ok(self.find_where("connection", tenant, connection.as_str()).await?)
    }

    async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<KeptSsoRequest>, SsoRequestsError> {
        let text = format!("{REQUESTS} WHERE tenant_id = ? ORDER BY made_at, sso_requests.id");
        Ok(self.0.all(text, &[tenant.as_str()], read).await?)
    }

    async fn owner(&self, connection: &ConnectionName) -> Result<Option<TenantId>, SsoRequestsError> {
        let tenant: Option<String> =
            sqlx::query_scalar("SELECT tenant_id FROM sso_requests WHERE connection = ?")
                .bind(connection.as_str())
                .fetch_optional(&self.0.read)
                .await
                .map_err(StoreError::from)?;
        let tenant = tenant.as_deref().map(TenantId::try_from).transpose();
        Ok(tenant.map_err(|why| StoreError::row("tenant_id")(&why))?)
    }

    async fn logged_in(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        at: Timestamp,
    ) -> Result<(), SsoRequestsError> {
        let noting = sqlx::query("UPDATE sso_requests SET last_login_at = ? WHERE id = ? AND tenant_id = ?")
            .bind(at.as_millis())
            .bind(request.as_str())
            .bind(tenant.as_str());
        noting.execute(&self.0.write).await.map_err(StoreError::from)?;
        Ok(())
    }

    async fn failed(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        failure: &SsoFailure,
    ) -> Result<String, SsoRequestsError> {
        Ok(sso_failures::keep(&self.0, tenant, request, failure).await?)
    }

    async fn failures(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
    ) -> Result<Vec<SsoFailure>, SsoRequestsError> {
        Ok(sso_failures::of_request(&self.0, tenant, request).await?)
    }

    async fn recognize(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        arrival: &SsoArrival,
    ) -> Result<Recognized, SsoRequestsError> {
        Ok(self.recognized(tenant, request, arrival).await?)
    }

    async fn let_in_again(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        client: &str,
    ) -> Result<u32, SsoRequestsError> {
        let changed = sqlx::query(
            "UPDATE sso_people SET client = ?1 WHERE client <> ?1 AND request_id IN \
             (SELECT id FROM sso_requests WHERE id = ?2 AND tenant_id = ?3)",
        )
        .bind(client)
        .bind(request.as_str())
        .bind(tenant.as_str())
        .execute(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        Ok(u32::try_from(changed.rows_affected()).unwrap_or(u32::MAX))
    }

    async fn people(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        client: &str,
    ) -> Result<SsoPeople, SsoRequestsError> {
        let (all, quarantined): (u32, u32) = sqlx::query_as(
            "SELECT COUNT(*), COUNT(CASE WHEN sso_people.client <> ? THEN 1 END) FROM sso_people \
             JOIN sso_requests ON sso_requests.id = sso_people.request_id \
             WHERE sso_requests.id = ? AND sso_requests.tenant_id = ?",
        )
        .bind(client)
        .bind(request.as_str())
        .bind(tenant.as_str())
        .fetch_one(&self.0.read)
        .await
        .map_err(StoreError::from)?;
        Ok(SsoPeople { all, quarantined })
    }

    async fn brought(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
    ) -> Result<Vec<UserId>, SsoRequestsError> {
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT user_id FROM sso_people JOIN sso_requests ON sso_requests.id = sso_people.request_id \
             WHERE sso_requests.id = ? AND sso_requests.tenant_id = ? ORDER BY user_id",
        )
        .bind(request.as_str())
        .bind(tenant.as_str())
        .fetch_all(&self.0.read)
        .await
        .map_err(StoreError::from)?;
        let people: Result<_, _> = found.iter().map(|id| UserId::try_from(id.as_str())).collect();
        Ok(people.map_err(|why| StoreError::row("user_id")(&why))?)
    }

    async fn has_brought(&self, tenant: &TenantId, user: &UserId) -> Result<bool, SsoRequestsError> {
        let found: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sso_people JOIN sso_requests ON sso_requests.id = sso_people.request_id \
             WHERE sso_requests.tenant_id = ? AND sso_people.user_id = ?)",
        )
        .bind(tenant.as_str())
        .bind(user.as_str())
        .fetch_one(&self.0.read)
        .await
        .map_err(StoreError::from)?;
        Ok(found)
    }

    async fn brought_by(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> Result<Vec<SsoRequestId>, SsoRequestsError> {
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT sso_requests.id FROM sso_people JOIN sso_requests ON sso_requests.id = sso_people.request_id \
             WHERE sso_requests.tenant_id = ? AND sso_people.user_id = ? ORDER BY made_at, sso_requests.id",
        )
        .bind(tenant.as_str())
        .bind(user.as_str())
        .fetch_all(&self.0.read)
        .await
        .map_err(StoreError::from)?;
        let ids = found.iter().map(|id| SsoRequestId::try_from(id.as_str()));
        Ok(ids.collect::<Result<_, _>>().map_err(|why| StoreError::row("id")(&why))?)
    }

    async fn admit(&self, tenant: &TenantId, user: &UserId, at: Timestamp) -> Result<(), SsoRequestsError> {
        // Nearly everybody is known: that is found out without waiting for other writers.
        if self.is_admitted(tenant, user).await? {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO admitted_members (tenant_id, user_id, admitted_at) VALUES (?, ?, ?) \
             ON CONFLICT (tenant_id, user_id) DO NOTHING",
        )
        .bind(tenant.as_str())
        .bind(user.as_str())
        .bind(at.as_millis())
        .execute(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        Ok(())
    }

    async fn is_admitted(&self, tenant: &TenantId, user: &UserId) -> Result<bool, SsoRequestsError> {
        let found: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM admitted_members WHERE tenant_id = ? AND user_id = ?)",
        )
        .bind(tenant.as_str())
        .bind(user.as_str())
        .fetch_one(&self.0.read)
        .await
        .map_err(StoreError::from)?;
        Ok(found)
    }

    async fn dismiss(&self, tenant: &TenantId, user: &UserId) -> Result<(), SsoRequestsError> {
        let dismissed = sqlx::query("DELETE FROM admitted_members WHERE tenant_id = ? AND user_id = ?")
            .bind(tenant.as_str())
            .bind(user.as_str());
        dismissed.execute(&self.0.write).await.map_err(StoreError::from)?;
        Ok(())
    }

    async fn forget_person(&self, user: &UserId) -> Result<(), SsoRequestsError> {
        for table in ["admitted_members", "sso_people", "access_requests"] {
            let text = format!("DELETE FROM {table} WHERE user_id = ?");
            let forgotten = sqlx::query(sqlx::AssertSqlSafe(text)).bind(user.as_str());
            forgotten.execute(&self.0.write).await.map_err(StoreError::from)?;
        }
        Ok(())
    }

    async fn delete(&self, tenant: &TenantId, request: &SsoRequestId) -> Result<(), SsoRequestsError> {
        Ok(self.deleted(tenant, request).await?)
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), SsoRequestsError> {
        for table in ["sso_requests", "admitted_members"] {
            let text = format!("DELETE FROM {table} WHERE tenant_id = ?");
            let forgotten = sqlx::query(sqlx::AssertSqlSafe(text)).bind(tenant.as_str());
            forgotten.execute(&self.0.write).await.map_err(StoreError::from)?;
        }
        Ok(())
    }
}

fn connection(request: &SsoRequest) -> Option<&str> {
    request.upstream.as_ref().map(|upstream| upstream.name.as_str())
}

fn json(value: &impl Serialize, column: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::row(column)(&why))
}

fn written(request: &SsoRequest) -> Result<String, StoreError> {
    json(request, "request")
}

fn read(row: &SqliteRow) -> Result<KeptSsoRequest, StoreError> {
    let last_login: Option<i64> = row.try_get("last_login_at")?;
    let request = serde_json::from_str(row.try_get("request")?);
    Ok(KeptSsoRequest {
        request: request.map_err(|why| StoreError::row("request")(&why))?,
        revision: Revision(row.try_get("revision")?),
        last_login: last_login.map(Timestamp::from_millis),
        last_failure: sso_failures::read(row)?,
    })
}

//! [`SsoRequests`] in a SQL database.

use async_trait::async_trait;
use serde::Serialize;
use tenantry_domain::{ConnectionName, SsoRequest, SsoRequestId, TenantId, Timestamp, UserId};
use tenantry_ports::{
    KeptSsoRequest, Recognized, Revision, SsoArrival, SsoFailure, SsoPeople, SsoRequests, SsoRequestsError,
};

use super::sso_failures;
use crate::database::{Database, InTurn};
use crate::error::StoreError;
use crate::statement::{Row, composed, statement};

/// A request, and its latest failure.
const REQUESTS: &str = "SELECT request, revision, last_login_at, latest.last_at, latest.fault, latest.user_id, \
     latest.reference, latest.times FROM sso_requests LEFT JOIN sso_failures AS latest \
     ON latest.id = (SELECT id FROM sso_failures WHERE request_id = sso_requests.id \
     ORDER BY last_at DESC, id DESC LIMIT 1)";

/// Requests for single sign-on in a SQL database.
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
        let text = format!("{REQUESTS} WHERE tenant_id = $1 AND sso_requests.{column} = $2");
        composed(text).of(tenant).bind(value).find_as(&self.0, read).await
    }

    /// Looks whether anybody is known by this id or this address, and notes a newcomer, in one go.
    async fn recognized(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        arrival: &SsoArrival,
    ) -> Result<Recognized, StoreError> {
        let turn = format!("sso_people:{request}");
        let mut write = self.0.begin_in_turn(InTurn::Alone(&turn)).await?;
        let held = statement("SELECT client FROM sso_people WHERE request_id = $1 AND user_id = $2")
            .within(tenant)
            .bind(request.as_str())
            .bind(arrival.user.as_str())
            .find_in(&mut write)
            .await?;
        if let Some(held) = held {
            let client: &str = held.only()?;
            return Ok(if client == arrival.client { Recognized::Known } else { Recognized::OtherClient });
        }
        let others = statement("SELECT COUNT(*) FROM sso_people WHERE request_id = $1 AND email = $2")
            .within(tenant)
            .bind(request.as_str())
            .bind(arrival.email.as_str())
            .get_in(&mut write)
            .await?;
        statement(
            "INSERT INTO sso_people (request_id, user_id, email, client, first_at) \
             SELECT id, $1, $2, $3, $4 FROM sso_requests WHERE id = $5 AND tenant_id = $6",
        )
        .bind(arrival.user.as_str())
        .bind(arrival.email.as_str())
        .bind(&arrival.client)
        .bind(arrival.at.as_millis())
        .bind(request.as_str())
        .of(tenant)
        .write_unless_orphaned(&mut write)
        .await?;
        write.commit().await?;
        Ok(if others.only::<i64>()? == 0 { Recognized::New } else { Recognized::AddressOfAnother })
    }

    /// Deletes a request, and first the members whom its connection alone has brought.
    async fn deleted(&self, tenant: &TenantId, request: &SsoRequestId) -> Result<(), StoreError> {
        // Nobody comes through it in between.
        let turn = format!("sso_people:{request}");
        let mut write = self.0.begin_in_turn(InTurn::Alone(&turn)).await?;
        for text in [
            "DELETE FROM admitted_members WHERE tenant_id = $2 AND user_id IN (SELECT user_id FROM sso_people \
             WHERE request_id IN (SELECT id FROM sso_requests WHERE id = $1 AND tenant_id = $2)) \
             AND user_id NOT IN (SELECT user_id FROM sso_people JOIN sso_requests \
             ON sso_requests.id = sso_people.request_id WHERE request_id <> $1 AND tenant_id = $2)",
            "DELETE FROM sso_requests WHERE id = $1 AND tenant_id = $2",
        ] {
            let deleted = statement(text).bind(request.as_str()).of(tenant);
            deleted.write(&mut write).await?;
        }
        write.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl SsoRequests for SqlSsoRequests {
    async fn begin(&self, request: &SsoRequest) -> Result<(), SsoRequestsError> {
        statement(
            "INSERT INTO sso_requests (id, tenant_id, connection, request, revision, made_at) \
             VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT (id) DO NOTHING",
        )
        .bind(request.id.as_str())
        .of(&request.tenant.id)
        .bind(connection(request))
        .bind(written(request)?)
        .bind(request.made_at.as_millis())
        .write(&self.0)
        .await?;
        Ok(())
    }

    async fn save(
        &self,
        request: &SsoRequest,
        Revision(seen): Revision,
    ) -> Result<Revision, SsoRequestsError> {
        let revision = statement(
            "UPDATE sso_requests SET connection = $1, request = $2, revision = revision + 1 \
             WHERE id = $3 AND tenant_id = $4 AND revision = $5 RETURNING revision",
        )
        .bind(connection(request))
        .bind(written(request)?)
        .bind(request.id.as_str())
        .of(&request.tenant.id)
        .bind(seen)
        .write_returning(&self.0)
        .await?;
        let revision = revision.map(|row| row.only()).transpose()?;
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
        let text = format!("{REQUESTS} WHERE tenant_id = $1 ORDER BY made_at, sso_requests.id");
        Ok(composed(text).of(tenant).list_as(&self.0, read).await?)
    }

    async fn owner(&self, connection: &ConnectionName) -> Result<Option<TenantId>, SsoRequestsError> {
        let tenant = statement("SELECT tenant_id FROM sso_requests WHERE connection = $1")
            .of_every_tenant()
            .bind(connection.as_str())
            .find(&self.0)
            .await?;
        let tenant = tenant.as_ref().map(Row::only::<&str>).transpose()?.map(TenantId::try_from);
        Ok(tenant.transpose().map_err(|why| StoreError::row("tenant_id")(&why))?)
    }

    async fn logged_in(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        at: Timestamp,
    ) -> Result<(), SsoRequestsError> {
        let noting = statement("UPDATE sso_requests SET last_login_at = $1 WHERE id = $2 AND tenant_id = $3")
            .bind(at.as_millis())
            .bind(request.as_str())
            .of(tenant);
        noting.write(&self.0).await?;
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
        let changed = statement(
            "UPDATE sso_people SET client = $1 WHERE client <> $1 AND request_id IN \
             (SELECT id FROM sso_requests WHERE id = $2 AND tenant_id = $3)",
        )
        .bind(client)
        .bind(request.as_str())
        .of(tenant)
        .write(&self.0)
        .await?;
        Ok(u32::try_from(changed).unwrap_or(u32::MAX))
    }

    async fn people(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        client: &str,
    ) -> Result<SsoPeople, SsoRequestsError> {
        let people = statement(
            "SELECT COUNT(*) AS everybody, COUNT(CASE WHEN sso_people.client <> $1 THEN 1 END) AS quarantined FROM sso_people \
             JOIN sso_requests ON sso_requests.id = sso_people.request_id \
             WHERE sso_requests.id = $2 AND sso_requests.tenant_id = $3",
        )
        .bind(client)
        .bind(request.as_str())
        .of(tenant)
        .get(&self.0)
        .await?;
        Ok(SsoPeople { all: people.count("everybody")?, quarantined: people.count("quarantined")? })
    }

    async fn brought(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
    ) -> Result<Vec<UserId>, SsoRequestsError> {
        Ok(statement(
            "SELECT user_id FROM sso_people JOIN sso_requests ON sso_requests.id = sso_people.request_id \
             WHERE sso_requests.id = $1 AND sso_requests.tenant_id = $2 ORDER BY user_id",
        )
        .bind(request.as_str())
        .of(tenant)
        .list_as(&self.0, read_user)
        .await?)
    }

    async fn has_brought(&self, tenant: &TenantId, user: &UserId) -> Result<bool, SsoRequestsError> {
        let found = statement(
            "SELECT EXISTS (SELECT 1 FROM sso_people JOIN sso_requests ON sso_requests.id = sso_people.request_id \
             WHERE sso_requests.tenant_id = $1 AND sso_people.user_id = $2)",
        )
        .of(tenant)
        .bind(user.as_str())
        .get(&self.0)
        .await?;
        Ok(found.only()?)
    }

    async fn brought_by(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> Result<Vec<SsoRequestId>, SsoRequestsError> {
        Ok(statement(
            "SELECT sso_requests.id FROM sso_people JOIN sso_requests ON sso_requests.id = sso_people.request_id \
             WHERE sso_requests.tenant_id = $1 AND sso_people.user_id = $2 ORDER BY made_at, sso_requests.id",
        )
        .of(tenant)
        .bind(user.as_str())
        .list_as(&self.0, read_id)
        .await?)
    }

    async fn admit(&self, tenant: &TenantId, user: &UserId, at: Timestamp) -> Result<(), SsoRequestsError> {
        // Nearly everybody is known: that is found out without waiting for other writers.
        if self.is_admitted(tenant, user).await? {
            return Ok(());
        }
        statement(
            "INSERT INTO admitted_members (tenant_id, user_id, admitted_at) VALUES ($1, $2, $3) \
             ON CONFLICT (tenant_id, user_id) DO NOTHING",
        )
        .of(tenant)
        .bind(user.as_str())
        .bind(at.as_millis())
        .write(&self.0)
        .await?;
        Ok(())
    }

    async fn is_admitted(&self, tenant: &TenantId, user: &UserId) -> Result<bool, SsoRequestsError> {
        let found =
            statement("SELECT EXISTS (SELECT 1 FROM admitted_members WHERE tenant_id = $1 AND user_id = $2)")
                .of(tenant)
                .bind(user.as_str())
                .get(&self.0)
                .await?;
        Ok(found.only()?)
    }

    async fn dismiss(&self, tenant: &TenantId, user: &UserId) -> Result<(), SsoRequestsError> {
        let dismissed = statement("DELETE FROM admitted_members WHERE tenant_id = $1 AND user_id = $2")
            .of(tenant)
            .bind(user.as_str());
        dismissed.write(&self.0).await?;
        Ok(())
    }

    async fn forget_person(&self, user: &UserId) -> Result<(), SsoRequestsError> {
        for table in ["admitted_members", "sso_people", "access_requests"] {
            let text = format!("DELETE FROM {table} WHERE user_id = $1");
            let forgotten = composed(text).of_every_tenant().bind(user.as_str());
            forgotten.write(&self.0).await?;
        }
        Ok(())
    }

    async fn delete(&self, tenant: &TenantId, request: &SsoRequestId) -> Result<(), SsoRequestsError> {
        Ok(self.deleted(tenant, request).await?)
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), SsoRequestsError> {
        for table in ["sso_requests", "admitted_members"] {
            let text = format!("DELETE FROM {table} WHERE tenant_id = $1");
            let forgotten = composed(text).of(tenant);
            forgotten.write(&self.0).await?;
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

fn read_user(row: &Row) -> Result<UserId, StoreError> {
    UserId::try_from(row.get::<&str>("user_id")?).map_err(|why| StoreError::row("user_id")(&why))
}

fn read_id(row: &Row) -> Result<SsoRequestId, StoreError> {
    SsoRequestId::try_from(row.get::<&str>("id")?).map_err(|why| StoreError::row("id")(&why))
}

fn read(row: &Row) -> Result<KeptSsoRequest, StoreError> {
    let last_login: Option<i64> = row.get("last_login_at")?;
    let request = serde_json::from_str(row.get("request")?);
    Ok(KeptSsoRequest {
        request: request.map_err(|why| StoreError::row("request")(&why))?,
        revision: Revision(row.get("revision")?),
        last_login: last_login.map(Timestamp::from_millis),
        last_failure: sso_failures::read(row)?,
    })
}

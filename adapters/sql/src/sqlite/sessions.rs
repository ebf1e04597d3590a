//! [`Sessions`] in SQLite.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteQueryResult, SqliteRow};
use tenantry_domain::{
    Device, EmailAddress, EmailDomain, Holder, PersonName, Role, Roles, SessionHandle, SessionId,
    Subscription, TenantId, Timestamp, UserId,
};
use tenantry_ports::{
    EndedSession, LoggedOut, Session, SessionOnDevice, Sessions, SessionsError, SessionsOf,
};

use super::Database;
use super::ended_sessions;
use super::session_cache::{Concerns, SessionCache};
use super::session_devices::{self, read_tenant};
use super::tenant_looks::read_look;
use crate::error::StoreError;

/// Sessions in SQLite. Those that were read lately are kept in memory.
#[derive(Clone, Debug)]
pub struct SqlSessions {
    database: Database,
    cache: SessionCache,
}

impl SqlSessions {
    /// Sessions in this database.
    pub fn new(database: Database) -> Self {
        Self { cache: database.sessions.clone(), database }
    }

    /// Carries out a write to its end, also when whoever asked for it does not wait any longer; only then are the
    /// sessions that it concerns read anew.
    async fn write(
        &self,
        concerns: Concerns,
        write: impl Future<Output = Result<SqliteQueryResult, sqlx::Error>> + Send + 'static,
    ) -> Result<SqliteQueryResult, StoreError> {
        let writing = self.cache.writing(concerns);
        let written = tokio::spawn(async move {
            let outcome = write.await;
            drop(writing);
            outcome
        });
        Ok(written.await.map_err(|error| sqlx::Error::Io(error.into()))??)
    }

    /// Ends sessions, and remembers it for the logins that are under way: both or nothing.
    async fn end_remembered(
        &self,
        remembered: Vec<String>,
        at: Timestamp,
        forget_at: Timestamp,
        noting: Option<Query<'static, Sqlite, SqliteArguments>>,
        ending: Query<'static, Sqlite, SqliteArguments>,
    ) -> Result<u64, StoreError> {
        let pool = self.database.write.clone();
        let remembered = texts(remembered);
        let write = async move {
            let mut write = pool.begin().await?;
            sqlx::query("DELETE FROM provider_logouts WHERE forget_at < ?")
                .bind(at.as_millis())
                .execute(&mut *write)
                .await?;
            sqlx::query(
                "INSERT INTO provider_logouts (whom, at, forget_at) SELECT value, ?2, ?3 FROM json_each(?1) WHERE TRUE \
                 ON CONFLICT (whom) DO UPDATE SET at = max(at, excluded.at), forget_at = max(forget_at, excluded.forget_at)",
            )
            .bind(remembered)
            .bind(at.as_millis())
            .bind(forget_at.as_millis())
            .execute(&mut *write)
            .await?;
            if let Some(noting) = noting {
                noting.execute(&mut *write).await?;
            }
            let ended = ending.execute(&mut *write).await?;
            write.commit().await?;
            Ok(ended)
        };
        Ok(self.write(Concerns::All, write).await?.rows_affected())
    }
}

#[async_trait]
impl Sessions for SqlSessions {
    async fn begin(
        &self,
        session: &Session,
        claims: &serde_json::Map<String, serde_json::Value>,
        left_at: Timestamp,
    ) -> Result<(), SessionsError> {
        let claims = serde_json::to_string(claims).map_err(|why| StoreError::row("claims")(&why))?;
        let at_provider = session.provider_session.as_deref().map(of_provider_session);
        // One statement: no logout comes between the look and the insertion.
        let begun = sqlx::query(
            "INSERT INTO sessions (id, user_id, name, email, picture, tenant_id, tenant_name, roles, \
             subscription, provider_session, began_at, refreshed_at, idle_until, ends_at, is_brought, claims) \
             SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS \
             (SELECT 1 FROM provider_logouts WHERE whom = ? OR (whom IN (?, ?, ?, ?) AND at >= ?))",
        )
        .bind(session.id.as_str())
        .bind(session.user.as_str())
        .bind(&session.name)
        .bind(session.email.as_ref().map(EmailAddress::as_str))
        .bind(&session.picture)
        .bind(session.tenant.as_ref().map(|tenant| tenant.id.as_str()))
        .bind(session.tenant.as_ref().map(|tenant| tenant.name.as_str()))
        .bind(role_names(&session.roles))
        .bind(session.subscription.map(|subscription| subscription.to_string()))
        .bind(&session.provider_session)
        .bind(session.began_at.as_millis())
        .bind(session.refreshed_at.as_millis())
        .bind(session.idle_until.as_millis())
        .bind(session.ends_at.as_millis())
        .bind(session.is_brought)
        .bind(claims)
        .bind(at_provider)
        .bind(of_user(&session.user))
        .bind(session.tenant.as_ref().map(|tenant| of_tenant(&tenant.id)))
        .bind(session.tenant.as_ref().map(|tenant| of_member(&tenant.id, &session.user)))
        .bind(
            session
                .email
                .as_ref()
                .filter(|_| session.tenant.is_none())
                .map(|email| of_domain(email.domain())),
        )
        .bind(left_at.as_millis())
        .execute(&self.database.write)
        .await
        .map_err(StoreError::from)?;
        if begun.rows_affected() == 0 { Err(SessionsError::LoggedOut) } else { Ok(()) }
    }

    async fn find(&self, session: &SessionId, now: Timestamp) -> Result<Option<Session>, SessionsError> {
        let is_running = |found: &Session| now < found.idle_until && now < found.ends_at;
        let read_at = match self.cache.get(session) {
            Ok(found) => return Ok(Some(found).filter(is_running)),
            Err(read_at) => read_at,
        };
        let row = sqlx::query(
            "SELECT user_id, name, email, sessions.picture, tenant_id, tenant_name, roles, subscription, \
             provider_session, began_at, refreshed_at, idle_until, ends_at, is_brought, \
             display_name, primary_colour, background_colour, tenant_logos.id AS logo FROM sessions \
             LEFT JOIN tenant_looks USING (tenant_id) LEFT JOIN tenant_logos USING (tenant_id) \
             WHERE sessions.id = ?",
        )
        .bind(session.as_str())
        .fetch_optional(&self.database.read)
        .await
        .map_err(StoreError::from)?;
        let found = row.map(|row| read_session(session, &row)).transpose()?;
        if let Some(found) = &found {
            self.cache.keep(found, read_at);
        }
        Ok(found.filter(is_running))
    }

    async fn claims(
        &self,
        session: &SessionId,
    ) -> Result<Option<serde_json::Map<String, serde_json::Value>>, SessionsError> {
        let claims: Option<String> = sqlx::query_scalar("SELECT claims FROM sessions WHERE id = ?")
            .bind(session.as_str())
            .fetch_optional(&self.database.read)
            .await
            .map_err(StoreError::from)?;
        let parsed = claims.map(|text| serde_json::from_str(&text)).transpose();
        Ok(parsed.map_err(|why| StoreError::row("claims")(&why))?)
    }

    async fn keep_alive(&self, session: &SessionId, idle_until: Timestamp) -> Result<(), SessionsError> {
        let query = sqlx::query("UPDATE sessions SET idle_until = min(?, ends_at) WHERE id = ?")
            .bind(idle_until.as_millis())
            .bind(session.as_str().to_owned());
        let pool = self.database.write.clone();
        self.write(Concerns::One(session.clone()), async move { query.execute(&pool).await }).await?;
        Ok(())
    }

    async fn note_device(
        &self,
        session: &SessionId,
        device: &Device,
        at: Timestamp,
    ) -> Result<(), SessionsError> {
        Ok(session_devices::note(&self.database, session, device, at).await?)
    }

    async fn of_user(&self, user: &UserId, now: Timestamp) -> Result<Vec<SessionOnDevice>, SessionsError> {
        Ok(session_devices::of_user(&self.database, user, now).await?)
    }

    async fn end_own(&self, user: &UserId, session: &SessionHandle) -> Result<bool, SessionsError> {
        let query = sqlx::query("DELETE FROM sessions WHERE user_id = ? AND substr(id, 1, 16) = ?")
            .bind(user.as_str().to_owned())
            .bind(session.as_str().to_owned());
        let pool = self.database.write.clone();
        let ended = self.write(Concerns::All, async move { query.execute(&pool).await }).await?;
        Ok(ended.rows_affected() > 0)
    }

    async fn set_name(&self, user: &UserId, name: &PersonName) -> Result<(), SessionsError> {
        let query = sqlx::query("UPDATE sessions SET name = ? WHERE user_id = ?")
            .bind(name.as_str().to_owned())
            .bind(user.as_str().to_owned());
        let pool = self.database.write.clone();
        self.write(Concerns::All, async move { query.execute(&pool).await }).await?;
        Ok(())
    }

    async fn refresh(&self, before: &Session, after: &Session) -> Result<(), SessionsError> {
        let query = sqlx::query(
            "UPDATE sessions SET roles = ?, subscription = ?, refreshed_at = ? \
             WHERE id = ? AND subscription IS ?",
        )
        .bind(role_names(&after.roles))
        .bind(after.subscription.map(|subscription| subscription.to_string()))
        .bind(after.refreshed_at.as_millis())
        .bind(before.id.as_str().to_owned())
        .bind(before.subscription.map(|subscription| subscription.to_string()));
        let pool = self.database.write.clone();
        self.write(Concerns::One(before.id.clone()), async move { query.execute(&pool).await }).await?;
        Ok(())
    }

    async fn end(&self, session: &SessionId) -> Result<(), SessionsError> {
        let query = sqlx::query("DELETE FROM sessions WHERE id = ?").bind(session.as_str().to_owned());
        let pool = self.database.write.clone();
        self.write(Concerns::One(session.clone()), async move { query.execute(&pool).await }).await?;
        Ok(())
    }

    async fn end_logged_out(
        &self,
        whom: &LoggedOut,
        at: Timestamp,
        forget_at: Timestamp,
    ) -> Result<u64, SessionsError> {
        let (remembered, sql, name) = match whom {
            LoggedOut::ProviderSession(session) => (
                of_provider_session(session),
                "DELETE FROM sessions WHERE provider_session = ?",
                session.clone(),
            ),
            LoggedOut::User(user) => {
                (of_user(user), "DELETE FROM sessions WHERE user_id = ?", user.as_str().to_owned())
            }
        };
        let ending = sqlx::query(sql).bind(name);
        Ok(self.end_remembered(vec![remembered], at, forget_at, None, ending).await?)
    }

    async fn end_all(
        &self,
        whose: &SessionsOf,
        spared: Option<SessionId>,
        at: Timestamp,
        forget_at: Timestamp,
    ) -> Result<u64, SessionsError> {
        let spared = spared.map_or_else(String::new, |session| session.as_str().to_owned());
        let noting = match whose {
            SessionsOf::Member(tenant, user) => Some(ended_sessions::note(tenant, user, &spared)),
            SessionsOf::User(_) | SessionsOf::Users(_) | SessionsOf::Tenant(_) | SessionsOf::Personal(_) => {
                None
            }
        };
        let (remembered, ending) = match whose {
            SessionsOf::Users(users) => (
                users.iter().map(of_user).collect(),
                sqlx::query(
                    "DELETE FROM sessions WHERE id <> ? AND user_id IN (SELECT value FROM json_each(?))",
                )
                .bind(spared)
                .bind(texts(users.iter().map(UserId::as_str))),
            ),
            SessionsOf::User(user) => (
                vec![of_user(user)],
                sqlx::query("DELETE FROM sessions WHERE id <> ? AND user_id = ?")
                    .bind(spared)
                    .bind(user.as_str().to_owned()),
            ),
            SessionsOf::Member(tenant, user) => (
                vec![of_member(tenant, user)],
                sqlx::query("DELETE FROM sessions WHERE id <> ? AND user_id = ? AND tenant_id = ?")
                    .bind(spared)
                    .bind(user.as_str().to_owned())
                    .bind(tenant.as_str().to_owned()),
            ),
            SessionsOf::Tenant(tenant) => (
                vec![of_tenant(tenant)],
                sqlx::query("DELETE FROM sessions WHERE id <> ? AND tenant_id = ?")
                    .bind(spared)
                    .bind(tenant.as_str().to_owned()),
            ),
            SessionsOf::Personal(domains) => (
                domains.iter().map(|domain| of_domain(domain.as_str())).collect(),
                sqlx::query(
                    "DELETE FROM sessions WHERE id <> ? AND tenant_id IS NULL \
                     AND substr(email, instr(email, '@') + 1) IN (SELECT value FROM json_each(?))",
                )
                .bind(spared)
                .bind(texts(domains.iter().map(EmailDomain::as_str))),
            ),
        };
        Ok(self.end_remembered(remembered, at, forget_at, noting, ending).await?)
    }

    async fn find_ended(
        &self,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<Option<EndedSession>, SessionsError> {
        Ok(ended_sessions::find(&self.database, session, now).await?)
    }

    async fn set_subscription(
        &self,
        holder: &Holder,
        subscription: Subscription,
    ) -> Result<(), SessionsError> {
        let (sql, id) = match holder {
            Holder::Person(user) => (
                "UPDATE sessions SET subscription = ? WHERE user_id = ? AND tenant_id IS NULL",
                user.as_str(),
            ),
            Holder::Tenant(tenant) => {
                ("UPDATE sessions SET subscription = ? WHERE tenant_id = ?", tenant.as_str())
            }
        };
        let query = sqlx::query(sql).bind(subscription.to_string()).bind(id.to_owned());
        let pool = self.database.write.clone();
        self.write(Concerns::All, async move { query.execute(&pool).await }).await?;
        Ok(())
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<u64, SessionsError> {
        let pool = self.database.write.clone();
        let write = async move {
            sqlx::query("DELETE FROM provider_logouts WHERE forget_at < ?")
                .bind(now.as_millis())
                .execute(&pool)
                .await?;
            sqlx::query("DELETE FROM ended_sessions WHERE forget_at <= ?")
                .bind(now.as_millis())
                .execute(&pool)
                .await?;
            sqlx::query("DELETE FROM sessions WHERE idle_until <= ? OR ends_at <= ?")
                .bind(now.as_millis())
                .bind(now.as_millis())
                .execute(&pool)
                .await
        };
        Ok(self.write(Concerns::All, write).await?.rows_affected())
    }
}

/// How a logout of one session at the provider is remembered.
fn of_provider_session(session: &str) -> String {
    format!("session:{session}")
}

/// A list as one parameter.
fn texts(list: impl IntoIterator<Item = impl Into<serde_json::Value>>) -> String {
    serde_json::Value::Array(list.into_iter().map(Into::into).collect()).to_string()
}

/// How a logout of a person is remembered.
fn of_user(user: &UserId) -> String {
    format!("user:{}", user.as_str())
}

/// How the end of everybody's sessions under a tenant is remembered.
fn of_tenant(tenant: &TenantId) -> String {
    format!("tenant:{tenant}")
}

/// How the end of one member's sessions is remembered. An id of this length in front can't run into the other.
fn of_member(tenant: &TenantId, user: &UserId) -> String {
    format!("member:{}:{tenant}:{user}", tenant.as_str().len())
}

/// How the end of everybody's sessions is remembered who has an address in a domain, and is under no tenant.
fn of_domain(domain: &str) -> String {
    format!("domain:{domain}")
}

fn role_names(roles: &Roles) -> String {
    roles.iter().map(Role::name).collect::<Vec<_>>().join(",")
}

fn read_session(id: &SessionId, row: &SqliteRow) -> Result<Session, StoreError> {
    let email: Option<&str> = row.try_get("email")?;
    let subscription: Option<&str> = row.try_get("subscription")?;
    Ok(Session {
        id: id.clone(),
        user: UserId::try_from(row.try_get::<&str, _>("user_id")?)
            .map_err(|why| StoreError::row("user_id")(&why))?,
        name: row.try_get("name")?,
        email: email.map(EmailAddress::try_from).transpose().map_err(|why| StoreError::row("email")(&why))?,
        picture: row.try_get("picture")?,
        tenant: read_tenant(row)?,
        look: read_look(row)?,
        is_brought: row.try_get("is_brought")?,
        roles: Roles::from_names(row.try_get::<&str, _>("roles")?.split(',')),
        subscription: subscription
            .map(str::parse)
            .transpose()
            .map_err(|why| StoreError::row("subscription")(&why))?,
        provider_session: row.try_get("provider_session")?,
        began_at: Timestamp::from_millis(row.try_get("began_at")?),
        refreshed_at: Timestamp::from_millis(row.try_get("refreshed_at")?),
        idle_until: Timestamp::from_millis(row.try_get("idle_until")?),
        ends_at: Timestamp::from_millis(row.try_get("ends_at")?),
    })
}

//! [`Sessions`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::{
    Device, EmailAddress, EmailDomain, Holder, PersonName, Role, Roles, SessionHandle, SessionId,
    Subscription, TenantId, Timestamp, UserId,
};
use tenantry_ports::{
    EndedSession, LoggedOut, Session, SessionOnDevice, Sessions, SessionsError, SessionsOf,
};

use super::ended_sessions;
use super::session_devices::{self, read_tenant};
use super::tenant_looks::read_look;
use crate::database::{Concerns, Database, InTurn};
use crate::error::StoreError;
use crate::statement::{Row, Statement, composed, statement};

/// Sessions in a SQL database. Those that were read lately are kept in memory, where nobody else can change them.
#[derive(Clone, Debug)]
pub struct SqlSessions {
    database: Database,
}

impl SqlSessions {
    /// Sessions in this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Writes to more sessions than one, all of these or none, and says how many rows the last one has changed. A login
    /// that would begin a session meanwhile waits, and so does whoever else writes to many.
    async fn write_to_many(&self, statements: Vec<Statement>) -> Result<u64, StoreError> {
        let database = self.database.clone();
        let write = async move {
            let mut write = database.begin_in_turn(InTurn::Alone(SESSIONS)).await?;
            let mut changed = 0;
            for statement in statements {
                changed = statement.write(&mut write).await?;
            }
            write.commit().await?;
            Ok(changed)
        };
        self.database.write_to_its_end(Concerns::All, write).await
    }

    /// Ends sessions, and remembers it for the logins that are under way: both or nothing.
    async fn end_remembered(
        &self,
        remembered: Vec<String>,
        at: Timestamp,
        forget_at: Timestamp,
        noting: Option<Statement>,
        ending: Statement,
    ) -> Result<u64, StoreError> {
        let forget = statement("DELETE FROM provider_logouts WHERE forget_at < $1").bind(at.as_millis());
        let remember = composed(format!(
            "INSERT INTO provider_logouts (whom, at, forget_at) SELECT DISTINCT value, $2, $3 FROM {} WHERE TRUE \
             ON CONFLICT (whom) DO UPDATE SET \
             at = CASE WHEN provider_logouts.at > $2 THEN provider_logouts.at ELSE $2 END, \
             forget_at = CASE WHEN provider_logouts.forget_at > $3 THEN provider_logouts.forget_at ELSE $3 END",
            self.database.dialect().texts("$1")
        ))
        .bind(texts(remembered))
        .bind(at.as_millis())
        .bind(forget_at.as_millis());
        self.write_to_many([forget, remember].into_iter().chain(noting).chain([ending]).collect()).await
    }
}

/// The turn of whoever writes to many sessions; logins share it.
const SESSIONS: &str = "sessions";

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
        // No logout comes between the look and the insertion.
        let mut write = self.database.begin_in_turn(InTurn::Together(SESSIONS)).await?;
        let begun = statement(
            "INSERT INTO sessions (id, user_id, name, email, picture, tenant_id, tenant_name, roles, \
             subscription, provider_session, began_at, refreshed_at, idle_until, ends_at, is_brought, claims) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 WHERE NOT EXISTS \
             (SELECT 1 FROM provider_logouts WHERE whom = $17 OR (whom IN ($18, $19, $20, $21) AND at >= $22))",
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
        .write(&mut write)
        .await?;
        write.commit().await?;
        if begun == 0 { Err(SessionsError::LoggedOut) } else { Ok(()) }
    }

    async fn find(&self, session: &SessionId, now: Timestamp) -> Result<Option<Session>, SessionsError> {
        let is_running = |found: &Session| now < found.idle_until && now < found.ends_at;
        let read_at = match self.database.sessions.as_ref().map(|cache| cache.get(session)) {
            Some(Ok(found)) => return Ok(Some(found).filter(is_running)),
            Some(Err(read_at)) => Some(read_at),
            None => None,
        };
        let row = statement(
            "SELECT user_id, name, email, sessions.picture, tenant_id, tenant_name, roles, subscription, \
             provider_session, began_at, refreshed_at, idle_until, ends_at, is_brought, \
             display_name, primary_colour, background_colour, tenant_logos.id AS logo FROM sessions \
             LEFT JOIN tenant_looks USING (tenant_id) LEFT JOIN tenant_logos USING (tenant_id) \
             WHERE sessions.id = $1",
        )
        .bind(session.as_str())
        .find(&self.database)
        .await?;
        let found = row.map(|row| read_session(session, &row)).transpose()?;
        if let (Some(cache), Some(found), Some(read_at)) = (&self.database.sessions, &found, read_at) {
            cache.keep(found, read_at);
        }
        Ok(found.filter(is_running))
    }

    async fn claims(
        &self,
        session: &SessionId,
    ) -> Result<Option<serde_json::Map<String, serde_json::Value>>, SessionsError> {
        let claims = statement("SELECT claims FROM sessions WHERE id = $1")
            .bind(session.as_str())
            .find(&self.database)
            .await?;
        let claims = claims.as_ref().map(Row::only::<&str>).transpose()?;
        let parsed = claims.map(serde_json::from_str).transpose();
        Ok(parsed.map_err(|why| StoreError::row("claims")(&why))?)
    }

    async fn keep_alive(&self, session: &SessionId, idle_until: Timestamp) -> Result<(), SessionsError> {
        let query = statement(
            "UPDATE sessions SET idle_until = CASE WHEN ends_at < $1 THEN ends_at ELSE $1 END WHERE id = $2",
        )
        .bind(idle_until.as_millis())
        .bind(session.as_str());
        self.database.write_concerning(Concerns::One(session.clone()), query).await?;
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
        let query = statement("DELETE FROM sessions WHERE user_id = $1 AND substr(id, 1, 16) = $2")
            .bind(user.as_str())
            .bind(session.as_str());
        let ended = self.database.write_concerning(Concerns::All, query).await?;
        Ok(ended > 0)
    }

    async fn set_name(&self, user: &UserId, name: &PersonName) -> Result<(), SessionsError> {
        let naming = statement("UPDATE sessions SET name = $1 WHERE user_id = $2");
        self.write_to_many(vec![naming.bind(name.as_str()).bind(user.as_str())]).await?;
        Ok(())
    }

    async fn refresh(&self, before: &Session, after: &Session) -> Result<(), SessionsError> {
        let query = statement(
            "UPDATE sessions SET roles = $1, subscription = $2, refreshed_at = $3 \
             WHERE id = $4 AND subscription IS NOT DISTINCT FROM $5",
        )
        .bind(role_names(&after.roles))
        .bind(after.subscription.map(|subscription| subscription.to_string()))
        .bind(after.refreshed_at.as_millis())
        .bind(before.id.as_str())
        .bind(before.subscription.map(|subscription| subscription.to_string()));
        self.database.write_concerning(Concerns::One(before.id.clone()), query).await?;
        Ok(())
    }

    async fn end(&self, session: &SessionId) -> Result<(), SessionsError> {
        let query = statement("DELETE FROM sessions WHERE id = $1").bind(session.as_str());
        self.database.write_concerning(Concerns::One(session.clone()), query).await?;
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
                "DELETE FROM sessions WHERE provider_session = $1",
                session.as_str(),
            ),
            LoggedOut::User(user) => {
                (of_user(user), "DELETE FROM sessions WHERE user_id = $1", user.as_str())
            }
        };
        let ending = statement(sql).bind(name);
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
        let dialect = self.database.dialect();
        let noting = match whose {
            SessionsOf::Member(tenant, user) => Some(ended_sessions::note(tenant, user, &spared)),
            SessionsOf::User(_) | SessionsOf::Users(_) | SessionsOf::Tenant(_) | SessionsOf::Personal(_) => {
                None
            }
        };
        let (remembered, ending) = match whose {
            SessionsOf::Users(users) => (
                users.iter().map(of_user).collect(),
                composed(format!(
                    "DELETE FROM sessions WHERE id <> $1 AND user_id IN (SELECT value FROM {})",
                    dialect.texts("$2")
                ))
                .bind(spared)
                .bind(texts(users.iter().map(UserId::as_str))),
            ),
            SessionsOf::User(user) => (
                vec![of_user(user)],
                statement("DELETE FROM sessions WHERE id <> $1 AND user_id = $2")
                    .bind(spared)
                    .bind(user.as_str()),
            ),
            SessionsOf::Member(tenant, user) => (
                vec![of_member(tenant, user)],
                statement("DELETE FROM sessions WHERE id <> $1 AND user_id = $2 AND tenant_id = $3")
                    .bind(spared)
                    .bind(user.as_str())
                    .bind(tenant.as_str()),
            ),
            SessionsOf::Tenant(tenant) => (
                vec![of_tenant(tenant)],
                statement("DELETE FROM sessions WHERE id <> $1 AND tenant_id = $2")
                    .bind(spared)
                    .bind(tenant.as_str()),
            ),
            SessionsOf::Personal(domains) => (
                domains.iter().map(|domain| of_domain(domain.as_str())).collect(),
                composed(format!(
                    "DELETE FROM sessions WHERE id <> $1 AND tenant_id IS NULL \
                     AND substr(email, {}(email, '@') + 1) IN (SELECT value FROM {})",
                    dialect.position(),
                    dialect.texts("$2")
                ))
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
                "UPDATE sessions SET subscription = $1 WHERE user_id = $2 AND tenant_id IS NULL",
                user.as_str(),
            ),
            Holder::Tenant(tenant) => {
                ("UPDATE sessions SET subscription = $1 WHERE tenant_id = $2", tenant.as_str())
            }
        };
        self.write_to_many(vec![statement(sql).bind(subscription.to_string()).bind(id)]).await?;
        Ok(())
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<u64, SessionsError> {
        let expired = [
            "DELETE FROM provider_logouts WHERE forget_at < $1",
            "DELETE FROM ended_sessions WHERE forget_at <= $1",
            "DELETE FROM sessions WHERE idle_until <= $1 OR ends_at <= $1",
        ];
        let statements = expired.map(|text| statement(text).bind(now.as_millis()));
        Ok(self.write_to_many(statements.into()).await?)
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

fn read_session(id: &SessionId, row: &Row) -> Result<Session, StoreError> {
    let email: Option<&str> = row.get("email")?;
    let subscription: Option<&str> = row.get("subscription")?;
    Ok(Session {
        id: id.clone(),
        user: UserId::try_from(row.get::<&str>("user_id")?)
            .map_err(|why| StoreError::row("user_id")(&why))?,
        name: row.get("name")?,
        email: email.map(EmailAddress::try_from).transpose().map_err(|why| StoreError::row("email")(&why))?,
        picture: row.get("picture")?,
        tenant: read_tenant(row)?,
        look: read_look(row)?,
        is_brought: row.get("is_brought")?,
        roles: Roles::from_names(row.get::<&str>("roles")?.split(',')),
        subscription: subscription
            .map(str::parse)
            .transpose()
            .map_err(|why| StoreError::row("subscription")(&why))?,
        provider_session: row.get("provider_session")?,
        began_at: Timestamp::from_millis(row.get("began_at")?),
        refreshed_at: Timestamp::from_millis(row.get("refreshed_at")?),
        idle_until: Timestamp::from_millis(row.get("idle_until")?),
        ends_at: Timestamp::from_millis(row.get("ends_at")?),
    })
}

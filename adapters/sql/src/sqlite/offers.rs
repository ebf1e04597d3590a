//! [`Offers`] in SQLite.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tenantry_domain::{
    EmailAddress, Id, Invitation, InvitationId, InvitationMessage, Offer, OfferState, TenantId, Ticket,
    Timestamp,
};
use tenantry_ports::{Offers, OffersError};

use super::Database;
use super::login_attempts::hash;
use crate::error::StoreError;

/// Offers in SQLite.
#[derive(Clone, Debug)]
pub struct SqlOffers(Database);

const COLUMNS: &str = "tenant_id, email, invitation_id, inviter, inviter_name, roles, message, connection_id, \
                       state, created_at, expires_at";

impl SqlOffers {
    /// The offers in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    async fn find_where(
        &self,
        column: &'static str,
        tenant: &TenantId,
        value: &str,
    ) -> Result<Option<Offer>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM offers WHERE tenant_id = ? AND {column} = ?");
        let row = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(tenant.as_str())
            .bind(value)
            .fetch_optional(&self.0.read)
            .await?;
        row.as_ref().map(read).transpose()
    }

    async fn end_where(
        &self,
        column: &'static str,
        tenant: &TenantId,
        value: &str,
        state: OfferState,
    ) -> Result<bool, StoreError> {
        let text = format!(
            "UPDATE offers SET state = ? WHERE tenant_id = ? AND {column} = ? AND state IN ('sending', 'open')"
        );
        let ended = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(state.as_str())
            .bind(tenant.as_str())
            .bind(value)
            .execute(&self.0.write)
            .await?;
        Ok(ended.rows_affected() == 1)
    }

    async fn keep(&self, offer: &Offer) -> Result<bool, StoreError> {
        let mut write = self.0.write.begin().await?;
        // One that has expired makes room: its link leads to the same answer, whatever its state.
        sqlx::query(
            "UPDATE offers SET state = 'revoked' \
             WHERE tenant_id = ? AND email = ? AND state IN ('sending', 'open') AND expires_at <= ?",
        )
        .bind(offer.tenant.as_str())
        .bind(offer.email.as_str())
        .bind(offer.created_at.as_millis())
        .execute(&mut *write)
        .await?;
        let roles = serde_json::to_string(&offer.roles).map_err(|why| StoreError::row("roles")(&why))?;
        let kept = sqlx::query(
            "INSERT INTO offers (tenant_id, email, invitation_id, inviter, inviter_name, roles, message, \
             connection_id, state, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT DO NOTHING",
        )
        .bind(offer.tenant.as_str())
        .bind(offer.email.as_str())
        .bind(offer.invitation.as_ref().map(Id::as_str))
        .bind(offer.inviter.as_str())
        .bind(&offer.inviter_name)
        .bind(roles)
        .bind(offer.message.as_ref().map(InvitationMessage::as_str))
        .bind(offer.connection.as_ref().map(Id::as_str))
        .bind(offer.state.as_str())
        .bind(offer.created_at.as_millis())
        .bind(offer.expires_at.as_millis())
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(kept.rows_affected() == 1)
    }
}

#[async_trait]
impl Offers for SqlOffers {
    async fn begin(&self, offer: &Offer) -> Result<bool, OffersError> {
        Ok(self.keep(offer).await?)
    }

    async fn open(&self, tenant: &TenantId, invitation: &Invitation) -> Result<bool, OffersError> {
        let opened = sqlx::query(
            "UPDATE offers SET state = 'open', invitation_id = ?, ticket_hash = ?, created_at = ?, expires_at = ? \
             WHERE tenant_id = ? AND email = ? AND state IN ('sending', 'open')",
        )
        .bind(invitation.id.as_str())
        .bind(invitation.ticket.as_ref().map(|ticket| hash(ticket.as_str())))
        .bind(invitation.created_at.as_millis())
        .bind(invitation.expires_at.as_millis())
        .bind(tenant.as_str())
        .bind(invitation.email.as_str())
        .execute(&self.0.write)
        .await
        .map_err(StoreError::from)?;
        Ok(opened.rows_affected() == 1)
    }

    async fn end(
        &self,
        tenant: &TenantId,
        email: &EmailAddress,
        state: OfferState,
    ) -> Result<bool, OffersError> {
        Ok(self.end_where("email", tenant, email.as_str(), state).await?)
    }

    async fn end_invitation(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
        state: OfferState,
    ) -> Result<bool, OffersError> {
        Ok(self.end_where("invitation_id", tenant, invitation.as_str(), state).await?)
    }

    async fn pending(&self, tenant: &TenantId, now: Timestamp) -> Result<Vec<Offer>, OffersError> {
        let text = format!(
            "SELECT {COLUMNS} FROM offers WHERE tenant_id = ? AND state IN ('sending', 'open') AND expires_at > ? \
             ORDER BY created_at DESC, id DESC"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(tenant.as_str())
            .bind(now.as_millis())
            .fetch_all(&self.0.read)
            .await
            .map_err(StoreError::from)?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn find(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<Option<Offer>, OffersError> {
        Ok(self.find_where("invitation_id", tenant, invitation.as_str()).await?)
    }

    async fn find_by_ticket(&self, tenant: &TenantId, ticket: &Ticket) -> Result<Option<Offer>, OffersError> {
        Ok(self.find_where("ticket_hash", tenant, &hash(ticket.as_str())).await?)
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), OffersError> {
        let forgotten = sqlx::query("DELETE FROM offers WHERE tenant_id = ?").bind(tenant.as_str());
        forgotten.execute(&self.0.write).await.map_err(StoreError::from)?;
        Ok(())
    }
}

fn read(row: &SqliteRow) -> Result<Offer, StoreError> {
    let state: &str = row.try_get("state")?;
    let state = OfferState::ALL.into_iter().find(|known| known.as_str() == state);
    let email = EmailAddress::try_from(row.try_get::<&str, _>("email")?);
    let message = row.try_get::<Option<&str>, _>("message")?.map(InvitationMessage::try_from).transpose();
    let roles = serde_json::from_str(row.try_get("roles")?);
    Ok(Offer {
        tenant: id(row, "tenant_id")?,
        email: email.map_err(|why| StoreError::row("email")(&why))?,
        invitation: maybe_id(row, "invitation_id")?,
        inviter: id(row, "inviter")?,
        inviter_name: row.try_get("inviter_name")?,
        roles: roles.map_err(|why| StoreError::row("roles")(&why))?,
        message: message.map_err(|why| StoreError::row("message")(&why))?,
        connection: maybe_id(row, "connection_id")?,
        state: state.ok_or_else(|| StoreError::row("state")(&"no state"))?,
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
        expires_at: Timestamp::from_millis(row.try_get("expires_at")?),
    })
}

fn id<Kind>(row: &SqliteRow, column: &'static str) -> Result<Id<Kind>, StoreError> {
    Id::try_from(row.try_get::<&str, _>(column)?).map_err(|why| StoreError::row(column)(&why))
}

fn maybe_id<Kind>(row: &SqliteRow, column: &'static str) -> Result<Option<Id<Kind>>, StoreError> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(Id::try_from).transpose().map_err(|why| StoreError::row(column)(&why))
}

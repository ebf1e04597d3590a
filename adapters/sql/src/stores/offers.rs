//! [`Offers`] in a SQL database.

use async_trait::async_trait;
use tenantry_domain::{
    EmailAddress, Id, Invitation, InvitationId, InvitationMessage, Offer, OfferState, TenantId, Ticket,
    Timestamp,
};
use tenantry_ports::{Offers, OffersError};

use super::login_attempts::hash;
use crate::database::Database;
use crate::error::StoreError;
use crate::statement::{Row, composed, statement};

/// Offers in a SQL database.
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
        let text = format!("SELECT {COLUMNS} FROM offers WHERE tenant_id = $1 AND {column} = $2");
        let row = composed(text).of(tenant).bind(value).find(&self.0).await?;
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
            "UPDATE offers SET state = $1 WHERE tenant_id = $2 AND {column} = $3 AND state IN ('sending', 'open')"
        );
        let ended = composed(text).bind(state.as_str()).of(tenant).bind(value).write(&self.0).await?;
        Ok(ended == 1)
    }

    async fn keep(&self, offer: &Offer) -> Result<bool, StoreError> {
        let mut write = self.0.begin().await?;
        // One that has expired makes room: its link leads to the same answer, whatever its state.
        statement(
            "UPDATE offers SET state = 'revoked' \
             WHERE tenant_id = $1 AND email = $2 AND state IN ('sending', 'open') AND expires_at <= $3",
        )
        .of(&offer.tenant)
        .bind(offer.email.as_str())
        .bind(offer.created_at.as_millis())
        .write(&mut write)
        .await?;
        let roles = serde_json::to_string(&offer.roles).map_err(|why| StoreError::row("roles")(&why))?;
        let kept = statement(
            "INSERT INTO offers (tenant_id, email, invitation_id, inviter, inviter_name, roles, message, \
             connection_id, state, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT DO NOTHING",
        )
        .of(&offer.tenant)
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
        .write(&mut write)
        .await?;
        write.commit().await?;
        Ok(kept == 1)
    }
}

#[async_trait]
impl Offers for SqlOffers {
    async fn begin(&self, offer: &Offer) -> Result<bool, OffersError> {
        Ok(self.keep(offer).await?)
    }

    async fn open(&self, tenant: &TenantId, invitation: &Invitation) -> Result<bool, OffersError> {
        let opened = statement(
            "UPDATE offers SET state = 'open', invitation_id = $1, ticket_hash = $2, created_at = $3, expires_at = $4 \
             WHERE tenant_id = $5 AND email = $6 AND state IN ('sending', 'open')",
        )
        .bind(invitation.id.as_str())
        .bind(invitation.ticket.as_ref().map(|ticket| hash(ticket.as_str())))
        .bind(invitation.created_at.as_millis())
        .bind(invitation.expires_at.as_millis())
        .of(tenant)
        .bind(invitation.email.as_str())
        .write(&self.0)
        .await?;
        Ok(opened == 1)
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
            "SELECT {COLUMNS} FROM offers WHERE tenant_id = $1 AND state IN ('sending', 'open') AND expires_at > $2 \
             ORDER BY created_at DESC, id DESC"
        );
        Ok(composed(text).of(tenant).bind(now.as_millis()).list_as(&self.0, read).await?)
    }

    async fn find(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<Option<Offer>, OffersError> {
        Ok(self.find_where("invitation_id", tenant, invitation.as_str()).await?)
    }

    async fn find_by_ticket(&self, tenant: &TenantId, ticket: &Ticket) -> Result<Option<Offer>, OffersError> {
        Ok(self.find_where("ticket_hash", tenant, &hash(ticket.as_str())).await?)
    }

    async fn forget(&self, tenant: &TenantId) -> Result<(), OffersError> {
        let forgotten = statement("DELETE FROM offers WHERE tenant_id = $1").of(tenant);
        forgotten.write(&self.0).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<Offer, StoreError> {
    let state: &str = row.get("state")?;
    let state = OfferState::ALL.into_iter().find(|known| known.as_str() == state);
    let email = EmailAddress::try_from(row.get::<&str>("email")?);
    let message = row.get::<Option<&str>>("message")?.map(InvitationMessage::try_from).transpose();
    let roles = serde_json::from_str(row.get("roles")?);
    Ok(Offer {
        tenant: id(row, "tenant_id")?,
        email: email.map_err(|why| StoreError::row("email")(&why))?,
        invitation: maybe_id(row, "invitation_id")?,
        inviter: id(row, "inviter")?,
        inviter_name: row.get("inviter_name")?,
        roles: roles.map_err(|why| StoreError::row("roles")(&why))?,
        message: message.map_err(|why| StoreError::row("message")(&why))?,
        connection: maybe_id(row, "connection_id")?,
        state: state.ok_or_else(|| StoreError::row("state")(&"no state"))?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
    })
}

fn id<Kind>(row: &Row, column: &'static str) -> Result<Id<Kind>, StoreError> {
    Id::try_from(row.get::<&str>(column)?).map_err(|why| StoreError::row(column)(&why))
}

fn maybe_id<Kind>(row: &Row, column: &'static str) -> Result<Option<Id<Kind>>, StoreError> {
    let text: Option<&str> = row.get(column)?;
    text.map(Id::try_from).transpose().map_err(|why| StoreError::row(column)(&why))
}

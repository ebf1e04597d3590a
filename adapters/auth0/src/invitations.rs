//! [`Invitations`] at Auth0: it sends the mail, and its link leads to the application's own login address.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenantry_domain::{
    ConnectionId, EmailAddress, Invitation, InvitationId, InvitationLink, LoginConnection, LoginKind,
    TenantId, Ticket, Timestamp,
};
use tenantry_ports::{Cursor, Invitations, InvitationsError, NewInvitation, Page, PageSize};

use crate::ManagementError;
use crate::catalogue::Catalogue;
use crate::management::{Management, Operation};

/// Auth0 shows no more of a list by page number.
const WINDOW: u32 = 1000;

/// Invitations to organizations at Auth0.
#[derive(Clone, Debug)]
pub struct Auth0Invitations {
    management: Arc<Management>,
    catalogue: Arc<Catalogue>,
}

#[derive(Serialize)]
struct NewRecord<'a> {
    inviter: Inviter<'a>,
    invitee: Invitee<'a>,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<&'a str>,
    ttl_sec: u64,
    send_invitation_email: bool,
}

#[derive(Serialize)]
struct Inviter<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Invitee<'a> {
    email: &'a str,
}

#[derive(Deserialize)]
struct Record {
    id: InvitationId,
    inviter: NameRecord,
    invitee: AddressRecord,
    connection_id: Option<ConnectionId>,
    #[serde(default)]
    roles: Vec<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
    ticket_id: Option<String>,
    invitation_url: Option<String>,
}

#[derive(Deserialize)]
struct NameRecord {
    name: String,
}

#[derive(Deserialize)]
struct AddressRecord {
    email: String,
}

#[derive(Deserialize)]
struct EnabledRecord {
    connection_id: ConnectionId,
    connection: ConnectionRecord,
}

#[derive(Deserialize)]
struct ConnectionRecord {
    name: String,
    strategy: String,
}

impl Auth0Invitations {
    pub(crate) fn new(management: Arc<Management>, catalogue: Arc<Catalogue>) -> Self {
        Self { management, catalogue }
    }

    /// `None` when it goes to an address to which we send nothing: it was made by other means.
    async fn invitation(&self, record: Record) -> Result<Option<Invitation>, ManagementError> {
        let Ok(email) = EmailAddress::try_from(record.invitee.email.as_str()) else { return Ok(None) };
        Ok(Some(Invitation {
            id: record.id,
            email,
            roles: self.catalogue.roles_of(&record.roles).await?,
            connection: record.connection_id,
            inviter: record.inviter.name,
            created_at: record.created_at,
            expires_at: record.expires_at,
            ticket: record.ticket_id.and_then(|ticket| Ticket::try_from(ticket.as_str()).ok()),
            link: record.invitation_url.as_deref().map(InvitationLink::new),
        }))
    }
}

#[async_trait]
impl Invitations for Auth0Invitations {
    async fn create(
        &self,
        tenant: &TenantId,
        invitation: &NewInvitation,
    ) -> Result<Invitation, InvitationsError> {
        if let Some(wanted) = &invitation.connection {
            let connections = self.connections(tenant).await?;
            if !connections.iter().any(|connection| connection.id == *wanted) {
                return Err(InvitationsError::UnknownConnection);
            }
        }
        let mut roles = Vec::new();
        for role in invitation.roles.iter() {
            roles.push(self.catalogue.role_id(role).await?);
        }
        let new = NewRecord {
            inviter: Inviter { name: &invitation.inviter },
            invitee: Invitee { email: invitation.email.as_str() },
            client_id: self.catalogue.client_id(),
            connection_id: invitation.connection.as_ref().map(ConnectionId::as_str),
            roles,
            ttl_sec: invitation.lifetime.get().as_secs(),
            // Nobody else tells the invited person of the link.
            send_invitation_email: true,
        };
        let path = ["organizations", tenant.as_str(), "invitations"];
        let record: Record = self.management.call(&Operation::post(&path, &new)).await?;
        let made = self.invitation(record).await?;
        made.ok_or_else(|| InvitationsError::Unavailable("Auth0 invited somebody else".into()))
    }

    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Invitation>, InvitationsError> {
        let size = u32::from(size.get());
        let number = from.map_or(Some(0), |from| from.as_str().parse().ok());
        let number: u32 = number
            .filter(|page: &u32| {
                page.checked_add(1).and_then(|page| page.checked_mul(size)).is_some_and(|end| end <= WINDOW)
            })
            .ok_or(InvitationsError::InvalidCursor)?;
        let (page, per_page) = (number.to_string(), size.to_string());
        let query = [("page", page.as_str()), ("per_page", per_page.as_str()), ("sort", "created_at:-1")];
        let path = ["organizations", tenant.as_str(), "invitations"];
        let records: Vec<Record> = self.management.call(&Operation::get(&path, &query)).await?;
        let is_full = u32::try_from(records.len()).is_ok_and(|count| count == size);
        let has_more = is_full && (number + 2) * size <= WINDOW;
        let mut items = Vec::with_capacity(records.len());
        for record in records {
            items.extend(self.invitation(record).await?);
        }
        Ok(Page { items, next: has_more.then(|| Cursor::new((number + 1).to_string())) })
    }

    async fn find(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
    ) -> Result<Option<Invitation>, InvitationsError> {
        let path = ["organizations", tenant.as_str(), "invitations", invitation.as_str()];
        match self.management.call(&Operation::get(&path, &[])).await {
            Ok(record) => Ok(self.invitation(record).await?),
            Err(ManagementError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn revoke(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<(), InvitationsError> {
        let path = ["organizations", tenant.as_str(), "invitations", invitation.as_str()];
        match self.management.run(&Operation::delete(&path)).await {
            Ok(()) | Err(ManagementError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn connections(&self, tenant: &TenantId) -> Result<Vec<LoginConnection>, InvitationsError> {
        let path = ["organizations", tenant.as_str(), "enabled_connections"];
        let enabled: Vec<EnabledRecord> =
            self.management.call(&Operation::get(&path, &[("per_page", "100")])).await?;
        let connection = |record: EnabledRecord| {
            let kind = match record.connection.strategy.as_str() {
                // Auth0 takes no invitations that are to be accepted without a password.
                "email" | "sms" => return None,
                "auth0" => LoginKind::Password,
                strategy if is_social(strategy) => LoginKind::Social,
                _ => LoginKind::Enterprise,
            };
            Some(LoginConnection { id: record.connection_id, label: record.connection.name, kind })
        };
        Ok(enabled.into_iter().filter_map(connection).collect())
    }
}

/// What anybody may have an account at; everything else belongs to an enterprise.
fn is_social(strategy: &str) -> bool {
    matches!(
        strategy,
        "google-oauth2" | "apple" | "facebook" | "github" | "linkedin" | "windowslive" | "twitter"
    )
}

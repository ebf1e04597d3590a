//! [`Invitations`] on the fake's state.

use async_trait::async_trait;
use serde_json::json;
use tenantry_domain::{
    ConnectionId, EmailAddress, Invitation, InvitationId, InvitationLink, LoginConnection, LoginKind, Roles,
    TenantId, Ticket,
};
use tenantry_ports::{Cursor, Invitations, InvitationsError, NewInvitation, Page, PageSize};

use super::Failed;
use crate::login::Context;
use crate::model::{self, Mail, MailKind, Organization};
use crate::store::State;
use crate::{Fake, StoreError, initiate_login};

/// Invitations to the fake's organizations, without HTTP.
#[derive(Clone, Debug)]
pub struct FakeInvitations {
    fake: Fake,
    client_id: String,
}

impl FakeInvitations {
    pub(super) fn new(fake: Fake, client_id: &str) -> Self {
        Self { fake, client_id: client_id.to_owned() }
    }

    fn read<R>(
        &self,
        look: impl FnOnce(&State) -> Result<R, InvitationsError>,
    ) -> Result<R, InvitationsError> {
        self.fake.core().store.read(look)?
    }
}

#[async_trait]
impl Invitations for FakeInvitations {
    async fn create(
        &self,
        tenant: &TenantId,
        invitation: &NewInvitation,
    ) -> Result<Invitation, InvitationsError> {
        let core = self.fake.core();
        let context = core.context();
        let made = core.store.write(|state| {
            create(state, &context, &self.client_id, tenant, invitation).map_err(Failed::Port)
        });
        made.await.map_err(|failed| match failed {
            Failed::Port(error) => error,
            Failed::Store(error) => error.into(),
        })
    }

    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Invitation>, InvitationsError> {
        self.read(|state| {
            organization(state, tenant)?;
            let start: usize = match from {
                Some(from) => from.as_str().parse::<u32>().ok().and_then(|start| start.try_into().ok()),
                None => Some(0),
            }
            .filter(|start| *start < 1000)
            .ok_or(InvitationsError::InvalidCursor)?;
            let mut rows: Vec<&model::Invitation> = state.invitations_of(tenant.as_str()).collect();
            rows.sort_by_key(|row| std::cmp::Reverse(row.created_at));
            let end = start + usize::from(size.get());
            let shown = rows.iter().skip(start).take(usize::from(size.get()));
            let items = shown.filter_map(|row| invitation_of(state, row)).collect();
            Ok(Page { items, next: (rows.len() > end).then(|| Cursor::new(end.to_string())) })
        })
    }

    async fn find(
        &self,
        tenant: &TenantId,
        invitation: &InvitationId,
    ) -> Result<Option<Invitation>, InvitationsError> {
        self.read(|state| Ok(row(state, tenant, invitation).and_then(|row| invitation_of(state, row))))
    }

    async fn revoke(&self, tenant: &TenantId, invitation: &InvitationId) -> Result<(), InvitationsError> {
        let write = |state: &mut State| {
            if row(state, tenant, invitation).is_some() {
                state.invitations.remove(invitation.as_str());
            }
            Ok::<_, StoreError>(())
        };
        Ok(self.fake.core().store.write(write).await?)
    }

    async fn connections(&self, tenant: &TenantId) -> Result<Vec<LoginConnection>, InvitationsError> {
        self.read(|state| Ok(connections(state, organization(state, tenant)?)))
    }
}

fn organization<'a>(state: &'a State, tenant: &TenantId) -> Result<&'a Organization, InvitationsError> {
    state.organizations.get(tenant.as_str()).ok_or(InvitationsError::UnknownTenant)
}

fn row<'a>(state: &'a State, tenant: &TenantId, invitation: &InvitationId) -> Option<&'a model::Invitation> {
    let found = state.invitations.get(invitation.as_str());
    found.filter(|row| row.organization_id == tenant.as_str())
}

fn connections(state: &State, organization: &Organization) -> Vec<LoginConnection> {
    let connection = |id: &str| {
        let found = state.connections.get(id).filter(|connection| !connection.is_passwordless())?;
        let kind = match found {
            connection if connection.is_database() => LoginKind::Password,
            connection if connection.is_social() => LoginKind::Social,
            _ => LoginKind::Enterprise,
        };
        Some(LoginConnection { id: ConnectionId::try_from(id).ok()?, label: found.name.clone(), kind })
    };
    organization.enabled_connections.iter().filter_map(|enabled| connection(&enabled.connection_id)).collect()
}

fn create(
    state: &mut State,
    context: &Context<'_>,
    client_id: &str,
    tenant: &TenantId,
    new: &NewInvitation,
) -> Result<Invitation, InvitationsError> {
    let organization = organization(state, tenant)?;
    if let Some(wanted) = &new.connection
        && !connections(state, organization).iter().any(|connection| connection.id == *wanted)
    {
        return Err(InvitationsError::UnknownConnection);
    }
    let ticket_id = context.ids.ticket();
    let client = state.clients.get(client_id);
    let mut link = client
        .and_then(|client| initiate_login::address(client, organization))
        .ok_or_else(|| InvitationsError::Unavailable("the client has no address for logins".into()))?;
    link.query_pairs_mut()
        .append_pair("invitation", &ticket_id)
        .append_pair("organization", &organization.id)
        .append_pair("organization_name", &organization.name);
    let roles: Vec<&str> =
        new.roles.iter().filter_map(|role| Some(state.role_by_name(role.name())?.id.as_str())).collect();
    let settings = json!({
        "inviter": { "name": new.inviter },
        "invitee": { "email": new.email.as_str() },
        "roles": roles,
        "invitation_url": link.as_str(),
    });
    let mut settings = settings.as_object().cloned().unwrap_or_default();
    if let Some(connection) = &new.connection {
        settings.insert("connection_id".to_owned(), connection.as_str().into());
    }
    let row = model::Invitation {
        id: context.ids.invitation(),
        organization_id: organization.id.clone(),
        client_id: client_id.to_owned(),
        ticket_id,
        created_at: context.now,
        expires_at: context.now + new.lifetime.get(),
        settings,
    };
    let user_id = state.users_by_email(new.email.as_str()).next().map(|user| user.id.clone());
    state.send(Mail {
        id: context.ids.log_entry(context.now),
        kind: MailKind::Invitation,
        to: new.email.to_string(),
        link: link.into(),
        user_id,
        organization_id: Some(row.organization_id.clone()),
        sent_at: context.now,
    });
    let made = invitation_of(state, &row);
    state.invitations.put(row);
    made.ok_or_else(|| InvitationsError::Unavailable("the invitation can't be read".into()))
}

fn invitation_of(state: &State, row: &model::Invitation) -> Option<Invitation> {
    let settings = row.settings();
    let roles: Vec<&str> =
        settings.texts("roles").filter_map(|id| Some(state.roles.get(id)?.name.as_str())).collect();
    let connection = settings.text("connection_id").map(ConnectionId::try_from);
    Some(Invitation {
        id: InvitationId::try_from(row.id.as_str()).ok()?,
        email: EmailAddress::try_from(row.invitee()).ok()?,
        roles: Roles::from_names(roles),
        connection: connection.transpose().ok()?,
        inviter: settings.document("inviter").text("name").unwrap_or_default().to_owned(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        ticket: Ticket::try_from(row.ticket_id.as_str()).ok(),
        link: settings.text("invitation_url").map(InvitationLink::new),
    })
}

impl From<StoreError> for InvitationsError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

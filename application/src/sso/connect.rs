//! Entering what the organization's identity provider gave: the connection is made at our own.

use std::sync::Arc;

use secrecy::SecretString;
use tenantry_domain::{
    AuditAction, ClientId, DiscoveryUrl, SsoConnection, SsoKind, SsoRequest, TenantRef, Timestamp, Upstream,
    UpstreamTerms,
};
use tenantry_ports::{
    Discovered, DiscoveryProbe, DiscoveryProbeError, KeptSsoRequest, NewSsoConnection, Session,
    SsoConnectionChange, SsoConnectionsError, Upstream as NewUpstream,
};

use super::{SsoError, SsoParts};
use crate::Outage;

/// Makes the connection, or changes what it comes with: nobody can log in through it before it is turned on.
pub struct ConnectSso {
    /// What it works with.
    pub parts: SsoParts,
    /// Reads what the organization's provider says of itself.
    pub probe: Arc<dyn DiscoveryProbe>,
}

/// What the organization's provider gave. The secret goes on to our own provider and is kept nowhere else.
#[derive(Debug)]
pub struct Credentials {
    /// Where it describes itself.
    pub discovery_url: DiscoveryUrl,
    /// As whom we come to it.
    pub client_id: ClientId,
    /// What proves that; `None` keeps the one that is there.
    pub client_secret: Option<SecretString>,
    /// Until when it is good, if that is known.
    pub secret_expires_at: Option<Timestamp>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectSsoError {
    /// The discovery document can't be read, or is none.
    #[error(transparent)]
    Discovery(DiscoveryProbeError),
    /// Our own provider could not use it.
    #[error("the identity provider behind us can’t use what yours says of itself: {0}")]
    DiscoveryRefused(String),
    /// What the provider says of itself was to be believed until then.
    #[error("these metadata were good until {}: get them from your identity provider anew", day(.0))]
    MetadataOver(Timestamp),
    /// There is no secret yet, or it would go to another place than the one for which it was entered.
    #[error("enter the client secret: it is asked for again whenever the address or the client id changes")]
    SecretNeeded,
    /// The organization's provider says that it does not know the client by this secret.
    #[error(
        "your provider does not know this client ID with this secret: copy both again, or make a new secret there. Nothing \
         was changed"
    )]
    ClientRefused,
    /// The request is for a provider that speaks another protocol.
    #[error("this connection speaks another protocol: begin another one")]
    OtherProtocol,
    /// The connection is used, and its people would be strangers at another issuer.
    #[error(
        "this connection is used by people of {0}: to move to another provider, make a new connection and delete this one"
    )]
    IssuerInUse(String),
    /// The organization has as many connections as it can have.
    #[error("your organization has as many connections as it can have: delete one first")]
    TooMany,
    /// An earlier try is being taken back at the provider.
    #[error("an earlier connection of this set-up is still being deleted: try again in a minute")]
    BeingDeleted,
    /// What may happen to every change.
    #[error(transparent)]
    Sso(#[from] SsoError),
}

impl From<SsoConnectionsError> for ConnectSsoError {
    fn from(error: SsoConnectionsError) -> Self {
        match error {
            SsoConnectionsError::DiscoveryRefused { why } => Self::DiscoveryRefused(why),
            SsoConnectionsError::TooMany => Self::TooMany,
            SsoConnectionsError::BeingDeleted => Self::BeingDeleted,
            other => Self::Sso(other.into()),
        }
    }
}

impl ConnectSso {
    /// Reads the discovery document, makes or changes the connection at our own provider, and remembers what it is.
    /// Repeatable: a try that was cut is finished by the next one, with the same connection.
    pub async fn run(
        &self,
        session: &Session,
        request: &str,
        credentials: Credentials,
    ) -> Result<KeptSsoRequest, ConnectSsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        if kept.request.kind == SsoKind::Saml {
            return Err(ConnectSsoError::OtherProtocol);
        }
        let discovered = self.probe.read(&credentials.discovery_url).await;
        let discovered = discovered.map_err(ConnectSsoError::Discovery)?;
        let held = kept.request.upstream.clone();
        let connection = match &held {
            None => self.make(tenant, &kept.request, &discovered, &credentials).await?,
            Some(held) => self.change(tenant, &kept.request, held, &discovered, &credentials).await?,
        };
        let upstream = Upstream {
            connection: connection.id,
            name: connection.name,
            issuer: discovered.issuer,
            terms: credentials.terms(),
        };
        kept.request.connected(upstream, credentials.client_secret.is_some());
        self.parts.save(&mut kept).await?;
        let action = if held.is_none() { AuditAction::SsoConnected } else { AuditAction::SsoChanged };
        self.parts.record(session, tenant, action, kept.request.display_name.to_string()).await;
        Ok(kept)
    }

    async fn make(
        &self,
        tenant: &TenantRef,
        request: &SsoRequest,
        discovered: &Discovered,
        credentials: &Credentials,
    ) -> Result<SsoConnection, ConnectSsoError> {
        let secret = credentials.client_secret.clone().ok_or(ConnectSsoError::SecretNeeded)?;
        self.check(discovered, credentials).await?;
        let new = NewSsoConnection {
            request: request.id.clone(),
            display_name: request.display_name.clone(),
            kind: request.kind,
            upstream: credentials.upstream(secret),
        };
        Ok(self.parts.connections.create(tenant, &new).await?)
    }

    async fn change(
        &self,
        tenant: &TenantRef,
        request: &SsoRequest,
        held: &Upstream,
        discovered: &Discovered,
        credentials: &Credentials,
    ) -> Result<SsoConnection, ConnectSsoError> {
        let is_same = held.issuer == discovered.issuer && credentials.leads_as(&held.terms);
        if held.issuer != discovered.issuer && self.parts.is_used(request, held).await? {
            return Err(ConnectSsoError::IssuerInUse(held.issuer.clone()));
        }
        let change = match (&credentials.client_secret, is_same) {
            (Some(secret), true) => {
                SsoConnectionChange { client_secret: Some(secret.clone()), ..SsoConnectionChange::default() }
            }
            (None, true) => SsoConnectionChange::default(),
            // The old secret must not follow to a place that it was not entered for.
            (None, false) => return Err(ConnectSsoError::SecretNeeded),
            (Some(secret), false) => SsoConnectionChange {
                issuer: Some(credentials.upstream(secret.clone())),
                ..SsoConnectionChange::default()
            },
        };
        self.check(discovered, credentials).await?;
        Ok(self.parts.connections.update(&tenant.id, &held.connection, &change).await?)
    }

    /// Fails when a secret would take the place of one that works, and the organization's provider does not know it.
    async fn check(&self, discovered: &Discovered, credentials: &Credentials) -> Result<(), ConnectSsoError> {
        let Some(secret) = &credentials.client_secret else { return Ok(()) };
        let callback = self.parts.connections.callback_url();
        let client = &credentials.client_id;
        if self.probe.refuses_client(discovered, client, secret, &callback).await {
            Err(ConnectSsoError::ClientRefused)
        } else {
            Ok(())
        }
    }
}

impl Credentials {
    /// What is remembered of them: all but the secret.
    fn terms(&self) -> UpstreamTerms {
        UpstreamTerms::OpenIdConnect {
            discovery_url: self.discovery_url.clone(),
            client_id: self.client_id.clone(),
            secret_expires_at: self.secret_expires_at,
        }
    }

    /// What our own provider is told, with this secret.
    fn upstream(&self, client_secret: SecretString) -> NewUpstream {
        NewUpstream::OpenIdConnect {
            discovery_url: self.discovery_url.clone(),
            client_id: self.client_id.clone(),
            client_secret,
        }
    }

    /// Whether they lead where these do, as the same client.
    fn leads_as(&self, held: &UpstreamTerms) -> bool {
        match held {
            UpstreamTerms::OpenIdConnect { discovery_url, client_id, .. } => {
                (discovery_url, client_id) == (&self.discovery_url, &self.client_id)
            }
            UpstreamTerms::Saml { .. } => false,
        }
    }
}

/// The day in UTC, as in `2027-06-30`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the message of an error has nothing but references")]
fn day(at: &Timestamp) -> String {
    at.to_string().chars().take_while(|letter| *letter != 'T').collect()
}

impl From<DiscoveryProbeError> for ConnectSsoError {
    fn from(error: DiscoveryProbeError) -> Self {
        Self::Discovery(error)
    }
}

impl From<Outage> for ConnectSsoError {
    fn from(outage: Outage) -> Self {
        Self::Sso(outage.into())
    }
}

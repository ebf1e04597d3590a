//! Organizations' own identity providers, as the identity provider keeps them.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tenantry_domain::{
    Admission, ClientId, DiscoveryUrl, DisplayName, EmailDomain, SamlMetadata, SsoConnection,
    SsoConnectionId, SsoKind, SsoRequestId, TenantId, TenantName, TenantRef,
};
use url::Url;

use crate::Source;

/// Makes, changes, opens and removes the connections of one tenant. What another tenant owns, or all share, is not
/// there: it is neither shown nor touched. A secret goes in and never comes out.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait SsoConnections: Send + Sync {
    /// Makes a connection, closed: nobody comes to the tenant through it. Its name is made of the tenant's name and the
    /// request. Repeatable: the same request has one connection, also when the earlier answer was lost, and asked again
    /// it gets what this asks for.
    ///
    /// [`SsoConnectionsError::DiscoveryRefused`] when the provider can't read what the identity provider says about
    /// itself; [`SsoConnectionsError::TooMany`] when the tenant has as many as it can, or the provider's own plan has no
    /// more; [`SsoConnectionsError::BeingDeleted`] when the connection that the request had before is not gone yet. Then
    /// nothing was made.
    async fn create(
        &self,
        tenant: &TenantRef,
        new: &NewSsoConnection,
    ) -> Result<SsoConnection, SsoConnectionsError>;

    /// The tenant's own connections, open or closed, in the order of their names; none for a tenant that is not there.
    async fn list(&self, tenant: &TenantId) -> Result<Vec<SsoConnection>, SsoConnectionsError>;

    /// The tenant's own connection with this id; `Ok(None)` when there is none, when it is another tenant's and when it
    /// is one that all share.
    async fn find(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
    ) -> Result<Option<SsoConnection>, SsoConnectionsError>;

    /// Changes what is named and nothing else. Answers the connection as it is then. Repeatable.
    ///
    /// [`SsoConnectionsError::UnknownConnection`] when the tenant has no such connection;
    /// [`SsoConnectionsError::DiscoveryRefused`] as when it is made, and then nothing has changed.
    async fn update(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        change: &SsoConnectionChange,
    ) -> Result<SsoConnection, SsoConnectionsError>;

    /// Says who may come to the tenant through the connection, and whose addresses lead to it. Closed, it is taken out of
    /// the tenant and has no domains, whatever is given. Answers the connection as it is then. Repeatable.
    ///
    /// [`SsoConnectionsError::UnknownConnection`] when the tenant has no such connection;
    /// [`SsoConnectionsError::TooMany`] when the tenant has as many ways to log in as it can.
    async fn open(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        admission: Admission,
        domains: &[EmailDomain],
    ) -> Result<SsoConnection, SsoConnectionsError>;

    /// Removes the connection and the accounts that came through it. One that is not there, or is not this tenant's, is
    /// success; what is not this tenant's stays.
    async fn delete(&self, tenant: &TenantId, id: &SsoConnectionId) -> Result<(), SsoConnectionsError>;

    /// Where every identity provider that speaks OpenID Connect has to allow sending people back to.
    fn callback_url(&self) -> Url;

    /// Who we are to an identity provider that speaks SAML, for the connection that this request makes: it has to be told
    /// before it tells anything. `None` where the provider can't speak SAML, or such a request can make no connection.
    fn saml_service(&self, tenant: &TenantName, request: &SsoRequestId) -> Option<SamlService>;
}

/// Who we are to an identity provider that speaks SAML (SAML 2.0 Metadata, section 2.4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlService {
    /// What we are called: the audience of its assertions.
    pub entity_id: String,
    /// Where its answers go, by HTTP-POST: the assertion consumer service.
    pub consumer_url: Url,
}

/// A connection to be made.
#[derive(Clone, Debug)]
pub struct NewSsoConnection {
    /// For which request: what makes a repetition recognizable.
    pub request: SsoRequestId,
    /// What people read on its button.
    pub display_name: DisplayName,
    /// Whose product it is.
    pub kind: SsoKind,
    /// Where it is, and who we are there.
    pub upstream: Upstream,
}

/// Where an identity provider is, and who we are there: one is not changed without the others.
#[derive(Clone, Debug)]
pub enum Upstream {
    /// It speaks OpenID Connect.
    OpenIdConnect {
        /// Where it describes itself.
        discovery_url: DiscoveryUrl,
        /// As what we are registered there.
        client_id: ClientId,
        /// By what we prove it: 1 to 700 characters.
        client_secret: SecretString,
    },
    /// It speaks SAML, and says this of itself.
    Saml(SamlMetadata),
}

/// What is to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct SsoConnectionChange {
    /// What people read on its button.
    pub display_name: Option<DisplayName>,
    /// Another identity provider, or another client there: never without its secret.
    pub issuer: Option<Upstream>,
    /// Another secret of the same client of OpenID Connect; that of `issuer` counts when both are there.
    pub client_secret: Option<SecretString>,
}

/// Why there is no connection, or it is not as was asked.
#[derive(Debug, thiserror::Error)]
pub enum SsoConnectionsError {
    /// The tenant has no such connection.
    #[error("the organization has no such connection")]
    UnknownConnection,
    /// The provider could not read what the identity provider says about itself.
    #[error("the discovery document can't be used")]
    DiscoveryRefused {
        /// The provider's words, for the log and for the organization's Administrators.
        why: String,
    },
    /// There are as many connections as there can be.
    #[error("there can be no more connections")]
    TooMany,
    /// The connection that the request had before is not gone yet. Trying again in a minute helps.
    #[error("the connection is still being deleted")]
    BeingDeleted,
    /// The provider took the write and did not store it: its set-up is wrong.
    #[error("the identity provider did not store what was written")]
    NotStored,
    /// The provider asks us to wait.
    #[error("the identity provider is asked too often")]
    RateLimited {
        /// For how long, when it says so.
        retry_after: Option<Duration>,
    },
    /// The provider can't be reached, or does not answer as it should. Trying again later may help; what was asked
    /// for may have happened.
    #[error("the identity provider can't be reached")]
    Unavailable(#[source] Source),
}

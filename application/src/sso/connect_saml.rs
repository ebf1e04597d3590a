//! Entering what an organization's identity provider that speaks SAML says of itself: the connection is made at our own.

use std::sync::Arc;

use tenantry_domain::{AuditAction, MetadataUrl, SamlMetadata, SsoKind, Upstream, UpstreamTerms};
use tenantry_ports::{
    DiscoveryProbe, KeptSsoRequest, NewSsoConnection, Session, SsoConnectionChange, Upstream as NewUpstream,
};

use super::{ConnectSsoError, SsoParts};

/// Makes the connection, or changes what it comes with: nobody can log in under it before it is turned on.
pub struct ConnectSaml {
    /// What it works with.
    pub parts: SsoParts,
    /// Reads what the organization's provider says of itself, where an address was given.
    pub probe: Arc<dyn DiscoveryProbe>,
}

/// Where the metadata come from. They are read once: what is at the address later counts when it is entered anew.
#[derive(Clone, Debug)]
pub enum SamlSource {
    /// From this address.
    Url(MetadataUrl),
    /// From a file.
    Document(SamlMetadata),
}

impl ConnectSaml {
    /// Reads the metadata, makes or changes the connection at our own provider, and remembers what it is. Repeatable: a
    /// try that was cut is finished by the next one, with the same connection.
    pub async fn run(
        &self,
        session: &Session,
        request: &str,
        source: SamlSource,
    ) -> Result<KeptSsoRequest, ConnectSsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        if kept.request.kind != SsoKind::Saml {
            return Err(ConnectSsoError::OtherProtocol);
        }
        let metadata = self.read(source).await?;
        let held = kept.request.upstream.clone();
        let (issuer, upstream) = (metadata.entity_id().to_owned(), NewUpstream::Saml(metadata.clone()));
        let connection = match &held {
            None => {
                let new = NewSsoConnection {
                    request: kept.request.id.clone(),
                    display_name: kept.request.display_name.clone(),
                    kind: kept.request.kind,
                    upstream,
                };
                self.parts.connections.create(tenant, &new).await?
            }
            Some(held) => {
                if held.issuer != issuer && self.parts.is_used(&kept.request, held).await? {
                    return Err(ConnectSsoError::IssuerInUse(held.issuer.clone()));
                }
                let change = SsoConnectionChange { issuer: Some(upstream), ..SsoConnectionChange::default() };
                self.parts.connections.update(&tenant.id, &held.connection, &change).await?
            }
        };
        let upstream = Upstream {
            connection: connection.id,
            name: connection.name,
            issuer,
            terms: UpstreamTerms::Saml {
                sign_in_url: metadata.sign_in_url().to_string(),
                fingerprints: metadata.fingerprints(),
                certificate_expires_at: metadata.expires_at(),
                valid_until: metadata.valid_until(),
            },
        };
        kept.request.connected(upstream, false);
        self.parts.save(&mut kept).await?;
        let action = if held.is_none() { AuditAction::SsoConnected } else { AuditAction::SsoChanged };
        // Whoever holds these keys says who people are: every Administrator can see who entered them.
        let keys = metadata.fingerprints().join(", ");
        let subject = format!("{}, signed by {keys}", kept.request.display_name);
        self.parts.record(session, tenant, action, subject).await;
        Ok(kept)
    }

    /// What the provider says of itself, unless that is over by its own word (SAML 2.0 Metadata, section 2.3.2).
    async fn read(&self, source: SamlSource) -> Result<SamlMetadata, ConnectSsoError> {
        let metadata = match source {
            SamlSource::Url(url) => {
                self.probe.read_metadata(&url).await.map_err(ConnectSsoError::Discovery)?
            }
            SamlSource::Document(metadata) => metadata,
        };
        let now = self.parts.clock.now();
        match metadata.valid_until().filter(|end| *end <= now) {
            Some(end) => Err(ConnectSsoError::MetadataOver(end)),
            None => Ok(metadata),
        }
    }
}

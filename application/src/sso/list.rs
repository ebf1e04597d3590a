//! An organization's connections, and how they do.

use std::collections::BTreeSet;

use tenantry_domain::{DomainProof, EmailDomain, Role, SsoFault, SsoKind, SsoRequest, TestedLogin};
use tenantry_ports::{KeptSsoRequest, SamlService, Session, SsoFailure, SsoPeople};
use url::Url;

use super::parts::proved;
use super::{SsoError, SsoParts};

/// Shows what an organization has of single sign-on. Nothing but its own is ever here.
pub struct ListSso {
    /// What it works with.
    pub parts: SsoParts,
}

/// One connection or request.
#[derive(Clone, Debug)]
pub struct SsoView {
    /// The request, and how its connection does.
    pub kept: KeptSsoRequest,
    /// Every domain that the organization has claimed.
    pub proofs: Vec<DomainProof>,
    /// Which logins through it failed, as far as they are kept, the latest first.
    pub failures: Vec<SsoFailure>,
    /// Whom the connection has brought.
    pub people: SsoPeople,
    /// Where the organization's provider has to send people back to.
    pub callback_url: Url,
    /// Who we are to it, where it speaks SAML.
    pub saml: Option<SamlService>,
}

impl SsoView {
    /// The domains that are proved.
    pub fn proved(&self) -> BTreeSet<EmailDomain> {
        proved(&self.proofs)
    }

    /// Why somebody like this would be refused, were the connection on.
    pub fn would_fail(&self, login: &TestedLogin) -> Option<SsoFault> {
        self.kept.request.believe(login.email.as_ref(), login.email_verified, &self.proved()).err()
    }

    /// As what a newcomer like this would join; `None` when newcomers don't become members, or nobody like this is let in.
    pub fn role(&self, login: &TestedLogin) -> Option<Role> {
        let rules = &self.kept.request.admission;
        (rules.auto_membership && self.would_fail(login).is_none()).then(|| rules.role(login.facts()))
    }
}

impl ListSso {
    /// All of them, the first first, and every domain that the organization has claimed.
    pub async fn run(&self, session: &Session) -> Result<(Vec<KeptSsoRequest>, Vec<DomainProof>), SsoError> {
        let tenant = self.parts.to_look(session)?.tenant().id.clone();
        let requests = self.parts.requests.of_tenant(&tenant).await?;
        let proofs = self.parts.proofs.of_tenant(&tenant).await.map_err(crate::Outage::from)?;
        Ok((requests, proofs))
    }

    /// Whether they may look at all.
    pub fn may_look(&self, session: &Session) -> Result<(), SsoError> {
        self.parts.to_look(session).map(drop)
    }

    /// One of them, and nothing around it.
    pub async fn find(&self, session: &Session, request: &str) -> Result<KeptSsoRequest, SsoError> {
        let administrator = self.parts.to_look(session)?;
        self.parts.find(&administrator.tenant().id, request).await
    }

    /// One of them.
    pub async fn one(&self, session: &Session, request: &str) -> Result<SsoView, SsoError> {
        let tenant = self.parts.to_look(session)?.tenant().id.clone();
        let kept = self.parts.find(&tenant, request).await?;
        let people = self.people(&kept).await?;
        Ok(SsoView {
            people,
            failures: self.parts.requests.failures(&tenant, &kept.request.id).await?,
            proofs: self.parts.proofs.of_tenant(&tenant).await.map_err(crate::Outage::from)?,
            callback_url: self.callback_url(),
            saml: self.saml_service(&kept.request),
            kept,
        })
    }

    /// Where every organization's provider has to send people back to.
    pub fn callback_url(&self) -> Url {
        self.parts.connections.callback_url()
    }

    /// Who we are to the provider that the request is about, where it speaks SAML.
    pub fn saml_service(&self, request: &SsoRequest) -> Option<SamlService> {
        let is_saml = request.kind == SsoKind::Saml;
        self.parts.connections.saml_service(&request.tenant.name, &request.id).filter(|_| is_saml)
    }

    async fn people(&self, kept: &KeptSsoRequest) -> Result<SsoPeople, SsoError> {
        let request = &kept.request;
        let Some(upstream) = &request.upstream else { return Ok(SsoPeople::default()) };
        Ok(self.parts.requests.people(&request.tenant.id, &request.id, &upstream.client()).await?)
    }
}

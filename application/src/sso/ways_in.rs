//! How invited people come in: by which of the organization's ways, and who could not come by any of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use tenantry_domain::{
    ConnectionId, DisplayName, EmailAddress, EmailDomain, Enforcement, LoginConnection, LoginKind, Offer,
    SsoRequest, SsoState, TenantId,
};
use tenantry_ports::{DomainProofs, Invitations, SsoRequests};

use super::FoundLogin;
use super::parts::proved;
use crate::Outage;

/// Finds the ways of an organization.
#[derive(Clone)]
pub struct FindWaysIn {
    /// Which ways the provider knows.
    pub invitations: Arc<dyn Invitations>,
    /// Which connections are the organization's own, and what they demand.
    pub requests: Arc<dyn SsoRequests>,
    /// Which domains are whose.
    pub proofs: Arc<dyn DomainProofs>,
}

/// The ways of an organization.
#[derive(Clone, Debug, Default)]
pub struct WaysIn {
    /// All by which people can come, as people call them.
    pub all: Vec<LoginConnection>,
    /// Its own connections that are on, the first first.
    pub own: Vec<OwnWay>,
}

/// A connection of the organization's own that is on.
#[derive(Clone, Debug)]
pub struct OwnWay {
    /// What is asked of those who come.
    pub request: SsoRequest,
    /// Those of its domains that the organization has proved; none while the provider does not know the connection.
    pub domains: BTreeSet<EmailDomain>,
    /// Which way it is; `None` while the provider does not know it.
    pub id: Option<ConnectionId>,
}

/// Connections, and whom they let in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Through {
    /// What people call them.
    pub names: Vec<DisplayName>,
    /// In which domains the addresses are that they let in.
    pub domains: BTreeSet<EmailDomain>,
}

/// What is demanded of somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demanded {
    /// What people call the connection that lets them in, or else those through one of which they would have to come.
    pub names: Vec<DisplayName>,
    /// The login that lets them in, or why none does as things are.
    pub login: Result<FoundLogin, NoLogin>,
}

/// Why no login of the organization's own lets somebody in who is invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLogin {
    /// None lets the address in.
    NotLetIn,
    /// One would, and the invitation was made for another way, on which the provider insists: it has to be sent anew.
    OtherWay,
}

/// Why somebody could not come in, were they invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoWayIn {
    /// Every member has to come through one of these connections, and none lets them in.
    Everybody(Through),
    /// Whoever has an address in their domain has to come through this connection, and it does not let them in.
    TheirDomain(Through),
    /// The connection that was chosen for them does not let them in.
    Chosen(Through),
    /// The way that was chosen for them is none of the organization's any more.
    Gone,
}

impl FindWaysIn {
    /// The ways of this tenant.
    pub(crate) async fn run(&self, tenant: &TenantId) -> Result<WaysIn, Outage> {
        let requests = self.requests(tenant).await?;
        self.among(tenant, &requests).await
    }

    /// As much of them as it takes to invite people by the one that was chosen: the provider is asked only where one was,
    /// or where one is demanded.
    pub(crate) async fn to_invite(
        &self,
        tenant: &TenantId,
        chosen: Option<&ConnectionId>,
    ) -> Result<WaysIn, Outage> {
        let requests = self.requests(tenant).await?;
        if chosen.is_none() && !requests.iter().any(SsoRequest::is_demanded) {
            return Ok(WaysIn::default());
        }
        self.among(tenant, &requests).await
    }

    /// What is demanded of whoever this was offered to, whatever was when it was sent.
    pub(crate) async fn demanded_of(&self, offer: &Offer) -> Result<Option<Demanded>, Outage> {
        let requests = self.requests(&offer.tenant).await?;
        let demanding = requests.iter().filter(|request| request.concerns(Some(&offer.email)));
        let names: Vec<_> = demanding.map(|request| request.display_name.clone()).collect();
        if names.is_empty() {
            return Ok(None);
        }
        let proved = proved(&self.proofs.of_tenant(&offer.tenant).await?);
        // Any of the organization's own opens, whichever it is that demands it.
        let opens = |request: &SsoRequest| request.admit(Some(&offer.email), true, &proved).is_ok();
        let open: Vec<_> = requests.into_iter().filter(opens).collect();
        let Some(first) = open.first().cloned() else {
            return Ok(Some(Demanded { names, login: Err(NoLogin::NotLetIn) }));
        };
        let meant = match &offer.connection {
            None => Some(first.clone()),
            Some(chosen) => {
                let known = self.invitations.connections(&offer.tenant).await?;
                let way = known.into_iter().find(|way| way.id == *chosen);
                way.and_then(|way| open.into_iter().find(|request| is_of(&way, request)))
            }
        };
        let names = vec![meant.as_ref().unwrap_or(&first).display_name.clone()];
        Ok(Some(Demanded { names, login: meant.and_then(FoundLogin::of).ok_or(NoLogin::OtherWay) }))
    }

    /// The connection that makes whoever comes with this address a member again, however often they are removed.
    pub async fn bringing_back(
        &self,
        tenant: &TenantId,
        email: Option<&EmailAddress>,
    ) -> Result<Option<DisplayName>, Outage> {
        let proved = proved(&self.proofs.of_tenant(tenant).await?);
        let brings_back = |request: &SsoRequest| {
            request.admission.auto_membership && request.admit(email, true, &proved).is_ok()
        };
        Ok(self.requests(tenant).await?.into_iter().find(brings_back).map(|request| request.display_name))
    }

    async fn requests(&self, tenant: &TenantId) -> Result<Vec<SsoRequest>, Outage> {
        Ok(self.requests.of_tenant(tenant).await?.into_iter().map(|kept| kept.request).collect())
    }

    async fn among(&self, tenant: &TenantId, requests: &[SsoRequest]) -> Result<WaysIn, Outage> {
        let proved = proved(&self.proofs.of_tenant(tenant).await?);
        let known = self.invitations.connections(tenant).await?;
        let own = requests.iter().filter(|request| request.state == SsoState::On).map(|request| {
            let id = known.iter().find(|way| is_of(way, request)).map(|way| way.id.clone());
            let usable = request.domains.intersection(&proved).filter(|_| id.is_some());
            OwnWay { request: request.clone(), domains: usable.cloned().collect(), id }
        });
        let own = own.collect();
        let all = known.into_iter().filter_map(|way| as_called(way, requests)).collect();
        Ok(WaysIn { all, own })
    }
}

impl WaysIn {
    /// The way for somebody with this address: the one through which they have to come, or else the one that was
    /// `chosen`, which is any when it is `None`.
    pub(crate) fn of(
        &self,
        email: &EmailAddress,
        chosen: Option<&ConnectionId>,
    ) -> Result<Option<ConnectionId>, NoWayIn> {
        if let Some(why) = self.demanded_of(email) {
            // Any of the organization's own opens, whichever it is that demands it.
            let its = self.own.iter().find(|own| own.lets_in(email));
            return its.map(|own| own.id.clone()).ok_or(why);
        }
        let Some(id) = chosen else { return Ok(None) };
        if !self.has(id) {
            return Err(NoWayIn::Gone);
        }
        match self.own.iter().find(|own| own.id.as_ref() == Some(id)) {
            Some(own) if !own.lets_in(email) => Err(NoWayIn::Chosen(Through::any_of([own]))),
            _ => Ok(Some(id.clone())),
        }
    }

    /// Whether people can come by this way.
    pub(crate) fn has(&self, id: &ConnectionId) -> bool {
        self.all.iter().any(|way| way.id == *id)
    }

    /// Through which connections every member has to come; `None` where people come as they like.
    pub fn of_everybody(&self) -> Option<Through> {
        let mut demanding = self.own.iter().filter(|own| is_for_everybody(&own.request)).peekable();
        demanding.peek()?;
        Some(Through::any_of(demanding))
    }

    /// What is said to somebody with this address of whom a way is demanded, should they not come in by it.
    fn demanded_of(&self, email: &EmailAddress) -> Option<NoWayIn> {
        let its = self.own.iter().find(|own| own.request.concerns(Some(email)))?;
        let of_everybody = self.of_everybody().map(NoWayIn::Everybody);
        Some(of_everybody.unwrap_or_else(|| NoWayIn::TheirDomain(Through::any_of([its]))))
    }
}

impl OwnWay {
    fn lets_in(&self, email: &EmailAddress) -> bool {
        self.domains.iter().any(|domain| domain.as_str() == email.domain())
    }
}

impl Through {
    fn any_of<'a>(ways: impl IntoIterator<Item = &'a OwnWay>) -> Self {
        let mut through = Self::default();
        for own in ways {
            through.names.push(own.request.display_name.clone());
            through.domains.extend(own.domains.iter().cloned());
        }
        through
    }
}

fn is_for_everybody(request: &SsoRequest) -> bool {
    request.is_demanded() && request.enforcement == Enforcement::Organization
}

/// Whether this is the connection that came of the request.
fn is_of(way: &LoginConnection, request: &SsoRequest) -> bool {
    let name = request.upstream.as_ref().map(|upstream| upstream.name.as_str());
    way.kind == LoginKind::Enterprise && name == Some(&*way.label)
}

/// The way as the organization calls it; nothing of a connection of its own that is not on.
fn as_called(way: LoginConnection, requests: &[SsoRequest]) -> Option<LoginConnection> {
    let Some(request) = requests.iter().find(|request| is_of(&way, request)) else { return Some(way) };
    let label = request.display_name.to_string();
    (request.state == SsoState::On).then_some(LoginConnection { label, ..way })
}

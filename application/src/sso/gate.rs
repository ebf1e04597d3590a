//! Who may pass at a login: through an organization's own connection, and besides it.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{
    AuditAction, AuditEntry, Catalogue, ConnectionName, EmailDomain, Role, Roles, SsoFault, SsoRequest,
    SsoRequestId, SsoState, Subscription, TenantId, TenantRef, Timestamp, UserId,
};
use tenantry_ports::{
    AuditLog, DomainProofs, KeptSsoRequest, Login, Members, Random, Recognized, SsoArrival, SsoFailure,
    SsoRequests,
};

use super::newcomer::Standing;
use super::parts::proved;
use super::realm::FoundLogin;
use crate::{Outage, audit};

/// How long people still come in through a connection after the plan that includes it has ended.
pub(crate) const GRACE: Duration = Duration::from_hours(14 * 24);

/// Looks at every login that the provider has verified, before anything is made of it. The provider's word that a
/// connection is an organization's is not enough: ours counts.
#[derive(Clone)]
pub struct SsoGate {
    /// Which connections are whose, and on.
    pub requests: Arc<dyn SsoRequests>,
    /// Which domains are whose.
    pub proofs: Arc<dyn DomainProofs>,
    /// Who runs the organization.
    pub members: Arc<dyn Members>,
    /// Remembers who came in by breaking the glass, and what is odd.
    pub audit_log: Arc<dyn AuditLog>,
    /// Makes the numbers by which a failure is found again.
    pub random: Arc<dyn Random>,
    /// Which plans include single sign-on.
    pub catalogue: Arc<Catalogue>,
}

/// Why somebody does not pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SsoRefusal {
    /// The login through the organization's own provider did not succeed.
    #[error("the login through the organization's own provider did not succeed ({fault:?})")]
    Failed {
        /// Why.
        fault: SsoFault,
        /// The number by which the administrator finds it.
        reference: String,
    },
    /// The connection belongs to an organization, and the login was not under it: this is the one to be begun.
    #[error("this login has to be under the organization")]
    OutsideOrganization(FoundLogin),
    /// The organization wants its people to come in through its own provider.
    #[error("the organization wants its people to sign in through its own provider")]
    Required {
        /// The organization.
        tenant: TenantRef,
        /// Through which connection.
        connection: ConnectionName,
        /// Which request it came of.
        request: SsoRequestId,
    },
}

/// What is known of a login that passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The role that the connection's rules give to a newcomer; `None` when it has no say.
    pub(crate) role: Option<Role>,
}

impl Passed {
    /// Whether a connection of the organization's own let it through: the account is the organization's.
    pub(crate) fn is_brought(self) -> bool {
        self.role.is_some()
    }
}

impl SsoGate {
    /// Whether this login, of somebody who stands so in the organization, may pass.
    pub(crate) async fn pass(
        &self,
        login: &Login,
        standing: &Standing,
        subscription: Option<Subscription>,
        now: Timestamp,
    ) -> Result<Result<Passed, SsoRefusal>, Outage> {
        let roles = &standing.roles;
        match (&login.connection, &login.tenant) {
            (Some(connection), Some(tenant)) => {
                match self.requests.of_connection(&tenant.id, connection).await? {
                    Some(kept) => self.through(login, &kept, standing, subscription, now).await,
                    None => self.through_unknown(login, roles, (connection, tenant), now).await,
                }
            }
            (Some(connection), None) => self.outside(login, connection, now).await,
            (None, Some(tenant)) => self.besides(login, roles, tenant, now).await,
            (None, None) => self.as_a_person(login).await,
        }
    }

    /// The only connection through which people may have come who came by the tenant's login page.
    pub(crate) async fn only_one(&self, tenant: &TenantId) -> Option<SsoRequestId> {
        let kept = self.requests.of_tenant(tenant).await.unwrap_or_else(|error| {
            tracing::error!(%tenant, %error, "it is not known through which connection a login failed");
            Vec::new()
        });
        let mut on = kept.into_iter().filter(|kept| kept.request.state == SsoState::On);
        match (on.next(), on.next()) {
            (Some(only), None) => Some(only.request.id),
            _ => None,
        }
    }

    /// Notes a login through a connection that failed before there was anything to look at; answers its number. A connection
    /// that is off lets nobody in, whatever the provider says of it.
    pub(crate) async fn failed(
        &self,
        tenant: &TenantId,
        request: &SsoRequestId,
        fault: SsoFault,
        now: Timestamp,
    ) -> SsoRefusal {
        let is_off = match self.requests.find(tenant, request).await {
            Ok(kept) => kept.is_none_or(|kept| kept.request.state == SsoState::Off),
            Err(_) => false,
        };
        let fault = if is_off && fault == SsoFault::NotAMember { SsoFault::TurnedOff } else { fault };
        self.failed_for(None, (tenant, request), fault, now).await
    }

    /// The same, of whoever is known to have come.
    pub(super) async fn failed_for(
        &self,
        user: Option<&UserId>,
        (tenant, request): (&TenantId, &SsoRequestId),
        fault: SsoFault,
        now: Timestamp,
    ) -> SsoRefusal {
        let reference = self.random.hex(4);
        let failure = SsoFailure { at: now, fault, user: user.cloned(), reference, times: 1 };
        let kept = self.requests.failed(tenant, request, &failure).await;
        let reference = kept.unwrap_or_else(|error| {
            tracing::error!(%error, "a failed login through a connection can't be noted");
            failure.reference
        });
        tracing::warn!(%tenant, %request, ?fault, %reference, "a login through a connection failed");
        SsoRefusal::Failed { fault, reference }
    }

    /// Through a connection of the organization's own.
    async fn through(
        &self,
        login: &Login,
        kept: &KeptSsoRequest,
        standing: &Standing,
        subscription: Option<Subscription>,
        now: Timestamp,
    ) -> Result<Result<Passed, SsoRefusal>, Outage> {
        let request = &kept.request;
        let (tenant, came) = (&request.tenant.id, Some(&login.user));
        let email = login.email.as_ref();
        let mut fault = self.fault_of(login, request).await?;
        if fault.is_none() && !self.is_included(subscription, now) {
            fault = Some(SsoFault::PlanEnded);
        }
        // The provider asks, too; but of the connection as it was when the login came there, and of its own members.
        if fault.is_none() && standing.is_newcomer && !request.admission.auto_membership {
            fault = Some(SsoFault::NotAMember);
        }
        let (None, Some(email), Some(upstream)) = (fault, email, &request.upstream) else {
            let fault = fault.unwrap_or(SsoFault::Other);
            return Ok(Err(self.failed_for(came, (tenant, &request.id), fault, now).await));
        };
        let arrival =
            SsoArrival { user: login.user.clone(), email: email.clone(), client: upstream.client(), at: now };
        let recognized = self.requests.recognize(tenant, &request.id, &arrival).await?;
        if recognized == Recognized::OtherClient {
            let fault = SsoFault::Quarantined;
            return Ok(Err(self.failed_for(came, (tenant, &request.id), fault, now).await));
        }
        if recognized == Recognized::AddressOfAnother {
            let subject = format!("{}: {email}", request.display_name);
            self.note(login, tenant, AuditAction::SsoAddressOfAnother, subject, now).await;
            tracing::warn!(%tenant, request = %request.id, "somebody new came with the address of somebody known");
        }
        if let Err(error) = self.requests.logged_in(tenant, &request.id, now).await {
            tracing::warn!(%error, "a login through a connection can't be noted");
        }
        Ok(Ok(Passed { role: Some(request.admission.role(&login.claims)) }))
    }

    /// What the request itself has against a login.
    pub(super) async fn fault_of(
        &self,
        login: &Login,
        request: &SsoRequest,
    ) -> Result<Option<SsoFault>, Outage> {
        let proved = proved(&self.proofs.of_tenant(&request.tenant.id).await?);
        Ok(request.admit(login.email.as_ref(), login.email_verified, &proved).err())
    }

    /// Through a connection that Tenantry has not made. Another organization's is refused; one that was made at the
    /// provider by other means goes on as before, unless the address is in a domain that another organization has proved:
    /// it is a way in besides the organization's own. There is no page about it, so that the number of a refusal stands
    /// among what was done in the organization.
    async fn through_unknown(
        &self,
        login: &Login,
        roles: &Roles,
        (connection, tenant): (&ConnectionName, &TenantRef),
        now: Timestamp,
    ) -> Result<Result<Passed, SsoRefusal>, Outage> {
        let is_ours = connection.is_of_a_request() || self.requests.owner(connection).await?.is_some();
        let refused = if is_ours {
            Some((SsoFault::TurnedOff, "another organization’s connection, or one that is gone"))
        } else {
            let domain = login.email.as_ref().and_then(|email| EmailDomain::try_from(email.domain()).ok());
            let holder = match domain {
                Some(domain) => self.proofs.proved(&domain).await?.map(|proof| proof.tenant),
                None => None,
            };
            let is_anothers = holder.is_some_and(|holder| holder != tenant.id);
            is_anothers.then_some((SsoFault::OtherDomain, "an address in another organization’s domain"))
        };
        let Some((fault, why)) = refused else { return self.besides(login, roles, tenant, now).await };
        let about = format!("{connection}: {why}. Reference ");
        let reference = self.random.hex(4);
        let entry = entry(login, &tenant.id, AuditAction::SsoRefused, format!("{about}{reference}"), now);
        let noted = audit::record_once(&*self.audit_log, entry, &about).await;
        let reference = noted.subject.strip_prefix(&about).unwrap_or(&reference).to_owned();
        tracing::warn!(tenant = %tenant.id, ?fault, %reference, "a login through a connection of nobody's was refused");
        Ok(Err(SsoRefusal::Failed { fault, reference }))
    }

    /// Through an organization's connection, and under no organization: to be begun again under it.
    async fn outside(
        &self,
        login: &Login,
        connection: &ConnectionName,
        now: Timestamp,
    ) -> Result<Result<Passed, SsoRefusal>, Outage> {
        let Some(owner) = self.requests.owner(connection).await? else {
            // One that a request has made, and of which nothing is known any more or yet, vouches for nobody.
            if connection.is_of_a_request() {
                return Ok(Err(self.gone(connection)));
            }
            return self.as_a_person(login).await;
        };
        let came = Some(&login.user);
        let Some(kept) = self.requests.of_connection(&owner, connection).await? else {
            // It was deleted a moment ago.
            return Ok(Err(self.gone(connection)));
        };
        let id = kept.request.id.clone();
        Ok(Err(match FoundLogin::of(kept.request) {
            Some(found) => SsoRefusal::OutsideOrganization(found),
            None => self.failed_for(came, (&owner, &id), SsoFault::TurnedOff, now).await,
        }))
    }

    /// Nobody's connection any more: there is nobody who could find the number but whoever reads the log.
    fn gone(&self, connection: &ConnectionName) -> SsoRefusal {
        let reference = self.random.hex(4);
        tracing::warn!(%connection, %reference, "a login through a connection of no request was refused");
        SsoRefusal::Failed { fault: SsoFault::TurnedOff, reference }
    }

    /// Under an organization, and not through a connection of its own.
    async fn besides(
        &self,
        login: &Login,
        roles: &Roles,
        tenant: &TenantRef,
        now: Timestamp,
    ) -> Result<Result<Passed, SsoRefusal>, Outage> {
        for kept in self.requests.of_tenant(&tenant.id).await? {
            let request = kept.request;
            if !request.concerns(login.email.as_ref()) {
                continue;
            }
            if !self.may_break_the_glass(&request, login, roles).await? {
                return Ok(required(request).map_or_else(|| Ok(Passed::default()), Err));
            }
            let subject = request.display_name.to_string();
            self.note(login, &tenant.id, AuditAction::SsoGlassBroken, subject, now).await;
            tracing::warn!(tenant = %tenant.id, user = %login.user, "somebody came in by breaking the glass");
        }
        Ok(Ok(Passed::default()))
    }

    /// Whether this person may come in another way although others may not. The glass is there for whoever can mend what is
    /// wrong: for nobody who runs the organization no more, and for everybody who does when none of those does for whom it
    /// was meant.
    async fn may_break_the_glass(
        &self,
        request: &SsoRequest,
        login: &Login,
        roles: &Roles,
    ) -> Result<bool, Outage> {
        if !roles.contains(Role::Administrator) {
            return Ok(false);
        }
        if request.break_glass.contains(&login.user) {
            return Ok(true);
        }
        for holder in &request.break_glass {
            if self.members.roles(&request.tenant.id, holder).await?.contains(Role::Administrator) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// As a person, with an address that an organization may have made its own.
    async fn as_a_person(&self, login: &Login) -> Result<Result<Passed, SsoRefusal>, Outage> {
        let domain = login.email.as_ref().and_then(|email| EmailDomain::try_from(email.domain()).ok());
        let Some(domain) = domain else { return Ok(Ok(Passed::default())) };
        let Some(proof) = self.proofs.proved(&domain).await? else { return Ok(Ok(Passed::default())) };
        for kept in self.requests.of_tenant(&proof.tenant).await? {
            let request = kept.request;
            if request.domains.contains(&domain) && request.demands(&login.user, login.email.as_ref()) {
                return Ok(required(request).map_or_else(|| Ok(Passed::default()), Err));
            }
        }
        Ok(Ok(Passed::default()))
    }

    /// Whether the plan includes it, or did until not long ago.
    fn is_included(&self, subscription: Option<Subscription>, now: Timestamp) -> bool {
        subscription.is_some_and(|held| {
            let plan = self.catalogue.plan(held.plan());
            plan.is_some_and(|plan| plan.entitlements.sso) && now < held.ends() + GRACE
        })
    }

    async fn note(
        &self,
        login: &Login,
        tenant: &TenantId,
        action: AuditAction,
        subject: String,
        at: Timestamp,
    ) {
        audit::record(&*self.audit_log, &entry(login, tenant, action, subject, at)).await;
    }
}

fn entry(
    login: &Login,
    tenant: &TenantId,
    action: AuditAction,
    subject: String,
    at: Timestamp,
) -> AuditEntry {
    let (actor, actor_name) = (login.user.clone(), Some(login.name.clone()));
    AuditEntry { at, actor, actor_name, tenant: Some(tenant.clone()), action, subject }
}

fn required(request: SsoRequest) -> Option<SsoRefusal> {
    let upstream = request.upstream?;
    Some(SsoRefusal::Required { tenant: request.tenant, connection: upstream.name, request: request.id })
}

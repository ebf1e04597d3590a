//! Asking to be let in: somebody came through the organization's own login, and is no member.

use std::sync::Arc;

use tenantry_domain::post_login::may_come_of_a_login;
use tenantry_domain::{
    AccessRequest, AuditAction, AuditEntry, SsoFault, TenantId, TenantRef, Timestamp, UserId,
};
use tenantry_ports::{
    AccessRequests, AuditLog, Callback, Clock, KeptSsoRequest, Login, LoginAttempt, Members, SsoPurpose,
};

use super::{FoundLogin, SsoGate};
use crate::redeem::Redeem;
use crate::{Outage, SignInError, SsoRefusal, audit};

/// Takes down who asks. They log in once more, outside of the organization, so that it is known who they are; nobody is
/// signed in by it.
pub struct AskForAccess {
    /// Verifies what came back, as for every login.
    pub redeem: Redeem,
    /// Who may pass.
    pub gate: SsoGate,
    /// Where it is kept until an Administrator answers.
    pub access: Arc<dyn AccessRequests>,
    /// Who is a member already.
    pub members: Arc<dyn Members>,
    /// Tells the Administrators.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedForAccess {
    /// The Administrators of this organization see it now.
    Waiting(TenantRef),
    /// There is no need to ask any more: a login under the organization lets them in.
    Welcome(FoundLogin),
}

impl AskForAccess {
    /// Takes down who asks, and what they ask for. Repeatable: who asks already asks once.
    pub async fn run(
        &self,
        callback: &Callback,
        attempt: &LoginAttempt,
    ) -> Result<AskedForAccess, SignInError> {
        let now = self.clock.now();
        let kept = self.asked_through(attempt).await?;
        let request = &kept.request;
        let login = match self.redeem.run(callback, attempt, now).await {
            Ok(login) => login,
            Err(error) if error.is_theirs() => {
                let failed = self.gate.failed(&request.tenant.id, &request.id, error.sso_fault(), now);
                return Err(SignInError::Sso(failed.await));
            }
            Err(error) => return Err(error),
        };
        if let Some(refusal) = self.gate.vouch(&login, &kept, now).await? {
            return Err(SignInError::Sso(refusal));
        }
        let tenant = &request.tenant;
        let is_let_in = self.is_let_in(&tenant.id, &login.user).await?;
        if (is_let_in || request.admission.auto_membership)
            && let Some(found) = FoundLogin::of(request.clone())
        {
            return Ok(AskedForAccess::Welcome(found));
        }
        self.take_down(&login, &kept, now).await?;
        Ok(AskedForAccess::Waiting(kept.request.tenant))
    }

    /// Whether a login under the organization takes this person for a member. What a provider may have made of them in a
    /// login that was not finished is none yet.
    async fn is_let_in(&self, tenant: &TenantId, user: &UserId) -> Result<bool, Outage> {
        let Some(member) = self.members.find(tenant, user).await? else { return Ok(false) };
        Ok(!may_come_of_a_login(&member.roles) || self.gate.requests.is_admitted(tenant, user).await?)
    }

    /// The request that the login went through: by the connection that the attempt named, never by what came back.
    async fn asked_through(&self, attempt: &LoginAttempt) -> Result<KeptSsoRequest, SignInError> {
        let asks = attempt.sso.as_ref().filter(|sso| sso.purpose == SsoPurpose::AskForAccess);
        let (Some(asked), Some(connection)) = (asks, &attempt.connection) else {
            return Err(SignInError::AlreadyUsed);
        };
        let requests = &self.gate.requests;
        let found = match requests.owner(connection).await.map_err(Outage::from)? {
            Some(owner) => requests.find(&owner, &asked.request).await.map_err(Outage::from)?,
            None => None,
        };
        // The connection was deleted meanwhile: there is nobody to ask.
        found.ok_or(SignInError::NotAMember)
    }

    async fn take_down(
        &self,
        login: &Login,
        kept: &KeptSsoRequest,
        now: Timestamp,
    ) -> Result<(), SignInError> {
        let request = &kept.request;
        let Some(email) = login.email.clone() else {
            let (of, came) = ((&request.tenant.id, &request.id), Some(&login.user));
            let failed = self.gate.failed_for(came, of, SsoFault::NoAddress, now);
            return Err(SignInError::Sso(failed.await));
        };
        let asked = AccessRequest {
            tenant: request.tenant.id.clone(),
            request: request.id.clone(),
            user: login.user.clone(),
            name: login.name.clone(),
            email,
            role: request.admission.role(&login.claims),
            asked_at: now,
        };
        if self.access.ask(&asked).await.map_err(Outage::from)? {
            let entry = AuditEntry {
                at: now,
                actor: asked.user.clone(),
                actor_name: Some(asked.name.clone()),
                tenant: Some(asked.tenant.clone()),
                action: AuditAction::AccessRequested,
                subject: asked.email.to_string(),
            };
            audit::record(&*self.audit_log, &entry).await;
        } else if self.access.find(&asked.tenant, &asked.user).await.map_err(Outage::from)?.is_none() {
            // Too many ask already, or the connection was deleted a moment ago: nobody would see it.
            return Err(SignInError::NotAMember);
        }
        Ok(())
    }
}

impl SsoGate {
    /// Whether the organization's provider may vouch for this person, member or not; why not.
    pub(super) async fn vouch(
        &self,
        login: &Login,
        kept: &KeptSsoRequest,
        now: Timestamp,
    ) -> Result<Option<SsoRefusal>, Outage> {
        let request = &kept.request;
        let (tenant, came) = (&request.tenant.id, Some(&login.user));
        let through = request.upstream.as_ref().map(|upstream| &upstream.name);
        let fault = if login.connection.is_none() || login.connection.as_ref() != through {
            Some(SsoFault::Other)
        } else {
            self.fault_of(login, request).await?
        };
        match fault {
            Some(fault) => Ok(Some(self.failed_for(came, (tenant, &request.id), fault, now).await)),
            None => Ok(None),
        }
    }
}

//! What the use cases share that change who belongs to an organization, and as what.

use std::sync::Arc;

use tenantry_domain::post_login::may_come_of_a_login;
use tenantry_domain::{
    AuditAction, AuditEntry, Catalogue, Member, Permission, Role, Roles, Seats, TenantId, TenantRef, UserId,
};
use tenantry_ports::{AuditLog, Clock, Members, Session, Sessions, SessionsOf, SsoRequests, Turn, Turns};

use crate::invite_members::seats_of;
use crate::sign_in::remembered_until;
use crate::{Authorize, AuthorizeError, Outage, WithdrawInvitations, audit};

/// Changes an organization's people, one change after the other.
#[derive(Clone)]
pub struct People {
    /// Who may.
    pub authorize: Authorize,
    /// Where members and their roles are.
    pub members: Arc<dyn Members>,
    /// Where they are signed in.
    pub sessions: Arc<dyn Sessions>,
    /// Lets nobody else change the same organization's people meanwhile.
    pub turns: Arc<dyn Turns>,
    /// How many seats a plan has.
    pub catalogue: Arc<Catalogue>,
    /// Through which of its connections they came.
    pub requests: Arc<dyn SsoRequests>,
    /// Takes back what they have sent who may invite nobody any more.
    pub withdraw: WithdrawInvitations,
    /// Remembers who changed what.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

impl People {
    /// Somebody's turn to change the organization that they are signed in to. The role is read when the turn has come:
    /// whoever has lost it while waiting is refused.
    pub(crate) async fn take_turn(
        &self,
        session: &Session,
        permission: Permission,
    ) -> Result<(Turn, TenantRef), AuthorizeError> {
        let (turn, administrator) = self.authorize.in_turn(&*self.turns, session, permission).await?;
        Ok((turn, administrator.tenant().clone()))
    }

    /// One member. An id that can't be one, one of another organization and one of nobody are all none.
    pub(crate) async fn find(&self, tenant: &TenantId, user: &str) -> Result<Option<Member>, Outage> {
        match UserId::try_from(user) {
            Ok(user) => Ok(self.members.find(tenant, &user).await?),
            Err(_) => Ok(None),
        }
    }

    /// Whether somebody else would still run the organization. The list may be some seconds old, so whoever it names is
    /// asked for.
    pub(crate) async fn has_another_administrator(
        &self,
        tenant: &TenantId,
        besides: &UserId,
    ) -> Result<bool, Outage> {
        for administrator in self.members.administrators(tenant).await? {
            if administrator != *besides
                && self.members.roles(tenant, &administrator).await?.contains(Role::Administrator)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether there is a seat for this person, who has these roles, to have another: whoever has none yet takes one with
    /// the first, and so does whoever has theirs of a login alone.
    pub(crate) async fn has_seat(
        &self,
        session: &Session,
        tenant: &TenantId,
        user: &UserId,
        roles: &Roles,
    ) -> Result<bool, Outage> {
        let seats = seats_of(&self.catalogue, session);
        if seats == Seats::Unlimited || self.is_member(tenant, user, roles).await? {
            return Ok(true);
        }
        let taken = self.withdraw.seats.besides(user, tenant, seats).await?;
        Ok(seats.admit_one_more(taken.total()))
    }

    /// Whether somebody with these roles was let in, and a seat counted for them. Where the organization has no connection
    /// of its own, nobody has a role of a login alone.
    pub(crate) async fn is_member(
        &self,
        tenant: &TenantId,
        user: &UserId,
        roles: &Roles,
    ) -> Result<bool, Outage> {
        if roles.is_empty() || !may_come_of_a_login(roles) {
            return Ok(!roles.is_empty());
        }
        let requests = self.requests.of_tenant(tenant).await?;
        let has_connection = requests.iter().any(|kept| kept.request.upstream.is_some());
        Ok(!has_connection || self.requests.is_admitted(tenant, user).await?)
    }

    /// Notes that somebody is a member because whoever runs the organization wants it.
    pub(crate) async fn admit(&self, tenant: &TenantId, user: &UserId) -> Result<(), Outage> {
        Ok(self.requests.admit(tenant, user, self.clock.now()).await?)
    }

    /// Gives a member exactly these roles: first what is new, so that nobody is without one in between. Their sessions
    /// end before, so that an interruption leaves none with the old roles, and after, for whoever logs in in between.
    /// What they have sent is taken back before they lose the right to send it.
    pub(crate) async fn set_roles(
        &self,
        session: &Session,
        tenant: &TenantId,
        member: &Member,
        wanted: &Roles,
    ) -> Result<(), Outage> {
        if !wanted.permit(Permission::InviteMembers) {
            self.withdraw.run(session, tenant, &member.user).await?;
        }
        if member.roles == *wanted {
            return self.admit(tenant, &member.user).await;
        }
        self.end_sessions(tenant, &member.user).await?;
        for role in wanted.iter().filter(|role| !member.roles.contains(*role)) {
            self.members.assign(tenant, &member.user, role).await?;
        }
        for role in member.roles.iter().filter(|role| !wanted.contains(*role)) {
            self.members.unassign(tenant, &member.user, role).await?;
        }
        self.admit(tenant, &member.user).await?;
        self.end_sessions(tenant, &member.user).await
    }

    /// Ends a membership, and what stands on it, in the same order.
    pub(crate) async fn end_membership(
        &self,
        session: &Session,
        tenant: &TenantId,
        user: &UserId,
    ) -> Result<(), Outage> {
        self.withdraw.run(session, tenant, user).await?;
        self.end_sessions(tenant, user).await?;
        self.requests.dismiss(tenant, user).await?;
        self.members.remove(tenant, user).await?;
        self.end_sessions(tenant, user).await?;
        // A login that was under way may have let them in since; one that does so from now on finds that it is over.
        self.requests.dismiss(tenant, user).await?;
        Ok(())
    }

    /// Ends every session that a member has under the organization, also one whose login is under way.
    pub(crate) async fn end_sessions(&self, tenant: &TenantId, user: &UserId) -> Result<(), Outage> {
        let (whose, now) = (SessionsOf::Member(tenant.clone(), user.clone()), self.clock.now());
        self.sessions.end_all(&whose, None, now, remembered_until(now)).await?;
        Ok(())
    }

    /// Remembers what was done.
    pub(crate) async fn record(
        &self,
        session: &Session,
        tenant: &TenantId,
        action: AuditAction,
        subject: String,
    ) {
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: Some(tenant.clone()),
            action,
            subject,
        };
        audit::record(&*self.audit_log, &entry).await;
    }
}

/// A member as the audit log names one: who they are to people, and what tells two of one name apart.
pub(crate) fn named(member: &Member) -> String {
    match &member.email {
        Some(email) if email.as_str() != member.name => format!("{} ({email})", member.name),
        _ => member.name.clone(),
    }
}

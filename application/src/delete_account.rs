//! The end of one's own account.

use std::collections::BTreeMap;
use std::sync::Arc;

use tenantry_domain::{
    AuditAction, AuditEntry, Holder, Member, PlanId, Role, Status, Subscription, Tenant, TenantId, UserId,
};
use tenantry_ports::{
    AuditLog, Clock, Members, MembersError, PageSize, Session, Sessions, SessionsOf, SsoRequests, Tenants,
    Turn, Turns, Users,
};

use crate::fresh_login::is_fresh;
use crate::sign_in::remembered_until;
use crate::{Conversions, Outage, WithdrawInvitations, audit};

/// How often the person's organizations are read again because they have changed while everybody else was asked to wait.
const LOOKS: usize = 3;

/// Deletes the account of whoever is signed in, and with it every membership. No organization is left without an
/// Administrator.
pub struct DeleteAccount {
    /// Where the account is.
    pub users: Arc<dyn Users>,
    /// Where the person's organizations are.
    pub tenants: Arc<dyn Tenants>,
    /// Who else runs them.
    pub members: Arc<dyn Members>,
    /// Lets nobody change their people meanwhile.
    pub turns: Arc<dyn Turns>,
    /// Takes back what the person has sent.
    pub withdraw: WithdrawInvitations,
    /// Whether organizations know them by their connections.
    pub requests: Arc<dyn SsoRequests>,
    /// Where sessions are.
    pub sessions: Arc<dyn Sessions>,
    /// Whether a payment is under way.
    pub conversions: Arc<Conversions>,
    /// Remembers it.
    pub audit_log: Arc<dyn AuditLog>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// What somebody who is about to delete their account has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDeletionView {
    /// What has to be typed: the address, or the name where there is none.
    pub confirmation: String,
    /// Whether they have to log in once more before.
    pub needs_login: bool,
    /// What they have paid for themselves and lose.
    pub paid: Option<Subscription>,
    /// The organizations that they leave.
    pub leaves: Vec<Tenant>,
    /// The organizations that nobody else runs: as long as there is one, the account stays.
    pub runs_alone: Vec<Tenant>,
}

/// Why the account is not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteAccountError {
    /// What was typed is not what was asked for.
    #[error("type it exactly as it stands above")]
    NotConfirmed,
    /// The person has not logged in with their credentials for a while.
    #[error("log in once more, so that we know that it is you")]
    LoginNeeded,
    /// Nobody else runs these organizations.
    #[error("an organization would be left without an Administrator")]
    RunsAlone(Vec<Tenant>),
    /// A card is being charged, or what was paid for is being set up.
    #[error("a payment of yours is just being completed: try again in a minute")]
    BeingPaid,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl DeleteAccount {
    /// What would be deleted, and what stands in its way.
    pub async fn view(&self, session: &Session) -> Result<AccountDeletionView, Outage> {
        let now = self.clock.now();
        let stored = self.users.find(&session.user).await?.and_then(|found| found.subscription);
        let subscription: Option<Subscription> = stored.and_then(|text| text.parse().ok());
        let tenants = self.tenants.of_user(&session.user).await?;
        let runs_alone = self.run_alone(&session.user, &tenants).await?;
        let leaves = tenants.into_iter().filter(|tenant| !runs_alone.contains(tenant)).collect();
        Ok(AccountDeletionView {
            confirmation: confirmation(session).to_owned(),
            needs_login: !is_fresh(&*self.sessions, session, now).await?,
            paid: subscription.filter(|held| is_lost(*held) && !held.has_ended(now)),
            leaves,
            runs_alone,
        })
    }

    /// Deletes it, once the address was typed. Repeatable: what a crash has left is removed by the next try.
    pub async fn run(&self, session: &Session, typed: &str) -> Result<(), DeleteAccountError> {
        if !is_fresh(&*self.sessions, session, self.clock.now()).await? {
            return Err(DeleteAccountError::LoginNeeded);
        }
        if typed.trim().to_lowercase() != confirmation(session).to_lowercase() {
            return Err(DeleteAccountError::NotConfirmed);
        }
        let user = &session.user;
        self.nothing_is_being_paid(user).await?;
        let (tenants, _turns) = self.take_turns(user).await?;
        let runs_alone = self.run_alone(user, &tenants).await?;
        if !runs_alone.is_empty() {
            return Err(DeleteAccountError::RunsAlone(runs_alone));
        }
        for tenant in &tenants {
            self.withdraw.run(session, &tenant.tenant.id, user).await?;
        }
        // The provider ends the memberships with the account, in one call: there is nothing between the two.
        self.users.delete(user).await.map_err(Outage::from)?;
        // Whoever comes again through an organization's connection has the same id, and is a newcomer. The sessions end last:
        // until then another try finishes what an interruption has left.
        self.requests.forget_person(user).await.map_err(Outage::from)?;
        let now = self.clock.now();
        let whose = SessionsOf::User(user.clone());
        self.sessions.end_all(&whose, None, now, remembered_until(now)).await.map_err(Outage::from)?;
        self.record(session, &tenants).await;
        Ok(())
    }

    /// The person's organizations, and everybody's turn in them: from then on nobody else's role changes. Turns are taken
    /// in the order of the ids, so that two people never wait for each other.
    async fn take_turns(&self, user: &UserId) -> Result<(Vec<Tenant>, Vec<Turn>), Outage> {
        let mut seen = self.of_user(user).await?;
        for _ in 0..LOOKS {
            let mut turns = Vec::with_capacity(seen.len());
            for tenant in seen.keys() {
                turns.push(self.turns.take(tenant).await?);
            }
            let now = self.of_user(user).await?;
            if now.keys().all(|tenant| seen.contains_key(tenant)) {
                return Ok((now.into_values().collect(), turns));
            }
            seen = now;
        }
        Err(Outage::Busy)
    }

    async fn of_user(&self, user: &UserId) -> Result<BTreeMap<TenantId, Tenant>, Outage> {
        let found = self.tenants.of_user(user).await?;
        Ok(found.into_iter().map(|tenant| (tenant.tenant.id.clone(), tenant)).collect())
    }

    /// Those of the organizations that this person runs and nobody else.
    async fn run_alone(&self, user: &UserId, tenants: &[Tenant]) -> Result<Vec<Tenant>, Outage> {
        let mut alone = Vec::new();
        for tenant in tenants {
            let id = &tenant.tenant.id;
            let is_theirs = self.members.roles(id, user).await?.contains(Role::Administrator);
            if is_theirs && !self.is_run_by_another(id, user).await? {
                alone.push(tenant.clone());
            }
        }
        Ok(alone)
    }

    async fn is_run_by_another(&self, tenant: &TenantId, user: &UserId) -> Result<bool, Outage> {
        let mut from = None;
        loop {
            let page = match self.members.page(tenant, from, PageSize::at_most(100)).await {
                // It was deleted since the list was read: nobody is left without an Administrator.
                Err(MembersError::UnknownTenant) => return Ok(true),
                page => page?,
            };
            let runs_it =
                |member: &Member| member.user != *user && member.roles.contains(Role::Administrator);
            if page.items.iter().any(runs_it) {
                return Ok(true);
            }
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(false),
            }
        }
    }

    async fn nothing_is_being_paid(&self, user: &UserId) -> Result<(), DeleteAccountError> {
        self.conversions.take_up(user).await?;
        let found = self.conversions.find(&Holder::Person(user.clone())).await?;
        if found.is_some_and(|saved| saved.conversion.is_unattended()) {
            return Err(DeleteAccountError::BeingPaid);
        }
        Ok(())
    }

    async fn record(&self, session: &Session, tenants: &[Tenant]) {
        let own = (None, AuditAction::AccountDeleted);
        let left = tenants.iter().map(|tenant| (Some(tenant.tenant.id.clone()), AuditAction::MemberLeft));
        for (tenant, action) in left.chain([own]) {
            let entry = AuditEntry {
                at: self.clock.now(),
                actor: session.user.clone(),
                actor_name: Some(session.name.clone()),
                tenant,
                action,
                subject: confirmation(session).to_owned(),
            };
            audit::record(&*self.audit_log, &entry).await;
        }
    }
}

/// Whether a subscription of the person's own is worth money that nobody else has: a team's went on to its organization.
fn is_lost(held: Subscription) -> bool {
    held.plan() == PlanId::Personal || held.status() == Status::Activation
}

/// What has to be typed, so that nobody deletes an account that they take for another.
fn confirmation(session: &Session) -> &str {
    session.email.as_ref().map_or(&session.name, |email| email.as_str())
}

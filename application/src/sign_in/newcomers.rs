//! Who becomes a member by a login, and who does not stay one.

use tenantry_domain::post_login::default_member_role;
use tenantry_domain::{
    AuditAction, Offer, OfferState, Role, Roles, Seats, Subscription, TenantId, Timestamp,
};
use tenantry_ports::Login;

use super::{SignIn, entry};
use crate::sso::{Passed, Standing};
use crate::{Outage, audit};

impl SignIn {
    /// What somebody is whom the provider gives these roles. Who was invited was let in by that, also when the login that
    /// accepted it never came back: the seat was counted for the invitation.
    pub(super) async fn standing(
        &self,
        login: &Login,
        is_invited: bool,
        roles: Roles,
        now: Timestamp,
    ) -> Result<Standing, Outage> {
        let standing = self.sso.standing(login, roles.clone()).await?;
        let Some(tenant) = login.tenant.as_ref().filter(|_| standing.is_newcomer) else {
            return Ok(standing);
        };
        let is_invited =
            is_invited || (!roles.is_empty() && self.pending(&tenant.id, login, now).await?.is_some());
        Ok(if is_invited { Standing::with(roles) } else { standing })
    }

    /// The guide's second step, as long as a seat is free. Answers the roles, and whether there was no seat.
    ///
    /// A provider that runs the step itself has given the role before anybody could count seats, and says which roles
    /// the newcomer came with: none. Where there is no seat that role is taken away again. Whoever is refused takes no
    /// seat, and is asked again at the next login.
    pub(super) async fn admit(
        &self,
        login: &Login,
        Standing { roles, is_newcomer }: Standing,
        passed: &Passed,
        subscription: Option<Subscription>,
        now: Timestamp,
    ) -> Result<(Roles, bool), Outage> {
        let Some(tenant) = &login.tenant else { return Ok((roles, false)) };
        let known = &self.sso.requests;
        let Some(role) = default_member_role(true, login.federated, &roles) else {
            if !roles.is_empty() {
                known.admit(&tenant.id, &login.user, now).await?;
            }
            return Ok((roles, false));
        };
        // What the organization says of its own connection counts more than what holds for everybody.
        let role = passed.role.unwrap_or(role);
        let _turn = self.turns.take(&tenant.id).await?;
        if is_newcomer && known.is_admitted(&tenant.id, &login.user).await? {
            // An Administrator has let them in meanwhile.
            return Ok((self.members.roles(&tenant.id, &login.user).await?, false));
        }
        if self.has_seat(login, &tenant.id, subscription).await? {
            self.members.assign(&tenant.id, &login.user, role).await?;
            known.admit(&tenant.id, &login.user, now).await?;
            return Ok((Roles::from(role), false));
        }
        let given: Roles = [role, Role::Employee].into_iter().collect();
        for role in given.iter() {
            self.members.unassign(&tenant.id, &login.user, role).await?;
        }
        let refused = entry(login, &tenant.id, AuditAction::SeatRefused, now);
        audit::record_once(&*self.audit_log, refused, "").await;
        Ok((Roles::default(), true))
    }

    /// Takes away the membership of a newcomer who does not pass. A provider that makes members of those who come has done
    /// so before we were asked. Who has a role that counts, or was let in before, is no newcomer: theirs stays.
    pub(super) async fn keep_out(&self, login: &Login, standing: &Standing) {
        let (Some(tenant), true, true) =
            (&login.tenant, login.connection.is_some(), standing.roles.is_empty())
        else {
            return;
        };
        let removed = async {
            // An Administrator may let them in at this very moment: whoever comes second sees what the first has done.
            let _turn = self.turns.take(&tenant.id).await?;
            if self.sso.requests.is_admitted(&tenant.id, &login.user).await? {
                return Ok(());
            }
            // The role that they have by now, a provider that runs the step itself has given with the membership.
            self.members.remove(&tenant.id, &login.user).await?;
            Ok::<(), Outage>(())
        };
        if let Err(outage) = removed.await {
            // They have no role and can use nothing. The next try takes it away.
            tracing::warn!(tenant = %tenant.id, user = %login.user, %outage, "a membership can't be taken away");
        }
    }

    /// Takes away what an invitation gave to somebody whom it was not for, or who has to come another way: the provider has
    /// made them a member with its roles before we were asked, and counts the invitation as used. Who was a member before
    /// stays one. `offer` is what the login was begun with, or else what is pending for them; it ends last: until then the
    /// next try finds it.
    pub(super) async fn uninvite(&self, login: &Login, offer: Option<Offer>, now: Timestamp) {
        let Some(tenant) = &login.tenant else { return };
        let removed = async {
            let _turn = self.turns.take(&tenant.id).await?;
            let offer = match offer {
                None => self.pending(&tenant.id, login, now).await?,
                begun_with => begun_with,
            };
            let Some(offer) = offer else { return Ok(()) };
            if !self.sso.requests.is_admitted(&tenant.id, &login.user).await? {
                self.members.remove(&tenant.id, &login.user).await?;
            }
            match &offer.invitation {
                Some(id) => self.offers.end_invitation(&tenant.id, id, OfferState::Revoked).await?,
                None => self.offers.end(&tenant.id, &offer.email, OfferState::Revoked).await?,
            };
            Ok::<(), Outage>(())
        };
        if let Err(outage) = removed.await {
            tracing::warn!(tenant = %tenant.id, user = %login.user, %outage, "a membership can't be taken away");
        }
    }

    /// The offer to whoever has logged in, as long as it is pending.
    async fn pending(
        &self,
        tenant: &TenantId,
        login: &Login,
        now: Timestamp,
    ) -> Result<Option<Offer>, Outage> {
        let Some(email) = login.email.as_ref().filter(|_| login.email_verified) else { return Ok(None) };
        Ok(self.offers.pending(tenant, now).await?.into_iter().find(|offer| offer.email == *email))
    }

    /// Whether there is a seat for a newcomer, whom the provider counts as a member already.
    async fn has_seat(
        &self,
        login: &Login,
        tenant: &TenantId,
        subscription: Option<Subscription>,
    ) -> Result<bool, Outage> {
        let Some(plan) = subscription.and_then(|held| self.catalogue.plan(held.plan())) else {
            return Ok(true);
        };
        if plan.seats == Seats::Unlimited {
            return Ok(true);
        }
        let taken = self.seats.besides(&login.user, tenant, plan.seats).await?;
        Ok(plan.seats.admit_one_more(taken.total()))
    }
}

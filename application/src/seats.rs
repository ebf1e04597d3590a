//! Who takes a seat in an organization: whoever is invited, and whoever has a role in it.
//!
//! A member without a role takes none: they came through the organization's own login and found every seat taken, or
//! never came back from there. They can use nothing, hold nobody up, and are asked again at their next login.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{EmailAddress, Invitation, Offer, OfferState, Seats, TenantId, UserId};
use tenantry_ports::{Clock, Invitations, Members, Offers, PageSize};

use crate::Outage;

/// How long the provider's list may lack an invitation that was just made.
const LAG: Duration = Duration::from_mins(1);

/// More pages of invitations than the provider shows of one organization.
const MOST_PAGES: usize = 50;

/// Counts seats. To count and act on it, hold the tenant's turn.
#[derive(Clone)]
pub struct SeatCount {
    /// Who is invited.
    pub invitations: Arc<dyn Invitations>,
    /// What we know of that.
    pub offers: Arc<dyn Offers>,
    /// Who belongs to it.
    pub members: Arc<dyn Members>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// The seats that are taken in one organization.
#[derive(Clone, Debug)]
pub struct TakenSeats {
    /// Who is invited, by address.
    pub pending: BTreeMap<EmailAddress, Pending>,
    /// Invitations that have expired, and that the provider still lists: they take no seat.
    pub expired: Vec<Invitation>,
    /// How many have a role in it.
    pub members: u32,
}

/// Somebody who is invited.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// The invitation, as far as the provider knows of it.
    pub invitation: Option<Invitation>,
    /// The offer, as far as we know of it.
    pub offer: Option<Offer>,
}

impl Pending {
    /// Whether the provider was asked for an invitation and none is known.
    pub fn is_unsent(&self) -> bool {
        self.invitation.is_none()
            && self.offer.as_ref().is_some_and(|offer| offer.state == OfferState::Sending)
    }
}

impl TakenSeats {
    /// How many seats are taken.
    pub fn total(&self) -> u32 {
        u32::try_from(self.pending.len()).unwrap_or(u32::MAX).saturating_add(self.members)
    }
}

impl SeatCount {
    /// How many of `seats` are taken now. Whoever accepts an invitation meanwhile is counted twice rather than not at
    /// all: who is invited is read first.
    pub async fn run(&self, tenant: &TenantId, seats: Seats) -> Result<TakenSeats, Outage> {
        let (pending, expired) = self.known(tenant).await?;
        Ok(TakenSeats { pending, expired, members: self.with_a_role(tenant, seats, None).await? })
    }

    /// The same without one person, who asks for a seat and may have been given a role by the provider already.
    pub(crate) async fn besides(
        &self,
        user: &UserId,
        tenant: &TenantId,
        seats: Seats,
    ) -> Result<TakenSeats, Outage> {
        let (pending, expired) = self.known(tenant).await?;
        Ok(TakenSeats { pending, expired, members: self.with_a_role(tenant, seats, Some(user)).await? })
    }

    /// How many members have a role, in one call for up to a hundred members. Where seats are not limited, or there are
    /// more members than seats, everybody is counted: nothing depends on it.
    pub(crate) async fn with_a_role(
        &self,
        tenant: &TenantId,
        seats: Seats,
        besides: Option<&UserId>,
    ) -> Result<u32, Outage> {
        let (mut counted, mut from) = (0_u32, None);
        while seats.admit_one_more(counted) && seats != Seats::Unlimited {
            let page = self.members.page(tenant, from, PageSize::at_most(100)).await?;
            let seated =
                page.items.iter().filter(|member| !member.roles.is_empty() && besides != Some(&member.user));
            counted = counted.saturating_add(u32::try_from(seated.count()).unwrap_or(u32::MAX));
            from = page.next;
            if from.is_none() {
                return Ok(counted);
            }
        }
        Ok(self.members.count(tenant).await?)
    }

    /// Who is invited: what the provider lists, and what it was asked for and may have made. And which invitations have
    /// expired, one at most for an address that is not invited anew.
    pub(crate) async fn known(
        &self,
        tenant: &TenantId,
    ) -> Result<(BTreeMap<EmailAddress, Pending>, Vec<Invitation>), Outage> {
        let now = self.clock.now();
        let offers = self.offers.pending(tenant, now).await?;
        let mut pending: BTreeMap<EmailAddress, Pending> = BTreeMap::new();
        let mut expired: BTreeMap<EmailAddress, Invitation> = BTreeMap::new();
        for invitation in self.listed(tenant).await? {
            if invitation.has_expired(now) {
                expired.entry(invitation.email.clone()).or_insert(invitation);
            } else {
                pending.entry(invitation.email.clone()).or_default().invitation.get_or_insert(invitation);
            }
        }
        for offer in offers {
            let is_listed = pending.contains_key(&offer.email);
            // What the provider does not list any more was accepted or ended there.
            if is_listed || offer.state == OfferState::Sending || now < offer.created_at + LAG {
                let email = offer.email.clone();
                pending.entry(email).or_default().offer = Some(offer);
            }
        }
        expired.retain(|email, _| !pending.contains_key(email));
        Ok((pending, expired.into_values().collect()))
    }

    /// What the provider lists, the latest first.
    pub(crate) async fn listed(&self, tenant: &TenantId) -> Result<Vec<Invitation>, Outage> {
        let (mut listed, mut from) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = self.invitations.page(tenant, from, PageSize::at_most(100)).await?;
            listed.extend(page.items);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        Ok(listed)
    }
}

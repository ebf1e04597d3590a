//! How many mails an invited address gets: however often it is invited, and its invitation taken back or sent anew.

use std::time::Duration;

use tenantry_domain::{EmailAddress, TenantId, Timestamp};

use crate::{Rate, RateLimit};

/// To one address, from one organization: as many as somebody needs whose mail goes astray.
const TO_ONE: Rate = Rate { at_once: 5, every: Duration::from_mins(10) };
/// To everybody together: more than are sent in earnest.
const TO_ALL: Rate = Rate { at_once: 10_000, every: Duration::from_millis(100) };

/// Counts the mails that are asked for, by the organization and the address.
#[derive(Debug)]
pub struct InvitationMails(RateLimit<(TenantId, EmailAddress)>);

impl Default for InvitationMails {
    fn default() -> Self {
        Self(RateLimit::new(TO_ONE, TO_ALL))
    }
}

impl InvitationMails {
    /// Counts one more to this address, or says how long it has to wait.
    pub(crate) fn admit(
        &self,
        tenant: &TenantId,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<(), Duration> {
        self.0.admit((tenant.clone(), email.clone()), now)
    }
}

//! How many mails an invited address gets: however often it is invited, and its invitation taken back or sent anew.

use std::time::Duration;

use tenantry_domain::{EmailAddress, TenantId, Timestamp};

use crate::{Rate, RateLimit};

/// To one address, from one organization: as many as somebody needs whose mail goes astray.
const TO_ONE: Rate = Rate { at_once: 5, every: Duration::from_mins(10) };
/// To everybody together: more than are sent in earnest.
const TO_ALL: Rate = Rate { at_once: 10_000, every: Duration::from_millis(100) };

/// Counts the mails that are sent, or may be, by the organization and the address.
#[derive(Debug)]
pub struct InvitationMails(RateLimit<(TenantId, EmailAddress)>);

/// A mail that is counted before it is sent, so that nobody else sends it meanwhile. Unless it goes out the count is given
/// back when this is dropped.
#[derive(Debug)]
pub(crate) struct CountedMail<'a> {
    mails: &'a InvitationMails,
    to: (TenantId, EmailAddress),
    may_be_out: bool,
}

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
    ) -> Result<CountedMail<'_>, Duration> {
        let to = (tenant.clone(), email.clone());
        self.0.admit(to.clone(), now)?;
        Ok(CountedMail { mails: self, to, may_be_out: false })
    }

    /// The mail that was counted when this address was invited, and that turned out not to have been sent.
    pub(crate) fn unsent(&self, tenant: &TenantId, email: &EmailAddress) -> CountedMail<'_> {
        CountedMail { mails: self, to: (tenant.clone(), email.clone()), may_be_out: true }
    }
}

impl CountedMail<'_> {
    /// The provider is asked for it: whatever becomes of this request, it may go out.
    pub(crate) fn goes_out(&mut self) {
        self.may_be_out = true;
    }

    /// The provider has said no, and nothing waits for this mail any more.
    pub(crate) fn was_refused(mut self) {
        self.may_be_out = false;
    }
}

impl Drop for CountedMail<'_> {
    fn drop(&mut self) {
        if !self.may_be_out {
            self.mails.0.give_back(&self.to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_does_not_go_out_is_not_counted() {
        let mails = InvitationMails::default();
        let (tenant, email) =
            (TenantId::try_from("acme").unwrap(), EmailAddress::try_from("bo@acme.example").unwrap());
        let now = Timestamp::from_seconds(1_700_000_000);
        for _ in 0..20 {
            mails.admit(&tenant, &email, now).unwrap();
            let mut refused = mails.admit(&tenant, &email, now).unwrap();
            refused.goes_out();
            refused.was_refused();
        }
        for _ in 0..TO_ONE.at_once {
            mails.admit(&tenant, &email, now).unwrap().goes_out();
        }
        assert_eq!(mails.admit(&tenant, &email, now).unwrap_err(), TO_ONE.every);
        drop(mails.unsent(&tenant, &email));
        assert!(mails.admit(&tenant, &email, now).is_err(), "it is waited for still");
        mails.unsent(&tenant, &email).was_refused();
        mails.admit(&tenant, &email, now).unwrap().goes_out();
    }
}

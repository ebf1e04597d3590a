//! Who is on which plan, until when, in what status.

use std::fmt;
use std::str::FromStr;

use crate::{CheckoutId, InvalidTimestamp, PlanId, TenantId, Timestamp, UnknownPlan, UserId};

/// A subscription, of a person or of a tenant.
///
/// Its text format is the guide's, `plan;end;status`, for example `trial;2024-09-17T23:58:28.392Z;active`; it is
/// read and written byte for byte, so that a record of the guide's own sample keeps working.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subscription {
    plan: PlanId,
    ends: Timestamp,
    status: Status,
}

/// How far a subscription has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Paid for, with something left to do before it starts: naming the organization, or saying "continue".
    Activation,
    /// In force until it ends.
    Active,
}

/// Whose subscription.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A person's own: shown in their sessions outside of any tenant.
    Person(UserId),
    /// A tenant's: shown in every session under it.
    Tenant(TenantId),
}

/// Proof that a plan was paid for; only the billing provider's confirmation becomes one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Payment {
    /// The checkout that was paid.
    pub checkout: CheckoutId,
    /// The plan that was paid for.
    pub plan: PlanId,
    /// When.
    pub paid_at: Timestamp,
}

/// Why a text is not a subscription.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSubscription {
    /// Not three parts.
    #[error("a subscription is written as plan;end;status")]
    Form,
    /// The first part names no plan.
    #[error(transparent)]
    Plan(#[from] UnknownPlan),
    /// The second part is no instant.
    #[error(transparent)]
    End(#[from] InvalidTimestamp),
    /// The third part is neither `active` nor `activation`.
    #[error("{0:?} is not a subscription's status: use active or activation")]
    Status(String),
}

impl Subscription {
    /// What a new user gets without paying: `days` of 24 hours.
    pub fn trial(now: Timestamp, days: u32) -> Self {
        Self { plan: PlanId::Trial, ends: now.plus_days(days), status: Status::Active }
    }

    /// What a payment buys: one year from the day of paying, not yet in force.
    pub fn bought_by(payment: &Payment) -> Self {
        Self { plan: payment.plan, ends: payment.paid_at.plus_one_year(), status: Status::Activation }
    }

    /// What a finished purchase of `plan` is until it ends.
    pub(crate) fn in_force(plan: PlanId, ends: Timestamp) -> Self {
        Self { plan, ends, status: Status::Active }
    }

    /// The same subscription in force.
    #[must_use]
    pub fn activated(self) -> Self {
        Self { status: Status::Active, ..self }
    }

    /// This one, or the one that is stored if that ends later: of two payments for the same holder the later one stays.
    #[must_use]
    pub fn or_later(self, stored: Option<&str>) -> Self {
        let stored = stored.and_then(|text| text.parse::<Self>().ok());
        stored.filter(|stored| stored.ends > self.ends).unwrap_or(self)
    }

    /// Which plan.
    pub fn plan(self) -> PlanId {
        self.plan
    }

    /// The instant from which it is over.
    pub fn ends(self) -> Timestamp {
        self.ends
    }

    /// How far it has come.
    pub fn status(self) -> Status {
        self.status
    }

    /// Whether it is over.
    pub fn has_ended(self, now: Timestamp) -> bool {
        self.ends <= now
    }
}

impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match self.status {
            Status::Activation => "activation",
            Status::Active => "active",
        };
        write!(f, "{};{};{status}", self.plan, self.ends)
    }
}

impl FromStr for Subscription {
    type Err = InvalidSubscription;

    fn from_str(text: &str) -> Result<Self, InvalidSubscription> {
        let mut parts = text.split(';');
        let (Some(plan), Some(ends), Some(status), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidSubscription::Form);
        };
        Ok(Self {
            plan: plan.parse()?,
            ends: ends.parse()?,
            status: match status {
                "activation" => Status::Activation,
                "active" => Status::Active,
                other => return Err(InvalidSubscription::Status(other.to_owned())),
            },
        })
    }
}

impl serde::Serialize for Subscription {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Subscription {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A trial that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    ends: Timestamp,
}

impl Trial {
    /// The trial of `subscription`, if it is one and is not over.
    pub fn running(subscription: Subscription, now: Timestamp) -> Option<Self> {
        let runs = subscription.plan == PlanId::Trial && !subscription.has_ended(now);
        runs.then_some(Self { ends: subscription.ends })
    }

    /// The instant from which it is over.
    pub fn ends(self) -> Timestamp {
        self.ends
    }

    /// Days left, a started day counted whole.
    pub fn days_left(self, now: Timestamp) -> u32 {
        now.days_until(self.ends)
    }

    /// What is left of a trial of `days`, in percent from 0 to 100, rounded up.
    pub fn percent_left(self, now: Timestamp, days: u32) -> u8 {
        let whole = u128::from(days).max(1) * 24 * 60 * 60 * 1000;
        let left = now.until(self.ends).as_millis().min(whole);
        u8::try_from((left * 100).div_ceil(whole)).unwrap_or(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_the_guides_sample_wrote() {
        for text in [
            "trial;2024-09-17T23:58:28.392Z;active",
            "team;2025-10-03T00:00:00.000Z;activation",
            "enterprise;2024-09-17T23:58:28.392Z;active",
        ] {
            assert_eq!(text.parse::<Subscription>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_anything_else() {
        for text in [
            "",
            "trial",
            "trial;2024-09-17T23:58:28.392Z",
            "trial;2024-09-17T23:58:28.392Z;active;",
            "gold;2024-09-17T23:58:28.392Z;active",
            "trial;tomorrow;active",
            "trial;2024-09-17T23:58:28.392Z;paused",
            "null;undefined;undefined",
        ] {
            assert!(text.parse::<Subscription>().is_err(), "{text}");
        }
    }

    #[test]
    fn of_two_payments_the_later_one_stays() {
        let (early, late) =
            ("enterprise;2030-01-01T00:00:00.000Z;active", "team;2030-01-02T00:00:00.000Z;active");
        let [paid_early, paid_late] = [early, late].map(|text| text.parse::<Subscription>().unwrap());
        assert_eq!(paid_early.or_later(Some(late)), paid_late);
        assert_eq!(paid_late.or_later(Some(early)), paid_late);
        assert_eq!(paid_early.or_later(Some("unreadable")), paid_early);
        assert_eq!(paid_early.or_later(None), paid_early);
    }

    #[test]
    fn a_trial_empties() {
        let start = Timestamp::from_seconds(1_700_000_000);
        let subscription = Subscription::trial(start, 2);
        let trial = Trial::running(subscription, start).unwrap();
        assert_eq!((trial.days_left(start), trial.percent_left(start, 2)), (2, 100));
        let later = start.plus_days(1);
        assert_eq!((trial.days_left(later), trial.percent_left(later, 2)), (1, 50));
        assert_eq!(Trial::running(subscription, start.plus_days(2)), None);
    }

    fn subscriptions() -> impl Strategy<Value = Subscription> {
        let plans = prop_oneof![
            Just(PlanId::Trial),
            Just(PlanId::Personal),
            Just(PlanId::Team),
            Just(PlanId::Enterprise)
        ];
        let statuses = prop_oneof![Just(Status::Activation), Just(Status::Active)];
        (plans, 0..=Timestamp::MAX.as_millis(), statuses).prop_map(|(plan, millis, status)| Subscription {
            plan,
            ends: Timestamp::from_millis(millis),
            status,
        })
    }

    proptest! {
        #[test]
        fn text_round_trips(subscription in subscriptions()) {
            prop_assert_eq!(subscription.to_string().parse::<Subscription>().unwrap(), subscription);
        }

        #[test]
        fn text_that_is_read_in_canonical_form_is_written_byte_for_byte(subscription in subscriptions()) {
            let text = subscription.to_string();
            prop_assert_eq!(text.parse::<Subscription>().unwrap().to_string(), text);
        }
    }
}

//! Where a person stands: what their subscription, and where they are signed in, let them do now.

use crate::{Permission, PlanId, Roles, Status, Subscription, Timestamp, Trial};

/// Where a person stands at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No subscription is known: nothing is open but the way to pay.
    Unsubscribed,
    /// On a trial.
    OnTrial(Trial),
    /// The subscription is over: what it bought is locked until something is paid.
    Expired(PlanId),
    /// Signed in under an organization without a role in it: nothing is open.
    WithoutRole,
    /// Paid for an organization that has no name yet.
    AwaitingOrganization(PlanId),
    /// The plan belongs to an organization, and the person is signed in outside of it.
    OutsideOrganization(PlanId),
    /// On a paid plan.
    Subscribed(PlanId),
}

/// Something that a subscription opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// The product itself: courses.
    Product,
    /// The pages from which an organization is run.
    Administration,
}

impl Standing {
    /// Where someone stands who has `roles` in the tenant whose `subscription` it is.
    pub fn in_tenant(subscription: Option<Subscription>, roles: &Roles, now: Timestamp) -> Self {
        if roles.permit(Permission::UseProduct) {
            Self::of(subscription, true, now)
        } else {
            Self::WithoutRole
        }
    }

    /// Where a person stands with a subscription of their own.
    pub fn of_person(subscription: Option<Subscription>, now: Timestamp) -> Self {
        Self::of(subscription, false, now)
    }

    fn of(subscription: Option<Subscription>, in_tenant: bool, now: Timestamp) -> Self {
        let Some(subscription) = subscription else { return Self::Unsubscribed };
        let plan = subscription.plan();
        // The person's record of an organization's plan is not renewed with it: the organization knows better.
        if plan.is_for_organizations() && !in_tenant && subscription.status() == Status::Active {
            return Self::OutsideOrganization(plan);
        }
        if subscription.has_ended(now) {
            return Self::Expired(plan);
        }
        if let Some(trial) = Trial::running(subscription, now) {
            return Self::OnTrial(trial);
        }
        match (plan.is_for_organizations(), in_tenant) {
            (true, false) => Self::AwaitingOrganization(plan),
            (true, true) | (false, _) => Self::Subscribed(plan),
        }
    }

    /// Whether `feature` is open.
    pub fn opens(self, feature: Feature) -> bool {
        match (self, feature) {
            (Self::OnTrial(_) | Self::Subscribed(_), Feature::Product) => true,
            (Self::Subscribed(plan), Feature::Administration) => plan.is_for_organizations(),
            (
                Self::Unsubscribed
                | Self::Expired(_)
                | Self::WithoutRole
                | Self::AwaitingOrganization(_)
                | Self::OutsideOrganization(_),
                _,
            )
            | (Self::OnTrial(_), Feature::Administration) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FEATURES: [Feature; 2] = [Feature::Product, Feature::Administration];

    #[test]
    fn without_a_role_nothing_of_the_organization_is_open() {
        let now: Timestamp = "2025-01-01T00:00:00.000Z".parse().unwrap();
        let paid = Some("team;2026-01-01T00:00:00.000Z;active".parse().unwrap());
        assert_eq!(Standing::in_tenant(paid, &Roles::default(), now), Standing::WithoutRole);
        assert!(FEATURES.iter().all(|feature| !Standing::WithoutRole.opens(*feature)));
        let employee = Standing::in_tenant(paid, &Roles::from(crate::Role::Employee), now);
        assert_eq!(employee, Standing::Subscribed(PlanId::Team));
    }

    #[test]
    fn the_record_of_whoever_founded_an_organization_leads_there_also_when_it_is_old() {
        let now: Timestamp = "2030-01-01T00:00:00.000Z".parse().unwrap();
        let founded = Some("team;2026-01-01T00:00:00.000Z;active".parse().unwrap());
        assert_eq!(Standing::of_person(founded, now), Standing::OutsideOrganization(PlanId::Team));
    }

    #[test]
    fn home_shows_these_in_this_order() {
        let now: Timestamp = "2025-01-01T00:00:00.000Z".parse().unwrap();
        let of = |text: &str, in_tenant| Standing::of(Some(text.parse().unwrap()), in_tenant, now);
        assert_eq!(of("team;2024-12-31T23:59:59.999Z;activation", false), Standing::Expired(PlanId::Team));
        assert_eq!(of("trial;2025-01-01T00:00:00.000Z;active", false), Standing::Expired(PlanId::Trial));
        assert_eq!(
            of("team;2026-01-01T00:00:00.000Z;activation", false),
            Standing::AwaitingOrganization(PlanId::Team)
        );
        assert_eq!(
            of("enterprise;2026-01-01T00:00:00.000Z;active", false),
            Standing::OutsideOrganization(PlanId::Enterprise)
        );
        assert_eq!(
            of("enterprise;2026-01-01T00:00:00.000Z;active", true),
            Standing::Subscribed(PlanId::Enterprise)
        );
        assert_eq!(
            of("personal;2026-01-01T00:00:00.000Z;activation", false),
            Standing::Subscribed(PlanId::Personal)
        );
        assert_eq!(Standing::of(None, true, now), Standing::Unsubscribed);
    }

    proptest! {
        #[test]
        fn nothing_is_open_once_the_subscription_is_over(
            plan in prop_oneof![Just("trial"), Just("personal"), Just("team"), Just("enterprise")],
            status in prop_oneof![Just("active"), Just("activation")],
            ends in 0..2_000_000_000_000_i64,
            after in 0..2_000_000_000_000_i64,
            in_tenant: bool,
        ) {
            let ends = Timestamp::from_millis(ends);
            let subscription: Subscription = format!("{plan};{ends};{status}").parse().unwrap();
            let now = Timestamp::from_millis(ends.as_millis() + after);
            let standing = Standing::of(Some(subscription), in_tenant, now);
            prop_assert!(FEATURES.iter().all(|feature| !standing.opens(*feature)));
        }
    }
}

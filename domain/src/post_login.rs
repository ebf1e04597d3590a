//! The guide's two post-login Actions as pure functions, so that they work on every provider.
//!
//! Where the provider runs them itself its tokens carry the result; elsewhere `application::SignIn` does, after the
//! callback.

use crate::{InvalidSubscription, PlanId, Role, Roles, Subscription, Timestamp};

/// What `Manage_Subscription` found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscriptionStep {
    /// There is a subscription; nothing to write.
    Keep(Subscription),
    /// A newcomer: this trial is to be written to the user.
    StartTrial(Subscription),
    /// A tenant without a subscription: nobody gets a trial for it, and nothing is open.
    Nothing,
    /// What is stored can't be read; it must not be overwritten, and nothing is open.
    Unreadable(InvalidSubscription),
}

impl SubscriptionStep {
    /// The subscription to go on with.
    pub fn subscription(&self) -> Option<Subscription> {
        match self {
            Self::Keep(subscription) | Self::StartTrial(subscription) => Some(*subscription),
            Self::Nothing | Self::Unreadable(_) => None,
        }
    }
}

/// The guide's first Action: finds the subscription, or starts a newcomer's trial of `trial_days`.
///
/// `stored` is the text on the tenant when the login is under one (`in_tenant`), else the text on the user. The
/// guide's own Action gives a trial to a person who signs in under a tenant without a subscription; ours does not.
pub fn manage_subscription(
    stored: Option<&str>,
    in_tenant: bool,
    now: Timestamp,
    trial_days: u32,
) -> SubscriptionStep {
    match (stored.map(str::parse::<Subscription>), in_tenant) {
        // No tenant has a trial: the guide's own Action puts the person's into the token.
        (Some(Ok(subscription)), true) if subscription.plan() == PlanId::Trial => SubscriptionStep::Nothing,
        (Some(Ok(subscription)), _) => SubscriptionStep::Keep(subscription),
        (Some(Err(why)), _) => SubscriptionStep::Unreadable(why),
        (None, true) => SubscriptionStep::Nothing,
        (None, false) => SubscriptionStep::StartTrial(Subscription::trial(now, trial_days)),
    }
}

/// The guide's second Action: the role to give to someone who came into a tenant through its own identity provider
/// (`federated`) and has none there yet.
///
/// The guide's own Action asks for the first login ever; ours asks for a missing role, so that a login which failed
/// half-way is mended by the next one.
pub fn default_member_role(in_tenant: bool, federated: bool, roles: &Roles) -> Option<Role> {
    (in_tenant && federated && roles.is_empty()).then_some(Role::Employee)
}

/// Whether a login alone can have given these roles: a provider that runs the second step gives the default role to
/// whoever comes, and asks nobody.
pub fn may_come_of_a_login(roles: &Roles) -> bool {
    roles.iter().all(|role| role == Role::Employee)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2024-09-16T23:58:28.392Z";

    #[test]
    fn a_newcomer_gets_a_trial() {
        let step = manage_subscription(None, false, NOW.parse().unwrap(), 1);
        let SubscriptionStep::StartTrial(trial) = step else { panic!("{step:?}") };
        assert_eq!(trial.to_string(), "trial;2024-09-17T23:58:28.392Z;active");
    }

    #[test]
    fn nobody_gets_a_second_trial() {
        let now = NOW.parse().unwrap();
        let ended = "trial;2020-01-01T00:00:00.000Z;active";
        assert_eq!(
            manage_subscription(Some(ended), false, now, 1),
            SubscriptionStep::Keep(ended.parse().unwrap())
        );
        assert!(matches!(
            manage_subscription(Some("garbage"), false, now, 1),
            SubscriptionStep::Unreadable(_)
        ));
        assert_eq!(manage_subscription(None, true, now, 1), SubscriptionStep::Nothing);
        assert_eq!(manage_subscription(Some(ended), true, now, 1), SubscriptionStep::Nothing);
    }

    #[test]
    fn only_a_federated_newcomer_of_a_tenant_gets_the_default_role() {
        let none = Roles::default();
        assert_eq!(default_member_role(true, true, &none), Some(Role::Employee));
        assert_eq!(default_member_role(false, true, &none), None);
        assert_eq!(default_member_role(true, false, &none), None);
        assert_eq!(default_member_role(true, true, &Roles::from(Role::Administrator)), None);
    }

    #[test]
    fn a_login_alone_makes_nobody_administrator() {
        assert!(may_come_of_a_login(&Roles::default()) && may_come_of_a_login(&Roles::from(Role::Employee)));
        let both: Roles = [Role::Administrator, Role::Employee].into_iter().collect();
        assert!(!may_come_of_a_login(&both) && !may_come_of_a_login(&Roles::from(Role::Administrator)));
    }
}

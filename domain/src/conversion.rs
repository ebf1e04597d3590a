//! Converting: from choosing a plan, over paying for it, to using it.
//!
//! The record of a conversion is saved before each step is tried, and every step can be repeated. Whoever closes the
//! browser, and whatever dies, the person finds themselves exactly where they stopped.

use std::time::Duration;

use crate::{
    CheckoutId, ConversionId, Holder, Payment, PlanId, Status, Subscription, TenantName, TenantRef,
    Timestamp, UserId,
};

/// How long a payment may be under way: longer than any request lives. After that, one that the billing provider knows
/// nothing of has been given up.
const PAYING_TAKES: Duration = Duration::from_secs(40);

/// One purchase by one person, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Conversion {
    id: ConversionId,
    user: UserId,
    plan: PlanId,
    buys_for: Option<TenantRef>,
    stage: Stage,
}

/// How far a conversion has come. What is behind a stage has happened; what is ahead has not been tried, or may have
/// been tried without an answer and is safe to try again.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Stage {
    /// A plan is chosen; nothing is paid.
    Choosing,
    /// A checkout is open; nothing is paid.
    Checkout {
        /// The checkout at the billing provider.
        checkout: CheckoutId,
    },
    /// A card is being charged: no other purchase may take this one's place before that has an end.
    Paying {
        /// The checkout at the billing provider.
        checkout: CheckoutId,
        /// Since when.
        since: Timestamp,
    },
    /// Paid; the identity provider has not been told yet.
    Paid {
        /// The proof.
        payment: Payment,
    },
    /// The provider knows (`activation`); waits for the organization's name, or for the person to go on.
    Activation {
        /// When the subscription ends.
        ends: Timestamp,
    },
    /// The organization is being made under this name.
    Creating {
        /// When the subscription ends.
        ends: Timestamp,
        /// The name that was asked for.
        name: TenantName,
    },
    /// The organization is there; its buyer is being made its Administrator.
    Joining {
        /// When the subscription ends.
        ends: Timestamp,
        /// The organization.
        tenant: TenantRef,
    },
    /// Everything is done.
    Done {
        /// The organization that was made or paid for.
        tenant: Option<TenantRef>,
    },
}

/// The step is not possible at this stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConversionError {
    /// The trial can't be bought, and a personal plan can't be bought for an organization.
    #[error("this plan can't be bought here")]
    NotForSale,
    /// The payment is for another checkout or another plan.
    #[error("the payment belongs to another purchase")]
    OtherPayment,
    /// Nothing has been paid, or the step is behind us.
    #[error("the purchase is not at this step")]
    OutOfOrder,
    /// A personal plan has no organization.
    #[error("this plan has no organization")]
    NoOrganization,
    /// The organization is not the one that was asked for.
    #[error("the organization has another name than was asked for")]
    OtherTenant,
}

impl Conversion {
    /// A person chooses `plan`: for themselves, or for the tenant `buys_for` that exists already.
    pub fn begin(
        id: ConversionId,
        user: UserId,
        plan: PlanId,
        buys_for: Option<TenantRef>,
    ) -> Result<Self, ConversionError> {
        let fits = match plan {
            PlanId::Trial => false,
            PlanId::Personal => buys_for.is_none(),
            PlanId::Team | PlanId::Enterprise => true,
        };
        if fits {
            Ok(Self { id, user, plan, buys_for, stage: Stage::Choosing })
        } else {
            Err(ConversionError::NotForSale)
        }
    }

    /// Takes up a conversion of which only the provider's record is left: paid for, and waiting for its organization.
    pub fn resume(
        id: ConversionId,
        user: UserId,
        subscription: Subscription,
        now: Timestamp,
    ) -> Result<Self, ConversionError> {
        let plan = subscription.plan();
        if subscription.status() != Status::Activation || subscription.has_ended(now) {
            return Err(ConversionError::OutOfOrder);
        }
        let begun = Self::begin(id, user, plan, None)?;
        Ok(begun.at(Stage::Activation { ends: subscription.ends() }))
    }

    /// Which conversion.
    pub fn id(&self) -> &ConversionId {
        &self.id
    }

    /// Whose.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// Which plan is bought.
    pub fn plan(&self) -> PlanId {
        self.plan
    }

    /// The tenant that existed before, and for which the plan is bought.
    pub fn buys_for(&self) -> Option<&TenantRef> {
        self.buys_for.as_ref()
    }

    /// How far it has come.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Whose subscription it buys.
    pub fn holder(&self) -> Holder {
        match &self.buys_for {
            Some(tenant) => Holder::Tenant(tenant.id.clone()),
            None => Holder::Person(self.user.clone()),
        }
    }

    /// Whether money was taken, or is just being taken, and something is still to be done for it: then no other purchase
    /// may take its place. What was paid for and never taken up until it ended is over.
    pub fn is_owed(&self, now: Timestamp) -> bool {
        match &self.stage {
            Stage::Choosing | Stage::Checkout { .. } | Stage::Done { .. } => false,
            Stage::Activation { ends } => now < *ends,
            Stage::Paying { .. } | Stage::Paid { .. } | Stage::Creating { .. } | Stage::Joining { .. } => {
                true
            }
        }
    }

    /// Whether the next step needs nobody's decision, only the provider: what a crash left behind can be finished
    /// without the person.
    pub fn is_unattended(&self) -> bool {
        matches!(
            self.stage,
            Stage::Paying { .. } | Stage::Paid { .. } | Stage::Creating { .. } | Stage::Joining { .. }
        )
    }

    /// A checkout was opened at the billing provider.
    pub fn checkout_opened(self, checkout: CheckoutId) -> Result<Self, ConversionError> {
        match self.stage {
            Stage::Choosing | Stage::Checkout { .. } => Ok(self.at(Stage::Checkout { checkout })),
            _ => Err(ConversionError::OutOfOrder),
        }
    }

    /// A card is about to be charged. Possible again for the same checkout.
    pub fn paying(self, since: Timestamp) -> Result<Self, ConversionError> {
        match self.stage.clone() {
            Stage::Checkout { checkout } | Stage::Paying { checkout, .. } => {
                Ok(self.at(Stage::Paying { checkout, since }))
            }
            _ => Err(ConversionError::OutOfOrder),
        }
    }

    /// The card was not charged: back to the open checkout.
    pub fn not_charged(self) -> Result<Self, ConversionError> {
        match self.stage.clone() {
            Stage::Paying { checkout, .. } => Ok(self.at(Stage::Checkout { checkout })),
            _ => Err(ConversionError::OutOfOrder),
        }
    }

    /// The checkout that the billing provider can be asked about.
    pub fn open_checkout(&self) -> Option<&CheckoutId> {
        match &self.stage {
            Stage::Checkout { checkout } | Stage::Paying { checkout, .. } => Some(checkout),
            _ => None,
        }
    }

    /// Whether a payment began so long ago that, unless the billing provider knows of it, it was given up.
    pub fn was_given_up(&self, now: Timestamp) -> bool {
        matches!(&self.stage, Stage::Paying { since, .. } if *since + PAYING_TAKES <= now)
    }

    /// The billing provider confirmed the payment.
    pub fn paid(self, payment: Payment) -> Result<Self, ConversionError> {
        let checkout = self.open_checkout().ok_or(ConversionError::OutOfOrder)?;
        if *checkout != payment.checkout || self.plan != payment.plan {
            return Err(ConversionError::OtherPayment);
        }
        Ok(self.at(Stage::Paid { payment }))
    }

    /// What was paid for, to be written to the provider: for the person (`activation`), or in force at once for a
    /// tenant that exists already.
    pub fn to_record(&self) -> Result<Subscription, ConversionError> {
        let Stage::Paid { payment } = &self.stage else { return Err(ConversionError::OutOfOrder) };
        let bought = Subscription::bought_by(payment);
        Ok(if self.buys_for.is_some() { bought.activated() } else { bought })
    }

    /// The provider has written down what was paid for.
    pub fn recorded(self) -> Result<Self, ConversionError> {
        let ends = self.to_record()?.ends();
        let stage = match &self.buys_for {
            Some(tenant) => Stage::Done { tenant: Some(tenant.clone()) },
            None => Stage::Activation { ends },
        };
        Ok(self.at(stage))
    }

    /// The organization gets this name. It keeps it until the provider says that the name is taken: as long as the
    /// answer is out, the organization may have been made, and there is one for each payment.
    pub fn named(self, name: TenantName, now: Timestamp) -> Result<Self, ConversionError> {
        if !self.plan.is_for_organizations() {
            return Err(ConversionError::NoOrganization);
        }
        match self.stage {
            Stage::Activation { ends } if now < ends => Ok(self.at(Stage::Creating { ends, name })),
            _ => Err(ConversionError::OutOfOrder),
        }
    }

    /// The name belongs to somebody else: back to asking for one.
    pub fn name_was_taken(self) -> Result<Self, ConversionError> {
        match self.stage {
            Stage::Creating { ends, .. } => Ok(self.at(Stage::Activation { ends })),
            _ => Err(ConversionError::OutOfOrder),
        }
    }

    /// The organization is there.
    pub fn created(self, tenant: TenantRef) -> Result<Self, ConversionError> {
        match &self.stage {
            Stage::Creating { name, .. } if *name != tenant.name => Err(ConversionError::OtherTenant),
            Stage::Creating { ends, .. } => {
                let ends = *ends;
                Ok(self.at(Stage::Joining { ends, tenant }))
            }
            _ => Err(ConversionError::OutOfOrder),
        }
    }

    /// What the subscription becomes when the conversion is done: of the organization, and of the person.
    pub fn in_force(&self) -> Result<Subscription, ConversionError> {
        match &self.stage {
            Stage::Activation { ends } | Stage::Creating { ends, .. } | Stage::Joining { ends, .. } => {
                Ok(Subscription::in_force(self.plan, *ends))
            }
            _ => Err(ConversionError::OutOfOrder),
        }
    }

    /// The buyer runs the organization, or has gone on with a personal plan.
    pub fn finished(self) -> Result<Self, ConversionError> {
        match (&self.stage, self.plan.is_for_organizations()) {
            (Stage::Joining { tenant, .. }, _) => {
                let tenant = Some(tenant.clone());
                Ok(self.at(Stage::Done { tenant }))
            }
            (Stage::Activation { .. }, false) => Ok(self.at(Stage::Done { tenant: None })),
            _ => Err(ConversionError::OutOfOrder),
        }
    }

    fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Feature, Role, Standing, TenantId};
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        OpenCheckout(u8),
        Charge,
        NotCharged,
        Pay { checkout: u8, plan: PlanId },
        Record,
        Name(u8),
        NameTaken,
        Create(u8),
        Finish,
    }

    fn steps() -> impl Strategy<Value = Step> {
        let plans = prop_oneof![Just(PlanId::Personal), Just(PlanId::Team), Just(PlanId::Enterprise)];
        prop_oneof![
            (0..2_u8).prop_map(Step::OpenCheckout),
            Just(Step::Charge),
            Just(Step::NotCharged),
            (0..2_u8, plans).prop_map(|(checkout, plan)| Step::Pay { checkout, plan }),
            Just(Step::Record),
            (0..2_u8).prop_map(Step::Name),
            Just(Step::NameTaken),
            (0..2_u8).prop_map(Step::Create),
            Just(Step::Finish),
        ]
    }

    fn checkout(number: u8) -> CheckoutId {
        CheckoutId::try_from(format!("cs_{number}").as_str()).unwrap()
    }

    fn name(number: u8) -> TenantName {
        TenantName::try_from(format!("acme-{number}").as_str()).unwrap()
    }

    fn tenant(number: u8) -> TenantRef {
        TenantRef { id: TenantId::try_from(format!("org_{number}").as_str()).unwrap(), name: name(number) }
    }

    fn now() -> Timestamp {
        Timestamp::from_seconds(1_700_000_000)
    }

    fn begin(plan: PlanId, buys_for: Option<TenantRef>) -> Result<Conversion, ConversionError> {
        let id = ConversionId::try_from("c1").unwrap();
        Conversion::begin(id, UserId::try_from("auth0|1").unwrap(), plan, buys_for)
    }

    fn apply(conversion: Conversion, step: &Step) -> Result<Conversion, ConversionError> {
        match step {
            Step::OpenCheckout(number) => conversion.checkout_opened(checkout(*number)),
            Step::Charge => conversion.paying(now()),
            Step::NotCharged => conversion.not_charged(),
            Step::Pay { checkout: number, plan } => {
                conversion.paid(Payment { checkout: checkout(*number), plan: *plan, paid_at: now() })
            }
            Step::Record => conversion.recorded(),
            Step::Name(number) => conversion.named(name(*number), now()),
            Step::NameTaken => conversion.name_was_taken(),
            Step::Create(number) => conversion.created(tenant(*number)),
            Step::Finish => conversion.finished(),
        }
    }

    #[test]
    fn the_trial_is_not_for_sale_and_a_personal_plan_not_for_organizations() {
        assert_eq!(begin(PlanId::Trial, None), Err(ConversionError::NotForSale));
        assert_eq!(begin(PlanId::Personal, Some(tenant(1))), Err(ConversionError::NotForSale));
        assert!(begin(PlanId::Team, Some(tenant(1))).is_ok());
    }

    #[test]
    fn a_tenant_that_exists_is_served_as_soon_as_the_payment_is_recorded() {
        let conversion = begin(PlanId::Enterprise, Some(tenant(1))).unwrap();
        let conversion = conversion.checkout_opened(checkout(0)).unwrap();
        let payment = Payment { checkout: checkout(0), plan: PlanId::Enterprise, paid_at: now() };
        let conversion = conversion.paid(payment).unwrap();
        assert_eq!(conversion.to_record().unwrap().status(), Status::Active);
        assert_eq!(conversion.recorded().unwrap().stage(), &Stage::Done { tenant: Some(tenant(1)) });
    }

    #[test]
    fn a_charge_under_way_is_owed_until_it_is_known_to_have_failed() {
        let opened = begin(PlanId::Team, None).unwrap().checkout_opened(checkout(0)).unwrap();
        assert!(!opened.is_owed(now()));
        let paying = opened.clone().paying(now()).unwrap();
        assert!(paying.is_owed(now()) && paying.is_unattended());
        assert!(!paying.was_given_up(now() + Duration::from_secs(39)));
        assert!(paying.was_given_up(now() + PAYING_TAKES));
        assert_eq!(paying.not_charged().unwrap(), opened);
    }

    #[test]
    fn what_nobody_took_up_until_it_ended_is_over() {
        let (id, user) = (ConversionId::try_from("c").unwrap(), UserId::try_from("u").unwrap());
        let bought = "team;2030-01-01T00:00:00.000Z;activation".parse::<Subscription>().unwrap();
        let resumed = Conversion::resume(id, user, bought, now()).unwrap();
        assert!(!resumed.is_owed(bought.ends()));
        assert_eq!(resumed.named(name(1), bought.ends()), Err(ConversionError::OutOfOrder));
    }

    #[test]
    fn a_name_is_kept_until_it_is_known_to_be_taken() {
        let (id, user) = (ConversionId::try_from("c").unwrap(), UserId::try_from("u").unwrap());
        let bought = "team;2030-01-01T00:00:00.000Z;activation".parse().unwrap();
        let named = Conversion::resume(id, user, bought, now()).unwrap().named(name(1), now()).unwrap();
        assert_eq!(named.clone().named(name(2), now()), Err(ConversionError::OutOfOrder));
        assert!(named.name_was_taken().unwrap().named(name(2), now()).is_ok());
    }

    #[test]
    fn only_an_unfinished_payment_can_be_resumed() {
        let resume = |text: &str| {
            let (id, user) = (ConversionId::try_from("c").unwrap(), UserId::try_from("u").unwrap());
            Conversion::resume(id, user, text.parse().unwrap(), now())
        };
        assert!(resume("team;2030-01-01T00:00:00.000Z;activation").unwrap().is_owed(now()));
        for text in [
            "team;2030-01-01T00:00:00.000Z;active",
            "team;2020-01-01T00:00:00.000Z;activation",
            "trial;2030-01-01T00:00:00.000Z;activation",
            "trial;2030-01-01T00:00:00.000Z;active",
        ] {
            assert!(resume(text).is_err(), "{text}");
        }
    }

    proptest! {
        // No sequence of steps gives an organization, or what a paid plan opens, to someone who has not paid for it.
        #[test]
        fn nothing_without_a_payment_for_it(
            plan in prop_oneof![Just(PlanId::Personal), Just(PlanId::Team), Just(PlanId::Enterprise)],
            existing: bool,
            steps in proptest::collection::vec(steps(), 0..24),
        ) {
            let buys_for = (existing && plan != PlanId::Personal).then(|| tenant(9));
            let mut conversion = begin(plan, buys_for.clone()).unwrap();
            let mut open = None;
            let mut paid = false;
            for step in &steps {
                let Ok(next) = apply(conversion.clone(), step) else { continue };
                match step {
                    Step::OpenCheckout(number) => open = Some(*number),
                    Step::Pay { checkout, plan: of } => paid |= open == Some(*checkout) && *of == plan,
                    _ => {}
                }
                conversion = next;
                let organization = matches!(
                    conversion.stage(),
                    Stage::Creating { .. } | Stage::Joining { .. } | Stage::Done { tenant: Some(_) }
                );
                prop_assert!(!organization || (paid && plan.is_for_organizations()), "{conversion:?}");
                let is_charging = matches!(conversion.stage(), Stage::Paying { .. });
                prop_assert!(!conversion.is_owed(now()) || is_charging || paid, "{conversion:?}");
                for subscription in [conversion.to_record(), conversion.in_force()].into_iter().flatten() {
                    let opens = Standing::in_tenant(Some(subscription), &Role::Employee.into(), now())
                        .opens(Feature::Product);
                    prop_assert!(!opens || paid);
                    prop_assert_eq!(subscription.plan(), plan);
                    prop_assert!(subscription.ends() <= now().plus_one_year());
                }
            }
        }
    }
}

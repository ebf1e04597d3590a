//! Several windows, several people, and things that end meanwhile.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use tenantry_application::{CardPayment, ChoosePlanError, Next, PayByCardError, RegisterOrganizationError};
use tenantry_domain::{CardNumber, CheckoutId, PurchaseId, Role, TenantRef};
use tenantry_ports::{BillingError, CardOutcome, CardPayments, Clock, Session};
use tokio::sync::Semaphore;

use crate::wire::{Loss, Wire};
use crate::world::{Provider, Running, World};

fn payment(plan: &str, purchase: &str) -> CardPayment {
    CardPayment {
        plan: plan.to_owned(),
        purchase: PurchaseId::try_from(purchase).unwrap(),
        card: CardNumber::try_from("4242424242424242").unwrap(),
    }
}

/// Charges no card before it is let to.
struct Slow {
    cards: Arc<dyn CardPayments>,
    arrived: Semaphore,
    may_go: Semaphore,
}

#[async_trait]
impl CardPayments for Slow {
    async fn pay(&self, checkout: &CheckoutId, card: &CardNumber) -> Result<CardOutcome, BillingError> {
        self.arrived.add_permits(1);
        self.may_go.acquire().await.unwrap().forget();
        self.cards.pay(checkout, card).await
    }
}

/// A world in which Ann has bought Team and runs her organization.
async fn with_organization(world: &World) -> TenantRef {
    let running = world.run(&Arc::new(Wire::default()));
    running.buy(&world.session().await, "team", &world.name).await.unwrap();
    world.organization().await.unwrap().tenant
}

#[tokio::test]
async fn a_card_that_is_being_charged_keeps_every_other_purchase_waiting() {
    let world = World::new(&Provider::start().await, 1).await;
    let slow = Arc::new(Slow {
        cards: world.checkout.clone(),
        arrived: Semaphore::new(0),
        may_go: Semaphore::new(0),
    });
    let running = Arc::new(world.run_with(&Arc::new(Wire::default()), slow.clone()));
    let session = world.session().await;
    let (first, its_session) = (Arc::clone(&running), session.clone());
    let charging = tokio::spawn(async move { first.pay.run(&its_session, payment("team", "p1")).await });
    slow.arrived.acquire().await.unwrap().forget();

    let looked = running.choose.run(&session, "enterprise").await;
    assert!(matches!(looked, Err(ChoosePlanError::Unfinished(Next::Wait))), "{looked:?}");
    // Neither another form, nor the same one again, whatever the card: what is being charged is not given up.
    let declined = CardNumber::try_from("4000000000000002").unwrap();
    for (plan, purchase) in [("team", "p1"), ("enterprise", "p2"), ("team", "p3")] {
        let again = CardPayment { card: declined.clone(), ..payment(plan, purchase) };
        let asked = tokio::time::timeout(Duration::from_secs(5), running.pay.run(&session, again)).await;
        let paid = asked.unwrap_or_else(|_| panic!("{purchase} reached the bank"));
        assert!(matches!(paid, Err(PayByCardError::Unfinished(Next::Wait))), "{purchase}: {paid:?}");
    }

    slow.may_go.add_permits(1);
    assert_eq!(charging.await.unwrap().unwrap(), Next::NameOrganization);
    assert_eq!(world.charges().len(), 1);
}

#[tokio::test]
async fn f10_fifty_clicks_on_one_form_are_one_payment_and_fifty_names_one_organization() {
    let world = World::new(&Provider::start().await, 1).await;
    let running = world.run(&Arc::new(Wire::default()));
    let session = world.session().await;
    let clicks = join_all((0..50).map(|_| running.pay.run(&session, payment("team", "p1")))).await;
    assert!(clicks.iter().any(|outcome| matches!(outcome, Ok(Next::NameOrganization))), "{clicks:?}");
    assert_eq!(world.charges().len(), 1);

    let session = world.again(&session).await;
    let names: Vec<_> = (0..50).map(|number| format!("acme-{}", number % 5)).collect();
    let made = join_all(names.iter().map(|name| running.register_organization.run(&session, name))).await;
    let tenants: Vec<_> = made.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert!(!tenants.is_empty(), "{made:?}");
    assert!(tenants.iter().all(|tenant| *tenant == tenants[0]), "{tenants:?}");
    let mut found = 0;
    for name in &names[..5] {
        let name = name.as_str().try_into().unwrap();
        found += usize::from(world.tenants.find_by_name(&name).await.unwrap().is_some());
    }
    assert_eq!(found, 1);
}

#[tokio::test]
async fn a_name_of_which_nobody_knows_whether_it_was_taken_is_tried_again_first() {
    let provider = Provider::start().await;
    let world = World::new(&provider, 1).await;
    let whole = Arc::new(Wire::default());
    world.run(&whole).pay.run(&world.session().await, payment("team", "p1")).await.unwrap();
    let session = world.session().await;
    // The answer to making the organization is lost; then the person types another name.
    let mut made = None;
    for call in 0.. {
        let wire = Arc::new(Wire::cut_at(call, Loss::ReplyLost));
        let outcome = world.run(&wire).register_organization.run(&session, &world.name).await;
        made = world.organization().await;
        if made.is_some() {
            assert!(outcome.is_err());
            break;
        }
    }
    let running = world.run(&Arc::new(Wire::default()));
    let tenant = running.register_organization.run(&session, "quite-another").await.unwrap();
    assert_eq!(tenant, made.unwrap().tenant);
    assert!(world.tenants.find_by_name(&"quite-another".try_into().unwrap()).await.unwrap().is_none());

    // A name that is known to be somebody else's gives way to the next one.
    let bo = World::new(&provider, 2).await;
    let running = bo.run(&Arc::new(Wire::default()));
    running.pay.run(&bo.session().await, payment("team", "p1")).await.unwrap();
    let session = bo.session().await;
    let taken = running.register_organization.run(&session, &world.name).await;
    assert!(matches!(taken, Err(RegisterOrganizationError::NameTaken)), "{taken:?}");
    assert_eq!(running.register_organization.run(&session, &bo.name).await.unwrap().name.as_str(), bo.name);
}

#[tokio::test]
async fn two_administrators_make_one_purchase_at_a_time_and_the_later_payment_stays() {
    let provider = Provider::start().await;
    let (ann, bo) = (World::new(&provider, 1).await, World::new(&provider, 2).await);
    let acme = with_organization(&ann).await;
    ann.members.add(&acme.id, &bo.ann).await.unwrap();
    ann.members.assign(&acme.id, &bo.ann, Role::Administrator).await.unwrap();
    let renewals = async |running: &Running, session: &Session, plan: &str, purchase: &str| {
        ann.clock.advance(Duration::from_mins(5));
        running.pay.run(session, payment(plan, purchase)).await
    };

    // Ann's renewal is paid, and the provider is not told: the line is cut behind the charge.
    let session = ann.session_under(&acme).await;
    let mut cut = 0;
    while ann.charges().len() < 2 {
        let running = ann.run(&Arc::new(Wire::cut_at(cut, Loss::NotSent)));
        let _ = renewals(&running, &session, "team", &format!("r{cut}")).await;
        cut += 1;
    }
    // Bo works on the same store, in a session of his own.
    let running = ann.run(&Arc::new(Wire::default()));
    let session = Session { user: bo.ann.clone(), ..ann.session_under(&acme).await };
    let looked = running.choose.run(&session, "enterprise").await;
    let taken_up =
        matches!(&looked, Err(ChoosePlanError::Unfinished(Next::Done(Some(tenant)))) if *tenant == acme);
    assert!(taken_up, "looking takes up what Ann has paid for: {looked:?}");
    let upgraded = renewals(&running, &session, "enterprise", "bo").await;
    assert_eq!(upgraded.unwrap(), Next::Done(Some(acme.clone())));
    let charges = ann.charges();
    assert_eq!(charges.len(), 3);
    let held = ann.tenants.find(&acme.id).await.unwrap().unwrap().subscription.unwrap();
    assert_eq!(held, format!("enterprise;{};active", charges[2].plus_one_year()));
}

#[tokio::test]
async fn what_can_not_be_delivered_is_not_charged() {
    let world = World::new(&Provider::start().await, 1).await;
    let acme = with_organization(&world).await;
    let session = world.session_under(&acme).await;
    let before = world.charges();
    // Whatever call fails before the charge, nothing has been charged when the renewal fails.
    for call in 0..6 {
        let running = world.run(&Arc::new(Wire::cut_at(call, Loss::NotSent)));
        let outcome = running.pay.run(&session, payment("team", "renewal")).await;
        assert!(outcome.is_err(), "call {call}");
    }
    assert_eq!(world.charges(), before);
}

#[tokio::test]
async fn what_nobody_took_up_for_a_year_can_be_bought_again() {
    let world = World::new(&Provider::start().await, 1).await;
    let running = world.run(&Arc::new(Wire::default()));
    running.pay.run(&world.session().await, payment("team", "p1")).await.unwrap();
    world.clock.set(world.clock.now().plus_one_year());
    let session = world.session().await;
    let late = running.register_organization.run(&session, &world.name).await;
    assert!(matches!(late, Err(RegisterOrganizationError::NotPaid)), "{late:?}");
    assert!(world.organization().await.is_none());
    assert_eq!(running.buy(&session, "team", &world.name).await, Ok(()));
    assert_eq!(world.charges().len(), 2);
    assert!(world.organization().await.is_some());
}

#[tokio::test]
async fn a_form_that_bought_something_long_ago_buys_nothing_again() {
    let world = World::new(&Provider::start().await, 1).await;
    let running = world.run(&Arc::new(Wire::default()));
    let acme = with_organization(&world).await;
    let session = world.session_under(&acme).await;
    running.pay.run(&session, payment("team", "p1")).await.unwrap();
    let first = world.tenants.find(&acme.id).await.unwrap().unwrap().subscription;
    world.clock.advance(Duration::from_hours(24));
    running.pay.run(&session, payment("enterprise", "p2")).await.unwrap();
    let second = world.tenants.find(&acme.id).await.unwrap().unwrap().subscription;
    assert_ne!(first, second);
    let (charges, again) = (world.charges(), running.pay.run(&session, payment("team", "p1")).await);
    assert!(matches!(again, Err(PayByCardError::Unfinished(Next::Done(_)))), "{again:?}");
    assert_eq!(world.charges(), charges);
    assert_eq!(world.tenants.find(&acme.id).await.unwrap().unwrap().subscription, second);
}

#[tokio::test]
async fn good_and_bad_cards_on_many_forms_at_once_lose_no_payment() {
    let provider = Provider::start().await;
    for round in 0..40 {
        let world = World::new(&provider, round).await;
        let running = world.run(&Arc::new(Wire::default()));
        let session = world.session().await;
        let declined = CardNumber::try_from("4000000000000002").unwrap();
        let bad = |plan: &str, form: &str| CardPayment { card: declined.clone(), ..payment(plan, form) };
        let mut forms = vec![payment("team", "p1")];
        forms.extend((0..6).map(|_| bad("team", "p1")));
        forms.extend((0..6).map(|number| bad("enterprise", &format!("q{number}"))));
        forms.rotate_left(round % 13);
        join_all(forms.into_iter().map(|form| running.pay.run(&session, form))).await;
        // Whatever came first: who was charged has what they paid for, and who was not can still buy it.
        assert!(world.charges().len() <= 1, "round {round}");
        world.clock.advance(Duration::from_mins(1));
        let session = world.again(&session).await;
        running.buy(&session, "team", &world.name).await.unwrap();
        assert_eq!(world.charges().len(), 1, "round {round}");
        let acme = world.organization().await.unwrap();
        assert!(world.ann_runs(&acme).await, "round {round}");
    }
}

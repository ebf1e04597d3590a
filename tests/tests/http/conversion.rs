//! How long a conversion waits for the provider: as long as the calls that depend on each other, and no longer.

use std::time::{Duration, Instant};

use tenantry_tests::steps::GOOD_CARD;

use crate::provider::{Provider, Trouble};

const EACH: Duration = Duration::from_millis(100);

/// How long somebody was waited for, and how long one after another would have taken.
fn waited(mut spans: Vec<(Instant, Instant)>) -> (Duration, Duration) {
    spans.sort();
    let all = spans.iter().map(|(from, to)| to.duration_since(*from)).sum();
    let mut until = None;
    let mut together = Duration::ZERO;
    for (from, to) in spans {
        let from = until.map_or(from, |until| from.max(until));
        together += to.saturating_duration_since(from);
        until = Some(until.map_or(to, |until: Instant| until.max(to)));
    }
    (together, all)
}

/// Five calls, of which four depend on each other: the payment is recorded, the organization is made, its buyer joins
/// and becomes its Administrator. The fifth, their own subscription, runs beside the last two.
#[tokio::test]
async fn a_conversion_waits_for_no_call_that_it_does_not_depend_on() {
    let (provider, site) = Provider::with_site().await;
    // The ids of roles and connections are looked up at the start, before anybody buys.
    site.administrator("bob@example.com", "warm").await;
    let mut ann = site.newcomer("ann@example.com").await;
    let purchase = ann.new_purchase("team").await;
    provider.has(Trouble::SlowChanges(EACH));
    provider.took();
    ann.charge("team", &purchase, GOOD_CARD).await.leads_to("/home/register-business");
    let paying = provider.took();
    ann.name_organization("acme").await.is(303);
    let naming = provider.took();
    assert_eq!((paying.len(), naming.len()), (1, 4));
    let (together, all) = waited(naming);
    // Three of four; the rest is what a busy machine adds between calls.
    assert!(together * 100 <= all * 85, "naming waited {together:?} for calls of {all:?}");
}

#[test]
fn waits_are_added_up_without_what_runs_beside_them() {
    let start = Instant::now();
    let at = |millis| start + Duration::from_millis(millis);
    let (together, all) =
        waited(vec![(at(300), at(400)), (at(0), at(100)), (at(50), at(150)), (at(60), at(70))]);
    assert_eq!((together, all), (Duration::from_millis(250), Duration::from_millis(310)));
}

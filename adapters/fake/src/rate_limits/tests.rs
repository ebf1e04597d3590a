use super::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + millis)
}

fn limits(plan: RateLimitPlan) -> RateLimits {
    let limits = RateLimits::default();
    limits.choose(Some(plan));
    limits
}

fn asked<'a>(method: &'a str, route: &'a str) -> Asked<'a> {
    Asked { method, route, ..Asked::default() }
}

#[test]
fn without_a_plan_nothing_is_limited() {
    let limits = RateLimits::default();
    assert!((0..1000).all(|_| limits.count(asked("GET", "/api/v2/users"), at(0)).is_none()));
}

#[test]
fn a_bucket_empties_and_fills_up_at_its_rate() {
    let limits = limits(RateLimitPlan::Free);
    let ask = |millis| limits.count(asked("GET", "/api/v2/roles"), at(millis)).unwrap();
    assert_eq!(ask(0), Verdict { limit: 2, remaining: 1, reset: at(1000), refusal: None });
    assert_eq!(ask(0).remaining, 0);
    let refused = ask(0);
    assert_eq!((refused.remaining, refused.refusal.as_deref()), (0, Some("Global limit has been reached")));
    assert!(ask(499).refusal.is_some());
    assert!(ask(500).refusal.is_none(), "two a second: one every half");
    assert!(ask(501).refusal.is_some());
    assert_eq!(ask(60_000).remaining, 1, "never more than it holds");
    assert_eq!(ask(0).refusal, None, "a clock that goes back takes nothing away");
}

#[test]
fn groups_have_buckets_of_their_own_and_say_so() {
    let limits = limits(RateLimitPlan::Essentials);
    let post = || limits.count(asked("POST", "/api/v2/organizations"), at(0)).unwrap();
    assert!((0..5).all(|_| post().refusal.is_none()));
    let refusal = post().refusal.unwrap();
    assert_eq!(refusal, "Global per second organizations_write group limit has been reached");
    assert!(limits.count(asked("GET", "/api/v2/organizations"), at(0)).unwrap().refusal.is_none());
    // 25 a minute: one every 2.4 seconds.
    assert!(limits.count(asked("POST", "/api/v2/organizations"), at(2_399)).unwrap().refusal.is_some());
    assert!(limits.count(asked("POST", "/api/v2/organizations"), at(2_400)).unwrap().refusal.is_none());
    // What is in no group shares one bucket.
    let other = |route| limits.count(asked("GET", route), at(0)).unwrap();
    assert!((0..5).all(|_| other("/api/v2/roles").refusal.is_none()));
    assert!((0..5).all(|_| other("/api/v2/actions/actions").refusal.is_none()));
    assert!(other("/api/v2/roles").refusal.is_some());
}

#[test]
fn the_tenants_limit_comes_before_the_groups() {
    let limits = limits(RateLimitPlan::Enterprise);
    for _ in 0..10 {
        let verdict = limits.count(asked("GET", "/api/v2/organizations"), at(0)).unwrap();
        assert_eq!((verdict.limit, verdict.refusal), (50, None), "what is told is the tenant's");
    }
    let verdict = limits.count(asked("GET", "/api/v2/organizations"), at(0)).unwrap();
    assert!(verdict.refusal.unwrap().contains("organizations_list group"));
    // One that a group refused costs the tenant nothing.
    let left = (0..100)
        .filter(|_| limits.count(asked("GET", "/api/v2/roles"), at(0)).unwrap().refusal.is_none())
        .count();
    assert_eq!(left, 40);
    let verdict = limits.count(asked("GET", "/api/v2/organizations"), at(0)).unwrap();
    assert_eq!(verdict.refusal.as_deref(), Some("Global limit has been reached"));
}

#[test]
fn some_limits_are_each_ones_own() {
    let limits = limits(RateLimitPlan::Enterprise);
    let userinfo = |user| {
        let asked = Asked { user, ..asked("GET", "/userinfo") };
        limits.count(asked, at(0)).unwrap().refusal.is_none()
    };
    assert!((0..10).all(|_| userinfo("ann")));
    assert!(!userinfo("ann") && userinfo("bo"));
}

#[test]
fn a_reset_returns_to_the_beginning() {
    let limits = RateLimits::default();
    limits.begin_with(Some(RateLimitPlan::Free));
    limits.choose(None);
    limits.reset();
    assert_eq!(limits.plan(), Some(RateLimitPlan::Free));
}

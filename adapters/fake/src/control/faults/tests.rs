use super::*;

fn struck(faults: &Faults, method: &str, path: &str) -> bool {
    faults.strike(method, path, "").effect.is_some()
}

#[test]
fn a_star_stands_for_anything() {
    for (pattern, text) in [
        ("/a", "/a"),
        ("/a*", "/a"),
        ("/a*", "/a/b/c"),
        ("*", ""),
        ("*/members", "/organizations/org_1/members"),
        ("/organizations/*/members/*/roles", "/organizations/o/members/u/roles"),
        ("/a*a", "/aa"),
    ] {
        assert!(fits(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [("/a", "/ab"), ("/a*a", "/a"), ("/a/*/c", "/a/b/d"), ("", "/"), ("*b*", "/a")] {
        assert!(!fits(pattern, text), "{pattern} {text}");
    }
}

#[test]
fn it_strikes_the_requests_that_it_is_for_and_is_over_in_time() {
    let faults = Faults::default();
    faults.add(Fault::status(503).on("POST", "/api/v2/users").after(1).times(2));
    assert!(!struck(&faults, "GET", "/api/v2/users") && !struck(&faults, "POST", "/api/v2/users/x"));
    let strikes: Vec<bool> = (0..5).map(|_| struck(&faults, "post", "/api/v2/users")).collect();
    assert_eq!(strikes, [false, true, true, false, false]);
    assert_eq!(faults.all(), [], "one that is used up is gone");
}

#[test]
fn a_route_stands_for_all_of_its_paths() {
    let faults = Faults::default();
    faults.add(Fault::status(500).on("GET", "/api/v2/users/{id}"));
    assert!(faults.strike("GET", "/api/v2/users/auth0%7C1", "/api/v2/users/{id}").effect.is_some());
    assert!(faults.strike("GET", "/api/v2/users", "/api/v2/users").effect.is_none());
}

#[test]
fn chance_repeats_itself_and_keeps_to_its_measure() {
    let run = |seed| {
        let faults = Faults::default();
        faults.add(Fault::cut().with_probability(0.25, seed));
        (0..4000).map(|_| struck(&faults, "GET", "/")).collect::<Vec<_>>()
    };
    let first = run(7);
    assert_eq!(first, run(7));
    assert_ne!(first, run(8));
    let strikes = first.iter().filter(|struck| **struck).count();
    assert!((900..1100).contains(&strikes), "{strikes} of 4000");
    for (probability, all) in [(0.0, false), (1.0, true)] {
        let faults = Faults::default();
        faults.add(Fault::cut().with_probability(probability, 1));
        assert!((0..100).all(|_| struck(&faults, "GET", "/") == all), "{probability}");
    }
}

#[test]
fn delays_add_up_and_the_first_of_the_others_decides() {
    let faults = Faults::default();
    let jittery = FaultEffect::Delay { delay: Duration::from_millis(10), jitter: Duration::from_millis(5) };
    faults.add(Fault { effect: jittery, ..Fault::delay(Duration::ZERO) });
    faults.add(Fault::delay(Duration::from_millis(100)));
    let first = faults.add(Fault::status(500));
    faults.add(Fault::status(429));
    faults.add(Fault::delay(Duration::from_secs(1)));
    let happens = faults.strike("GET", "/", "/");
    assert!((1_110..=1_115).contains(&happens.delay.as_millis()), "{happens:?}");
    let struck: Vec<u64> = faults.all().iter().map(|active| active.struck).collect();
    assert_eq!(struck, [1, 1, 1, 0, 1], "what nobody sees is kept for another request");
    assert!(matches!(happens.effect, Some(FaultEffect::Status { status: 500, .. })));
    assert!(faults.remove(first) && !faults.remove(first));
    assert!(matches!(faults.strike("GET", "/", "/").effect, Some(FaultEffect::Status { status: 429, .. })));
}

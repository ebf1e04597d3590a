use reqwest::StatusCode;
use tenantry_ports::testkit::SeededRandom;

use super::*;

const LIMITS: Limits = Limits {
    one_try: Duration::from_secs(4),
    whole_call: Duration::from_secs(9),
    tries: 3,
    refused_tries: 8,
    first_pause: Duration::from_millis(200),
    longest_pause: Duration::from_secs(2),
    faults_until_open: 5,
    open_for: Duration::from_secs(5),
};

fn tries(random: &SeededRandom, repeat: Repeat) -> Tries<'_> {
    Tries::new(&LIMITS, random, "GET /users/{id}".to_owned(), repeat, Budget::new(&LIMITS))
}

fn limited(seconds: impl Into<Option<u64>>) -> ManagementError {
    ManagementError::RateLimited { retry_after: seconds.into().map(Duration::from_secs) }
}

fn html() -> ManagementError {
    ManagementError::Malformed(serde_json::from_str::<u8>("<html>").unwrap_err())
}

/// How long the call slept before its next try, `None` when it was given up.
async fn slept(tries: &mut Tries<'_>, error: ManagementError) -> Option<Duration> {
    let began_at = Instant::now();
    tries.pause_after(error).await.ok().map(|()| began_at.elapsed())
}

#[tokio::test(start_paused = true)]
async fn f01_waits_as_long_as_it_is_asked_to_and_a_random_while_on_top() {
    let mut pauses = Vec::new();
    for seed in 0..50 {
        let random = SeededRandom::new(seed);
        let pause = slept(&mut tries(&random, Repeat::Freely), limited(1)).await.unwrap();
        assert!(pause >= Duration::from_secs(1), "{pause:?}");
        assert!(pause <= Duration::from_millis(1202), "{pause:?}");
        pauses.push(pause);
    }
    pauses.sort();
    pauses.dedup();
    assert!(pauses.len() > 25, "who is refused together comes back apart: {pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn f01_a_refusal_without_a_word_of_when_is_waited_out_longer_and_longer() {
    let random = SeededRandom::new(1);
    let mut tries = tries(&random, Repeat::Freely);
    let (first, second) = (slept(&mut tries, limited(None)).await, slept(&mut tries, limited(None)).await);
    assert!(first.unwrap() >= Duration::from_millis(200) && first.unwrap() <= Duration::from_millis(402));
    assert!(second.unwrap() >= Duration::from_millis(400) && second.unwrap() <= Duration::from_millis(802));
}

#[tokio::test(start_paused = true)]
async fn f01_a_wait_beyond_the_budget_is_given_up_at_once_and_says_how_long() {
    let random = SeededRandom::new(1);
    for seconds in [9, 60, 3600] {
        let began_at = Instant::now();
        let error = tries(&random, Repeat::Freely).pause_after(limited(seconds)).await.unwrap_err();
        assert_eq!(began_at.elapsed(), Duration::ZERO);
        let ManagementError::RateLimited { retry_after } = error else { panic!("{error}") };
        assert_eq!(retry_after, Some(Duration::from_secs(seconds)));
    }
}

#[tokio::test(start_paused = true)]
async fn f01_a_call_with_all_its_tries_ends_within_its_budget() {
    for (seed, seconds) in [(1, None), (2, Some(0)), (3, Some(1)), (4, Some(2))] {
        let random = SeededRandom::new(seed);
        let mut tries = tries(&random, Repeat::Freely);
        let (began_at, mut made) = (Instant::now(), 1);
        while slept(&mut tries, limited(seconds)).await.is_some() {
            made += 1;
        }
        assert!(began_at.elapsed() < LIMITS.whole_call, "{seconds:?}: {:?}", began_at.elapsed());
        assert!((3..=8).contains(&made), "{seconds:?}: {made}");
    }
}

#[tokio::test(start_paused = true)]
async fn f02_faults_are_tried_again_a_few_times_with_full_jitter() {
    let random = SeededRandom::new(1);
    let mut tries = tries(&random, Repeat::Freely);
    let first = slept(&mut tries, ManagementError::TimedOut).await.unwrap();
    let second = slept(&mut tries, ManagementError::Status(StatusCode::BAD_GATEWAY)).await.unwrap();
    assert!(first <= Duration::from_millis(202) && second <= Duration::from_millis(402));
    assert_eq!(slept(&mut tries, html()).await, None, "three tries");
}

#[tokio::test(start_paused = true)]
async fn f02_nothing_is_asked_again_that_may_have_been_done_and_must_not_be_done_twice() {
    let random = SeededRandom::new(1);
    for error in [
        ManagementError::TimedOut,
        ManagementError::Status(StatusCode::INTERNAL_SERVER_ERROR),
        ManagementError::Status(StatusCode::REQUEST_TIMEOUT),
        html(),
    ] {
        let what = error.to_string();
        assert!(error.may_have_been_done());
        assert_eq!(slept(&mut tries(&random, Repeat::IfNotDone), error).await, None, "{what}");
    }
    for error in [limited(1), unreachable().await] {
        let what = error.to_string();
        assert!(!error.may_have_been_done());
        assert!(slept(&mut tries(&random, Repeat::IfNotDone), error).await.is_some(), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_auth0_has_decided_is_not_asked_again() {
    let random = SeededRandom::new(1);
    let another_shape = serde_json::from_str::<u8>("[{}]").unwrap_err();
    for error in [
        ManagementError::NotFound,
        ManagementError::Conflict,
        ManagementError::Forbidden { message: String::new() },
        ManagementError::Unauthorized { error: String::new() },
        ManagementError::Malformed(another_shape),
        ManagementError::CircuitOpen,
    ] {
        let what = error.to_string();
        assert!(!error.is_fault());
        assert_eq!(slept(&mut tries(&random, Repeat::Freely), error).await, None, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_circuit_that_opens_between_two_tries_leaves_the_reason_to_what_opened_it() {
    let random = SeededRandom::new(1);
    let mut tries = tries(&random, Repeat::Freely);
    tries.pause_after(ManagementError::TimedOut).await.unwrap();
    let error = tries.pause_after(ManagementError::CircuitOpen).await.unwrap_err();
    assert!(matches!(error, ManagementError::TimedOut), "{error}");
}

/// What comes of a port on which nobody listens.
async fn unreachable() -> ManagementError {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let http = tenantry_oidc::http_client_for(&url.as_str().try_into().unwrap()).unwrap();
    ManagementError::Unreachable(http.get(url).send().await.unwrap_err())
}

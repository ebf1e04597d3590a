use std::sync::atomic::AtomicUsize;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::json;
use tenantry_oidc::http_client_for;
use tenantry_ports::testkit::FixedClock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::*;

/// A token endpoint that counts, and can be made to refuse.
struct Endpoint {
    tokens: TokenSource,
    clock: Arc<FixedClock>,
    asked: Arc<AtomicUsize>,
    status: Arc<Mutex<StatusCode>>,
    /// What it says in `Retry-After`, when it says it.
    wait: Arc<Mutex<Option<&'static str>>>,
    _server: JoinSet<()>,
}

impl Endpoint {
    async fn with_tokens_for(lifetime: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer: Issuer =
            format!("http://{}/", listener.local_addr().unwrap()).as_str().try_into().unwrap();
        let (asked, status) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(StatusCode::OK)));
        let wait = Arc::new(Mutex::new(None));
        let (counted, said, asks_for) = (Arc::clone(&asked), Arc::clone(&status), Arc::clone(&wait));
        let answer = move || async move {
            let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
            // Long enough for everybody to be waiting.
            sleep(Duration::from_millis(30)).await;
            let body = json!({
                "access_token": format!("token {number}"),
                "expires_in": lifetime.as_secs(),
                "error": "access_denied",
            });
            let wait = *asks_for.lock().unwrap();
            (*said.lock().unwrap(), [("retry-after", wait.unwrap_or_default())], axum::Json(body))
        };
        let router = Router::new().route("/oauth/token", post(answer));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let clock = Arc::new(FixedClock::at("2026-01-02T03:04:05.678Z"));
        let credentials =
            Credentials { client_id: "m2m".into(), client_secret: "secret".into(), scopes: None };
        let http = http_client_for(&issuer).unwrap();
        let tokens = TokenSource::new(&issuer, credentials, http, Arc::clone(&clock) as Arc<dyn Clock>);
        Self { tokens, clock, asked, status, wait, _server: server }
    }

    fn says(&self, status: StatusCode) {
        *self.status.lock().unwrap() = status;
    }

    fn asks_for(&self, wait: &'static str) {
        *self.wait.lock().unwrap() = Some(wait);
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The token that is handed out now.
    async fn handed_out(&self) -> String {
        self.tokens.token().await.unwrap().expose().to_owned()
    }

    /// What a hundred callers get at the same time.
    async fn hundred<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        ask: impl Fn(TokenSource) -> F,
    ) -> Vec<T> {
        let mut callers = JoinSet::new();
        for _ in 0..100 {
            callers.spawn(ask(self.tokens.clone()));
        }
        callers.join_all().await
    }
}

const DAY: Duration = Duration::from_hours(24);
/// When it is time to renew.
const ALMOST_A_DAY: Duration = Duration::from_mins(24 * 60 - 9);

#[tokio::test]
async fn f03_a_hundred_callers_share_one_request_for_a_token() {
    let endpoint = Endpoint::with_tokens_for(DAY).await;
    let tokens = endpoint.hundred(|tokens| async move { tokens.token().await.map(drop) }).await;
    assert!(tokens.iter().all(Result::is_ok));
    assert_eq!(endpoint.asked(), 1);
}

#[tokio::test]
async fn f03_a_hundred_callers_who_meet_a_refusal_share_one_renewal() {
    let endpoint = Endpoint::with_tokens_for(DAY).await;
    let old = endpoint.tokens.token().await.unwrap();
    old.was_taken();
    let renewed = endpoint
        .hundred(move |tokens| {
            let old = old.clone();
            async move { tokens.instead_of(&old).await.unwrap().expose().to_owned() }
        })
        .await;
    assert!(renewed.iter().all(|token| token == "token 2"), "{renewed:?}");
    assert_eq!(endpoint.asked(), 2);
}

#[tokio::test]
async fn f03_a_renewal_that_is_refused_becomes_no_storm() {
    for status in [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS] {
        let endpoint = Endpoint::with_tokens_for(DAY).await;
        endpoint.says(status);
        for _ in 0..3 {
            let refused = endpoint.hundred(|tokens| async move { tokens.token().await.err() }).await;
            let is_typed = |error: &ManagementError| {
                matches!(error, ManagementError::Unauthorized { .. } | ManagementError::RateLimited { .. })
            };
            assert!(refused.iter().flatten().filter(|error| is_typed(error)).count() == 100, "{refused:?}");
        }
        assert_eq!(endpoint.asked(), 1, "{status}");
    }
}

#[tokio::test]
async fn f01_f03_a_refusal_is_remembered_for_as_long_as_the_endpoint_asks() {
    let endpoint = Endpoint::with_tokens_for(DAY).await;
    endpoint.says(StatusCode::TOO_MANY_REQUESTS);
    endpoint.asks_for("1");
    let refused = endpoint.hundred(|tokens| async move { tokens.token().await.err() }).await;
    let asks = |error: &ManagementError| matches!(error, ManagementError::RateLimited { retry_after: Some(wait) } if wait.as_secs() == 1);
    assert_eq!(refused.iter().flatten().filter(|error| asks(error)).count(), 100);
    endpoint.says(StatusCode::OK);
    // Whoever waits for no more than a second and a half gets it, too.
    sleep(Duration::from_millis(1100)).await;
    assert_eq!(endpoint.handed_out().await, "token 2");
}

#[tokio::test]
async fn f01_f03_what_asks_for_no_wait_or_for_a_day_becomes_no_storm_and_no_day() {
    for (wait, pause) in [("0", SHORTEST_PAUSE), ("86400", PAUSE)] {
        let endpoint = Endpoint::with_tokens_for(DAY).await;
        endpoint.says(StatusCode::TOO_MANY_REQUESTS);
        endpoint.asks_for(wait);
        for _ in 0..3 {
            let refused = endpoint.hundred(|tokens| async move { tokens.token().await.err() }).await;
            assert_eq!(refused.iter().flatten().count(), 100);
        }
        assert_eq!(endpoint.asked(), 1, "{wait}");
        endpoint.says(StatusCode::OK);
        sleep(pause).await;
        assert_eq!(endpoint.handed_out().await, "token 2", "{wait}");
    }
}

#[tokio::test]
async fn f03_tokens_that_are_all_refused_become_no_storm() {
    let endpoint = Endpoint::with_tokens_for(DAY).await;
    let first = endpoint.tokens.token().await.unwrap();
    let second = endpoint.tokens.instead_of(&first).await.unwrap();
    for _ in 0..3 {
        let error = endpoint.tokens.instead_of(&second).await.err().unwrap();
        assert!(matches!(error, ManagementError::Unauthorized { .. }), "{error}");
    }
    assert_eq!(endpoint.asked(), 2);
}

#[tokio::test]
async fn f03_a_token_is_renewed_before_its_end_while_nobody_waits() {
    let endpoint = Endpoint::with_tokens_for(DAY).await;
    assert_eq!(endpoint.handed_out().await, "token 1");
    endpoint.clock.advance(ALMOST_A_DAY);
    // It serves, and behind it one renewal is under way, however many ask.
    let served = endpoint.hundred(|tokens| async move { tokens.token().await.unwrap().expose().to_owned() });
    assert!(served.await.iter().all(|token| token == "token 1"));
    for _ in 0..100 {
        if endpoint.handed_out().await == "token 2" {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((endpoint.handed_out().await.as_str(), endpoint.asked()), ("token 2", 2));
}

#[tokio::test]
async fn f03_a_token_serves_while_its_renewal_is_refused() {
    let endpoint = Endpoint::with_tokens_for(DAY).await;
    assert_eq!(endpoint.handed_out().await, "token 1");
    endpoint.clock.advance(ALMOST_A_DAY);
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::UNAUTHORIZED] {
        endpoint.says(status);
        for _ in 0..20 {
            assert_eq!(endpoint.handed_out().await, "token 1");
            sleep(Duration::from_millis(5)).await;
        }
    }
    assert_eq!(endpoint.asked(), 2, "one renewal ahead of time, then a pause");
}

#[tokio::test]
async fn f03_a_token_that_lives_shortly_serves_more_than_one_request() {
    let endpoint = Endpoint::with_tokens_for(Duration::from_secs(20)).await;
    for _ in 0..5 {
        assert_eq!(endpoint.handed_out().await, "token 1");
    }
    assert_eq!(endpoint.asked(), 1);
}

#[tokio::test]
async fn f05_a_clock_that_jumps_costs_one_token() {
    let endpoint = Endpoint::with_tokens_for(DAY).await;
    endpoint.handed_out().await;
    for back in ["2026-01-02T02:04:05.678Z", "2026-01-02T03:03:04.678Z", "1970-01-01T00:00:00.000Z"] {
        endpoint.clock.set(back.parse().unwrap());
        assert_eq!(endpoint.handed_out().await, "token 1");
    }
    endpoint.clock.set("2026-02-02T03:04:05.678Z".parse().unwrap());
    assert_eq!(endpoint.handed_out().await, "token 2");
    assert_eq!(endpoint.asked(), 2);
}

//! What is counted, as an operator's recorder sees it.

use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use tenantry_fake::{Fault, RateLimitPlan};
use tenantry_ports::Users;

use crate::world::{QUICK, World};

/// Writes down every change as text.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

struct Line(Notes, String);

impl Line {
    fn note(&self, value: impl std::fmt::Display) {
        self.0.0.lock().unwrap().push(format!("{} {value}", self.1));
    }
}

impl CounterFn for Line {
    fn increment(&self, value: u64) {
        self.note(value);
    }
    fn absolute(&self, value: u64) {
        self.note(value);
    }
}

impl GaugeFn for Line {
    fn increment(&self, value: f64) {
        self.note(value);
    }
    fn decrement(&self, value: f64) {
        self.note(value);
    }
    fn set(&self, value: f64) {
        self.note(value);
    }
}

impl HistogramFn for Line {
    fn record(&self, value: f64) {
        assert!(value >= 0.0);
        self.note("once");
    }
}

impl Notes {
    fn line(&self, key: &Key) -> Arc<Line> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Line(self.clone(), format!("{}[{}]", key.name(), labels.join(","))))
    }
}

impl Recorder for Notes {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.line(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.line(key))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.line(key))
    }
}

#[test]
fn calls_retries_headroom_and_the_circuit_are_counted() {
    let notes = Notes::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&notes, || {
        runtime.block_on(async {
            let world = World::start().await;
            let limits = tenantry_auth0::Limits { faults_until_open: 4, ..QUICK };
            let auth0 = world.client(limits).await;
            let ann = world.rig().await.account("ann@example.com").await;
            world.fake.limit_rates(Some(RateLimitPlan::Enterprise));
            world.fake.faults().add(Fault::status(503).on("GET", "/api/v2/users/*").times(1));
            auth0.users().find(&ann).await.unwrap();
            world.fake.faults().add(Fault::status(503));
            drop(auth0.users().find(&ann).await);
            drop(auth0.users().find(&ann).await);
        });
    });
    let notes = notes.0.lock().unwrap();
    let times = |line: &str| notes.iter().filter(|note| *note == line).count();
    let of_users = "operation=GET /users/{id}";
    for (line, count) in [
        (format!("tenantry_auth0_requests_total[{of_users},outcome=ok] 1"), 1),
        (format!("tenantry_auth0_requests_total[{of_users},outcome=status] 1"), 5),
        (format!("tenantry_auth0_request_seconds[{of_users}] once"), 6),
        (format!("tenantry_auth0_retries_total[{of_users},reason=status] 1"), 4),
        ("tenantry_auth0_tokens_total[outcome=ok] 1".to_owned(), 1),
        ("tenantry_auth0_rate_limit[] 50".to_owned(), 1),
        ("tenantry_auth0_rate_limit_remaining[] 49".to_owned(), 1),
        ("tenantry_auth0_circuit[] 2".to_owned(), 1),
    ] {
        assert_eq!(times(&line), count, "{line}: {notes:#?}");
    }
}

//! What was asked of the fake over HTTP: the last requests, and how often each operation was asked for.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenantry_domain::Timestamp;

/// One request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it came, by the provider's clock.
    pub at: Timestamp,
    /// The HTTP method.
    pub method: String,
    /// The route that answered, as a template: `/api/v2/users/{id}`. Empty when none did.
    pub route: String,
    /// The path that was asked for, without its query.
    pub path: String,
    /// The query, without its question mark; of a very long one the beginning.
    pub query: String,
    /// The client that asked, as far as its credentials or its token say it. They may be wrong.
    pub client_id: Option<String>,
    /// The status of the answer; 0 when a fault has cut the connection before any.
    pub status: u16,
    /// How long the answer took, without the sending of its body.
    pub duration: Duration,
}

/// How often an operation was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Requests.
    pub requests: u64,
    /// Those among them that were answered with a status of 400 or above, or not at all.
    pub failures: u64,
}

/// The last calls, and the counters.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    last: VecDeque<Call>,
    counters: BTreeMap<(String, String), Count>,
}

const KEPT: usize = 10_000;

impl Calls {
    pub(crate) fn all(&self) -> Vec<Call> {
        self.lock().last.iter().cloned().collect()
    }

    /// How many are kept.
    pub(crate) fn len(&self) -> usize {
        self.lock().last.len()
    }

    /// The latest calls that `wanted` holds for, the oldest first.
    pub(crate) fn latest(&self, most: usize, wanted: impl Fn(&Call) -> bool) -> Vec<Call> {
        let inner = self.lock();
        let mut found: Vec<Call> =
            inner.last.iter().rev().filter(|call| wanted(call)).take(most).cloned().collect();
        found.reverse();
        found
    }

    pub(crate) fn clear(&self) {
        self.lock().last.clear();
    }

    /// Requests by method and route.
    pub(crate) fn counters(&self) -> BTreeMap<(String, String), Count> {
        self.lock().counters.clone()
    }

    pub(crate) fn clear_counters(&self) {
        self.lock().counters.clear();
    }

    pub(crate) fn push(&self, call: Call) {
        let mut inner = self.lock();
        let count = inner.counters.entry((call.method.clone(), call.route.clone())).or_default();
        count.requests += 1;
        count.failures += u64::from(!(200..400).contains(&call.status));
        if inner.last.len() == KEPT {
            inner.last.pop_front();
        }
        inner.last.push_back(call);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_call_makes_room_and_is_counted_all_the_same() {
        let calls = Calls::default();
        let call = |status| Call {
            at: Timestamp::from_seconds(0),
            method: "GET".into(),
            route: "/".into(),
            path: "/".into(),
            query: String::new(),
            client_id: None,
            status,
            duration: Duration::ZERO,
        };
        for status in 0..10_001 {
            calls.push(call(status));
        }
        let kept = calls.all();
        assert_eq!((kept.len(), kept[0].status, kept[9_999].status), (10_000, 1, 10_000));
        let of_get = calls.counters()[&("GET".to_owned(), "/".to_owned())];
        assert_eq!(of_get, Count { requests: 10_001, failures: 9_801 });
        let latest: Vec<u16> =
            calls.latest(2, |call| call.status % 2 == 1).iter().map(|call| call.status).collect();
        assert_eq!(latest, [9_997, 9_999]);
    }
}

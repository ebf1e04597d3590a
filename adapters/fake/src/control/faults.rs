//! Faults that those who test put in force: which requests they strike, and what happens to those.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::seeded::Seeded;

/// Something that goes wrong with requests.
///
/// ```
/// use tenantry_fake::Fault;
/// // The first request for users is let through, the next two are told to come back later.
/// let fault = Fault::status(429).on("GET", "/api/v2/users*").after(1).times(2);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The requests that it is for, by method; every one by default.
    pub method: Option<String>,
    /// The requests that it is for, by path. `*` stands for anything; a route such as `/api/v2/users/{id}` for all of its
    /// paths.
    pub path: Option<String>,
    /// So many requests that it would be for are let through first.
    pub after: u64,
    /// It is over when it has struck so often.
    pub count: Option<u64>,
    /// How likely it strikes, from 0 to 1.
    pub probability: f64,
    /// What chance follows from: the same seed strikes the same requests.
    pub seed: u64,
    /// What happens.
    pub effect: FaultEffect,
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultEffect {
    /// It is answered with a status.
    Status {
        /// The status.
        status: u16,
        /// The body; by default what Auth0 says with that status at that place.
        body: Option<Value>,
        /// Headers on top of the usual ones, or in place of those of the same name.
        headers: BTreeMap<String, String>,
        /// Whether what was asked for is done all the same.
        performs: bool,
    },
    /// It waits.
    Delay {
        /// So long at least.
        delay: Duration,
        /// And up to so long more.
        jitter: Duration,
    },
    /// The connection ends.
    Cut {
        /// After so many bytes of the body; before the head when absent.
        after_bytes: Option<usize>,
        /// Whether what was asked for is done. With bytes of the body it always is.
        performs: bool,
    },
    /// What was asked for is done, and the answer's body is spoiled.
    Malformed(Malformed),
}

/// How a body is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Its second half is missing.
    TruncatedJson,
    /// A page of HTML with the status 200, as a proxy in between might send it.
    Html,
    /// JSON of another shape: a list of one empty object.
    WrongJson,
}

impl Fault {
    fn new(effect: FaultEffect) -> Self {
        Self { method: None, path: None, after: 0, count: None, probability: 1.0, seed: 0, effect }
    }

    /// Answers with a status and what Auth0 says with it, and does nothing else.
    pub fn status(status: u16) -> Self {
        Self::new(FaultEffect::Status { status, body: None, headers: BTreeMap::new(), performs: false })
    }

    /// Makes requests wait.
    pub fn delay(delay: Duration) -> Self {
        Self::new(FaultEffect::Delay { delay, jitter: Duration::ZERO })
    }

    /// Ends the connection without an answer; nothing is done.
    pub fn cut() -> Self {
        Self::new(FaultEffect::Cut { after_bytes: None, performs: false })
    }

    /// Does what was asked for, and ends the connection without an answer.
    pub fn lost_answer() -> Self {
        Self::new(FaultEffect::Cut { after_bytes: None, performs: true })
    }

    /// Does what was asked for, and ends the connection after so many bytes of the answer's body.
    pub fn cut_after(bytes: usize) -> Self {
        Self::new(FaultEffect::Cut { after_bytes: Some(bytes), performs: true })
    }

    /// Does what was asked for, and spoils the answer's body.
    pub fn malformed(form: Malformed) -> Self {
        Self::new(FaultEffect::Malformed(form))
    }

    /// Strikes requests of this method and path alone. `*` stands for anything.
    #[must_use]
    pub fn on(self, method: &str, path: &str) -> Self {
        Self { method: Some(method.to_owned()), path: Some(path.to_owned()), ..self }
    }

    /// Lets so many of them through first.
    #[must_use]
    pub fn after(self, requests: u64) -> Self {
        Self { after: requests, ..self }
    }

    /// Is over when it has struck so often.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self { count: Some(count), ..self }
    }

    /// Strikes by chance, from 0 to 1; the same seed strikes the same requests.
    #[must_use]
    pub fn with_probability(self, probability: f64, seed: u64) -> Self {
        Self { probability, seed, ..self }
    }

    fn is_for(&self, method: &str, path: &str, route: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(|pattern| pattern == route || fits(pattern, path))
    }
}

/// Whether the text has the pattern, in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

/// A fault in force.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveFault {
    /// Names it.
    pub id: u64,
    /// What it is.
    pub fault: Fault,
    /// How many requests it was for.
    pub matched: u64,
    /// How many it struck.
    pub struck: u64,
}

/// The faults in force, in the order in which they were added. Of those that strike a
/// request, the first that is no delay decides; delays add up.
#[derive(Default)]
pub struct Faults(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    last_id: u64,
    active: Vec<(ActiveFault, Seeded)>,
}

/// What is to happen to one request.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Struck {
    pub(crate) delay: Duration,
    pub(crate) effect: Option<FaultEffect>,
}

impl Faults {
    /// Puts a fault in force; answers its id.
    pub fn add(&self, fault: Fault) -> u64 {
        let mut inner = self.lock();
        inner.last_id += 1;
        let (id, seeded) = (inner.last_id, Seeded::new(fault.seed));
        inner.active.push((ActiveFault { id, fault, matched: 0, struck: 0 }, seeded));
        id
    }

    /// Those in force. One that has struck as often as it should is gone.
    pub fn all(&self) -> Vec<ActiveFault> {
        self.lock().active.iter().map(|(fault, _)| fault.clone()).collect()
    }

    /// Ends one; `false` when it is not in force.
    pub fn remove(&self, id: u64) -> bool {
        let mut inner = self.lock();
        let before = inner.active.len();
        inner.active.retain(|(fault, _)| fault.id != id);
        inner.active.len() < before
    }

    /// Ends all.
    pub fn clear(&self) {
        self.lock().active.clear();
    }

    /// What happens to a request, which is counted.
    pub(crate) fn strike(&self, method: &str, path: &str, route: &str) -> Struck {
        let mut inner = self.lock();
        let mut struck = Struck::default();
        for (active, seeded) in &mut inner.active {
            // What comes behind the one that decides would not be seen, but for the time that it takes.
            let is_late =
                struck.effect.is_some() && !matches!(active.fault.effect, FaultEffect::Delay { .. });
            if is_late || !active.fault.is_for(method, path, route) {
                continue;
            }
            active.matched += 1;
            if active.matched <= active.fault.after || !seeded.strikes(active.fault.probability) {
                continue;
            }
            active.struck += 1;
            match &active.fault.effect {
                FaultEffect::Delay { delay, jitter } => {
                    let most = u64::try_from(jitter.as_millis()).unwrap_or(u64::MAX);
                    let more = delay.saturating_add(Duration::from_millis(seeded.up_to(most)));
                    struck.delay = struck.delay.saturating_add(more);
                }
                effect => struck.effect = Some(effect.clone()),
            }
        }
        inner.active.retain(|(active, _)| active.fault.count.is_none_or(|count| active.struck < count));
        struck
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}

#[cfg(test)]
mod tests;

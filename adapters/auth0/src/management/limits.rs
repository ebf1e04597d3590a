//! How long the client waits and how often it tries: what a page can bear, and what a provider in trouble can.

use std::time::Duration;

/// The client's patience. [`Limits::default`] is what the product uses; tests shorten it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// One request with its whole answer, and the wait for a token before it.
    pub one_try: Duration,
    /// A call with all of its tries and pauses. A person waits for it, so it stays under ten seconds.
    pub whole_call: Duration,
    /// Requests of one call that end in a fault (no answer, half an answer, 5xx).
    pub tries: u32,
    /// Requests of one call that are refused as too many.
    pub refused_tries: u32,
    /// The longest pause before the second try; it doubles with each further one.
    pub first_pause: Duration,
    /// No pause of our own choice is longer than this.
    pub longest_pause: Duration,
    /// So many faults in a row open the circuit.
    pub faults_until_open: u32,
    /// For so long nobody is let through then, until one call probes.
    pub open_for: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            one_try: Duration::from_secs(4),
            whole_call: Duration::from_secs(9),
            tries: 3,
            refused_tries: 8,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(2),
            faults_until_open: 5,
            open_for: Duration::from_secs(5),
        }
    }
}

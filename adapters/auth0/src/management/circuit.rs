//! A circuit that spares a provider that is down: after several faults in a row calls fail at once, until one that
//! probes gets through.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::metrics;

/// The circuit to one Auth0 tenant.
#[derive(Debug)]
pub(super) struct Circuit {
    faults_until_open: u32,
    open_for: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Calls get through; so many in a row have ended in a fault.
    Closed { faults: u32 },
    /// Nobody gets through before then.
    Open { until: Instant },
    /// One call is out to see whether the provider is back.
    Probing,
}

/// How a call that was let through has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The provider answered, if only with a refusal.
    Answered,
    /// It did not, or not as it should.
    Fault,
}

/// The right to call. Who drops it without saying how the call ended has not called.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    circuit: &'a Circuit,
    probes: bool,
    is_settled: bool,
}

impl Circuit {
    pub(super) fn new(faults_until_open: u32, open_for: Duration) -> Self {
        Self { faults_until_open, open_for, state: Mutex::new(State::Closed { faults: 0 }) }
    }

    /// The right to call; `None` when the provider is being spared.
    pub(super) fn admit(&self) -> Option<Permit<'_>> {
        let mut state = self.state();
        let probes = match *state {
            State::Closed { .. } => false,
            State::Open { until } if Instant::now() >= until => {
                *state = State::Probing;
                metrics::circuit(metrics::CircuitState::Probing);
                true
            }
            State::Open { .. } | State::Probing => return None,
        };
        Some(Permit { circuit: self, probes, is_settled: false })
    }

    fn settle(&self, outcome: Outcome, probes: bool) {
        let mut state = self.state();
        let next = match (*state, outcome) {
            (State::Closed { .. }, Outcome::Answered) => State::Closed { faults: 0 },
            (State::Closed { faults }, Outcome::Fault) if faults + 1 < self.faults_until_open => {
                State::Closed { faults: faults + 1 }
            }
            (State::Closed { .. }, Outcome::Fault) => self.opened(),
            (State::Probing, Outcome::Answered) if probes => State::Closed { faults: 0 },
            (State::Probing, Outcome::Fault) if probes => self.opened(),
            // A call from before it opened says nothing new.
            (open, _) => open,
        };
        if next != *state {
            match next {
                State::Open { .. } => {
                    tracing::warn!(open_for = ?self.open_for, "Auth0 does not answer: calls fail at once for a while");
                    metrics::circuit(metrics::CircuitState::Open);
                }
                State::Closed { .. } if *state == State::Probing => {
                    tracing::info!("Auth0 answers again");
                    metrics::circuit(metrics::CircuitState::Closed);
                }
                State::Closed { .. } | State::Probing => {}
            }
        }
        *state = next;
    }

    fn opened(&self) -> State {
        State::Open { until: Instant::now() + self.open_for }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// Says how the call ended.
    pub(super) fn settle(mut self, outcome: Outcome) {
        self.is_settled = true;
        self.circuit.settle(outcome, self.probes);
    }
}

impl Drop for Permit<'_> {
    /// A probe that was given up lets the next call probe.
    fn drop(&mut self) {
        if self.probes && !self.is_settled {
            *self.circuit.state() = State::Open { until: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN_FOR: Duration = Duration::from_secs(5);

    fn fail(circuit: &Circuit, times: u32) {
        for _ in 0..times {
            circuit.admit().expect("it is closed").settle(Outcome::Fault);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn f02_opens_after_faults_in_a_row_and_lets_one_probe() {
        let circuit = Circuit::new(3, OPEN_FOR);
        fail(&circuit, 2);
        circuit.admit().unwrap().settle(Outcome::Answered);
        fail(&circuit, 3);
        assert!(circuit.admit().is_none(), "three in a row open it");
        tokio::time::advance(OPEN_FOR).await;
        let probe = circuit.admit().expect("one probes");
        assert!(circuit.admit().is_none(), "only one");
        probe.settle(Outcome::Fault);
        assert!(circuit.admit().is_none(), "the probe failed");
        tokio::time::advance(OPEN_FOR).await;
        circuit.admit().unwrap().settle(Outcome::Answered);
        fail(&circuit, 2);
        assert!(circuit.admit().is_some(), "it is closed, and counts anew");
    }

    #[tokio::test(start_paused = true)]
    async fn f02_a_probe_that_is_given_up_does_not_close_the_way_for_good() {
        let circuit = Circuit::new(1, OPEN_FOR);
        fail(&circuit, 1);
        tokio::time::advance(OPEN_FOR).await;
        drop(circuit.admit().unwrap());
        assert!(circuit.admit().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn f02_an_answer_to_a_call_from_before_does_not_close_it() {
        let circuit = Circuit::new(1, OPEN_FOR);
        let early = circuit.admit().unwrap();
        fail(&circuit, 1);
        early.settle(Outcome::Answered);
        assert!(circuit.admit().is_none());
    }
}

//! The bound Actions in their order, on a thread of their own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::commands::Wishes;
use crate::engine::{self, Calls, Deadline, Fault, Job, Message};
use crate::{Action, Effects, End, Execution, Host, Limits, Run, Suspended};

const EXECUTE: &str = "onExecutePostLogin";
const CONTINUE: &str = "onContinuePostLogin";

/// How long the engine is given to stop once its time is over. A single built-in call that does not look at the deadline
/// keeps its thread, but nobody waits for it.
const GRACE: Duration = Duration::from_secs(1);

/// Runs the bound Actions in order on one event. It needs a Tokio runtime with time, on which the host's answers are
/// worked out, and blocks none of its threads. Whoever drops the future stops the Actions.
pub async fn post_login(actions: &[Action], event: Value, host: Arc<dyn Host>, limits: &Limits) -> Execution {
    let metadata = event.pointer("/transaction/metadata").and_then(Value::as_object);
    let transaction_metadata = metadata.cloned().unwrap_or_default();
    let pipeline = Pipeline {
        actions: actions.to_vec(),
        first: EXECUTE,
        effects: Effects { transaction_metadata, ..Effects::default() },
        event,
        host,
        limits: *limits,
    };
    pipeline.on_a_thread().await
}

/// Goes on after a redirect: `onContinuePostLogin` of the Action that redirected, then the ones behind it. `event.request`
/// holds what came to `/continue`.
pub async fn continue_post_login(
    actions: &[Action],
    suspended: Suspended,
    event: Value,
    host: Arc<dyn Host>,
    limits: &Limits,
) -> Execution {
    let Some(place) = actions.iter().position(|action| action.id == suspended.action_id) else {
        let message = "The Action that redirected is not bound any more".to_owned();
        return failed(suspended.effects, suspended.action_id, message);
    };
    let pipeline = Pipeline {
        actions: actions.iter().skip(place).cloned().collect(),
        first: CONTINUE,
        effects: suspended.effects,
        event,
        host,
        limits: *limits,
    };
    pipeline.on_a_thread().await
}

struct Pipeline {
    actions: Vec<Action>,
    /// The handler of the first one.
    first: &'static str,
    effects: Effects,
    event: Value,
    host: Arc<dyn Host>,
    limits: Limits,
}

impl Pipeline {
    async fn on_a_thread(self) -> Execution {
        if self.actions.is_empty() {
            return Execution { end: End::Completed, effects: self.effects, runs: Vec::new() };
        }
        let (done, outcome) = oneshot::channel();
        let calls = Calls::new(Arc::clone(&self.host), Handle::current());
        let abandoned = Arc::new(AtomicBool::new(false));
        let deadline =
            Deadline { at: Instant::now() + self.limits.run_time, abandoned: Arc::clone(&abandoned) };
        let give_up = deadline.at + GRACE;
        let late = Fault::TimedOut(self.limits.run_time);
        let _guard = Guard { abandoned, wake: calls.sender() };
        let first = self.actions.first().map(|action| action.name.clone()).unwrap_or_default();
        let progress = Arc::new(Progress::default());
        let shared = Arc::clone(&progress);
        let builder =
            thread::Builder::new().name("actions".to_owned()).stack_size(self.limits.thread_stack());
        let started = builder.spawn(move || {
            // Nobody listens when the future was dropped.
            let _ = done.send(self.run(calls, &deadline, &shared));
        });
        if let Err(error) = started {
            return failed(Effects::default(), first, format!("The engine could not be started: {error}"));
        }
        match in_time(outcome, give_up).await {
            Ok(Ok(execution)) => execution,
            Ok(Err(_)) => progress.stopped("The engine stopped unexpectedly".to_owned()),
            Err(Late) => progress.stopped(late.to_string()),
        }
    }

    fn run(self, mut calls: Calls, deadline: &Deadline, progress: &Progress) -> Execution {
        let mut effects = self.effects;
        let mut runs = Vec::new();
        let mut handler = self.first;
        for action in &self.actions {
            let event = event_of(&self.event, action, &effects);
            calls.next_action();
            progress.begin(action, &runs);
            let began = Instant::now();
            let before =
                (effects.app_metadata.clone(), effects.user_metadata.clone(), effects.primary_user.clone());
            let job = Job {
                action,
                handler,
                event: &event,
                host: &self.host,
                limits: &self.limits,
                deadline,
                calls: &mut calls,
            };
            let ran = engine::run(job, Wishes { effects, ..Wishes::default() });
            let Wishes { effects: after, denial, redirect, .. } = ran.wishes;
            effects = after;
            if effects.primary_user != before.2 {
                // Whose metadata it would be is not clear: Auth0 drops what the same Action set.
                (effects.app_metadata, effects.user_metadata) = (before.0, before.1);
            }
            let error = ran.fault.map(|fault| fault.to_string());
            let name = action.name.clone();
            runs.push(Run {
                action: name.clone(),
                console: ran.console,
                error: error.clone(),
                duration: began.elapsed(),
            });
            if let Some(message) = error {
                return Execution { end: End::Failed { action: name, message }, effects, runs };
            }
            if let Some(denial) = denial {
                return Execution {
                    end: End::Denied { reason: denial.reason, code: denial.code },
                    effects,
                    runs,
                };
            }
            if let Some(url) = redirect {
                let suspended = Box::new(suspend(action, &effects));
                return Execution { end: End::Redirected { url, suspended }, effects, runs };
            }
            handler = EXECUTE;
        }
        Execution { end: End::Completed, effects, runs }
    }
}

/// How far an execution has come, for whoever can't wait for its end: the Action that runs, and the runs before it.
#[derive(Default)]
struct Progress(Mutex<(String, Vec<Run>)>);

impl Progress {
    fn begin(&self, action: &Action, runs: &[Run]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (action.name.clone(), runs.to_vec());
    }

    fn stopped(&self, message: String) -> Execution {
        let (action, runs) = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Execution { runs, ..failed(Effects::default(), action, message) }
    }
}

/// The event as this Action sees it: its own secrets, and what earlier ones set on the transaction and the session.
fn event_of(event: &Value, action: &Action, effects: &Effects) -> Value {
    let mut event = event.clone();
    let Some(root) = event.as_object_mut() else { return event };
    root.insert("secrets".to_owned(), json!(action.secrets));
    let part = |root: &mut Map<String, Value>, name: &str, changes: &Map<String, Value>, evict: bool| {
        if changes.is_empty() && !root.contains_key(name) {
            return;
        }
        let part = root.entry(name).or_insert_with(|| json!({}));
        let Some(part) = part.as_object_mut() else { return };
        let Some(metadata) = part.entry("metadata").or_insert_with(|| json!({})).as_object_mut() else {
            return;
        };
        if evict {
            metadata.clear();
        }
        for (key, value) in changes {
            if value.is_null() {
                metadata.remove(key);
            } else {
                metadata.insert(key.clone(), value.clone());
            }
        }
    };
    part(root, "transaction", &effects.transaction_metadata, true);
    part(root, "session", &effects.session.metadata, effects.session.evict_metadata);
    part(root, "refresh_token", &effects.refresh_token.metadata, effects.refresh_token.evict_metadata);
    event
}

/// The metadata is written before the person leaves: what changes meanwhile must not be overwritten afterwards.
fn suspend(action: &Action, effects: &Effects) -> Suspended {
    let mut effects = effects.clone();
    effects.app_metadata.clear();
    effects.user_metadata.clear();
    Suspended { action_id: action.id.clone(), effects }
}

fn failed(effects: Effects, action: String, message: String) -> Execution {
    Execution { end: End::Failed { action, message }, effects, runs: Vec::new() }
}

/// Nothing came in time.
struct Late;

/// What `outcome` brings until `end`, in real time: a test may have stopped the clock of its runtime.
async fn in_time<F: Future + Unpin>(mut outcome: F, end: Instant) -> Result<F::Output, Late> {
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match tokio::time::timeout(left, &mut outcome).await {
            Ok(output) => return Ok(output),
            Err(_) if Instant::now() >= end => return Err(Late),
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// Stops the Actions when nobody waits for them any more.
struct Guard {
    abandoned: Arc<AtomicBool>,
    wake: Sender<Message>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Relaxed);
        // Nobody listens when the execution has ended.
        let _ = self.wake.send(Message::Abandoned);
    }
}

//! Calls of an Action that the host answers, on the runtime of who asked for the execution, while the engine's thread waits.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{ApiRequest, ApiResponse, Credentials, Host};

/// As many calls of one Action may be under way. The JavaScript of this crate keeps to it; an Action that has bent the
/// built-ins which that goes by is held to it here.
const MOST_AT_ONCE: usize = 20;

/// What ends a wait.
pub(crate) enum Wake {
    /// The answer to the call of this number; `None` when there will be none.
    Answer(u32, Option<String>),
    /// The time is over, or nobody waits for the execution any more.
    Nothing,
}

/// An answer on its way, or the word that nobody waits.
pub(crate) enum Message {
    /// Of which engine, which call, and what.
    Answered {
        generation: u32,
        id: u32,
        body: Option<String>,
    },
    Abandoned,
}

/// The calls of one execution.
pub(crate) struct Calls {
    host: Arc<dyn Host>,
    runtime: Handle,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    outstanding: u32,
    /// Each Action has an engine of its own; an answer that comes for an earlier one is dropped.
    generation: u32,
    began: Instant,
}

impl Calls {
    pub(crate) fn new(host: Arc<dyn Host>, runtime: Handle) -> Self {
        let (sender, receiver) = channel();
        Self { host, runtime, sender, receiver, outstanding: 0, generation: 0, began: Instant::now() }
    }

    /// Where to say that nobody waits any more.
    pub(crate) fn sender(&self) -> Sender<Message> {
        self.sender.clone()
    }

    /// Forgets what an earlier Action left behind.
    pub(crate) fn next_action(&mut self) {
        self.generation += 1;
        self.outstanding = 0;
    }

    pub(crate) fn outstanding(&self) -> u32 {
        self.outstanding
    }

    /// Milliseconds since the execution began, in real time.
    pub(crate) fn elapsed_ms(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1000.0
    }

    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// How an engine begins calls.
    pub(super) fn line(&self) -> Line {
        Line {
            host: Arc::clone(&self.host),
            runtime: self.runtime.clone(),
            sender: self.sender.clone(),
            generation: self.generation,
            places: Arc::new(Semaphore::new(MOST_AT_ONCE)),
        }
    }

    /// One more is under way.
    pub(super) fn begun(&mut self, count: u32) {
        self.outstanding += count;
    }

    pub(crate) fn wait(&mut self, pause: Duration) -> Wake {
        let until = Instant::now() + pause;
        loop {
            match self.receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Message::Answered { generation, id, body }) if generation == self.generation => {
                    self.outstanding = self.outstanding.saturating_sub(1);
                    return Wake::Answer(id, body);
                }
                Ok(Message::Answered { .. }) => {}
                Ok(Message::Abandoned) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Wake::Nothing;
                }
            }
        }
    }
}

/// What one engine needs to begin a call.
#[derive(Clone)]
pub(super) struct Line {
    host: Arc<dyn Host>,
    runtime: Handle,
    sender: Sender<Message>,
    generation: u32,
    places: Arc<Semaphore>,
}

impl Line {
    /// Begins a call: `request` is what the Action's client wrote as JSON. `false` when too many are under way.
    pub(super) fn begin(&self, id: u32, api: Api, request: &Value) -> bool {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return false };
        let (sender, generation) = (self.sender.clone(), self.generation);
        let reply = Reply { sender, generation, id, body: None, place: Some(place) };
        let (credentials, request) = (credentials_of(request), request_of(request));
        let host = Arc::clone(&self.host);
        self.runtime.spawn(async move {
            let mut reply = reply;
            let response = match api {
                Api::Management => host.management(&credentials, request).await,
                Api::Authentication => host.authentication(&credentials, request).await,
            };
            reply.body = Some(written(response));
        });
        true
    }
}

/// Which of the two APIs.
#[derive(Clone, Copy)]
pub(super) enum Api {
    Management,
    Authentication,
}

/// Answers when it is dropped: also when the host gives up half-way, or the runtime ends.
struct Reply {
    sender: Sender<Message>,
    generation: u32,
    id: u32,
    body: Option<String>,
    place: Option<OwnedSemaphorePermit>,
}

impl Drop for Reply {
    fn drop(&mut self) {
        // Before the answer: whoever reads it may begin the next call at once.
        drop(self.place.take());
        let answered = Message::Answered { generation: self.generation, id: self.id, body: self.body.take() };
        // Nobody listens when the execution has ended already.
        let _ = self.sender.send(answered);
    }
}

fn credentials_of(request: &Value) -> Credentials {
    let credentials = request.get("credentials");
    let text = |name: &str| credentials?.get(name)?.as_str().map(str::to_owned);
    Credentials {
        domain: text("domain").unwrap_or_default(),
        client_id: text("clientId"),
        client_secret: text("clientSecret"),
        token: text("token"),
        audience: text("audience"),
    }
}

fn request_of(request: &Value) -> ApiRequest {
    let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let pairs = request.get("query").and_then(Value::as_array).into_iter().flatten();
    let pair = |pair: &Value| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.as_str()?.to_owned()));
    ApiRequest {
        method: text("method"),
        path: text("path"),
        query: pairs.filter_map(pair).collect(),
        body: request.get("body").cloned(),
    }
}

fn written(response: ApiResponse) -> String {
    let body = response.body.map_or_else(String::new, |body| body.to_string());
    json!({ "status": response.status, "body": body, "headers": response.headers }).to_string()
}

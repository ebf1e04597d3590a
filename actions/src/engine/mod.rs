//! One Action in an engine of its own: fresh globals, bounded memory, stack and time.

mod calls;
mod native;
mod unicode;
mod url;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rquickjs::{CatchResultExt as _, CaughtError, Context, Ctx, Function, Object, Runtime};
use serde_json::Value;

use crate::commands::Wishes;
use crate::{Action, ConsoleLine, Host, Limits};

use calls::Wake;
pub(crate) use calls::{Calls, Message};

/// Set when an execution has to end, whoever says so.
#[derive(Clone)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    /// Nobody waits for the result any more.
    pub(crate) abandoned: Arc<AtomicBool>,
}

impl Deadline {
    pub(crate) fn is_over(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed) || Instant::now() >= self.at
    }

    fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }
}

/// Why an Action came to no good end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("{0}")]
    Thrown(String),
    #[error("The Actions ran longer than {} seconds and were stopped", .0.as_secs_f64())]
    TimedOut(Duration),
    #[error("The Action waits for something that can never happen: it would run into the limit of {} seconds", .0.as_secs_f64())]
    Stuck(Duration),
    #[error("The Action exports no function {0}")]
    NoHandler(&'static str),
    #[error("The engine could not be started: {0}")]
    Engine(String),
}

/// What all parts of one run share.
pub(super) struct Work {
    pub(super) wishes: Wishes,
    pub(super) console: Vec<ConsoleLine>,
    /// How the handler ended, once it has.
    pub(super) finished: Option<Ended>,
    /// Calls to the host that were begun since somebody looked.
    pub(super) begun: u32,
}

/// How a handler ended.
pub(super) enum Ended {
    Well,
    Threw(String),
}

/// What a run needs.
pub(crate) struct Job<'a> {
    pub(crate) action: &'a Action,
    pub(crate) handler: &'static str,
    pub(crate) event: &'a Value,
    pub(crate) host: &'a Arc<dyn Host>,
    pub(crate) limits: &'a Limits,
    pub(crate) deadline: &'a Deadline,
    pub(crate) calls: &'a mut Calls,
}

/// What came of it.
pub(crate) struct Ran {
    pub(crate) wishes: Wishes,
    pub(crate) console: Vec<ConsoleLine>,
    pub(crate) fault: Option<Fault>,
}

/// Runs one handler of an Action that starts from `wishes`. It blocks until the handler has ended or was stopped.
pub(crate) fn run(job: Job<'_>, wishes: Wishes) -> Ran {
    let work = Rc::new(RefCell::new(Work { wishes, console: Vec::new(), finished: None, begun: 0 }));
    let outcome = start(job.limits, job.deadline).and_then(|context| {
        let drive = Drive { job, work: Rc::clone(&work) };
        context.with(|ctx| drive.run(&ctx))
    });
    let mut work = work.borrow_mut();
    let unsupported = work.wishes.unsupported.take().map(Fault::Thrown);
    Ran {
        fault: unsupported.or(outcome.err()),
        wishes: std::mem::take(&mut work.wishes),
        console: std::mem::take(&mut work.console),
    }
}

/// Only compiles: what is wrong with the code, and in which line.
///
/// A script is read to its end before any of it runs, so one that begins with a `throw` is compiled and nothing else. Code
/// that ends its function to go on outside of it is told by two functions around it: behind a declaration a statement has
/// to begin, and behind an arrow function in brackets a comma or the bracket has to follow, which begins none. The arrow
/// function stands in another function for the sake of `new.target`.
pub(crate) fn compile(code: &str, limits: &Limits, deadline: &Deadline) -> Result<(), SyntaxFault> {
    let fault = |message: String| SyntaxFault { message, line: None };
    let context = start(limits, deadline).map_err(|engine| fault(engine.to_string()))?;
    let declaration = format!("throw true; function action({PARAMETERS}) {{{code}\n}}");
    let arrow = format!("throw true; (function () {{ (({PARAMETERS}) => {{{code}\n}}) }})");
    for source in [declaration, arrow] {
        context.with(|ctx| {
            match native::evaluate::<rquickjs::Value<'_>>(&ctx, source, FILE).catch(&ctx) {
                Err(CaughtError::Value(thrown)) if thrown.as_bool() == Some(true) => Ok(()),
                Err(CaughtError::Exception(exception)) => {
                    let line = exception.stack().and_then(|stack| line_of(&stack));
                    Err(SyntaxFault { message: exception.message().unwrap_or_default(), line })
                }
                Err(other) => Err(fault(other.to_string())),
                Ok(_) => Err(fault("it does not end as it has to".to_owned())),
            }
        })?;
    }
    Ok(())
}

/// What is wrong with code that does not compile.
pub(crate) struct SyntaxFault {
    pub(crate) message: String,
    pub(crate) line: Option<u32>,
}

/// What a CommonJS module gets.
const PARAMETERS: &str = "exports, require, module, __filename, __dirname";

/// The file name that errors of an Action name.
const FILE: &str = "action.js";

fn line_of(stack: &str) -> Option<u32> {
    let (_, place) = stack.split_once(&format!("{FILE}:"))?;
    place.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

fn start(limits: &Limits, deadline: &Deadline) -> Result<Context, Fault> {
    let engine = |error: rquickjs::Error| Fault::Engine(error.to_string());
    let runtime = Runtime::new().map_err(engine)?;
    runtime.set_memory_limit(limits.memory);
    runtime.set_max_stack_size(limits.stack);
    let deadline = deadline.clone();
    runtime.set_interrupt_handler(Some(Box::new(move || deadline.is_over())));
    Context::full(&runtime).map_err(engine)
}

/// The code as a CommonJS module: a function that is yet to be called. Its lines keep their numbers.
fn module<'js>(ctx: &Ctx<'js>, code: &str) -> rquickjs::Result<Function<'js>> {
    let source = format!("(function ({PARAMETERS}) {{{code}\n}})");
    native::evaluate(ctx, source, FILE)
}

struct Drive<'a> {
    job: Job<'a>,
    work: Rc<RefCell<Work>>,
}

impl Drive<'_> {
    fn run(mut self, ctx: &Ctx<'_>) -> Result<(), Fault> {
        let outcome = self.drive_to_its_end(ctx);
        // Whatever an engine says that was stopped, it was stopped.
        let timed_out = Fault::TimedOut(self.job.limits.run_time);
        if outcome.is_err() && self.job.deadline.is_over() { Err(timed_out) } else { outcome }
    }

    fn drive_to_its_end(&mut self, ctx: &Ctx<'_>) -> Result<(), Fault> {
        let thrown = |error: CaughtError<'_>| Fault::Thrown(text_of(&error));
        let shared = self.begin(ctx).catch(ctx).map_err(thrown)??;
        loop {
            while !self.job.deadline.is_over() && !self.is_finished() && ctx.execute_pending_job() {}
            match self.work.borrow_mut().finished.take() {
                Some(Ended::Well) => return Ok(()),
                Some(Ended::Threw(message)) => return Err(Fault::Thrown(message)),
                None => {}
            }
            if self.job.deadline.is_over() {
                return Err(Fault::TimedOut(self.job.limits.run_time));
            }
            self.wait(&shared).catch(ctx).map_err(thrown)??;
        }
    }

    fn is_finished(&self) -> bool {
        self.work.borrow().finished.is_some()
    }

    /// Loads the module and calls the handler, which may go on afterwards.
    fn begin<'js>(&mut self, ctx: &Ctx<'js>) -> rquickjs::Result<Result<Object<'js>, Fault>> {
        let shared = native::install(ctx, &self.job, &self.work)?;
        let require: Function<'js> = shared.get("require")?;
        let exports = Object::new(ctx.clone())?;
        let wrapper = Object::new(ctx.clone())?;
        wrapper.set("exports", exports.clone())?;
        module(ctx, &self.job.action.code)?.call::<_, ()>((exports, require, wrapper.clone(), FILE, "/"))?;
        let exports: rquickjs::Value<'js> = wrapper.get("exports")?;
        let handler =
            exports.as_object().and_then(|exports| exports.get::<_, Function<'js>>(self.job.handler).ok());
        let Some(handler) = handler else { return Ok(Err(Fault::NoHandler(self.job.handler))) };
        let event = ctx.json_parse(self.job.event.to_string())?;
        shared.get::<_, Function<'js>>("start")?.call::<_, ()>((handler, event))?;
        Ok(Ok(shared))
    }

    /// Waits for an answer or a timer, whichever is first, and hands it to the Action.
    fn wait<'js>(&mut self, shared: &Object<'js>) -> rquickjs::Result<Result<(), Fault>> {
        let run_time = self.job.limits.run_time;
        self.job.calls.begun(std::mem::take(&mut self.work.borrow_mut().begun));
        let due: f64 = shared.get::<_, Function<'js>>("nextTimer")?.call(())?;
        let left = self.job.deadline.left();
        let pause = if due < 0.0 {
            if self.job.calls.outstanding() == 0 {
                return Ok(Err(Fault::Stuck(run_time)));
            }
            left
        } else {
            let elapsed = self.job.calls.elapsed_ms();
            Duration::try_from_secs_f64((due - elapsed).max(0.0) / 1000.0).unwrap_or(left).min(left)
        };
        match self.job.calls.wait(pause) {
            Wake::Answer(id, body) => {
                shared.get::<_, Function<'js>>("answer")?.call::<_, ()>((id, body))?;
            }
            Wake::Nothing
                if due >= 0.0 && !self.job.deadline.is_over() && self.job.calls.elapsed_ms() >= due =>
            {
                shared.get::<_, Function<'js>>("fire")?.call::<_, ()>(())?;
            }
            Wake::Nothing => {}
        }
        Ok(Ok(()))
    }
}

/// What an exception says, in words for a log.
fn text_of(error: &CaughtError<'_>) -> String {
    match error {
        CaughtError::Exception(exception) => exception.message().unwrap_or_default(),
        CaughtError::Value(value) => match value.as_string().and_then(|text| text.to_string().ok()) {
            Some(text) => text,
            None => format!("The Action threw a value of type {}", value.type_name()),
        },
        CaughtError::Error(error) => error.to_string(),
    }
}

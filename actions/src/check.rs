//! Whether code can be deployed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::{self, Deadline};
use crate::{Limits, MAX_CODE};

/// How long a build may take.
const BUILD_TIME: Duration = Duration::from_secs(5);

/// Why an Action can't be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    #[error("The code is larger than 100 kB")]
    TooLarge,
    #[error("SyntaxError: {message}{}", .line.map(|line| format!(" (line {line})")).unwrap_or_default())]
    Syntax {
        message: String,
        /// Counted from 1.
        line: Option<u32>,
    },
    #[error("The code exports no onExecutePostLogin")]
    NoHandler,
    #[error("The code could not be compiled: {0}")]
    Engine(String),
}

/// Whether the code compiles and names the handler that it has to export. Nothing of it is run.
pub fn check(code: &str) -> Result<(), BuildError> {
    if code.len() > MAX_CODE {
        return Err(BuildError::TooLarge);
    }
    let limits = Limits::default();
    let deadline = Deadline { at: Instant::now() + BUILD_TIME, abandoned: Arc::new(AtomicBool::new(false)) };
    // The compiler recurses: it gets a stack of known size.
    let compiled = thread::scope(|scope| {
        let builder =
            thread::Builder::new().name("action-check".to_owned()).stack_size(limits.thread_stack());
        let compiler = builder.spawn_scoped(scope, || engine::compile(code, &limits, &deadline));
        let compiler = compiler.map_err(|error| BuildError::Engine(error.to_string()))?;
        compiler.join().map_err(|_| BuildError::Engine("the compiler stopped".to_owned()))
    })?;
    compiled.map_err(|fault| BuildError::Syntax { message: fault.message, line: fault.line })?;
    if code.contains("onExecutePostLogin") { Ok(()) } else { Err(BuildError::NoHandler) }
}

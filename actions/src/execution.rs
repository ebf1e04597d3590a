//! How an execution went.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Effects;

/// What came of running the bound Actions.
#[derive(Clone, Debug)]
pub struct Execution {
    pub end: End,
    /// To be carried out whatever the end is, but for [`End::Failed`]. Of a redirect: the metadata at once, the rest comes
    /// again when the execution goes on.
    pub effects: Effects,
    /// One for each Action that ran, in order.
    pub runs: Vec<Run>,
}

/// Why an execution stopped.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// Every Action has run.
    Completed,
    /// An Action refused the login. Later ones did not run.
    Denied {
        /// What the application is told.
        reason: String,
        /// An error code, when the Action gave one besides.
        code: Option<String>,
    },
    /// The person is sent to `url`, with `state` still to be added to it. Later Actions wait.
    Redirected { url: String, suspended: Box<Suspended> },
    /// An Action threw, ran out of time or memory, or asked for what is not there.
    Failed {
        /// The Action's name.
        action: String,
        message: String,
    },
}

/// What is kept while a person is away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspended {
    /// The id of the Action that redirected.
    pub action_id: String,
    /// What was asked for until then, without the metadata that was written before the redirect.
    pub effects: Effects,
}

/// One Action's run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The Action's name.
    pub action: String,
    /// What it wrote to the console, 256 characters of a line at most.
    pub console: Vec<ConsoleLine>,
    /// Why it failed.
    pub error: Option<String>,
    pub duration: Duration,
}

/// A line of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLine {
    /// `log`, `info`, `warn`, `error` or `debug`.
    pub level: String,
    pub text: String,
}

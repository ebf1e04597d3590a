//! What a check found, line by line, each with what to do about it.

use serde::Serialize;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Right,
    /// Not as it should be.
    Wrong,
    /// Not as it could be; the product works all the same.
    Note,
    /// Nobody could look.
    Unseen,
}

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub todo: Option<String>,
}

impl Finding {
    pub(super) fn right(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, state: State::Right, found: found.into(), todo: None }
    }

    pub(super) fn wrong(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { check, state: State::Wrong, found: found.into(), todo: Some(todo.into()) }
    }

    pub(super) fn note(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { check, state: State::Note, found: found.into(), todo: Some(todo.into()) }
    }

    pub(super) fn unseen(check: &'static str, scope: &str) -> Self {
        let todo = "give --token, or --client-id and --client-secret, of an application that may";
        Self {
            check,
            state: State::Unseen,
            found: format!("not seen: it takes {scope}"),
            todo: Some(todo.into()),
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Line by line.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.findings.iter().all(|finding| finding.state != State::Wrong)
    }
}

//! Errors that say where in the file something is wrong.

use std::collections::HashSet;
use std::fmt;

/// What is wrong with a seed file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError {
    place: String,
    problem: String,
}

impl SeedError {
    pub(crate) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }

    /// Where: `organizations[1].members[0].user`. Empty when it is about the whole.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What: a phrase.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{}: {}", self.place, self.problem)
        }
    }
}

impl std::error::Error for SeedError {}

/// Somewhere in the file.
#[derive(Clone, Debug)]
pub(super) struct Place(String);

impl Place {
    /// An item of a list at the top: `users[3]`.
    pub(super) fn item(list: &str, index: usize) -> Self {
        Self(format!("{list}[{index}]"))
    }

    /// A property of what is here.
    pub(super) fn at(&self, property: &str) -> Self {
        Self(format!("{}.{property}", self.0))
    }

    /// An item of a list of what is here.
    pub(super) fn item_of(&self, list: &str, index: usize) -> Self {
        Self(format!("{}.{list}[{index}]", self.0))
    }

    pub(super) fn error(&self, problem: impl Into<String>) -> SeedError {
        SeedError::new(self.0.clone(), problem)
    }
}

/// Notices what stands twice.
#[derive(Default)]
pub(super) struct Once(HashSet<String>);

impl Once {
    pub(super) fn check(&mut self, what: &str, place: &Place) -> Result<(), SeedError> {
        if self.0.insert(what.to_owned()) {
            Ok(())
        } else {
            Err(place.error(format!("{what} stands here a second time")))
        }
    }
}

/// An id of one's own choice, for something whose ids begin like this.
pub(super) fn check_id(id: &str, prefix: &str, place: &Place) -> Result<(), SeedError> {
    let rest = id.strip_prefix(prefix).unwrap_or_default();
    let sound = (1..=64).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if sound { Ok(()) } else { Err(place.error(format!("an id is {prefix} and then letters or digits"))) }
}

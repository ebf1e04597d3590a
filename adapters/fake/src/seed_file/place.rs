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
    /// Something at the top: `tenant`.
    pub(super) fn top(name: &str) -> Self {
        Self(name.to_owned())
    }

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

/// Who has an id of the file's choice, and what the one that the file means has.
pub(super) struct Holders<'a> {
    /// The name of the one that has the id.
    pub(super) of_id: Option<&'a str>,
    /// The id of the one that has the name.
    pub(super) of_name: Option<&'a str>,
}

/// An id of one's own choice for something of this name: well-formed, nobody else's, and no second one.
pub(super) fn check_given_id(
    given: Option<&str>,
    (kind, prefix): (&str, &str),
    name: &str,
    holders: &Holders<'_>,
    place: &Place,
) -> Result<(), SeedError> {
    let Some(id) = given else { return Ok(()) };
    let place = place.at("id");
    check_id(id, prefix, &place)?;
    match holders {
        Holders { of_id: Some(other), .. } if *other != name => {
            Err(place.error(format!("the {kind} {other} has this id")))
        }
        Holders { of_name: Some(other), .. } if *other != id => {
            Err(place.error(format!("the {kind} has the id {other} already")))
        }
        _ => Ok(()),
    }
}

/// An id for something whose ids begin like this.
fn check_id(id: &str, prefix: &str, place: &Place) -> Result<(), SeedError> {
    let rest = id.strip_prefix(prefix).unwrap_or_default();
    let sound = (1..=64).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if sound { Ok(()) } else { Err(place.error(format!("an id is {prefix} and then letters or digits"))) }
}

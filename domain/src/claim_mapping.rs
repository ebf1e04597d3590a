//! Which claim of a login gives which role.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::Role;

/// "Whose `groups` contain `course-admins` is an Administrator."
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct ClaimMapping {
    claim: Box<str>,
    value: Box<str>,
    /// The role that it gives.
    pub role: Role,
}

/// Why something is no mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClaimMapping {
    /// No claim is named, or nothing that can be the name of one.
    #[error("name the claim in 1 to 100 characters, for example department")]
    Claim,
    /// No value is named, or one that is too long.
    #[error("name the value in 1 to 200 characters, for example course-admins")]
    Value,
}

/// How many mappings a connection may have.
pub const MOST_MAPPINGS: usize = 10;

/// The longest name of a claim, and the longest value, that a mapping names.
const LONGEST_CLAIM: usize = 100;
const LONGEST_VALUE: usize = 200;

#[derive(serde::Serialize, serde::Deserialize)]
struct Stored {
    claim: String,
    value: String,
    role: Role,
}

impl TryFrom<Stored> for ClaimMapping {
    type Error = InvalidClaimMapping;

    fn try_from(stored: Stored) -> Result<Self, InvalidClaimMapping> {
        Self::new(&stored.claim, &stored.value, stored.role)
    }
}

impl From<ClaimMapping> for Stored {
    fn from(mapping: ClaimMapping) -> Self {
        Self { claim: mapping.claim.into(), value: mapping.value.into(), role: mapping.role }
    }
}

impl ClaimMapping {
    /// Whose `claim` is or contains `value` gets `role`. Both are taken without the space around them.
    pub fn new(claim: &str, value: &str, role: Role) -> Result<Self, InvalidClaimMapping> {
        let fits = |text: &str, most: usize| {
            (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        let (claim, value) = (claim.trim(), value.trim());
        if !fits(claim, LONGEST_CLAIM) {
            return Err(InvalidClaimMapping::Claim);
        }
        if !fits(value, LONGEST_VALUE) {
            return Err(InvalidClaimMapping::Value);
        }
        Ok(Self { claim: claim.into(), value: value.into(), role })
    }

    /// Which claim decides.
    pub fn claim(&self) -> &str {
        &self.claim
    }

    /// What it has to be or to contain, exactly.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether these claims fit: the claim is this text, or a list with this text in it. A number or a truth value
    /// counts as it is written.
    pub fn fits(&self, claims: &Map<String, Value>) -> bool {
        let is_it = |value: &Value| as_written(value).is_some_and(|text| *text == *self.value);
        match claims.get(&*self.claim) {
            Some(Value::Array(values)) => values.iter().any(is_it),
            Some(value) => is_it(value),
            None => false,
        }
    }
}

/// What a mapping can see of a claim: nothing else of it makes a difference to any. `None` when none can name it.
pub(crate) fn visible(name: &str, value: &Value) -> Option<Value> {
    let is_short = |text: &str, most: usize| text.chars().nth(most).is_none();
    let can_be_named = |value: &Value| as_written(value).is_some_and(|text| is_short(&text, LONGEST_VALUE));
    let seen = match value {
        Value::Array(values) => {
            Value::Array(values.iter().filter(|value| can_be_named(value)).cloned().collect())
        }
        value if can_be_named(value) => value.clone(),
        _ => return None,
    };
    is_short(name, LONGEST_CLAIM).then_some(seen)
}

fn as_written(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(truth) => Some(Cow::Owned(truth.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(value: &Value) -> bool {
        let mapping = ClaimMapping::new(" groups ", "admins", Role::Administrator).unwrap();
        mapping.fits(json!({ "groups": value }).as_object().unwrap())
    }

    #[test]
    fn a_claim_fits_exactly_or_as_one_of_a_list() {
        for (value, expected) in [
            (json!("admins"), true),
            (json!(["people", "admins"]), true),
            (json!("admins2"), false),
            (json!("Admins"), false),
            (json!("people,admins"), false),
            (json!([["admins"]]), false),
            (json!({ "admins": true }), false),
            (json!(null), false),
            (json!([]), false),
        ] {
            assert_eq!(fits(&value), expected, "{value}");
        }
        let number = ClaimMapping::new("level", "3", Role::Employee).unwrap();
        assert!(number.fits(json!({ "level": 3 }).as_object().unwrap()));
        assert!(!number.fits(&Map::new()));
    }

    #[test]
    fn says_what_a_mapping_lacks() {
        let new = |claim: &str, value: &str| ClaimMapping::new(claim, value, Role::Employee);
        assert_eq!(new(" ", "x"), Err(InvalidClaimMapping::Claim));
        assert_eq!(new(&"c".repeat(101), "x"), Err(InvalidClaimMapping::Claim));
        assert_eq!(new("groups", ""), Err(InvalidClaimMapping::Value));
        assert_eq!(new("groups", "a\0b"), Err(InvalidClaimMapping::Value));
        assert_eq!(new("groups", &"v".repeat(201)), Err(InvalidClaimMapping::Value));
        assert!(new(&"c".repeat(100), &"v".repeat(200)).is_ok());
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let mapping = ClaimMapping::new("groups", "admins", Role::Administrator).unwrap();
        let text = serde_json::to_string(&mapping).unwrap();
        assert_eq!(serde_json::from_str::<ClaimMapping>(&text).unwrap(), mapping);
        assert!(serde_json::from_str::<ClaimMapping>(&text.replace("groups", "")).is_err());
    }
}

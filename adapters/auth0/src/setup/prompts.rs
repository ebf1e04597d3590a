//! How people are asked who they are: the address first, on Auth0's newer pages, which alone know organizations.

use serde_json::{Map, Value, json};

use super::error::{Doing, SetupError};
use super::plan::{Change, Line, differing, told};
use super::settings::Adopt;
use crate::ManagementError;
use crate::management::{Management, Operation};

const STEP: &str = "prompts";
const NAME: &str = "identifier first";
/// So many applications are named, and the others counted.
const NAMED: usize = 3;

/// What is to be done about the prompts.
#[derive(Debug)]
pub(super) struct PromptsPlan {
    pub(super) line: Line,
    patch: Map<String, Value>,
}

pub(super) async fn read(api: &Management) -> Result<Map<String, Value>, ManagementError> {
    api.call(&Operation::get(&["prompts"], &[])).await
}

/// What of the prompts is not as the product needs it, as the body of a change.
fn missing(found: &Map<String, Value>) -> Map<String, Value> {
    let wanted = [("identifier_first", json!(true)), ("universal_login_experience", json!("new"))];
    differing(found, &wanted.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
}

/// The same in words.
pub(super) fn differences(found: &Map<String, Value>) -> Vec<String> {
    told(found, &missing(found))
}

/// `others` are the applications of others that people log in to: the login page is theirs, too.
pub(super) fn plan(found: &Map<String, Value>, others: &[&str], adopt: &Adopt) -> PromptsPlan {
    let mut details = differences(found);
    if details.is_empty() || others.is_empty() {
        return PromptsPlan { line: Line::of_details(STEP, NAME, details), patch: missing(found) };
    }
    let named = others.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = others.len().saturating_sub(NAMED);
    let named = if more == 0 { named } else { format!("{named} and {more} more") };
    if adopt.includes(STEP) {
        details.push(format!("for all applications of the tenant, also those of others: {named}"));
        return PromptsPlan { line: Line::of_details(STEP, NAME, details), patch: missing(found) };
    }
    details.push(format!(
        "people log in to applications that set-up did not make ({named}), and this changes the login page of them all: \
         let set-up change it with --adopt {STEP}, or change it in the dashboard"
    ));
    PromptsPlan { line: Line::new(STEP, NAME, Change::Conflict, details), patch: Map::new() }
}

impl PromptsPlan {
    pub(super) async fn apply(&self, api: &Management) -> Result<(), SetupError> {
        if self.patch.is_empty() {
            return Ok(());
        }
        api.run(&Operation::patch(&["prompts"], &self.patch)).await.doing("setting the login prompts")
    }
}

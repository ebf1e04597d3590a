//! How people are asked who they are: the address first, on Auth0's newer pages, which alone know organizations.

use serde_json::{Map, Value, json};

use super::error::{Doing, SetupError};
use super::plan::{Line, differing, told};
use crate::ManagementError;
use crate::management::{Management, Operation};

const STEP: &str = "prompts";
const NAME: &str = "identifier first";

/// What is to be done about the prompts.
#[derive(Debug)]
pub(super) struct PromptsPlan {
    pub(super) line: Line,
    patch: Map<String, Value>,
}

pub(super) async fn read(api: &Management) -> Result<Map<String, Value>, ManagementError> {
    api.call(&Operation::get(&["prompts"], &[])).await
}

pub(super) fn plan(found: &Map<String, Value>) -> PromptsPlan {
    let wanted = [("identifier_first", json!(true)), ("universal_login_experience", json!("new"))];
    let wanted = wanted.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
    let patch = differing(found, &wanted);
    let mut details = told(found, &patch);
    if !details.is_empty() {
        details.push("for all applications of the tenant".to_owned());
    }
    PromptsPlan { line: Line::of_details(STEP, NAME, details), patch }
}

impl PromptsPlan {
    pub(super) async fn apply(&self, api: &Management) -> Result<(), SetupError> {
        if self.patch.is_empty() {
            return Ok(());
        }
        api.run(&Operation::patch(&["prompts"], &self.patch)).await.doing("setting the login prompts")
    }
}

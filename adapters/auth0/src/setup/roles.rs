//! The roles that people have in organizations. They have no metadata: their description carries the mark.

use serde::Deserialize;
use serde_json::json;
use tenantry_domain::Role;

use super::error::{Doing, SetupError};
use super::plan::{Change, Line};
use super::settings::Adopt;
use crate::ManagementError;
use crate::management::{Management, Operation};

const STEP: &str = "role";
const MARK: &str = "[Tenantry]";

/// A role that is there.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Found {
    id: String,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What is to be done with a role.
#[derive(Debug)]
pub(super) struct RolePlan {
    pub(super) line: Line,
    found: Option<Found>,
    description: String,
}

/// The tenant's role of this name.
pub(super) async fn read(api: &Management, role: Role) -> Result<Option<Found>, ManagementError> {
    // The filter takes any role that has the name within its own.
    let query = [("name_filter", role.name()), ("per_page", "100")];
    let roles: Vec<Found> = api.call(&Operation::get(&["roles"], &query)).await?;
    let is_it = |found: &Found| found.name == role.name() && found.kind.as_deref() != Some("organization");
    Ok(roles.into_iter().find(is_it))
}

pub(super) fn plan(role: Role, found: Option<Found>, adopt: &Adopt) -> RolePlan {
    let name = role.name();
    let (line, description) = match &found {
        None => {
            let purpose = match role {
                Role::Administrator => "Runs the organization: members, plan and connections",
                Role::Employee => "Uses the product",
            };
            let description = format!("{purpose} {MARK}");
            (Line::new(STEP, name, Change::Create, vec![format!("description: {description}")]), description)
        }
        Some(found) if found.description.contains(MARK) => {
            (Line::of_details(STEP, name, Vec::new()), found.description.clone())
        }
        Some(found) if adopt.includes(name) => {
            let description = format!("{} {MARK}", found.description).trim_start().to_owned();
            (Line::of_details(STEP, name, vec![format!("description: {description}")]), description)
        }
        Some(found) => {
            let line = Line::conflict(STEP, name, "there is a role of this name that set-up did not make");
            (line, found.description.clone())
        }
    };
    RolePlan { line, found, description }
}

impl RolePlan {
    /// The id of the one that is there.
    pub(super) fn id(&self) -> Option<&str> {
        self.found.as_ref().map(|found| found.id.as_str())
    }

    /// Makes it or marks it, and answers with its id.
    pub(super) async fn apply(&self, api: &Management) -> Result<String, SetupError> {
        let body = json!({ "name": self.line.name, "description": self.description });
        let doing = format!("making the role {}", self.line.name);
        match &self.found {
            None => {
                let made: Result<Found, _> = api.call(&Operation::post(&["roles"], &body)).await;
                Ok(made.doing(&doing)?.id)
            }
            Some(found) => {
                if self.line.change == Change::Update {
                    let body = json!({ "description": self.description });
                    let marked = api.run(&Operation::patch(&["roles", &found.id], &body)).await;
                    marked.doing(&format!("taking over the role {}", self.line.name))?;
                }
                Ok(found.id.clone())
            }
        }
    }
}

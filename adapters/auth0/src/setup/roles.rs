//! The roles that people have in organizations. They have no metadata: their description carries the mark.

use serde_json::{Map, Value};
use tenantry_domain::Role;

use super::error::{Doing, SetupError};
use super::plan::{Change, Line, told};
use super::settings::Adopt;
use crate::ManagementError;
use crate::management::{Management, Operation};
use crate::wire::RoleRecord;

const STEP: &str = "role";
/// How every mark begins; which role it is follows.
const MARK: &str = "[Tenantry";

/// A role that is there.
pub(super) type Found = RoleRecord;

/// What is to be done with a role.
#[derive(Debug)]
pub(super) struct RolePlan {
    pub(super) line: Line,
    /// The id of the one that is there.
    found: Option<String>,
    /// The body of the change, or of a new one.
    patch: Map<String, Value>,
}

/// The tenant's role of this name; where there is none, the one that has this role's mark and was renamed.
pub(super) async fn read(api: &Management, role: Role) -> Result<Option<Found>, ManagementError> {
    let is_it = |found: &Found| found.is_of_all(role.name());
    // The filter takes any role that has the name within its own.
    let filter = [("name_filter", role.name())];
    let named = api.by_page(&["roles"], &filter, |roles| roles.iter().any(is_it)).await?;
    if let Some(found) = named.into_iter().find(is_it) {
        return Ok(Some(found));
    }
    let was_it = |found: &Found| description(found).contains(&mark(role)) && !found.is_owned();
    let all: Vec<Found> = api.by_page(&["roles"], &[], |roles| roles.iter().any(was_it)).await?;
    Ok(all.into_iter().find(was_it))
}

pub(super) fn plan(role: Role, found: Option<&Found>, adopt: &Adopt) -> RolePlan {
    let name = role.name();
    let (line, patch) = match found {
        None => {
            let purpose = match role {
                Role::Administrator => "Runs the organization: members, plan and connections",
                Role::Employee => "Uses the product",
            };
            let patch = of("description", format!("{purpose} {}", mark(role)));
            let line = Line::new(STEP, name, Change::Create, told(&Map::new(), &patch));
            (line, of("name", name.to_owned()).into_iter().chain(patch).collect())
        }
        // The product knows its roles by their names.
        Some(found) if found.name != name => {
            let details = vec![format!("name: {:?} -> {name:?}, by which the product knows it", found.name)];
            (Line::of_details(STEP, name, details), of("name", name.to_owned()))
        }
        Some(found) if description(found).contains(MARK) => {
            (Line::of_details(STEP, name, Vec::new()), Map::new())
        }
        Some(found) if adopt.includes(name) => {
            let marked = format!("{} {}", description(found), mark(role));
            let patch = of("description", marked.trim_start().to_owned());
            (Line::of_details(STEP, name, told(&Map::new(), &patch)), patch)
        }
        Some(_) => {
            let what = "there is a role of this name that set-up did not make";
            (Line::conflict(STEP, name, what), Map::new())
        }
    };
    RolePlan { line, found: found.map(|found| found.id.clone()), patch }
}

fn mark(role: Role) -> String {
    format!("{MARK} {role}]")
}

fn description(found: &Found) -> &str {
    found.description.as_deref().unwrap_or_default()
}

fn of(name: &str, value: String) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.into())])
}

impl RolePlan {
    /// The id of the one that is there.
    pub(super) fn id(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// Makes it, marks it or gives it its name again, and answers with its id.
    pub(super) async fn apply(&self, api: &Management) -> Result<String, SetupError> {
        let name = &self.line.name;
        let Some(id) = self.id() else {
            let made: Result<Found, _> = api.call(&Operation::post(&["roles"], &self.patch)).await;
            return Ok(made.doing(&format!("making the role {name}"))?.id);
        };
        if self.line.change == Change::Update {
            let changed = api.run(&Operation::patch(&["roles", id], &self.patch)).await;
            changed.doing(&format!("changing the role {name}"))?;
        }
        Ok(id.to_owned())
    }
}

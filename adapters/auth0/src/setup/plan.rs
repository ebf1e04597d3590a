//! What set-up is going to do: one line a step, and what the step was told by what is there.

use serde::Serialize;
use serde_json::{Map, Value};

use super::actions::ActionPlan;
use super::application::ApplicationPlan;
use super::bindings::BindingsPlan;
use super::connections::ConnectionPlan;
use super::grant::GrantPlan;
use super::logout::LogoutPlan;
use super::prompts::PromptsPlan;
use super::roles::RolePlan;

/// What happens to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is made.
    Create,
    /// It is there and differs.
    Update,
    /// It is as it should be.
    None,
    /// Somebody else's has the name: it stays as it is, and set-up does nothing until it is told.
    Conflict,
}

/// One step of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What kind of thing.
    pub step: &'static str,
    /// Which one.
    pub name: String,
    /// What happens to it.
    pub change: Change,
    /// What differs, and what to do about a conflict.
    pub details: Vec<String>,
}

impl Line {
    pub(super) fn new(step: &'static str, name: &str, change: Change, details: Vec<String>) -> Self {
        Self { step, name: name.to_owned(), change, details }
    }

    /// Somebody else's has the name; with what to do about it.
    pub(super) fn conflict(step: &'static str, name: &str, what: &str) -> Self {
        let todo = format!("{what}: rename it, or let set-up take it over with --adopt {name:?}");
        Self::new(step, name, Change::Conflict, vec![todo])
    }

    /// What has to change is all that matters.
    pub(super) fn of_details(step: &'static str, name: &str, details: Vec<String>) -> Self {
        let change = if details.is_empty() { Change::None } else { Change::Update };
        Self::new(step, name, change, details)
    }
}

/// What set-up is going to do. It holds what was found, so that nothing has to be read twice.
#[derive(Debug)]
pub struct Plan {
    pub(super) web: ApplicationPlan,
    pub(super) logout: LogoutPlan,
    pub(super) management: ApplicationPlan,
    pub(super) grant: GrantPlan,
    pub(super) administrator: RolePlan,
    pub(super) employee: RolePlan,
    pub(super) password: ConnectionPlan,
    pub(super) google: ConnectionPlan,
    pub(super) prompts: PromptsPlan,
    pub(super) subscription: ActionPlan,
    pub(super) member_role: ActionPlan,
    pub(super) bindings: BindingsPlan,
}

impl Plan {
    /// The steps, in the order in which they are done.
    pub fn lines(&self) -> [&Line; 12] {
        [
            &self.web.line,
            &self.logout.line,
            &self.management.line,
            &self.grant.line,
            &self.administrator.line,
            &self.employee.line,
            &self.password.line,
            &self.google.line,
            &self.prompts.line,
            &self.subscription.line,
            &self.member_role.line,
            &self.bindings.line,
        ]
    }

    /// How many steps conflict with what others made.
    pub fn conflicts(&self) -> usize {
        self.count(Change::Conflict)
    }

    /// How many steps change something.
    pub fn changes(&self) -> usize {
        self.count(Change::Create) + self.count(Change::Update)
    }

    fn count(&self, change: Change) -> usize {
        self.lines().iter().filter(|line| line.change == change).count()
    }
}

/// What of `wanted` is not so in `found`, as the body of a change.
pub(super) fn differing(found: &Map<String, Value>, wanted: &Map<String, Value>) -> Map<String, Value> {
    let differs = |(name, value): &(&String, &Value)| found.get(*name) != Some(*value);
    wanted.iter().filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A difference in words: of an object only the properties that differ.
pub(super) fn told(found: &Map<String, Value>, patch: &Map<String, Value>) -> Vec<String> {
    let mut details = Vec::new();
    for (name, value) in patch {
        let earlier = found.get(name);
        match value.as_object() {
            Some(object) => {
                for (inner, value) in object {
                    let earlier = earlier.and_then(|earlier| earlier.get(inner));
                    if earlier != Some(value) {
                        details.push(changed(&format!("{name}.{inner}"), earlier, value));
                    }
                }
            }
            None => details.push(changed(name, earlier, value)),
        }
    }
    details
}

fn changed(name: &str, earlier: Option<&Value>, value: &Value) -> String {
    match earlier.filter(|earlier| !earlier.is_null()) {
        Some(earlier) => format!("{name}: {earlier} -> {value}"),
        None => format!("{name}: {value}"),
    }
}

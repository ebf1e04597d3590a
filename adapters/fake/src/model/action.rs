//! Code that a team runs between a login and its tokens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::secrets::Secret;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Action {
    /// A UUID.
    pub(crate) id: String,
    pub(crate) name: String,
    /// The trigger that it is for: `post-login`.
    pub(crate) trigger: String,
    /// What is being edited; what runs is the deployed version.
    pub(crate) draft: ActionCode,
    pub(crate) deployed: Option<ActionVersion>,
    /// How many versions were deployed.
    pub(crate) versions: u32,
    /// The rest, as the Management API takes and returns it: `supported_triggers`, `runtime`.
    pub(crate) settings: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Code with what it needs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ActionCode {
    pub(crate) code: String,
    pub(crate) secrets: BTreeMap<String, Secret>,
    /// npm packages with their versions.
    pub(crate) dependencies: BTreeMap<String, String>,
}

/// Code as it was when it was deployed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ActionVersion {
    /// A UUID.
    pub(crate) id: String,
    pub(crate) number: u32,
    pub(crate) code: ActionCode,
    pub(crate) deployed_at: Timestamp,
}

impl Row for Action {
    const TABLE: &'static str = "actions";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

/// The Actions of a trigger, in the order in which they run. One row a trigger.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TriggerBindings {
    /// The trigger.
    pub(crate) trigger: String,
    pub(crate) bindings: Vec<Binding>,
}

/// An Action in its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Binding {
    /// A UUID.
    pub(crate) id: String,
    pub(crate) action_id: String,
    pub(crate) display_name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Row for TriggerBindings {
    const TABLE: &'static str = "trigger_bindings";

    fn key(&self) -> String {
        self.trigger.clone()
    }
}

/// The trigger between a login and its tokens.
pub(crate) const POST_LOGIN: &str = "post-login";

impl State {
    pub(crate) fn action_by_name(&self, name: &str) -> Option<&Action> {
        self.actions.by_alternate_key(name).next()
    }

    /// The Actions that are deployed and bound to the trigger, in order, each with the name it has there.
    pub(crate) fn bound_actions<'a>(
        &'a self,
        trigger: &str,
    ) -> impl Iterator<Item = (&'a Action, &'a ActionVersion)> + use<'a> {
        let bindings = self.trigger_bindings.get(trigger).map(|row| row.bindings.iter());
        bindings.into_iter().flatten().filter_map(|binding| {
            let action = self.actions.get(&binding.action_id)?;
            Some((action, action.deployed.as_ref()?))
        })
    }
}

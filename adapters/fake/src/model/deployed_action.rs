//! A version of an Action, kept after later ones.

use serde::{Deserialize, Serialize};

use super::ActionVersion;
use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DeployedAction {
    pub(crate) action_id: String,
    pub(crate) version: ActionVersion,
    pub(crate) runtime: String,
}

impl Row for DeployedAction {
    const TABLE: &'static str = "deployed_actions";

    fn key(&self) -> String {
        format!("{}/{:010}", self.action_id, self.version.number)
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.action_id.clone())
    }
}

/// Versions of one Action that are kept (entity limits).
const KEPT: usize = 50;

impl State {
    /// The versions of an Action that are kept, the latest first.
    pub(crate) fn deployed_actions(&self, action_id: &str) -> Vec<&DeployedAction> {
        let mut versions: Vec<_> = self.deployed_actions.by_alternate_key(action_id).collect();
        versions.reverse();
        versions
    }

    /// Keeps a version; the oldest makes room.
    pub(crate) fn keep_deployed_action(&mut self, deployed: DeployedAction) {
        let oldest: Vec<String> =
            self.deployed_actions(&deployed.action_id).into_iter().skip(KEPT - 1).map(Row::key).collect();
        for key in oldest {
            self.deployed_actions.remove(&key);
        }
        self.deployed_actions.put(deployed);
    }

    /// Removes an Action with its versions and bindings; `false` when there was none.
    pub(crate) fn delete_action(&mut self, id: &str) -> bool {
        let versions: Vec<String> = self.deployed_actions(id).into_iter().map(Row::key).collect();
        for key in versions {
            self.deployed_actions.remove(&key);
        }
        let rows: Vec<_> = self.trigger_bindings.iter().cloned().collect();
        for mut row in rows {
            let before = row.bindings.len();
            row.bindings.retain(|binding| binding.action_id != id);
            if row.bindings.len() < before {
                self.trigger_bindings.put(row);
            }
        }
        self.actions.remove(id)
    }
}

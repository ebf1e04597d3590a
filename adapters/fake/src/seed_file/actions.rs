//! Actions: deployed, and bound when the file says so.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::Planting;
use super::document::{SeedFile, SeedFileAction};
use super::place::{Once, Place, SeedError};
use super::rules;
use crate::document::Document;
use crate::model::{Action, ActionCode, ActionVersion, Binding, DeployedAction, POST_LOGIN};
use crate::secrets::Secret;
use crate::store::State;

impl SeedFile {
    /// Reads the code of Actions from the files that are named, relative to `folder`.
    pub(super) fn read_code(&mut self, folder: &Path) -> Result<(), SeedError> {
        for (index, action) in self.actions.iter_mut().enumerate() {
            let place = Place::item("actions", index);
            let Some(file) = action.file.take() else { continue };
            if action.code.is_some() {
                return Err(place.error("has either code or a file"));
            }
            let path = folder.join(&file);
            let code = std::fs::read_to_string(&path)
                .map_err(|error| place.at("file").error(format!("{}: {error}", path.display())))?;
            action.code = Some(code);
        }
        Ok(())
    }
}

/// Whether each can be deployed. That runs an engine: nothing may be locked meanwhile.
pub(super) fn check(file: &SeedFile) -> Result<(), SeedError> {
    for (index, seed) in file.actions.iter().enumerate() {
        let place = Place::item("actions", index);
        if seed.file.is_some() {
            return Err(place
                .at("file")
                .error("only a seed file that is read from disk can name other files"));
        }
        if seed.trigger != POST_LOGIN {
            return Err(place.at("trigger").error(format!("is {POST_LOGIN}: other triggers never come")));
        }
        let code = seed.code.as_ref().ok_or_else(|| place.error("has code or a file"))?;
        let pairs = |of: &BTreeMap<String, String>, value: &str| -> Value {
            of.iter().map(|(name, text)| json!({ "name": name, value: text })).collect()
        };
        let own = json!({
            "name": seed.name,
            "supported_triggers": [{ "id": seed.trigger }],
            "runtime": seed.runtime,
            "secrets": pairs(&seed.secrets, "value"),
            "dependencies": pairs(&seed.dependencies, "version"),
        });
        rules::check("/actions/actions", own, &Map::new(), &place)?;
        tenantry_actions::check(code).map_err(|error| place.at("code").error(error.to_string()))?;
    }
    Ok(())
}

pub(super) fn plant(file: &SeedFile, state: &mut State, planting: &Planting<'_>) -> Result<(), SeedError> {
    let mut once = Once::default();
    for (index, seed) in file.actions.iter().enumerate() {
        let place = Place::item("actions", index);
        once.check(&seed.name, &place.at("name"))?;
        let id = action(seed, state, planting);
        if seed.bound {
            bind(seed, id, state, planting);
        }
    }
    Ok(())
}

fn action(seed: &SeedFileAction, state: &mut State, planting: &Planting<'_>) -> String {
    let of = |state: &State| state.action_by_name(&seed.name).cloned();
    let known = of(state).or_else(|| of(planting.known));
    let code = ActionCode {
        code: seed.code.clone().unwrap_or_default(),
        secrets: seed.secrets.iter().map(|(name, value)| (name.clone(), Secret::new(value))).collect(),
        dependencies: seed.dependencies.clone(),
    };
    let deployed = known.as_ref().and_then(|known| known.deployed.clone());
    let versions = known.as_ref().map_or(0, |known| known.versions);
    let same = deployed.as_ref().is_some_and(|deployed| is_same(&deployed.code, &code));
    let (deployed, versions) = match deployed {
        Some(deployed) if same => (deployed, versions),
        _ => {
            let id = planting.ids.uuid();
            let number = versions + 1;
            (ActionVersion { id, number, code: code.clone(), deployed_at: planting.now }, number)
        }
    };
    let mut settings = known.as_ref().map(|known| known.settings.clone()).unwrap_or_default();
    settings.extend(usual_settings(seed));
    let action = Action {
        id: known.as_ref().map_or_else(|| planting.ids.uuid(), |known| known.id.clone()),
        name: seed.name.clone(),
        trigger: seed.trigger.clone(),
        draft: code,
        deployed: Some(deployed),
        versions,
        settings,
        created_at: known.as_ref().map_or(planting.now, |known| known.created_at),
        updated_at: known.filter(|_| same).map_or(planting.now, |known| known.updated_at),
    };
    let id = action.id.clone();
    let is_kept = |version: &ActionVersion| {
        state.deployed_actions(&id).iter().any(|kept| kept.version.number == version.number)
    };
    if let Some(version) = action.deployed.clone().filter(|version| !is_kept(version)) {
        let runtime = Document::new(&action.settings).text("runtime").unwrap_or_default().to_owned();
        state.keep_deployed_action(DeployedAction { action_id: id.clone(), version, runtime });
    }
    state.actions.put(action);
    id
}

fn usual_settings(seed: &SeedFileAction) -> Map<String, Value> {
    let settings = json!({
        "supported_triggers": [{ "id": POST_LOGIN, "version": "v3" }],
        "runtime": seed.runtime.as_deref().unwrap_or("node22"),
    });
    settings.as_object().cloned().unwrap_or_default()
}

fn is_same(one: &ActionCode, other: &ActionCode) -> bool {
    let secrets = |code: &ActionCode| -> Vec<(String, String)> {
        code.secrets.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect()
    };
    one.code == other.code && one.dependencies == other.dependencies && secrets(one) == secrets(other)
}

fn bind(seed: &SeedFileAction, action_id: String, state: &mut State, planting: &Planting<'_>) {
    let mut row = state.trigger_bindings.get(&seed.trigger).cloned().unwrap_or_default();
    row.trigger.clone_from(&seed.trigger);
    if row.bindings.iter().any(|binding| binding.action_id == action_id) {
        return;
    }
    let known = planting.known.trigger_bindings.get(&seed.trigger);
    let known = known.and_then(|row| row.bindings.iter().find(|binding| binding.action_id == action_id));
    row.bindings.push(known.cloned().unwrap_or_else(|| Binding {
        id: planting.ids.uuid(),
        action_id,
        display_name: seed.name.clone(),
        created_at: planting.now,
        updated_at: planting.now,
    }));
    state.trigger_bindings.put(row);
}

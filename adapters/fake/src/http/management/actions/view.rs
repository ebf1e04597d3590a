//! What is shown of an Action, and what of it is kept beside its code.

use serde_json::{Map, Value, json};

use super::triggers;
use crate::document::Document;
use crate::http::json::present;
use crate::model::{Action, ActionCode, ActionVersion};

/// What went wrong with the build of the draft, among an Action's settings; absent when it went well.
pub(super) const BUILD_ERRORS: &str = "build_errors";
/// When each secret was set, among an Action's settings.
pub(super) const SECRETS_SET: &str = "secrets_set";
pub(super) const DEFAULT_RUNTIME: &str = "node22";

pub(super) fn runtime(action: &Action) -> &str {
    Document::new(&action.settings).text("runtime").unwrap_or(DEFAULT_RUNTIME)
}

pub(super) fn build_errors(action: &Action) -> &[Value] {
    Document::new(&action.settings).list(BUILD_ERRORS)
}

fn supported_triggers(action: &Action) -> Value {
    let known = action.settings.get("supported_triggers").cloned();
    known.unwrap_or_else(|| json!([{ "id": action.trigger, "version": triggers::version(&action.trigger) }]))
}

/// Whether what runs is what is being edited.
fn is_deployed(action: &Action) -> bool {
    let secrets = |code: &ActionCode| -> Vec<(String, String)> {
        code.secrets.iter().map(|(name, secret)| (name.clone(), secret.expose().to_owned())).collect()
    };
    action.deployed.as_ref().is_some_and(|deployed| {
        let (deployed, draft) = (&deployed.code, &action.draft);
        deployed.code == draft.code
            && deployed.dependencies == draft.dependencies
            && secrets(deployed) == secrets(draft)
    })
}

/// Names alone: a secret goes in and never comes out.
fn secrets(action: &Action, code: &ActionCode) -> Value {
    let set = Document::new(&action.settings).document(SECRETS_SET);
    let updated_at = |name: &str| set.get(name).cloned().unwrap_or_else(|| json!(action.updated_at));
    code.secrets.keys().map(|name| json!({ "name": name, "updated_at": updated_at(name) })).collect()
}

fn dependencies(code: &ActionCode) -> Value {
    code.dependencies.iter().map(|(name, version)| json!({ "name": name, "version": version })).collect()
}

/// What names an Action inside other answers.
pub(super) fn summary(action: &Action) -> Value {
    json!({
        "id": action.id,
        "name": action.name,
        "supported_triggers": supported_triggers(action),
        "created_at": action.created_at,
        "updated_at": action.updated_at,
        "all_changes_deployed": is_deployed(action),
    })
}

pub(super) fn action(action: &Action) -> Value {
    let errors = build_errors(action);
    let status = if errors.is_empty() { "built" } else { "failed" };
    let current = action.deployed.as_ref().map(|deployed| {
        json!({
            "id": deployed.id,
            "code": deployed.code.code,
            "runtime": runtime(action),
            "status": "BUILT",
            "number": deployed.number,
            "build_time": deployed.deployed_at,
            "created_at": deployed.deployed_at,
            "updated_at": deployed.deployed_at,
        })
    });
    let mut view = summary(action);
    if let Some(view) = view.as_object_mut() {
        let more = json!({
            "code": action.draft.code,
            "dependencies": dependencies(&action.draft),
            "runtime": runtime(action),
            "status": status,
            "errors": Some(errors).filter(|errors| !errors.is_empty()),
            "secrets": secrets(action, &action.draft),
            "current_version": current,
            "deployed_version": action.deployed.as_ref().map(|deployed| version(action, deployed, runtime(action), true)),
            "modules": action.settings.get("modules"),
        });
        view.extend(more.as_object().cloned().unwrap_or_default());
    }
    present(view)
}

/// An Action whose build has only been ordered.
pub(super) fn pending(changed: &Action) -> Value {
    let mut view = action(changed);
    if let Some(view) = view.as_object_mut() {
        view.insert("status".to_owned(), "pending".into());
        view.remove("errors");
    }
    view
}

pub(super) fn version(action: &Action, version: &ActionVersion, runtime: &str, is_deployed: bool) -> Value {
    json!({
        "id": version.id,
        "action_id": action.id,
        "code": version.code.code,
        "dependencies": dependencies(&version.code),
        "deployed": is_deployed,
        "number": version.number,
        "built_at": version.deployed_at,
        "secrets": secrets(action, &version.code),
        "status": "built",
        "created_at": version.deployed_at,
        "updated_at": version.deployed_at,
        "runtime": runtime,
        "supported_triggers": supported_triggers(action),
    })
}

/// A version as it is shown by itself, with its Action.
pub(super) fn version_with_action(
    action: &Action,
    shown: &ActionVersion,
    runtime: &str,
    is_deployed: bool,
) -> Value {
    let mut view: Map<String, Value> =
        version(action, shown, runtime, is_deployed).as_object().cloned().unwrap_or_default();
    view.insert("action".to_owned(), summary(action));
    view.into()
}

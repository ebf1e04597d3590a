//! `/actions/triggers/{id}/bindings`: which Actions run at a trigger, in their order.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::page::{self, Page};
use super::{no_action, triggers, view};
use crate::document::Document;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::operation::Operation;
use crate::http::management::schema::{
    Schema, any, list as many, object, one_of, open_object, optional, required, text,
};
use crate::http::management::{Answer, Reply};
use crate::model::{Action, Binding, TriggerBindings};
use crate::store::State;

const PATH: &str = "/actions/triggers/{id}/bindings";
/// Actions of one trigger (entity limits).
const LIMIT: usize = 20;

pub(super) fn operations() -> Vec<Operation> {
    let reference = object([
        required("type", one_of(&["action_id", "action_name", "binding_id"])),
        required("value", text(1, 255)),
    ]);
    let item = object([
        required("ref", reference),
        optional("display_name", text(1, 255)),
        optional("secrets", any()),
    ]);
    vec![
        Operation::get(PATH, "List the bindings of a trigger", list)
            .scope(&["read:actions"])
            .query(page::parameters())
            .answers(StatusCode::OK, page::shape("bindings", shape()))
            .refuses(no_trigger("<trigger>")),
        Operation::write(Method::PATCH, PATH, "Replace the bindings of a trigger", update)
            .scope(&["update:actions"])
            .body(object([required("bindings", many(item, 0, LIMIT))]))
            .answers(StatusCode::OK, object([required("bindings", many(shape(), 0, LIMIT))]))
            .refuses(no_trigger("<trigger>"))
            .refuses(no_action())
            .refuses(not_deployed())
            .refuses(other_trigger("<name>"))
            .refuses(twice("<name>")),
    ]
}

fn shape() -> Schema {
    open_object([
        required("id", text(36, 36)),
        required("trigger_id", text(1, 64)),
        required("display_name", text(1, 255)),
        required("action", open_object([required("id", text(36, 36))])),
    ])
}

fn no_trigger(trigger: &str) -> ApiError {
    ApiError::path(&format!("No enum match for: {trigger}"), "triggerId")
}

fn not_deployed() -> ApiError {
    ApiError::bad_request("Trying to create a binding for an action that has not been deployed yet")
}

fn other_trigger(name: &str) -> ApiError {
    ApiError::bad_request(format!("The action is for another trigger: {name}"))
}

fn twice(name: &str) -> ApiError {
    ApiError::bad_request(format!("The action stands in the list twice: {name}"))
}

/// The trigger that the path names.
fn trigger<'a>(call: &'a Call<'_>) -> Result<&'a str, ApiError> {
    let id = call.path("id");
    if triggers::IDS.contains(&id) { Ok(id) } else { Err(no_trigger(id)) }
}

fn view(state: &State, trigger: &str, binding: &Binding) -> Value {
    let action = state.actions.get(&binding.action_id).map(|action| {
        let mut shown = view::summary(action);
        let deployed = action.deployed.as_ref();
        let deployed = deployed.map(|version| view::version(action, version, view::runtime(action), true));
        if let (Some(shown), Some(deployed)) = (shown.as_object_mut(), deployed) {
            shown.insert("deployed_version".to_owned(), deployed);
        }
        shown
    });
    json!({
        "id": binding.id,
        "trigger_id": trigger,
        "display_name": binding.display_name,
        "action": action,
        "created_at": binding.created_at,
        "updated_at": binding.updated_at,
    })
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let trigger = trigger(call)?;
    let bindings = state.trigger_bindings.get(trigger).map(|row| row.bindings.as_slice()).unwrap_or_default();
    Ok(Page::of(call).reply("bindings", bindings, |binding| view(state, trigger, binding)))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let trigger = trigger(call)?;
    let earlier = state.trigger_bindings.get(trigger).cloned().unwrap_or_default();
    let mut row = TriggerBindings { trigger: trigger.to_owned(), bindings: Vec::new() };
    for item in call.body().list("bindings").iter().map(Document::of) {
        let action = action(state, &earlier, item.document("ref")).ok_or_else(no_action)?;
        if action.trigger != trigger {
            return Err(other_trigger(&action.name));
        }
        if action.deployed.is_none() {
            return Err(not_deployed());
        }
        if row.bindings.iter().any(|binding| binding.action_id == action.id) {
            return Err(twice(&action.name));
        }
        let known = earlier.bindings.iter().find(|binding| binding.action_id == action.id);
        row.bindings.push(Binding {
            id: call.context.ids.uuid(),
            action_id: action.id.clone(),
            display_name: item.text("display_name").unwrap_or(&action.name).to_owned(),
            created_at: known.map_or(call.context.now, |known| known.created_at),
            updated_at: call.context.now,
        });
    }
    let bindings: Value = row.bindings.iter().map(|binding| view(state, trigger, binding)).collect();
    state.trigger_bindings.put(row);
    Ok(Reply::ok(json!({ "bindings": bindings })))
}

/// The Action that a reference means; a binding is one of those that are replaced.
fn action<'a>(state: &'a State, earlier: &TriggerBindings, reference: Document<'_>) -> Option<&'a Action> {
    let value = reference.text("value")?;
    match reference.text("type")? {
        "action_name" => state.action_by_name(value),
        "binding_id" => {
            let bound = earlier.bindings.iter().find(|binding| binding.id == value)?;
            state.actions.get(&bound.action_id)
        }
        _ => state.actions.get(value),
    }
}

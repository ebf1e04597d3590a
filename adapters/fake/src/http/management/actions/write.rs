//! `POST /actions/actions` and `PATCH /actions/actions/{id}`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::build::build;
use super::{deploy, of_path, view};
use crate::document::{self, Document};
use crate::fake::Core;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::operation::{Later, Operation};
use crate::http::management::{Answer, Reply};
use crate::model::{Action, ActionCode};
use crate::secrets::Secret;
use crate::store::State;

/// Actions of one tenant (entity limits).
const ACTIONS: usize = 100;

/// Declares what both refuse.
pub(super) fn refusals(operation: Operation) -> Operation {
    operation.refuses(name_taken()).refuses(too_large()).refuses(no_value("<secret>"))
}

fn name_taken() -> ApiError {
    ApiError::conflict(None, "An action with the same name already exists.")
}

pub(super) fn too_many() -> ApiError {
    ApiError::conflict(None, format!("A tenant can have at most {ACTIONS} actions"))
}

fn too_large() -> ApiError {
    ApiError::invalid_body(format!(
        "The code of an action can have at most {} bytes",
        tenantry_actions::MAX_CODE
    ))
}

fn no_value(secret: &str) -> ApiError {
    ApiError::invalid_body(format!("The secret has no value: {secret}"))
}

pub(super) fn other_trigger() -> ApiError {
    ApiError::invalid_body("The trigger of an action cannot be changed")
}

pub(super) fn create<'a>(core: &'a Arc<Core>, call: &'a Call<'a>) -> Later<'a> {
    Box::pin(created(core, call))
}

pub(super) fn update<'a>(core: &'a Arc<Core>, call: &'a Call<'a>) -> Later<'a> {
    Box::pin(updated(core, call))
}

async fn created(core: &Arc<Core>, call: &Call<'_>) -> Answer {
    let body = call.body();
    let trigger = trigger_of(body).unwrap_or_default().to_owned();
    let mut action = Action {
        id: call.context.ids.uuid(),
        name: String::new(),
        trigger,
        draft: ActionCode::default(),
        deployed: None,
        versions: 0,
        settings: Map::new(),
        created_at: call.context.now,
        updated_at: call.context.now,
    };
    apply(&mut action, call)?;
    let errors = build(action.draft.code.clone()).await;
    set_build(&mut action, errors);
    core.store
        .write(|state| {
            if state.actions.len() >= ACTIONS {
                return Err(too_many());
            }
            check_name(state, &action)?;
            let mut action = action;
            if body.flag("deploy") == Some(true) && view::build_errors(&action).is_empty() {
                let code = action.draft.clone();
                deploy::deploy(state, call, &mut action, code);
            }
            let view = view::pending(&action);
            state.actions.put(action);
            Ok(Reply::created(view))
        })
        .await
}

async fn updated(core: &Arc<Core>, call: &Call<'_>) -> Answer {
    let body = call.body();
    let draft = core.store.read(|state| of_path(state, call).cloned())??;
    if trigger_of(body).is_some_and(|trigger| trigger != draft.trigger) {
        return Err(other_trigger());
    }
    let code = body.text("code").unwrap_or(&draft.draft.code).to_owned();
    // What is too large is refused before anybody looks at it.
    let errors = if code.len() > tenantry_actions::MAX_CODE { Vec::new() } else { build(code).await };
    core.store
        .write(|state| {
            let mut action = of_path(state, call)?.clone();
            apply(&mut action, call)?;
            action.updated_at = call.context.now;
            set_build(&mut action, errors);
            check_name(state, &action)?;
            let view = view::pending(&action);
            state.actions.put(action);
            Ok(Reply::ok(view))
        })
        .await
}

fn trigger_of(body: Document<'_>) -> Option<&str> {
    body.list("supported_triggers").first().and_then(|trigger| Document::of(trigger).text("id"))
}

fn check_name(state: &State, action: &Action) -> Result<(), ApiError> {
    match state.action_by_name(&action.name) {
        Some(other) if other.id != action.id => Err(name_taken()),
        _ => Ok(()),
    }
}

fn set_build(action: &mut Action, errors: Vec<Value>) {
    if errors.is_empty() {
        action.settings.remove(view::BUILD_ERRORS);
    } else {
        action.settings.insert(view::BUILD_ERRORS.to_owned(), errors.into());
    }
}

/// Takes over what the body says. Secrets are replaced as a whole; one that comes without a value keeps the one it had.
fn apply(action: &mut Action, call: &Call<'_>) -> Result<(), ApiError> {
    let body = call.body();
    if let Some(name) = body.text("name") {
        name.clone_into(&mut action.name);
    }
    if let Some(code) = body.text("code") {
        if code.len() > tenantry_actions::MAX_CODE {
            return Err(too_large());
        }
        code.clone_into(&mut action.draft.code);
    }
    if body.has("dependencies") {
        let dependencies = body.list("dependencies").iter().map(Document::of);
        let named = dependencies.filter_map(|package| {
            Some((package.text("name")?.to_owned(), package.text("version").unwrap_or("latest").to_owned()))
        });
        action.draft.dependencies = named.collect();
    }
    let settings: Map<String, Value> = ["runtime", "supported_triggers", "modules"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), body.get(name)?.clone())))
        .collect();
    document::replace(&mut action.settings, Document::new(&settings));
    if body.has("secrets") {
        set_secrets(action, call)?;
    }
    Ok(())
}

fn set_secrets(action: &mut Action, call: &Call<'_>) -> Result<(), ApiError> {
    let earlier = std::mem::take(&mut action.draft.secrets);
    let times = Document::new(&action.settings).object(view::SECRETS_SET).cloned().unwrap_or_default();
    let (mut secrets, mut set) = (BTreeMap::new(), Map::new());
    for secret in call.body().list("secrets").iter().map(Document::of) {
        let name = secret.text("name").unwrap_or_default().to_owned();
        let (value, time) = match (secret.text("value"), earlier.get(&name)) {
            (Some(value), _) => (Secret::new(value), json!(call.context.now)),
            (None, Some(kept)) => {
                (kept.clone(), times.get(&name).cloned().unwrap_or(json!(action.updated_at)))
            }
            (None, None) => return Err(no_value(&name)),
        };
        set.insert(name.clone(), time);
        secrets.insert(name, value);
    }
    action.draft.secrets = secrets;
    action.settings.insert(view::SECRETS_SET.to_owned(), set.into());
    Ok(())
}

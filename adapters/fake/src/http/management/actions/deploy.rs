//! Deploying an Action, and its versions.

use axum::http::{Method, StatusCode};

use super::page::{self, Page};
use super::{no_action, of_path, schema, view};
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::operation::{Evidence, Operation};
use crate::http::management::schema::{flag, object, optional};
use crate::http::management::{Answer, Reply};
use crate::model::{Action, ActionCode, ActionVersion, DeployedAction};
use crate::store::State;

const VERSIONS: &str = "/actions/actions/{id}/versions";
const VERSION: &str = "/actions/actions/{id}/versions/{version_id}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::write(Method::POST, "/actions/actions/{id}/deploy", "Deploy an Action", deploy_draft)
            .scope(&["create:actions"])
            .optional_body(object([]))
            .answers(StatusCode::OK, schema::version())
            .refuses(no_action())
            .refuses(not_built()),
        Operation::get(VERSIONS, "List the versions of an Action", list)
            .scope(&["read:actions"])
            .query(page::parameters())
            .answers(StatusCode::OK, page::shape("versions", schema::version()))
            .refuses(no_action())
            .evidence(Evidence::Documented),
        Operation::get(VERSION, "Get a version of an Action", read)
            .scope(&["read:actions"])
            .answers(StatusCode::OK, schema::version())
            .refuses(no_action())
            .refuses(no_version())
            .evidence(Evidence::Documented),
        Operation::write(
            Method::POST,
            "/actions/actions/{id}/versions/{version_id}/deploy",
            "Deploy an earlier version of an Action",
            deploy_version,
        )
        .scope(&["create:actions"])
        .optional_body(object([optional("update_draft", flag())]))
        .answers(StatusCode::OK, schema::version())
        .refuses(no_action())
        .refuses(no_version())
        .evidence(Evidence::Assumed)
        .note("Auth0's description says 202, as it does of the deployment of a draft, which answers 200."),
    ]
}

fn not_built() -> ApiError {
    ApiError::bad_request("A draft must be in the 'built' state before it can be deployed.")
}

fn no_version() -> ApiError {
    ApiError::not_found(None, "That action version does not exist.")
}

fn deploy_draft(state: &mut State, call: &Call<'_>) -> Answer {
    let mut action = of_path(state, call)?.clone();
    if !view::build_errors(&action).is_empty() {
        return Err(not_built());
    }
    let code = action.draft.clone();
    deploy(state, call, &mut action, code);
    Ok(answer(state, action))
}

/// A new version with the code of an earlier one.
fn deploy_version(state: &mut State, call: &Call<'_>) -> Answer {
    let mut action = of_path(state, call)?.clone();
    let code = version(state, &action, call)?.version.code;
    if call.body().flag("update_draft") == Some(true) {
        action.draft = code.clone();
        action.settings.remove(view::BUILD_ERRORS);
    }
    deploy(state, call, &mut action, code);
    Ok(answer(state, action))
}

/// The version that was just made, which is not said to be deployed yet.
fn answer(state: &mut State, action: Action) -> Reply {
    let view = action
        .deployed
        .as_ref()
        .map(|deployed| view::version_with_action(&action, deployed, view::runtime(&action), false));
    state.actions.put(action);
    Reply::ok(view.unwrap_or_default())
}

/// Makes `code` the Action's next version, which runs from now on where the Action is bound.
pub(super) fn deploy(state: &mut State, call: &Call<'_>, action: &mut Action, code: ActionCode) {
    action.versions += 1;
    let version = ActionVersion {
        id: call.context.ids.uuid(),
        number: action.versions,
        code,
        deployed_at: call.context.now,
    };
    action.deployed = Some(version.clone());
    let runtime = view::runtime(action).to_owned();
    state.keep_deployed_action(DeployedAction { action_id: action.id.clone(), version, runtime });
}

/// The versions that are known, the latest first. One that came with the seed is known as long as it runs.
fn versions(state: &State, action: &Action) -> Vec<DeployedAction> {
    let mut versions: Vec<DeployedAction> = state.deployed_actions(&action.id).into_iter().cloned().collect();
    if let Some(deployed) = &action.deployed
        && !versions.iter().any(|kept| kept.version.id == deployed.id)
    {
        let runtime = view::runtime(action).to_owned();
        let deployed = DeployedAction { action_id: action.id.clone(), version: deployed.clone(), runtime };
        versions.insert(0, deployed);
    }
    versions
}

fn is_deployed(action: &Action, version: &DeployedAction) -> bool {
    action.deployed.as_ref().is_some_and(|deployed| deployed.id == version.version.id)
}

/// The version that the path names.
fn version(state: &State, action: &Action, call: &Call<'_>) -> Result<DeployedAction, ApiError> {
    let wanted = call.path("version_id");
    versions(state, action).into_iter().find(|kept| kept.version.id == wanted).ok_or_else(no_version)
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let action = of_path(state, call)?;
    let versions = versions(state, action);
    Ok(Page::of(call).reply("versions", &versions, |kept| {
        view::version_with_action(action, &kept.version, &kept.runtime, is_deployed(action, kept))
    }))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let action = of_path(state, call)?;
    let kept = version(state, action, call)?;
    let view = view::version_with_action(action, &kept.version, &kept.runtime, is_deployed(action, &kept));
    Ok(Reply::ok(view))
}

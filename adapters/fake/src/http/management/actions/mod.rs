//! `/actions`: code of the team's own, its versions, and where it runs.

mod bindings;
mod build;
mod deploy;
mod page;
mod schema;
mod triggers;
mod view;
mod write;

use axum::http::{Method, StatusCode};

use self::page::Page;
use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::schema::{flag, optional, text};
use super::{Answer, Reply};
use crate::model::Action;
use crate::store::State;

const PATH: &str = "/actions/actions";
const ONE: &str = "/actions/actions/{id}";
/// How the build differs from Auth0's.
const BUILT_AT_ONCE: &str = "Code is built at once: answered as pending, and built or failed when it is asked for again. \
    Code that can't be parsed fails; Auth0 has been seen to build such code.";

pub(super) fn operations() -> Vec<Operation> {
    let filters = [
        optional("triggerId", triggers::ids()),
        optional("actionName", text(1, 255)),
        optional("deployed", flag()),
        optional("installed", flag()),
    ];
    let mut operations = vec![
        Operation::get(PATH, "List Actions", list)
            .scope(&["read:actions"])
            .query(filters.into_iter().chain(page::parameters()))
            .answers(StatusCode::OK, page::shape("actions", schema::action())),
        write::refusals(Operation::later(Method::POST, PATH, "Create an Action", write::create))
            .scope(&["create:actions"])
            .body(schema::new_action())
            .answers(StatusCode::CREATED, schema::action())
            .refuses(write::too_many())
            .note(BUILT_AT_ONCE),
        Operation::get(ONE, "Get an Action", read)
            .scope(&["read:actions"])
            .answers(StatusCode::OK, schema::action())
            .refuses(no_action()),
        write::refusals(Operation::later(Method::PATCH, ONE, "Change an Action", write::update))
            .scope(&["update:actions"])
            .body(schema::changed_action())
            .answers(StatusCode::OK, schema::action())
            .refuses(no_action())
            .refuses(write::other_trigger())
            .note(BUILT_AT_ONCE),
        Operation::write(Method::DELETE, ONE, "Delete an Action", delete)
            .scope(&["delete:actions"])
            .query([optional("force", flag())])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(no_action())
            .refuses(is_bound()),
    ];
    operations.extend(deploy::operations());
    operations.extend(triggers::operations());
    operations.extend(bindings::operations());
    operations
}

fn no_action() -> ApiError {
    ApiError::not_found(None, "That action does not exist.")
}

fn is_bound() -> ApiError {
    ApiError::conflict(None, "Unable to delete an action bound to a trigger.")
}

/// The Action that the path names.
fn of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Action, ApiError> {
    state.actions.get(call.path("id")).ok_or_else(no_action)
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn list(state: &State, call: &Call<'_>) -> Answer {
    let (trigger, name) = (call.query.get("triggerId"), call.query.get("actionName"));
    let deployed = call.query_flag("deployed");
    let installed = call.query_flag("installed").unwrap_or(false);
    let mut actions: Vec<&Action> = state
        .actions
        .iter()
        .filter(|action| {
            trigger.is_none_or(|trigger| trigger == action.trigger)
                && name.is_none_or(|name| name == action.name)
                && deployed.is_none_or(|deployed| deployed == action.deployed.is_some())
                && !installed
        })
        .collect();
    actions.sort_by_key(|action| (action.created_at, action.id.clone()));
    Ok(Page::of(call).reply("actions", &actions, |action| view::action(action)))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(view::action(of_path(state, call)?)))
}

fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let id = of_path(state, call)?.id.clone();
    let is_in_use =
        state.trigger_bindings.iter().flat_map(|row| &row.bindings).any(|binding| binding.action_id == id);
    if is_in_use && !call.query_flag("force").unwrap_or(false) {
        return Err(is_bound());
    }
    state.delete_action(&id);
    Ok(Reply::NoContent)
}

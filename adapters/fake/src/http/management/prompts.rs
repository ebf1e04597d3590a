//! `/prompts`: how people are asked who they are.

use axum::http::{Method, StatusCode};

use super::call::Call;
use super::operation::Operation;
use super::schema::{Schema, flag, object, one_of, optional};
use super::{Answer, Reply};
use crate::document::{self, Document};
use crate::model::TenantSettings;
use crate::store::State;

const PATH: &str = "/prompts";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, "Get the prompts' settings", read)
            .scope(&["read:prompts"])
            .answers(StatusCode::OK, settings()),
        Operation::write(Method::PATCH, PATH, "Change the prompts' settings", update)
            .scope(&["update:prompts"])
            .body(settings())
            .answers(StatusCode::OK, settings())
            .note("The pages are those of the new experience, whichever is set."),
    ]
}

fn settings() -> Schema {
    object([
        optional("universal_login_experience", one_of(&["new", "classic"])),
        optional("identifier_first", flag().or_null()),
        optional("webauthn_platform_first_factor", flag().or_null()),
    ])
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn read(state: &State, _: &Call<'_>) -> Answer {
    Ok(Reply::ok(state.settings().prompts.clone().into()))
}

/// Takes over what the body says.
pub(crate) fn change(settings: &mut TenantSettings, body: Document<'_>) {
    document::replace(&mut settings.prompts, body);
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut settings = state.settings().clone();
    change(&mut settings, call.body());
    let view = settings.prompts.clone();
    state.settings.put(settings);
    Ok(Reply::ok(view.into()))
}

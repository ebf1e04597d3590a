//! `/organizations/{id}/members`: list, add, remove.

use axum::http::{Method, StatusCode};

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::operation::Operation;
use super::organizations::of_path;
use super::paging::{Paging, by_checkpoint, by_page, page_of, unknown_cursor};
use super::schema::{self, object, required, text};
use super::{Answer, Reply, views};
use crate::model::Member;
use crate::store::{Row as _, State};

const PATH: &str = "/organizations/{id}/members";
/// How many members one call may add or remove.
const MOST: usize = 10;

pub(super) fn operations() -> Vec<Operation> {
    let users = || object([required("members", schema::list(text(1, 300), 1, MOST))]);
    vec![
        Operation::get(PATH, "List the members of an organization", list)
            .scope(&["read:organization_members"])
            .query([by_page(), by_checkpoint(), by_fields()].into_iter().flatten())
            .answers(StatusCode::OK, page_of("members", views::member_shape()))
            .refuses(ApiError::paging())
            .refuses(ApiError::no_organization()),
        Operation::write(Method::POST, PATH, "Add members to an organization", add)
            .scope(&["create:organization_members"])
            .body(users())
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_user())
            .note("An unknown user is answered 404; how Auth0 answers is not known."),
        Operation::write(Method::DELETE, PATH, "Remove members from an organization", remove)
            .scope(&["delete:organization_members"])
            .body(users())
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization()),
    ]
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let (paging, fields) = (Paging::of(call)?, Fields::of(call));
    let with_roles = fields.name("roles");
    if with_roles {
        call.require("read:organization_member_roles")?;
    }
    let prefix = Member::prefix(&organization.id);
    // A checkpoint of another organization leads nowhere.
    if paging.from().is_some_and(|from| !from.starts_with(&prefix)) {
        return Err(unknown_cursor());
    }
    Ok(paging.reply(
        "members",
        |after| {
            let members = state.members.with_prefix(&prefix, after);
            members.filter_map(|member| Some((member, state.users.get(&member.user_id)?)))
        },
        |(member, _)| member.key(),
        |(member, user)| {
            let roles = with_roles.then(|| state.member_roles(&member.organization_id, &member.user_id));
            fields.apply(views::member(user, call.context.issuer, roles))
        },
    ))
}

fn add(state: &mut State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?.id.clone();
    for user_id in call.body().texts("members") {
        if state.users.get(user_id).is_none() {
            return Err(ApiError::no_user());
        }
        state.add_member(&organization, user_id);
    }
    Ok(Reply::NoContent)
}

fn remove(state: &mut State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?.id.clone();
    for user_id in call.body().texts("members") {
        state.members.remove(&Member::key_of(&organization, user_id));
    }
    Ok(Reply::NoContent)
}

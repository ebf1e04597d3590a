//! `/organizations/{id}/members/{user_id}/roles`: the roles that a member has inside the organization.

use axum::http::{Method, StatusCode};

use super::call::Call;
use super::error::ApiError;
use super::operation::Operation;
use super::organizations::of_path;
use super::paging::{Paging, by_page, page_of};
use super::schema::{self, object, required, text};
use super::{Answer, Reply, views};
use crate::model::Member;
use crate::store::State;

const PATH: &str = "/organizations/{id}/members/{user_id}/roles";
/// Roles of one member (entity limits).
const LIMIT: usize = 50;

pub(super) fn operations() -> Vec<Operation> {
    let roles = || object([required("roles", schema::list(text(1, 64), 1, LIMIT))]);
    vec![
        Operation::get(PATH, "List the roles of a member", list)
            .scope(&["read:organization_member_roles"])
            .query(by_page())
            .answers(StatusCode::OK, page_of("roles", views::role_shape()))
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_user()),
        Operation::write(Method::POST, PATH, "Assign roles to a member", assign)
            .scope(&["create:organization_member_roles"])
            .body(roles())
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_user())
            .refuses(ApiError::no_role())
            .refuses(too_many())
            .note("Somebody who is not a member is answered 404; how Auth0 answers is not known."),
        Operation::write(Method::DELETE, PATH, "Remove roles from a member", remove)
            .scope(&["delete:organization_member_roles"])
            .body(roles())
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization()),
    ]
}

fn too_many() -> ApiError {
    ApiError::conflict(None, format!("A member can have at most {LIMIT} roles"))
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let user = state.users.get(call.path("user_id")).ok_or_else(ApiError::no_user)?;
    Ok(Paging::of(call)?.reply(
        "roles",
        |_| state.member_roles(&organization.id, &user.id),
        |role| role.id.clone(),
        |role| views::role(role),
    ))
}

fn assign(state: &mut State, call: &Call<'_>) -> Answer {
    let mut member = member(state, call)?.ok_or_else(ApiError::no_user)?;
    for role in call.body().texts("roles") {
        if state.roles.get(role).is_none() {
            return Err(ApiError::no_role());
        }
        if !member.roles.iter().any(|had| had == role) {
            member.roles.push(role.to_owned());
        }
    }
    if member.roles.len() > LIMIT {
        return Err(too_many());
    }
    state.members.put(member);
    Ok(Reply::NoContent)
}

fn remove(state: &mut State, call: &Call<'_>) -> Answer {
    let member = member(state, call)?;
    let gone: Vec<&str> = call.body().texts("roles").collect();
    if let Some(mut member) = member {
        member.roles.retain(|role| !gone.contains(&role.as_str()));
        state.members.put(member);
    }
    Ok(Reply::NoContent)
}

fn member(state: &State, call: &Call<'_>) -> Result<Option<Member>, ApiError> {
    let organization = of_path(state, call)?;
    Ok(state.member(&organization.id, call.path("user_id")).cloned())
}

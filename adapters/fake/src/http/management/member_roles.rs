//! `/organizations/{id}/members/{user_id}/roles`: the roles that a member has inside the organization.

use axum::http::Method;

use super::body::Body;
use super::call::Call;
use super::error::ApiError;
use super::organizations::of_path;
use super::paging::{OFFSET, Paging};
use super::{Answer, Operation, Reply, views};
use crate::model::Member;
use crate::store::State;

const PATH: &str = "/organizations/{id}/members/{user_id}/roles";
/// Roles of one member (entity limits).
const LIMIT: usize = 50;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, &["read:organization_member_roles"], &OFFSET, list),
        Operation::write(Method::POST, PATH, &["create:organization_member_roles"], assign),
        Operation::write(Method::DELETE, PATH, &["delete:organization_member_roles"], remove),
    ]
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
    for role in Body::closed(call.body(), &["roles"])?.required_texts("roles", (1, LIMIT))? {
        if state.roles.get(role).is_none() {
            return Err(ApiError::no_role());
        }
        if !member.roles.iter().any(|had| had == role) {
            member.roles.push(role.to_owned());
        }
    }
    if member.roles.len() > LIMIT {
        return Err(ApiError::conflict(None, format!("A member can have at most {LIMIT} roles")));
    }
    state.members.put(member);
    Ok(Reply::NoContent)
}

fn remove(state: &mut State, call: &Call<'_>) -> Answer {
    let member = member(state, call)?;
    let body = Body::closed(call.body(), &["roles"])?;
    let gone = body.required_texts("roles", (1, LIMIT))?;
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

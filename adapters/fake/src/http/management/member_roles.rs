//! `/organizations/{id}/members/{user_id}/roles`: the roles that a member has inside the organization.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::operation::{Evidence, Operation};
use super::organizations::of_path;
use super::paging::{Paging, by_checkpoint, by_page, object_with_items, page_of, unknown_cursor};
use super::schema::{self, Schema, object, one_of, required, text};
use super::{Answer, Reply, views};
use crate::http::json::with;
use crate::model::{Member, Role};
use crate::store::{Row as _, State};

const PATH: &str = "/organizations/{id}/members/{user_id}/roles";
const EFFECTIVE: &str = "/organizations/{id}/members/{user_id}/effective-roles";
const HOLDERS: &str = "/organizations/{id}/roles/{role_id}/members";
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
        Operation::get(EFFECTIVE, "List the roles of a member with where they come from", list_effective)
            .scope(&["read:organization_member_effective_roles"])
            .query(by_checkpoint())
            .answers(StatusCode::OK, object_with_items("roles", effective_shape()))
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_user())
            .evidence(Evidence::Documented)
            .note("There are no groups here: every role was given directly."),
        Operation::get(HOLDERS, "List the members who have a role in an organization", list_holders)
            .scope(&["read:organization_member_roles"])
            .query([by_checkpoint(), by_fields()].into_iter().flatten())
            .answers(StatusCode::OK, object_with_items("members", views::member_shape()))
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_role()),
    ]
}

fn effective_shape() -> Schema {
    views::role_shape().with([required("sources", schema::list(one_of(&["direct", "groups"]), 1, 2))])
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

fn list_effective(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let user = state.users.get(call.path("user_id")).ok_or_else(ApiError::no_user)?;
    let mut roles: Vec<&Role> = state.member_roles(&organization.id, &user.id).collect();
    roles.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Paging::by_checkpoint(call)?.reply(
        "roles",
        |after| {
            let after = after.map(str::to_owned);
            roles.iter().filter(move |role| after.as_ref().is_none_or(|after| role.id > *after))
        },
        |role| role.id.clone(),
        |role| with(views::role(role), json!({ "sources": ["direct"] })),
    ))
}

fn list_holders(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let role = state.roles.get(call.path("role_id")).ok_or_else(ApiError::no_role)?;
    let (paging, fields) = (Paging::by_checkpoint(call)?, Fields::of(call));
    let prefix = Member::prefix(&organization.id);
    if paging.from().is_some_and(|from| !from.starts_with(&prefix)) {
        return Err(unknown_cursor());
    }
    Ok(paging.reply(
        "members",
        |after| {
            let members = state.members.with_prefix(&prefix, after);
            let holders = members.filter(|member| member.roles.contains(&role.id));
            holders.filter_map(|member| Some((member, state.users.get(&member.user_id)?)))
        },
        |(member, _)| member.key(),
        |(_, user)| {
            let view = views::member(user, call.context.issuer, None::<std::iter::Empty<&Role>>);
            fields.apply(view)
        },
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

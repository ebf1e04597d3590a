//! `/organizations/{id}/members`: list, add, remove.

use axum::http::Method;

use super::body::Body;
use super::call::Call;
use super::error::ApiError;
use super::fields::Fields;
use super::organizations::of_path;
use super::paging::{Paging, unknown_cursor};
use super::{Answer, Operation, Reply, views};
use crate::model::Member;
use crate::store::{Row as _, State};

const PATH: &str = "/organizations/{id}/members";
const LIST_QUERY: &[&str] =
    &["page", "per_page", "include_totals", "from", "take", "fields", "include_fields"];
/// How many members one call may add or remove.
const MOST: usize = 10;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, &["read:organization_members"], LIST_QUERY, list),
        Operation::write(Method::POST, PATH, &["create:organization_members"], add),
        Operation::write(Method::DELETE, PATH, &["delete:organization_members"], remove),
    ]
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let (paging, fields) = (Paging::of(call)?, Fields::of(call)?);
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
    let body = Body::closed(call.body(), &["members"])?;
    for user_id in body.required_texts("members", (1, MOST))? {
        if state.users.get(user_id).is_none() {
            return Err(ApiError::no_user());
        }
        state.add_member(&organization, user_id);
    }
    Ok(Reply::NoContent)
}

fn remove(state: &mut State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?.id.clone();
    let body = Body::closed(call.body(), &["members"])?;
    for user_id in body.required_texts("members", (1, MOST))? {
        state.members.remove(&Member::key_of(&organization, user_id));
    }
    Ok(Reply::NoContent)
}

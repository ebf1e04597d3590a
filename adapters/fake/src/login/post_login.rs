//! What happens between a login and its tokens: the guide's two Actions, as `tenantry_domain` states them.

use serde_json::{Map, Value};
use tenantry_domain::Roles;
use tenantry_domain::post_login::{SubscriptionStep, default_member_role, manage_subscription};

use super::Context;
use crate::model::{Connection, Member};
use crate::store::State;

const SUBSCRIPTION: &str = "subscription";
/// The claim that names the roles with which somebody came.
pub(crate) const MEMBER_ROLES: &str = "member_roles";

/// Runs both steps for a user who has just proved who they are, and answers the claims for the ID token.
pub(crate) fn post_login_claims(
    state: &mut State,
    context: &Context<'_>,
    user_id: &str,
    connection: &Connection,
    organization: Option<&str>,
) -> Map<String, Value> {
    let mut claims = Map::new();
    if let Some(subscription) = subscription(state, context, user_id, organization) {
        claims.insert(SUBSCRIPTION.to_owned(), subscription.into());
    }
    if let Some(organization) = organization {
        // A newcomer's are none: whoever counts seats does so then, and takes the role away where there is none left.
        let names: Vec<&str> =
            state.member_roles(organization, user_id).map(|role| role.name.as_str()).collect();
        claims.insert(MEMBER_ROLES.to_owned(), names.into());
        give_default_role(state, organization, user_id, connection);
    }
    claims
}

fn subscription(
    state: &mut State,
    context: &Context<'_>,
    user_id: &str,
    organization: Option<&str>,
) -> Option<String> {
    let stored = match organization {
        Some(id) => state.organizations.get(id)?.metadata.get(SUBSCRIPTION).cloned(),
        None => {
            let value = state.users.get(user_id)?.app_metadata.get(SUBSCRIPTION);
            value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        }
    };
    let step =
        manage_subscription(stored.as_deref(), organization.is_some(), context.now, context.trial_days);
    if let SubscriptionStep::StartTrial(trial) = &step
        && let Some(mut user) = state.users.get(user_id).cloned()
    {
        user.app_metadata.insert(SUBSCRIPTION.to_owned(), trial.to_string().into());
        user.updated_at = context.now;
        state.users.put(user);
    }
    step.subscription().map(|subscription| subscription.to_string())
}

fn give_default_role(state: &mut State, organization: &str, user_id: &str, connection: &Connection) {
    let names = state.member_roles(organization, user_id).map(|role| role.name.as_str());
    let Some(role) = default_member_role(true, connection.is_enterprise(), &Roles::from_names(names)) else {
        return;
    };
    // An unknown role of somebody else's making still means that they have been dealt with.
    let member = state.member(organization, user_id).filter(|member| member.roles.is_empty()).cloned();
    let role = state.role_by_name(role.name()).map(|role| role.id.clone());
    if let (Some(member), Some(role)) = (member, role) {
        state.members.put(Member { roles: vec![role], ..member });
    }
}

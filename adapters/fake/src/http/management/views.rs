//! What the API shows of a row. Empty optional properties are left out.

use serde_json::{Value, json};
use url::Url;

use crate::http::json::present;
use crate::model::{Connection, EnabledConnection, Organization, Role, User};
use crate::store::State;
use crate::tokens::picture_of;

pub(super) fn organization(organization: &Organization) -> Value {
    let metadata = Some(&organization.metadata).filter(|metadata| !metadata.is_empty());
    present(json!({
        "id": organization.id,
        "name": organization.name,
        "display_name": organization.display_name,
        "branding": organization.branding,
        "metadata": metadata,
    }))
}

pub(super) fn enabled_connection(state: &State, enabled: &EnabledConnection) -> Value {
    let connection = state.connections.get(&enabled.connection_id);
    json!({
        "connection_id": enabled.connection_id,
        "assign_membership_on_login": enabled.assign_membership_on_login,
        "show_as_button": enabled.show_as_button,
        "is_signup_enabled": enabled.is_signup_enabled,
        "connection": {
            "name": connection.map(|connection| connection.name.as_str()),
            "strategy": connection.map(|connection| connection.strategy.as_str()),
        },
    })
}

pub(super) fn role(role: &Role) -> Value {
    json!({ "id": role.id, "name": role.name, "description": role.description })
}

/// A member of an organization; with the roles there when they were asked for.
pub(super) fn member<'a>(user: &User, issuer: &Url, roles: Option<impl Iterator<Item = &'a Role>>) -> Value {
    let roles =
        roles.map(|roles| roles.map(|role| json!({ "id": role.id, "name": role.name })).collect::<Vec<_>>());
    present(json!({
        "user_id": user.id,
        "email": user.email,
        "picture": picture_of(user, issuer),
        "name": user.display_name(),
        "roles": roles,
    }))
}

pub(super) fn connection(connection: &Connection, with_options: bool) -> Value {
    present(json!({
        "id": connection.id,
        "name": connection.name,
        "strategy": connection.strategy,
        "display_name": connection.display_name,
        "is_domain_connection": false,
        "realms": [connection.name],
        "enabled_clients": connection.enabled_clients,
        "authentication": { "active": true },
        "connected_accounts": { "active": false },
        "options": with_options.then_some(&connection.options),
    }))
}

pub(super) fn user(user: &User, issuer: &Url) -> Value {
    present(json!({
        "user_id": user.id,
        "email": user.email,
        "email_verified": user.email_verified,
        "name": user.display_name(),
        "nickname": user.display_nickname(),
        "given_name": user.given_name,
        "family_name": user.family_name,
        "username": user.username,
        "picture": picture_of(user, issuer),
        "blocked": user.blocked,
        "user_metadata": user.user_metadata,
        "app_metadata": Some(&user.app_metadata).filter(|metadata| !metadata.is_empty()),
        "identities": [{
            "connection": user.connection,
            "user_id": user.id_at_provider(),
            "provider": user.provider,
            "isSocial": user.is_social,
        }],
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "last_login": user.last_login,
        "last_password_reset": user.last_password_reset,
        "logins_count": Some(user.logins_count).filter(|count| *count > 0),
    }))
}

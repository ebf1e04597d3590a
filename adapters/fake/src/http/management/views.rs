//! What the API shows of a row, and the shape of it. Empty optional properties are left out.

use serde_json::{Value, json};
use url::Url;

use super::schema::{
    Schema, UNLIMITED, any, flag, integer, list, map, object, one_of, open_object, optional, required, text,
};
use crate::document;
use crate::http::json::{present, with};
use crate::model::{Connection, EnabledConnection, Identity, Organization, Role, User};
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
        "token_quota": organization.token_quota,
        "third_party_client_access": organization.third_party_client_access,
        "is_app_entitlement_active": organization.is_app_entitlement_active,
    }))
}

/// What somebody sees who may read summaries alone.
pub(super) fn organization_summary(organization: &Organization) -> Value {
    present(json!({
        "id": organization.id,
        "name": organization.name,
        "display_name": organization.display_name,
        "branding": organization.branding,
    }))
}

pub(super) fn organization_shape() -> Schema {
    object([
        required("id", text(20, 20)),
        required("name", text(1, 50)),
        optional("display_name", text(1, 255)),
        optional("branding", any()),
        optional("metadata", map(text(0, 255), 25, 255)),
        optional("token_quota", object([required("client_credentials", open_object([]))])),
        optional("third_party_client_access", one_of(THIRD_PARTY_CLIENT_ACCESS)),
        optional("is_app_entitlement_active", flag()),
    ])
}

pub(super) const THIRD_PARTY_CLIENT_ACCESS: &[&str] = &["block", "allow"];

/// A connection of an organization. Sign-up is a matter of password databases alone.
pub(super) fn enabled_connection(state: &State, enabled: &EnabledConnection) -> Value {
    let connection = state.connections.get(&enabled.connection_id);
    let is_database = connection.is_some_and(Connection::is_database);
    present(json!({
        "connection_id": enabled.connection_id,
        "assign_membership_on_login": enabled.assign_membership_on_login,
        "show_as_button": enabled.show_as_button,
        "is_signup_enabled": is_database.then_some(enabled.is_signup_enabled),
        "connection": {
            "name": connection.map(|connection| connection.name.as_str()),
            "strategy": connection.map(|connection| connection.strategy.as_str()),
        },
    }))
}

pub(super) fn enabled_connection_shape() -> Schema {
    object([
        required("connection_id", text(1, 50)),
        required("assign_membership_on_login", flag()),
        required("show_as_button", flag()),
        optional("is_signup_enabled", flag()),
        required("connection", object([required("name", text(1, 128)), required("strategy", text(1, 64))])),
    ])
}

pub(super) fn role(role: &Role) -> Value {
    let mut view = json!({ "id": role.id, "name": role.name, "description": role.description });
    if let Some(view) = view.as_object_mut() {
        view.extend(role.settings.clone());
    }
    view
}

pub(super) fn role_shape() -> Schema {
    object([
        required("id", text(1, 64)),
        required("name", text(1, 300)),
        required("description", text(0, 300)),
        optional("type", one_of(&["tenant", "organization"])),
        optional("owner_id", text(1, 64)),
    ])
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

/// Any property may be missing: callers choose with `fields`.
pub(super) fn member_shape() -> Schema {
    let role = object([required("id", text(1, 64)), required("name", text(1, 300))]);
    object([
        optional("user_id", text(1, 300)),
        optional("email", text(1, 320)),
        optional("picture", text(1, 2048)),
        optional("name", text(1, 320)),
        optional("roles", list(role, 0, UNLIMITED)),
    ])
}

pub(super) fn connection(connection: &Connection, with_options: bool) -> Value {
    let mut view = json!({
        "id": connection.id,
        "name": connection.name,
        "strategy": connection.strategy,
        "is_domain_connection": false,
        "realms": [connection.name],
        "enabled_clients": connection.enabled_clients,
        "authentication": { "active": true },
        "connected_accounts": { "active": false },
        "options": with_options.then_some(&connection.options),
    });
    if let Some(view) = view.as_object_mut() {
        document::replace(view, connection.settings());
    }
    present(view)
}

/// Any property may be missing: callers choose with `fields`.
pub(super) fn connection_shape() -> Schema {
    open_object([
        optional("id", text(1, 64)),
        optional("name", text(1, 128)),
        optional("strategy", text(1, 64)),
        optional("options", open_object([])),
        optional("enabled_clients", list(text(1, 64), 0, UNLIMITED)),
        optional("realms", list(text(1, 128), 0, UNLIMITED)),
        optional("is_domain_connection", flag()),
    ])
}

pub(super) fn user(user: &User, issuer: &Url) -> Value {
    let own = present(json!({
        "user_id": user.id,
        "email": user.email,
        "email_verified": user.email_verified,
        "phone_number": user.phone_number,
        "phone_verified": user.phone_verified,
        "name": user.display_name(),
        "nickname": user.display_nickname(),
        "given_name": user.given_name,
        "family_name": user.family_name,
        "username": user.username,
        "picture": picture_of(user, issuer),
        "blocked": user.blocked,
        "user_metadata": user.user_metadata,
        "app_metadata": Some(&user.app_metadata).filter(|metadata| !metadata.is_empty()),
        "identities": identities(user),
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "last_login": user.last_login,
        "last_ip": user.last_ip,
        "last_password_reset": user.last_password_reset,
        "logins_count": Some(user.logins_count).filter(|count| *count > 0),
    }));
    // What the provider says itself comes last.
    with(Value::from(user.attributes.clone()), own)
}

/// The first one is the user's own; its profile is the user's.
fn identities(user: &User) -> Vec<Value> {
    let own = json!({
        "connection": user.connection,
        "user_id": user.id_at_provider(),
        "provider": user.provider,
        "isSocial": user.is_social,
    });
    std::iter::once(own).chain(user.linked.iter().map(Identity::view)).collect()
}

pub(super) fn identity_shape() -> Schema {
    object([
        required("connection", text(1, 128)),
        required("user_id", text(1, 300)),
        required("provider", text(1, 64)),
        required("isSocial", flag()),
        optional("profileData", open_object([])),
    ])
}

/// Any property may be missing: callers choose with `fields`. An enterprise's own issuer may add others.
pub(super) fn user_shape() -> Schema {
    open_object([
        optional("user_id", text(1, 300)),
        optional("email", text(1, 320)),
        optional("email_verified", flag()),
        optional("phone_number", text(2, 16)),
        optional("phone_verified", flag()),
        optional("name", text(1, 320)),
        optional("nickname", text(1, 320)),
        optional("given_name", text(1, 150)),
        optional("family_name", text(1, 150)),
        optional("username", text(1, 128)),
        optional("picture", text(1, 2048)),
        optional("blocked", flag()),
        optional("user_metadata", open_object([])),
        optional("app_metadata", open_object([])),
        optional("identities", list(identity_shape(), 1, UNLIMITED)),
        optional("created_at", text(20, 30)),
        optional("updated_at", text(20, 30)),
        optional("last_login", text(20, 30)),
        optional("last_ip", text(1, 64)),
        optional("last_password_reset", text(20, 30)),
        optional("logins_count", integer(1, i64::MAX)),
    ])
}

//! What a body may say about a client.

use super::authentication_methods;
use crate::http::management::format::Format;
use crate::http::management::schema::{
    Property, Schema, any, flag, integer, list, map, object, one_of, open_object, optional, required, text,
};

/// Properties of a client's metadata (entity limits).
pub(super) const METADATA: usize = 10;
const METADATA_LENGTH: usize = 255;

const APP_TYPES: &[&str] = &[
    "native",
    "spa",
    "regular_web",
    "non_interactive",
    "resource_server",
    "express_configuration",
    "rms",
    "box",
    "cloudbees",
    "concur",
    "dropbox",
    "mscrm",
    "echosign",
    "egnyte",
    "newrelic",
    "office365",
    "salesforce",
    "sentry",
    "sharepoint",
    "slack",
    "springcm",
    "zendesk",
    "zoom",
    "sso_integration",
    "oag",
];

const FLAGS: [&str; 10] = [
    "is_first_party",
    "is_token_endpoint_ip_header_trusted",
    "oidc_conformant",
    "sso",
    "sso_disabled",
    "cross_origin_authentication",
    "custom_login_page_on",
    "require_pushed_authorization_requests",
    "require_proof_of_possession",
    "skip_non_verifiable_callback_uri_confirmation_prompt",
];

/// Known and taken as they are.
const OPEN: [&str; 19] = [
    "addons",
    "anonymous_sessions",
    "async_approval_notification_channels",
    "b2b_integration_configuration",
    "compliance_level",
    "encryption_key",
    "express_configuration",
    "fedcm_login",
    "identity_assertion_authorization_grant",
    "mobile",
    "my_organization_configuration",
    "native_social_login",
    "par_request_expiry",
    "redirection_policy",
    "session_transfer",
    "signed_request_object",
    "third_party_security_mode",
    "token_exchange",
    "token_vault_privileged_access",
];

const TEXTS: [&str; 4] =
    ["cross_origin_loc", "custom_login_page", "custom_login_page_preview", "form_template"];
pub(super) const ADDRESSES: [&str; 4] =
    ["callbacks", "allowed_logout_urls", "web_origins", "allowed_origins"];

fn name() -> Schema {
    text(1, 255).of_format(Format::NoMarkup)
}

/// What only a new client is told.
pub(super) fn of_creation() -> [Property; 3] {
    [
        required("name", name()),
        optional("resource_server_identifier", text(1, 600)),
        optional(authentication_methods::NAME, authentication_methods::of_creation()),
    ]
}

/// What only a client that is there is told.
pub(super) fn of_change() -> [Property; 3] {
    [
        optional("name", name()),
        optional("client_secret", text(1, 1024)),
        optional(authentication_methods::NAME, authentication_methods::of_change()),
    ]
}

/// What both are told; `null` takes a setting away.
pub(super) fn properties() -> Vec<Property> {
    let many = |length| list(text(1, length), 0, 1000);
    let mut properties = vec![
        optional("description", text(0, 140)),
        optional("logo_uri", text(0, 2048)),
        optional("initiate_login_uri", text(0, 2048).or_null()),
        optional("app_type", one_of(APP_TYPES)),
        optional("grant_types", many(200)),
        optional("client_aliases", many(2048)),
        optional("allowed_clients", many(64)),
        optional(
            "token_endpoint_auth_method",
            one_of(&["none", "client_secret_post", "client_secret_basic"]).or_null(),
        ),
        optional("organization_usage", one_of(&["deny", "allow", "require"]).or_null()),
        optional(
            "organization_require_behavior",
            one_of(&["no_prompt", "pre_login_prompt", "post_login_prompt"]).or_null(),
        ),
        optional(
            "organization_discovery_methods",
            list(one_of(&["email", "organization_name"]), 1, 2).or_null(),
        ),
        optional(
            "default_organization",
            object([
                required("organization_id", text(1, 50)),
                required("flows", list(one_of(&["client_credentials"]), 1, 1)),
            ])
            .or_null(),
        ),
        optional("client_metadata", map(text(0, METADATA_LENGTH).or_null(), METADATA, METADATA_LENGTH)),
        optional("jwt_configuration", jwt_configuration()),
        optional("refresh_token", refresh_token().or_null()),
        optional("oidc_logout", oidc_logout().or_null()),
        optional("oidc_backchannel_logout", oidc_logout().or_null()),
        optional("external_client_id", text(1, 2048)),
        optional("token_quota", open_object([]).or_null()),
    ];
    properties.extend(ADDRESSES.map(|name| optional(name, many(2048))));
    properties.extend(FLAGS.map(|name| optional(name, flag().or_null())));
    properties.extend(TEXTS.map(|name| optional(name, text(0, 200_000).or_null())));
    properties.extend(OPEN.map(|name| optional(name, any())));
    properties
}

fn jwt_configuration() -> Schema {
    open_object([
        optional("lifetime_in_seconds", integer(1, 2_592_000)),
        optional("secret_encoded", flag()),
        optional("alg", one_of(&["HS256", "RS256", "RS512", "PS256"])),
    ])
}

fn refresh_token() -> Schema {
    const LONGEST: i64 = 157_788_000;
    object([
        required("rotation_type", one_of(&["rotating", "non-rotating"])),
        required("expiration_type", one_of(&["expiring", "non-expiring"])),
        optional("leeway", integer(0, LONGEST)),
        optional("token_lifetime", integer(1, LONGEST)),
        optional("infinite_token_lifetime", flag()),
        optional("idle_token_lifetime", integer(1, LONGEST)),
        optional("infinite_idle_token_lifetime", flag()),
        optional("policies", any()),
    ])
}

const INITIATORS: &[&str] = &[
    "rp-logout",
    "idp-logout",
    "password-changed",
    "session-expired",
    "session-revoked",
    "account-deleted",
    "email-identifier-changed",
    "mfa-phone-unenrolled",
    "account-deactivated",
];

fn oidc_logout() -> Schema {
    object([
        optional("backchannel_logout_urls", list(text(1, 2048).of_format(Format::Uri), 0, 1)),
        optional(
            "backchannel_logout_initiators",
            object([
                optional("mode", one_of(&["custom", "all"])),
                optional("selected_initiators", list(one_of(INITIATORS), 0, INITIATORS.len())),
            ]),
        ),
        optional("backchannel_logout_session_metadata", object([optional("include", flag())]).or_null()),
    ])
}

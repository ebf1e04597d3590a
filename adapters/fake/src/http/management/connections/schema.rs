//! What a body may say about a connection, and what the options of each strategy may be.

use crate::http::management::format::Format;
use crate::http::management::schema::{
    Property, Schema, any, flag, list, map, object, one_of, open_object, optional, required, text,
};

const STRATEGIES: &[&str] = &[
    "ad",
    "adfs",
    "amazon",
    "apple",
    "asana",
    "atlassian",
    "auth0",
    "auth0-oidc",
    "baidu",
    "bitbucket",
    "bitly",
    "box",
    "cloudflare-mcp",
    "custom",
    "daccount",
    "dropbox",
    "dwolla",
    "email",
    "evernote",
    "evernote-sandbox",
    "exact",
    "facebook",
    "fitbit",
    "github",
    "gitlab",
    "google-apps",
    "google-oauth2",
    "hubspot-mcp",
    "instagram",
    "ip",
    "line",
    "linear-mcp",
    "linkedin",
    "notion-mcp",
    "oauth1",
    "oauth2",
    "office365",
    "oidc",
    "okta",
    "paypal",
    "paypal-sandbox",
    "pingfederate",
    "planningcenter",
    "salesforce",
    "salesforce-community",
    "salesforce-sandbox",
    "samlp",
    "sentry-mcp",
    "sharepoint",
    "shop",
    "shopify",
    "slack",
    "sms",
    "soundcloud",
    "thirtysevensignals",
    "twitter",
    "untappd",
    "vkontakte",
    "waad",
    "weibo",
    "windowslive",
    "wordpress",
    "yahoo",
    "yandex",
];

pub(super) fn strategies() -> Schema {
    one_of(STRATEGIES)
}

/// What a new connection and a changed one are told alike.
pub(super) fn properties() -> Vec<Property> {
    let active = || open_object([required("active", flag())]);
    vec![
        optional("display_name", text(1, 128)),
        optional("options", open_object([]).or_null()),
        optional("enabled_clients", list(text(1, 64), 0, 1000).or_null()),
        optional("is_domain_connection", flag()),
        optional("show_as_button", flag()),
        optional("realms", list(text(1, 128), 1, 100)),
        optional("metadata", map(text(0, 255).or_null(), 10, 255)),
        optional("authentication", active()),
        optional("connected_accounts", active()),
        optional("cross_app_access_requesting_app", any()),
        optional("cross_app_access_resource_app", any()),
    ]
}

/// The options of a strategy; what is not named here may be there as well.
pub(crate) fn options(strategy: &str) -> Schema {
    let common = open_object([
        optional("domain_aliases", list(text(1, 256).of_format(Format::Domain), 0, 1000)),
        optional("set_user_root_attributes", one_of(&["on_each_login", "on_first_login", "never_on_login"])),
        optional("icon_url", text(0, 2048)),
        optional("non_persistent_attrs", list(text(1, 255), 0, 100).or_null()),
        optional("upstream_params", open_object([]).or_null()),
    ]);
    match strategy {
        "oidc" => common.with(openid()).with([
            optional("type", one_of(&["back_channel", "front_channel"])),
            optional("discovery_url", text(0, 255)),
            optional("attribute_map", attribute_map(&["bind_all", "use_map"])),
        ]),
        "okta" => common.with(openid()).with([
            optional("domain", text(1, 255)),
            optional("attribute_map", attribute_map(&["basic_profile", "bind_all", "use_map"])),
        ]),
        "auth0" => common.with([
            optional("passwordPolicy", one_of(&["none", "low", "fair", "good", "excellent"]).or_null()),
            optional("requires_username", flag()),
            optional("disable_signup", flag()),
            optional("brute_force_protection", flag()),
            optional("import_mode", flag()),
            optional("enabledDatabaseCustomization", flag()),
            optional("disable_self_service_change_password", flag()),
            optional("attributes", open_object([])),
            optional("customScripts", open_object([])),
        ]),
        "samlp" => common.with([
            optional("signInEndpoint", text(1, 2048)),
            optional("signOutEndpoint", text(0, 2048)),
            optional("signingCert", text(1, 100_000)),
            optional("metadataUrl", text(0, 2048)),
            optional("metadataXml", text(0, 200_000)),
            optional("entityId", text(1, 2048)),
            optional("cert", text(0, 100_000)),
            optional("user_id_attribute", text(0, 255).or_null()),
            optional("protocolBinding", text(0, 255).or_null()),
            optional("idpinitiated", open_object([optional("enabled", flag())]).or_null()),
            optional("signSAMLRequest", flag()),
            optional("disableSignout", flag()),
            optional("debug", flag()),
            optional("fieldsMap", open_object([]).or_null()),
        ]),
        "google-oauth2" => common.with([
            optional("client_id", text(0, 255)),
            optional("client_secret", text(0, 700)),
            optional("email", flag()),
            optional("profile", flag()),
            optional("scope", list(text(1, 255), 0, 100)),
            optional("allowed_audiences", list(text(1, 255), 0, 100)),
        ]),
        _ => common,
    }
}

fn openid() -> Vec<Property> {
    let address = || text(0, 2048);
    vec![
        optional("client_id", text(1, 255)),
        optional("client_secret", text(0, 700)),
        optional("issuer", address()),
        optional("authorization_endpoint", address()),
        optional("token_endpoint", address()),
        optional("userinfo_endpoint", address()),
        optional("jwks_uri", address()),
        optional("scope", text(6, 255)),
        optional(
            "connection_settings",
            object([optional("pkce", one_of(&["auto", "S256", "plain", "disabled"]))]),
        ),
        optional("token_endpoint_auth_method", one_of(&["client_secret_post", "private_key_jwt"]).or_null()),
        optional("send_back_channel_nonce", flag()),
        optional("id_token_signed_response_algs", list(text(1, 20), 0, 20).or_null()),
        optional("oidc_metadata", open_object([])),
    ]
}

fn attribute_map(modes: &'static [&'static str]) -> Schema {
    open_object([
        optional("mapping_mode", one_of(modes)),
        optional("userinfo_scope", text(0, 255)),
        optional("attributes", open_object([])),
    ])
}

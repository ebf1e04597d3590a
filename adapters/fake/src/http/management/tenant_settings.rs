//! `/tenants/settings`: what holds for the whole provider.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::format::Format;
use super::operation::Operation;
use super::schema::{
    Property, Schema, any, flag, integer, list, number, object, one_of, one_of_shapes, open_object, optional,
    required, text,
};
use super::{Answer, Reply};
use crate::document::{self, Document};
use crate::model::TenantSettings;
use crate::schema::Violation;
use crate::store::State;

const PATH: &str = "/tenants/settings";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, "Get the tenant's settings", read)
            .scope(&["read:tenant_settings"])
            .query(by_fields())
            .answers(StatusCode::OK, shape()),
        Operation::write(Method::PATCH, PATH, "Change the tenant's settings", update)
            .scope(&["update:tenant_settings"])
            .body(object(properties()))
            .answers(StatusCode::OK, shape())
            .refuses(out_of_range("<name>", "<hours>"))
            .note("Settings that the provider has no use for are kept and shown, and change nothing."),
    ]
}

fn shape() -> Schema {
    open_object([
        optional("friendly_name", text(0, 200)),
        optional("flags", open_object([])),
        optional("session_lifetime", number()),
        optional("idle_session_lifetime", number()),
        optional("default_directory", text(0, 200)),
        optional("default_audience", text(0, 600)),
        optional("allowed_logout_urls", list(text(0, 2048), 0, 100)),
    ])
}

/// Lifetimes in decimal hours; each may be given in minutes instead.
const LIFETIMES: [(&str, &str); 4] = [
    ("session_lifetime", "session_lifetime_in_minutes"),
    ("idle_session_lifetime", "idle_session_lifetime_in_minutes"),
    ("ephemeral_session_lifetime", "ephemeral_session_lifetime_in_minutes"),
    ("idle_ephemeral_session_lifetime", "idle_ephemeral_session_lifetime_in_minutes"),
];
/// A year.
const LONGEST_HOURS: i64 = 8760;

const FLAGS: &[&str] = &[
    "allow_changing_enable_sso",
    "allow_legacy_delegation_grant_types",
    "allow_legacy_ro_grant_types",
    "allow_legacy_tokeninfo_endpoint",
    "change_pwd_flow_v1",
    "custom_domains_provisioning",
    "dashboard_insights_view",
    "dashboard_log_streams_next",
    "disable_clickjack_protection_headers",
    "disable_fields_map_fix",
    "disable_impersonation",
    "disable_management_api_sms_obfuscation",
    "enable_adfs_waad_email_verification",
    "enable_apis_section",
    "enable_client_connections",
    "enable_custom_domain_in_emails",
    "enable_dynamic_client_registration",
    "enable_idtoken_api2",
    "enable_legacy_logs_search_v2",
    "enable_legacy_profile",
    "enable_pipeline2",
    "enable_public_signup_user_exists_error",
    "enable_sso",
    "enforce_client_authentication_on_passwordless_start",
    "genai_trial",
    "improved_signup_bot_detection_in_classic",
    "local_resource_discovery",
    "mfa_show_factor_list_on_enrollment",
    "no_disclose_enterprise_connections",
    "remove_alg_from_jwks",
    "require_pushed_authorization_requests",
    "revoke_refresh_token_grant",
    "trust_azure_adfs_email_verified_connection_property",
    "universal_login",
    "use_scope_descriptions_for_consent",
];

/// Known and taken as they are.
const OPEN: [&str; 8] = [
    "change_password",
    "country_codes",
    "default_token_quota",
    "device_flow",
    "guardian_mfa_page",
    "mtls",
    "security_headers",
    "sessions",
];

const SWITCHES: [&str; 9] = [
    "allow_organization_name_in_authentication_api",
    "authorization_response_iss_parameter_supported",
    "client_id_metadata_document_supported",
    "customize_mfa_in_postlogin_action",
    "enable_ai_guide",
    "include_session_metadata_in_tenant_logs",
    "phone_consolidated_experience",
    "pushed_authorization_requests_supported",
    "skip_non_verifiable_callback_uri_confirmation_prompt",
];

fn properties() -> Vec<Property> {
    let address = || one_of_shapes([one_of(&[""]), text(1, 2048).of_format(Format::Uri)]);
    let lifetimes = LIFETIMES.iter().flat_map(|(hours, minutes)| {
        [optional(hours, number()), optional(minutes, integer(1, LONGEST_HOURS * 60))]
    });
    let mut properties = vec![
        optional("friendly_name", text(0, 200)),
        optional("picture_url", address()),
        optional("support_email", one_of_shapes([one_of(&[""]), text(1, 320).of_format(Format::Email)])),
        optional("support_url", address()),
        optional("default_audience", text(0, 600)),
        optional("default_directory", text(0, 200)),
        optional("default_redirection_uri", text(0, 2048).of_format(Format::HttpsUri)),
        optional("allowed_logout_urls", list(text(1, 2048).of_format(Format::Uri), 0, 100)),
        optional("enabled_locales", list(text(2, 20), 1, 100)),
        optional("acr_values_supported", list(text(1, 2048), 0, 100).or_null()),
        optional("sandbox_version", text(1, 8)),
        optional("legacy_sandbox_version", text(1, 8)),
        optional("resource_parameter_profile", one_of(&["audience", "compatibility"])),
        optional("dynamic_client_registration_security_mode", one_of(&["strict", "permissive"])),
        optional("flags", object(FLAGS.iter().map(|name| optional(name, flag())))),
        optional(
            "error_page",
            object([
                optional("html", text(0, 100_000)),
                optional("show_log_link", flag()),
                optional("url", address()),
            ])
            .or_null(),
        ),
        optional(
            "session_cookie",
            object([required("mode", one_of(&["persistent", "non-persistent"]))]).or_null(),
        ),
        optional("oidc_logout", object([optional("rp_logout_end_session_endpoint_discovery", flag())])),
    ];
    properties.extend(lifetimes);
    properties.extend(SWITCHES.map(|name| optional(name, flag().or_null())));
    properties.extend(OPEN.map(|name| optional(name, any())));
    properties
}

fn view(settings: &TenantSettings) -> Value {
    let mut view = settings.tenant.clone();
    view.insert("sandbox_versions_available".to_owned(), json!(["22", "18"]));
    view.into()
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(Fields::of(call).apply(view(state.settings()))))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut settings = state.settings().clone();
    change(&mut settings, call.body())
        .map_err(|broken| ApiError::body(&broken.rule, broken.property.as_deref()))?;
    let view = view(&settings);
    state.settings.put(settings);
    Ok(Reply::ok(view))
}

/// Takes over what the body says; of the flags, each by itself.
pub(crate) fn change(settings: &mut TenantSettings, body: Document<'_>) -> Result<(), Violation> {
    for (hours, minutes) in LIFETIMES {
        check_hours(body, hours)?;
        // Only one of the two is kept: the one that was set last.
        if body.has(minutes) {
            settings.tenant.remove(hours);
        } else if body.has(hours) {
            settings.tenant.remove(minutes);
        }
    }
    let flags = settings.tenant.get("flags").and_then(Value::as_object).cloned();
    document::replace(&mut settings.tenant, body);
    if body.has("flags") {
        let mut flags = flags.unwrap_or_default();
        document::replace(&mut flags, body.document("flags"));
        settings.tenant.insert("flags".to_owned(), flags.into());
    }
    Ok(())
}

fn check_hours(body: Document<'_>, name: &str) -> Result<(), Violation> {
    #[expect(clippy::cast_precision_loss, reason = "the longest lifetime is a small number")]
    let longest = LONGEST_HOURS as f64;
    match body.get(name).and_then(Value::as_f64) {
        Some(hours) if hours <= 0.0 || hours > longest => {
            Err(Violation { rule: outside(&hours.to_string()), property: Some(name.to_owned()) })
        }
        _ => Ok(()),
    }
}

fn out_of_range(name: &str, hours: &str) -> ApiError {
    ApiError::body(&outside(hours), Some(name))
}

fn outside(hours: &str) -> String {
    format!("Value {hours} is not between 0 and {LONGEST_HOURS}")
}

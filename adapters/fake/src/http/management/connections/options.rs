//! What a connection's options must be beyond their shape, and what is added to them.

use serde_json::{Map, Value, json};

use super::discovery::{self, Found};
use super::{option, saml, schema, speaks_openid};
use crate::document::{self, Document};
use crate::http::management::error::ApiError;
use crate::http::management::operation::Operation;
use crate::model::Connection;
use crate::upstream::saml::metadata::is_address;

const ENDPOINTS: [&str; 5] =
    ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"];
/// What the provider adds and nobody can set.
const READ_ONLY: [&str; 2] = ["schema_version", "oidc_metadata"];
/// The attributes that a person can be known by.
const IDENTIFIERS: [&str; 3] = ["email", "username", "phone_number"];

/// Declares why options may be refused.
pub(super) fn refusals(operation: Operation) -> Operation {
    operation
        .refuses(both("requires_username"))
        .refuses(both("validation"))
        .refuses(no_identifier())
        .refuses(not_required("<attribute>"))
        .refuses(no_openid())
        .refuses(no_address("<place>", "<address>"))
        .refuses(discovery::failed("<address>", "<reason>"))
        .refuses(saml::no_metadata("<reason>"))
        .refuses(saml::no_certificate())
}

fn both(other: &str) -> ApiError {
    ApiError::invalid_body(format!("Cannot set both options.attributes and options.{other}"))
}

fn no_identifier() -> ApiError {
    ApiError::invalid_body("attributes must contain one active identifier")
}

fn not_required(attribute: &str) -> ApiError {
    ApiError::invalid_body(format!("attribute {attribute} must also be required on signup"))
}

fn no_openid() -> ApiError {
    ApiError::body("String does not match pattern openid", Some("options.scope"))
}

fn no_address(option: &str, text: &str) -> ApiError {
    let rule = format!("Object didn't pass validation for format absolute-uri-or-empty: {text}");
    ApiError::body(&rule, Some(&format!("options.{option}")))
}

pub(super) fn missing(option: &str) -> ApiError {
    ApiError::body(&format!("Missing required property: {option}"), Some("options"))
}

/// What the strategy starts with when nothing is said, overlaid with what is.
pub(super) fn of_creation(strategy: &str, given: Document<'_>) -> Map<String, Value> {
    let mut options = Connection::default_options(strategy);
    document::replace(&mut options, given);
    if strategy == "google-oauth2" && !given.has("scope") {
        let granted = [("email", "email"), ("profile", "profile")];
        let on = granted.into_iter().filter(|(name, _)| Document::new(&options).flag(name) == Some(true));
        let scopes: Vec<&str> = on.map(|(_, scope)| scope).collect();
        options.insert("scope".to_owned(), scopes.into());
    }
    options
}

/// `given` in place of what was there, but for what nobody can set.
pub(super) fn of_change(earlier: &Connection, given: Document<'_>) -> Map<String, Value> {
    let mut options = Map::new();
    document::replace(&mut options, given);
    for name in READ_ONLY {
        options.remove(name);
        if let Some(kept) = earlier.options.get(name) {
            options.insert(name.to_owned(), kept.clone());
        }
    }
    options
}

/// Looks at the options as they were given.
pub(super) fn check(strategy: &str, given: Document<'_>) -> Result<(), ApiError> {
    let value: Map<String, Value> =
        given.entries().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    schema::options(strategy).check(&value.into()).map_err(|broken| {
        let place = broken.property.map_or_else(|| "options".to_owned(), |place| format!("options.{place}"));
        ApiError::body(&broken.rule, Some(&place))
    })?;
    match strategy {
        "auth0" => check_attributes(given),
        "oidc" | "okta" => check_openid(given),
        "samlp" => check_addresses(given, &saml::ADDRESSES),
        _ => Ok(()),
    }
}

fn check_attributes(given: Document<'_>) -> Result<(), ApiError> {
    if !given.has("attributes") {
        return Ok(());
    }
    if given.flag("requires_username") == Some(true) {
        return Err(both("requires_username"));
    }
    if given.document("validation").object("username").is_some() || given.object("validation").is_some() {
        return Err(both("validation"));
    }
    let attributes = given.document("attributes");
    let is_active =
        |name: &&str| attributes.document(name).document("identifier").flag("active") == Some(true);
    if !IDENTIFIERS.iter().any(is_active) {
        return Err(no_identifier());
    }
    let is_half_required = |name: &&str| {
        let attribute = attributes.document(name);
        let status = attribute.document("signup").text("status");
        attribute.flag("profile_required") == Some(true) && status.is_some_and(|status| status != "required")
    };
    IDENTIFIERS.into_iter().find(is_half_required).map_or(Ok(()), |name| Err(not_required(name)))
}

fn check_openid(given: Document<'_>) -> Result<(), ApiError> {
    let scope = given.text("scope");
    if scope.is_some_and(|scope| !scope.split_ascii_whitespace().any(|scope| scope == "openid")) {
        return Err(no_openid());
    }
    check_addresses(given, &ENDPOINTS)?;
    check_addresses(given, &["discovery_url"])
}

fn check_addresses(given: Document<'_>, names: &[&str]) -> Result<(), ApiError> {
    for name in names {
        if let Some(text) = option(given, name).filter(|text| !is_address(text)) {
            return Err(no_address(name, text));
        }
    }
    Ok(())
}

/// Fetches what the issuer says about itself, when the options say where, and fills in what they leave open.
pub(super) async fn complete(strategy: &str, options: &mut Map<String, Value>) -> Result<(), ApiError> {
    if strategy == saml::STRATEGY {
        return saml::complete(options).await;
    }
    if !speaks_openid(strategy) {
        return Ok(());
    }
    if let Some(address) = discovery_address(strategy, Document::new(options)) {
        let Found(metadata) = discovery::fetch(&address).await?;
        for name in ENDPOINTS {
            let is_open = option(Document::new(options), name).is_none();
            if let Some(found) = metadata.get(name).filter(|found| is_open && found.is_string()) {
                options.insert(name.to_owned(), found.clone());
            }
        }
        options.insert("oidc_metadata".to_owned(), metadata.into());
    }
    options.insert("schema_version".to_owned(), json!("oidc-V4"));
    Ok(())
}

/// Whether a new connection says what a login through it needs. A changed one may lose it, as at Auth0.
pub(super) fn check_complete(strategy: &str, options: &Map<String, Value>) -> Result<(), ApiError> {
    if strategy == saml::STRATEGY {
        return saml::check_complete(Document::new(options));
    }
    if !speaks_openid(strategy) {
        return Ok(());
    }
    let complete = Document::new(options);
    let is_back_channel = strategy == "okta" || complete.text("type") == Some("back_channel");
    let proves_itself_by_key = complete.text("token_endpoint_auth_method") == Some("private_key_jwt");
    let mut needed = vec!["client_id", "issuer", "authorization_endpoint", "jwks_uri"];
    if is_back_channel {
        needed.push("token_endpoint");
        needed.extend((!proves_itself_by_key).then_some("client_secret"));
    }
    needed.into_iter().find(|name| option(complete, name).is_none()).map_or(Ok(()), |name| Err(missing(name)))
}

/// Where the issuer describes itself. Okta's domain is not asked when every endpoint was given by hand.
fn discovery_address(strategy: &str, options: Document<'_>) -> Option<String> {
    if strategy == "oidc" {
        return option(options, "discovery_url").map(str::to_owned);
    }
    let by_hand = ENDPOINTS.into_iter().filter(|name| *name != "userinfo_endpoint");
    if by_hand.into_iter().all(|name| option(options, name).is_some()) {
        return None;
    }
    option(options, "domain").map(discovery::of_domain)
}

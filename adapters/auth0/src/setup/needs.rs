//! What the product needs of its two applications. One that set-up made is exactly so; one that it took over gets what
//! it has room for, and of the rest it is said what is not as it has to be.

use serde_json::{Map, Value, json};

use super::application::{Part, Properties, text};
use super::mark::{Mark, merged};
use super::plan::differing;
use super::settings::Addresses;

/// How Auth0 is told the secret; its own default where nothing is set.
const BY_POST: &str = "client_secret_post";
const CODE: &str = "authorization_code";

/// What an application lacks.
#[derive(Debug)]
pub(super) struct Needs {
    /// What set-up changes, with Auth0's own names.
    pub(super) patch: Properties,
    /// What its owners alone change: the field, what it is, and what is needed.
    pub(super) lacking: Vec<String>,
}

pub(super) fn of(part: Part, found: &Properties, mark: Mark, addresses: &Addresses<'_>) -> Needs {
    let (wanted, lacking) = match mark {
        Mark::Made => (exactly(part, found, addresses), Vec::new()),
        Mark::Adopted => (added(part, found, addresses), lacking(part, found, addresses)),
    };
    Needs { patch: differing(found, &wanted), lacking }
}

/// All that is settled about an application of set-up's own. Addresses that others registered stay.
fn exactly(part: Part, found: &Properties, addresses: &Addresses<'_>) -> Properties {
    let mut wanted = object([
        ("token_endpoint_auth_method", BY_POST.into()),
        ("oidc_conformant", true.into()),
        ("jwt_configuration", merged(found.get("jwt_configuration"), [("alg", "RS256".into())])),
    ]);
    wanted.extend(match part {
        Part::Management => {
            object([("app_type", "non_interactive".into()), ("grant_types", json!(["client_credentials"]))])
        }
        Part::Web => object([
            ("app_type", "regular_web".into()),
            ("grant_types", grant_types(found)),
            ("organization_usage", "allow".into()),
            ("organization_require_behavior", "no_prompt".into()),
        ]),
    });
    if part == Part::Web {
        wanted.extend(urls(found, addresses));
        wanted.extend(addresses.login().map(|login| ("initiate_login_uri".to_owned(), login.into())));
    }
    wanted
}

/// What there is room for beside what its owners have.
fn added(part: Part, found: &Properties, addresses: &Addresses<'_>) -> Properties {
    if part == Part::Management {
        return Map::new();
    }
    let mut wanted = urls(found, addresses);
    if text(found, "initiate_login_uri").is_none_or(str::is_empty) {
        wanted.extend(addresses.login().map(|login| ("initiate_login_uri".to_owned(), login.into())));
    }
    wanted
}

/// What stands in the way of the product and others may count on.
fn lacking(part: Part, found: &Properties, addresses: &Addresses<'_>) -> Vec<String> {
    let value = |name: &str| found.get(name).filter(|value| !value.is_null());
    let mut lacking = Vec::new();
    let mut needs = |name: &str, value: Option<&Value>, needed: &str, is_met: bool| {
        if !is_met {
            let is = value.map_or_else(|| "not set".to_owned(), Value::to_string);
            lacking.push(format!("{name}: it is {is}, and {needed} is needed"));
        }
    };
    let method = value("token_endpoint_auth_method");
    let by_post = method.is_none_or(|method| method == BY_POST);
    needs("token_endpoint_auth_method", method, &quoted(BY_POST), by_post);
    let methods = value("client_authentication_methods");
    needs("client_authentication_methods", methods, "none", methods.is_none());
    let grants = value("grant_types");
    let grant = if part == Part::Web { CODE } else { "client_credentials" };
    let has_grant =
        grants.and_then(Value::as_array).is_none_or(|grants| grants.iter().any(|has| has == grant));
    needs("grant_types", grants, &quoted(grant), has_grant);
    if part == Part::Management {
        return lacking;
    }
    let conformant = value("oidc_conformant");
    needs("oidc_conformant", conformant, "true", conformant == Some(&Value::Bool(true)));
    let alg = value("jwt_configuration").and_then(|jwt| jwt.get("alg"));
    needs("jwt_configuration.alg", alg, &quoted("RS256"), alg.is_none_or(|alg| alg == "RS256"));
    let usage = value("organization_usage");
    needs("organization_usage", usage, &quoted("allow"), usage.is_some_and(|usage| usage == "allow"));
    if let Some(login) = addresses.login() {
        let uri = value("initiate_login_uri").filter(|uri| *uri != "");
        needs("initiate_login_uri", uri, &quoted(&login), uri.is_none_or(|uri| *uri == login));
    }
    lacking
}

/// Logins under organizations go by no other grant than the code; refreshing is harmless beside it.
fn grant_types(found: &Properties) -> Value {
    let list = found.get("grant_types").and_then(Value::as_array);
    let has_refresh = list.is_some_and(|list| list.iter().any(|grant| grant == "refresh_token"));
    if has_refresh { json!([CODE, "refresh_token"]) } else { json!([CODE]) }
}

/// Where browsers may be sent back to.
fn urls(found: &Properties, addresses: &Addresses<'_>) -> Properties {
    object([
        ("callbacks", with(found, "callbacks", &addresses.callback())),
        ("allowed_logout_urls", with(found, "allowed_logout_urls", &addresses.at(""))),
    ])
}

/// The list with one more address, unless it has it.
fn with(found: &Properties, name: &str, address: &str) -> Value {
    let mut list = found.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    if !list.iter().any(|known| known == address) {
        list.push(address.into());
    }
    list.into()
}

fn object<const N: usize>(properties: [(&str, Value); N]) -> Properties {
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

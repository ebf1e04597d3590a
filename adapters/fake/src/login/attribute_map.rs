//! What of another issuer's claims goes into a profile (Auth0: "Map claims for OIDC connections").

use serde_json::{Map, Value, json};
use tenantry_oidc::with_userinfo;

use super::saml_attributes;
use crate::document::Document;
use crate::model::Connection;
use crate::upstream::Person;

/// About the token and not about the person.
const PROTOCOL: [&str; 16] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "azp",
    "sid",
    "auth_time",
    "acr",
    "amr",
];

/// OpenID Connect's standard claims (Core, section 5.1).
const BASIC: [&str; 18] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
];

const USERINFO: &str = "${context.userinfo.";

/// Whether the connection's map needs the userinfo endpoint.
pub(crate) fn reads_userinfo(connection: &Connection) -> bool {
    let map = connection.options().document("attribute_map");
    let mentions = |value: &Value| value.as_str().is_some_and(|template| template.contains(USERINFO));
    map.text("userinfo_scope").is_some_and(|scope| !scope.trim().is_empty())
        || map.document("attributes").entries().any(|(_, value)| mentions(value))
}

/// The profile that the connection makes of the claims.
pub(super) fn profile(connection: &Connection, person: &Person) -> Map<String, Value> {
    let mut profile = if connection.speaks_saml() {
        saml_attributes::profile(connection.options().document("fieldsMap"), &person.tokenset)
    } else {
        of_claims(connection, person)
    };
    for name in connection.options().texts("non_persistent_attrs") {
        profile.remove(name);
    }
    profile.retain(|_, value| !value.is_null());
    profile
}

fn of_claims(connection: &Connection, person: &Person) -> Map<String, Value> {
    let map = connection.options().document("attribute_map");
    let default = if connection.strategy == "okta" { "basic_profile" } else { "bind_all" };
    let claims = || with_userinfo(person.tokenset.clone(), person.userinfo.clone()).into_iter();
    match map.text("mapping_mode").unwrap_or(default) {
        "use_map" => mapped(map.document("attributes"), connection, person),
        "basic_profile" => claims().filter(|(name, _)| BASIC.contains(&name.as_str())).collect(),
        _ => claims().filter(|(name, _)| !PROTOCOL.contains(&name.as_str())).collect(),
    }
}

fn mapped(attributes: Document<'_>, connection: &Connection, person: &Person) -> Map<String, Value> {
    let found = attributes.entries().filter_map(|(name, template)| {
        let value = match template {
            Value::String(template) => filled(template, connection, person)?,
            constant => constant.clone(),
        };
        Some((name.to_owned(), value))
    });
    found.collect()
}

/// The template with its placeholders filled: one that is nothing but a placeholder becomes the value itself, of
/// whatever type. `None` when there is nothing to fill in.
fn filled(template: &str, connection: &Connection, person: &Person) -> Option<Value> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((path, behind)) = after.split_once('}') else { break };
        let value = looked_up(path.trim(), connection, person);
        if before.is_empty() && behind.is_empty() && text.is_empty() {
            return value;
        }
        text.push_str(before);
        match value? {
            Value::String(value) => text.push_str(&value),
            other => text.push_str(&other.to_string()),
        }
        rest = behind;
    }
    text.push_str(rest);
    Some(text.into())
}

fn looked_up(path: &str, connection: &Connection, person: &Person) -> Option<Value> {
    let (source, path) = path.strip_prefix("context.")?.split_once('.')?;
    let claims = match source {
        "tokenset" => &person.tokenset,
        "userinfo" => &person.userinfo,
        "connection" => {
            let about =
                json!({ "id": connection.id, "name": connection.name, "strategy": connection.strategy });
            return about.get(path).cloned();
        }
        _ => return None,
    };
    // Names of claims may hold dots themselves, as those that are addresses do.
    if let Some(value) = claims.get(path) {
        return Some(value.clone());
    }
    let mut steps = path.split('.');
    let first = claims.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(strategy: &str, map: &Value) -> Connection {
        serde_json::from_value(json!({
            "id": "con_1",
            "name": "acme",
            "strategy": strategy,
            "options": { "attribute_map": map },
            "enabled_clients": [],
        }))
        .unwrap()
    }

    fn profile_of(strategy: &str, map: &Value) -> Value {
        let object = |value: Value| value.as_object().unwrap().clone();
        let person = Person {
            subject: "s1".to_owned(),
            tokenset: object(json!({
                "iss": "https://idp.example/", "sub": "s1", "nonce": "n", "email": "bo@acme.example",
                "email_verified": true, "groups": ["a", "b"], "https://acme.example/plan": "gold", "name": null,
            })),
            userinfo: object(json!({ "sub": "s1", "given_name": "Bo", "address": { "country": "SE" } })),
        };
        profile(&connection(strategy, map), &person).into()
    }

    #[test]
    fn everything_about_the_person_is_bound_and_nothing_about_the_token() {
        let all = json!({
            "email": "bo@acme.example", "email_verified": true, "groups": ["a", "b"],
            "https://acme.example/plan": "gold", "given_name": "Bo", "address": { "country": "SE" },
        });
        assert_eq!(profile_of("oidc", &json!({})), all);
        assert_eq!(profile_of("okta", &json!({ "mapping_mode": "bind_all" })), all);
    }

    #[test]
    fn rp38_an_address_is_verified_by_the_source_that_names_it() {
        let object = |value: &Value| value.as_object().unwrap().clone();
        let verified = json!({ "sub": "s1", "email": "bo@acme.example", "email_verified": true });
        for strategy in ["oidc", "okta"] {
            for (userinfo, is_carried) in [
                (json!({ "sub": "s1" }), true),
                (json!({ "sub": "s1", "email": "bo@acme.example" }), true),
                (json!({ "sub": "s1", "email": "eve@acme.example" }), false),
                (json!({ "sub": "s1", "email": "eve@acme.example", "email_verified": true }), false),
            ] {
                let person = Person {
                    subject: "s1".to_owned(),
                    tokenset: object(&verified),
                    userinfo: object(&userinfo),
                };
                let profile = profile(&connection(strategy, &json!({})), &person);
                assert_eq!(profile.contains_key("email_verified"), is_carried, "{strategy} {userinfo}");
            }
        }
    }

    #[test]
    fn the_basic_profile_is_what_the_standard_knows() {
        let basic = json!({
            "email": "bo@acme.example", "email_verified": true, "given_name": "Bo", "address": { "country": "SE" },
        });
        assert_eq!(profile_of("okta", &json!({})), basic);
    }

    #[test]
    fn a_map_fills_in_what_it_names_and_leaves_out_what_is_not_there() {
        let map = json!({ "mapping_mode": "use_map", "attributes": {
            "email": "${context.tokenset.email}",
            "groups": "${context.tokenset.groups}",
            "country": "${context.userinfo.address.country}",
            "plan": "${context.tokenset.https://acme.example/plan}",
            "nickname": "${context.userinfo.given_name} of ${context.connection.strategy} ${context.connection.id}",
            "name": "${context.userinfo.family_name}",
            "title": "Dr ${context.userinfo.family_name}",
            "secret": "${context.connection.options}",
            "team": "always",
        } });
        let mapped = json!({
            "email": "bo@acme.example", "groups": ["a", "b"], "country": "SE", "plan": "gold",
            "nickname": "Bo of oidc con_1", "team": "always",
        });
        assert_eq!(profile_of("oidc", &map), mapped);
    }

    #[test]
    fn userinfo_is_read_when_it_is_asked_for_or_mentioned() {
        let reads = |map: &Value| reads_userinfo(&connection("oidc", map));
        assert!(reads(&json!({ "userinfo_scope": "openid groups" })));
        assert!(reads(&json!({ "attributes": { "email": "${context.userinfo.email}" } })));
        assert!(!reads(&json!({ "attributes": { "email": "${context.tokenset.email}" } })));
        assert!(!reads(&json!({ "userinfo_scope": " " })));
    }
}

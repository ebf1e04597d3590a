//! What of a SAML assertion's attributes goes into a profile (Auth0: "Customize SAML assertions", "SAML mappings").

use serde_json::{Map, Value};

use crate::document::Document;

/// The names that the directories of Microsoft and others have for what every profile has.
const KNOWN: [(&str, &str); 7] = [
    ("email", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"),
    ("given_name", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"),
    ("family_name", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"),
    ("name", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"),
    ("upn", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"),
    ("groups", "http://schemas.xmlsoap.org/claims/Group"),
    ("groups", "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"),
];

/// All attributes by their own names; those that the connection's map or everybody knows by another one under that.
pub(super) fn profile(fields: Document<'_>, attributes: &Map<String, Value>) -> Map<String, Value> {
    let mut profile = attributes.clone();
    for (name, claim) in KNOWN {
        if let Some(value) = profile.remove(claim) {
            profile.entry(name).or_insert(value);
        }
    }
    for (name, claims) in fields.entries() {
        let named = claims.as_str().into_iter().chain(fields.texts(name));
        if let Some(value) = named.filter_map(|claim| attributes.get(claim)).next() {
            profile.insert(name.to_owned(), value.clone());
        }
    }
    profile
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn profile_of(fields: &Value, attributes: &Value) -> Value {
        profile(Document::of(fields), attributes.as_object().unwrap()).into()
    }

    #[test]
    fn what_directories_call_it_is_what_profiles_call_it() {
        let claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
        let attributes = json!({
            format!("{claims}/emailaddress"): "bo@acme.example", format!("{claims}/givenname"): "Bo",
            format!("{claims}/surname"): "Ek", format!("{claims}/name"): "ignored", "name": "Bo Ek",
            "http://schemas.xmlsoap.org/claims/Group": ["a", "b"], "department": "R&D",
        });
        let profile = json!({
            "email": "bo@acme.example", "given_name": "Bo", "family_name": "Ek", "name": "Bo Ek",
            "groups": ["a", "b"], "department": "R&D",
        });
        assert_eq!(profile_of(&json!({}), &attributes), profile);
    }

    #[test]
    fn a_map_takes_the_first_attribute_that_is_there() {
        let attributes = json!({ "mail": "bo@acme.example", "sn": "Ek", "email": "other@acme.example" });
        let fields = json!({ "email": ["no", "mail"], "family_name": "sn", "name": "cn", "nickname": 1 });
        let profile = json!({
            "mail": "bo@acme.example", "sn": "Ek", "email": "bo@acme.example", "family_name": "Ek",
        });
        assert_eq!(profile_of(&fields, &attributes), profile);
    }
}

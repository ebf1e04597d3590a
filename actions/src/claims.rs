//! Which custom claims Auth0 puts into tokens. A claim that clashes never fails a login: it is left out.

use serde_json::{Map, Value};
use url::Url;

/// The largest payload of custom claims in bytes.
pub const MAX_CLAIMS: usize = 100_000;

/// The names that are the protocol's or Auth0's own; besides those that start with `sip_`.
const RESTRICTED: &str = "acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash client_id \
    cnf cty dest entitlements events exp groups gty htm htu iat internalService iss jcard jku jti jwe jwk kid may_act mky \
    nbf nonce object_id org_id org_name orig origid permissions roles rph s_hash sid sub sub_jwk toe txn typ uuid vot vtm \
    x5t#S256";

/// Hosts that cannot be a namespace, nor what is below them.
const TAKEN_HOSTS: [&str; 3] = ["auth0.com", "webtask.io", "webtask.run"];

/// Whether a custom claim of this name gets into a token. Standard profile claims like `name` may be overridden.
pub fn is_allowed(name: &str) -> bool {
    if let Some(host) = http_host(name) {
        let taken = |taken: &&str| host == **taken || host.ends_with(&format!(".{taken}"));
        return !TAKEN_HOSTS.iter().any(taken);
    }
    let restricted = RESTRICTED.split(' ').any(|restricted| restricted == name) || name.starts_with("sip_");
    let auth0 = name == "urn:auth0" || name.starts_with("urn:auth0:");
    !(name.is_empty() || restricted || auth0 || name.starts_with('$'))
}

/// Whether the name carries a namespace: an `http` or `https` URL, or a URN.
pub fn is_namespaced(name: &str) -> bool {
    http_host(name).is_some() || name.starts_with("urn:")
}

/// The custom claims that an access token takes: for an audience of Auth0's own, other than `/userinfo`, namespaced ones only.
pub fn of_access_token(claims: &Map<String, Value>, auth0_audience: bool) -> Map<String, Value> {
    let fits = |name: &str| is_allowed(name) && (!auth0_audience || is_namespaced(name));
    let fitting = claims.iter().filter(|(name, _)| fits(name));
    fitting.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether these claims fit into one token.
pub fn fits(claims: &Map<String, Value>) -> bool {
    size(claims) <= MAX_CLAIMS
}

/// Bytes of the claims as JSON.
pub(crate) fn size(claims: &Map<String, Value>) -> usize {
    // An object of JSON values has no way not to be written.
    serde_json::to_vec(claims).map_or(usize::MAX, |json| json.len())
}

fn http_host(name: &str) -> Option<String> {
    if !(name.starts_with("http://") || name.starts_with("https://")) {
        return None;
    }
    Url::parse(name).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_the_protocol_are_left_out() {
        for name in ["sub", "org_id", "x5t#S256", "sip_from_tag", "$price", "", "roles", "internalService"] {
            assert!(!is_allowed(name), "{name}");
        }
        assert_eq!(RESTRICTED.split(' ').count(), 55);
    }

    #[test]
    fn own_names_and_profile_claims_get_in() {
        for name in ["subscription", "name", "email", "picture", "locale", "plan", "sipping", "price$"] {
            assert!(is_allowed(name), "{name}");
        }
    }

    #[test]
    fn namespaces_of_auth0_are_left_out() {
        for name in
            ["https://auth0.com/x", "http://acme.eu.auth0.com/x", "https://webtask.io/", "urn:auth0:x"]
        {
            assert!(!is_allowed(name), "{name}");
        }
        for name in ["https://acme.example/plan", "https://notauth0.com/x", "urn:acme:plan", "urn:auth0x"] {
            assert!(is_allowed(name), "{name}");
        }
    }

    #[test]
    fn tokens_for_auth0_itself_take_namespaced_claims_only() {
        let claims = json!({ "https://acme.example/plan": 1, "urn:acme:plan": 2, "plan": 3, "sub": 4 });
        let claims = claims.as_object().unwrap();
        let names = |auth0| of_access_token(claims, auth0).keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(true), ["https://acme.example/plan", "urn:acme:plan"]);
        assert_eq!(names(false), ["https://acme.example/plan", "urn:acme:plan", "plan"]);
    }

    #[test]
    fn claims_beyond_a_hundred_kilobytes_do_not_fit() {
        let claims = |length: usize| Map::from_iter([("a".to_owned(), Value::from("x".repeat(length)))]);
        assert!(fits(&claims(MAX_CLAIMS - 8)));
        assert!(!fits(&claims(MAX_CLAIMS - 7)));
    }
}

//! What was told about whoever logged in for a test.

use serde_json::{Map, Value};

use crate::claim_mapping::visible;
use crate::{ClaimMapping, EmailAddress};

/// How many claims are shown, and how long each may be.
const MOST_CLAIMS: usize = 50;
const MOST_CHARACTERS: usize = 200;
/// How many bytes are kept of what rules may look at: thousands of groups.
const MOST_BYTES: usize = 64 * 1024;

/// Who logged in for a test.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TestedLogin {
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: Option<EmailAddress>,
    /// Whether the organization's provider says that it is theirs.
    pub email_verified: bool,
    /// What was told about them, by its name, as text: in part, to be shown.
    pub claims: Vec<(String, String)>,
    /// All of it that a rule can look at, whole: a rule finds here what it finds in a login.
    #[serde(default)]
    facts: Map<String, Value>,
}

impl TestedLogin {
    /// Somebody about whom this was told. What the `mappings` name is kept whatever else there is.
    pub fn new(
        name: String,
        email: Option<EmailAddress>,
        email_verified: bool,
        claims: &Map<String, Value>,
        mappings: &[ClaimMapping],
    ) -> Self {
        let is_named = |name: &str| mappings.iter().any(|mapping| mapping.claim() == name);
        let (named, others): (Vec<_>, Vec<_>) = claims.iter().partition(|(name, _)| is_named(name));
        let in_order = || named.iter().chain(&others);
        let mut left = MOST_BYTES;
        let mut facts = Map::new();
        for (name, value) in in_order() {
            let Some(seen) = visible(name, value) else { continue };
            let size = name.len() + seen.to_string().len();
            if is_named(name) || size <= left {
                left = left.saturating_sub(size);
                facts.insert((*name).clone(), seen);
            }
        }
        let shown = in_order().take(MOST_CLAIMS).map(|(name, value)| ((*name).clone(), shown(value)));
        Self { name, email, email_verified, claims: shown.collect(), facts }
    }

    /// The claims, as far as rules can look at them.
    pub fn facts(&self) -> &Map<String, Value> {
        &self.facts
    }
}

/// A value as text, with a mark where it is cut.
fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{AdmissionRules, Role};

    fn rules(claim: &str, value: &str) -> AdmissionRules {
        let mapping = ClaimMapping::new(claim, value, Role::Administrator).unwrap();
        AdmissionRules { mappings: vec![mapping], ..AdmissionRules::default() }
    }

    fn told(claims: &Value, mappings: &[ClaimMapping]) -> TestedLogin {
        let told = TestedLogin::new("Bo".to_owned(), None, false, claims.as_object().unwrap(), mappings);
        // As it is after it was kept.
        serde_json::from_str(&serde_json::to_string(&told).unwrap()).unwrap()
    }

    fn guid(number: usize) -> String {
        format!("{number:08x}-0000-4000-8000-000000000000")
    }

    #[test]
    fn the_role_of_a_test_is_that_of_the_login_however_much_was_told() {
        let mut groups: Vec<String> = (0..12).map(guid).collect();
        groups.push("admins".to_owned());
        let mut claims = json!({ "zz-groups": groups, "text": "[\"admins\"]", "null": "null", "level": 3 });
        for number in 0..60 {
            claims[format!("claim-{number:02}")] = json!("x");
        }
        let told = told(&claims, &[]);
        let whole = claims.as_object().unwrap();
        for (claim, value) in [
            ("zz-groups", "admins"),
            ("zz-groups", &guid(11)),
            ("zz-groups", "admin"),
            ("text", "admins"),
            ("text", "[\"admins\"]"),
            ("null", "null"),
            ("level", "3"),
            ("claim-59", "x"),
        ] {
            let rules = rules(claim, value);
            assert_eq!(rules.role(told.facts()), rules.role(whole), "{claim}: {value}");
        }
        assert_eq!(rules("zz-groups", "admins").role(told.facts()), Role::Administrator);
    }

    #[test]
    fn what_is_shown_is_cut_and_begins_with_what_decides() {
        let mut claims = json!({ "zz-groups": (0..12).map(guid).collect::<Vec<_>>() });
        for number in 0..60 {
            claims[format!("claim-{number:02}")] = json!("x");
        }
        let told = told(&claims, &rules("zz-groups", "admins").mappings);
        assert_eq!(told.claims.len(), MOST_CLAIMS);
        let (name, value) = &told.claims[0];
        assert_eq!((name.as_str(), value.chars().count()), ("zz-groups", MOST_CHARACTERS + 1));
        assert!(value.ends_with('…'), "{value}");
    }

    #[test]
    fn what_no_rule_can_look_at_is_not_kept_and_what_one_names_always_is() {
        let claims = json!({
            "groups": (0..3000).map(guid).collect::<Vec<_>>(),
            "more-groups": (0..3000).map(guid).collect::<Vec<_>>(),
            "deep": { "a": 1 },
            "long": "x".repeat(201),
            "mixed": ["x".repeat(201), ["y"], "z"],
        });
        let kept = |mappings: &[ClaimMapping]| -> Vec<String> {
            told(&claims, mappings).facts().keys().cloned().collect()
        };
        assert_eq!(kept(&[]), ["mixed"]);
        assert_eq!(kept(&rules("more-groups", "admins").mappings), ["more-groups"]);
        assert_eq!(told(&claims, &[]).facts()["mixed"], json!(["z"]));
    }
}

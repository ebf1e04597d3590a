//! The claims of a token: a JSON object without duplicate members, read without leniency.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use crate::TokenRejected;

/// How far two clocks may be apart.
pub(crate) const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// The object in one part of a token.
#[derive(Clone, Default)]
pub(crate) struct Claims(Map<String, Value>);

/// Whom a token must come from, whom it must be for, and when it is read.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) now: Timestamp,
}

/// When a token was issued and until when it is valid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl Claims {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, TokenRejected> {
        let object: Object = serde_json::from_slice(json).map_err(|_| TokenRejected::Malformed)?;
        if object.duplicates { Err(TokenRejected::DuplicateMember) } else { Ok(Self(object.members)) }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// A text of 1 to 255 bytes without control characters; `None` when it is absent.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&str>, TokenRejected> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_str().filter(|text| (1..=255).contains(&text.len()));
        let text = text.filter(|text| !text.chars().any(char::is_control));
        text.map(Some).ok_or(TokenRejected::Claim(name))
    }

    pub(crate) fn required_text(&self, name: &'static str) -> Result<&str, TokenRejected> {
        self.text(name)?.ok_or(TokenRejected::Missing(name))
    }

    /// `sub`: at most 255 ASCII characters (OpenID Connect Core, section 2).
    pub(crate) fn subject(&self) -> Result<Option<&str>, TokenRejected> {
        match self.text("sub")? {
            Some(subject) if !subject.is_ascii() => Err(TokenRejected::Claim("sub")),
            subject => Ok(subject),
        }
    }

    /// An instant in seconds since the epoch, whole or not; `None` when it is absent.
    pub(crate) fn instant(&self, name: &'static str) -> Result<Option<Timestamp>, TokenRejected> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| seconds.is_finite());
        seconds.map(instant).map(Some).ok_or(TokenRejected::Claim(name))
    }

    fn required_instant(&self, name: &'static str) -> Result<Timestamp, TokenRejected> {
        self.instant(name)?.ok_or(TokenRejected::Missing(name))
    }

    /// Checks `iss`, `aud` and `azp` (OpenID Connect Core, section 3.1.3.7, points 2 to 5).
    pub(crate) fn check_parties(&self, expected: Expected<'_>) -> Result<(), TokenRejected> {
        let issuer = self.get("iss").ok_or(TokenRejected::Missing("iss"))?;
        if issuer.as_str() != Some(expected.issuer) {
            return Err(TokenRejected::Issuer);
        }
        let ours = |value: &Value| value.as_str() == Some(expected.client_id);
        let for_us_alone = match self.get("aud").ok_or(TokenRejected::Missing("aud"))? {
            Value::Array(audiences) => matches!(audiences.as_slice(), [only] if ours(only)),
            audience => ours(audience),
        };
        if !for_us_alone {
            return Err(TokenRejected::Audience);
        }
        if self.get("azp").is_some_and(|party| !ours(party)) {
            return Err(TokenRejected::AuthorizedParty);
        }
        Ok(())
    }

    /// Checks `exp`, `iat` and `nbf`, with [`CLOCK_SKEW`] either way.
    pub(crate) fn check_validity(&self, now: Timestamp) -> Result<Validity, TokenRejected> {
        let expires_at = self.required_instant("exp")?;
        let issued_at = self.required_instant("iat")?;
        let latest = now + CLOCK_SKEW;
        if expires_at + CLOCK_SKEW <= now {
            return Err(TokenRejected::Expired);
        }
        if issued_at > latest {
            return Err(TokenRejected::IssuedInFuture);
        }
        if expires_at <= issued_at {
            return Err(TokenRejected::Lifetime);
        }
        if self.instant("nbf")?.is_some_and(|not_before| not_before > latest) {
            return Err(TokenRejected::NotYetValid);
        }
        Ok(Validity { issued_at, expires_at })
    }
}

/// Instants before 1970 become its start, those beyond the calendar its end: both are as past or as far as can be.
fn instant(seconds: f64) -> Timestamp {
    let start = Timestamp::from_millis(0);
    match Duration::try_from_secs_f64(seconds.max(0.0)) {
        Ok(since) => start + since,
        Err(_) => Timestamp::MAX,
    }
}

/// A JSON object that remembers whether a member was named twice; `Value` alone keeps the last one silently.
struct Object {
    members: Map<String, Value>,
    duplicates: bool,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Object, A::Error> {
        let mut object = Object { members: Map::new(), duplicates: false };
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            object.duplicates |= object.members.insert(name, value).is_some();
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Claims {
        Claims::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn reads_only_whole_objects_without_duplicates() {
        assert_eq!(claims(r#"{"a":{"b":1}}"#).get("a").unwrap()["b"], 1);
        for twice in [r#"{"a":1,"a":1}"#, r#"{"a":1,"b":2,"\u0061":3}"#, r#"{"a":null,"a":1}"#] {
            assert_eq!(
                Claims::parse(twice.as_bytes()).err(),
                Some(TokenRejected::DuplicateMember),
                "{twice}"
            );
        }
        for broken in [
            "",
            "[]",
            "1",
            "null",
            r#""a""#,
            r#"{"a":1"#,
            r#"{"a":1}x"#,
            r#"{"a":1e400}"#,
            "{\"a\":\"\\ud800\"}",
        ] {
            assert_eq!(Claims::parse(broken.as_bytes()).err(), Some(TokenRejected::Malformed), "{broken}");
        }
    }

    #[test]
    fn instants_are_numbers_of_any_size() {
        let at = |json: &str| claims(&format!(r#"{{"exp":{json}}}"#)).instant("exp");
        assert_eq!(at("1700000000"), Ok(Some(Timestamp::from_seconds(1_700_000_000))));
        assert_eq!(at("1700000000.25"), Ok(Some(Timestamp::from_millis(1_700_000_000_250))));
        assert_eq!(at("-1"), Ok(Some(Timestamp::from_millis(0))));
        assert_eq!(at("18446744073709551615"), Ok(Some(Timestamp::MAX)));
        assert_eq!(at("1e300"), Ok(Some(Timestamp::MAX)));
        for wrong in ["\"1700000000\"", "\"never\"", "null", "true", "[1700000000]", "{}"] {
            assert_eq!(at(wrong), Err(TokenRejected::Claim("exp")), "{wrong}");
        }
        assert_eq!(claims("{}").instant("exp"), Ok(None));
    }
}

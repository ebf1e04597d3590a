//! An issuer's public keys (RFC 7517): only those that can verify a signature, and that nothing else could be meant by.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;

use crate::SigningAlgorithm;

/// Shorter RSA keys can be factored; longer ones make every verification expensive.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// One usable key.
pub(crate) struct VerificationKey {
    id: Option<String>,
    algorithm: Option<SigningAlgorithm>,
    key: DecodingKey,
}

impl VerificationKey {
    pub(crate) fn decoding_key(&self) -> &DecodingKey {
        &self.key
    }
}

/// The usable keys of an issuer.
pub(crate) struct KeySet(Vec<Arc<VerificationKey>>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl KeySet {
    /// Reads a key set and leaves out what is not usable; `None` when it isn't a key set at all.
    pub(crate) fn parse(body: &[u8], allowed: &[SigningAlgorithm]) -> Option<Self> {
        let document: Document = serde_json::from_slice(body).ok()?;
        let mut uses = HashMap::<String, usize>::new();
        for id in document.keys.iter().filter_map(|key| key.get("kid")?.as_str()) {
            *uses.entry(id.to_owned()).or_default() += 1;
        }
        let usable = document.keys.into_iter().filter_map(|key| {
            let key = usable(serde_json::from_value(key).ok()?, allowed)?;
            let unique = key.id.as_ref().is_none_or(|id| uses.get(id) == Some(&1));
            unique.then(|| Arc::new(key))
        });
        Some(Self(usable.collect()))
    }

    /// The key with this id; without an id, the only key that there is.
    pub(crate) fn find(&self, id: Option<&str>, algorithm: SigningAlgorithm) -> Option<Arc<VerificationKey>> {
        let fits = |key: &VerificationKey| key.algorithm.is_none_or(|stated| stated == algorithm);
        match id {
            Some(id) => self.0.iter().find(|key| key.id.as_deref() == Some(id) && fits(key)).cloned(),
            None => match self.0.as_slice() {
                [only] if fits(only) => Some(Arc::clone(only)),
                _ => None,
            },
        }
    }
}

fn usable(jwk: Jwk, allowed: &[SigningAlgorithm]) -> Option<VerificationKey> {
    let for_signatures = jwk.usage.is_none_or(|usage| usage == "sig")
        && jwk.key_ops.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
    if jwk.kty != "RSA" || !for_signatures {
        return None;
    }
    let algorithm = match jwk.alg {
        Some(name) => Some(SigningAlgorithm::among(allowed, &name)?),
        None => None,
    };
    let modulus = unsigned(&jwk.n?)?;
    let exponent = unsigned(&jwk.e?)?;
    let sound = MODULUS_BITS.contains(&bits(&modulus)) && bits(&exponent) > 1 && exponent.last()? % 2 == 1;
    let key = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
    sound.then_some(VerificationKey { id: jwk.kid, algorithm, key })
}

/// A big-endian number without leading zeros.
fn unsigned(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const RS256: &[SigningAlgorithm] = &[SigningAlgorithm::Rs256];

    fn modulus(bits: usize) -> String {
        let mut bytes = vec![0xff; bits.div_ceil(8)];
        bytes[0] = 0xff >> ((8 - bits % 8) % 8);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn jwk(kid: &str) -> Value {
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": modulus(2048), "e": "AQAB" })
    }

    fn with(mut key: Value, member: &str, value: &Value) -> Value {
        key[member] = value.clone();
        key
    }

    fn usable_keys(keys: &[Value]) -> usize {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes(), RS256).unwrap().0.len()
    }

    #[test]
    fn optional_members_are_optional() {
        let bare = json!({ "kty": "RSA", "n": modulus(2048), "e": "AQAB" });
        assert_eq!(usable_keys(&[jwk("a"), bare, with(jwk("b"), "key_ops", &json!(["verify"]))]), 3);
    }

    #[test]
    fn rp22_unusable_keys_are_left_out() {
        for (member, value) in [
            ("kty", json!("oct")),
            ("kty", json!("EC")),
            ("use", json!("enc")),
            ("key_ops", json!(["encrypt"])),
            ("alg", json!("RSA-OAEP")),
            ("alg", json!("HS256")),
            ("alg", json!("PS256")),
            ("n", json!(modulus(1024))),
            ("n", json!(modulus(2047))),
            ("n", json!(modulus(8193))),
            ("n", json!("")),
            ("n", json!(7)),
            ("e", json!("AQ")),
            ("e", json!("AAAB")),
            ("e", json!("Ag")),
            ("e", json!("")),
        ] {
            assert_eq!(usable_keys(&[with(jwk("a"), member, &value)]), 0, "{member} {value}");
        }
    }

    #[test]
    fn rp22_a_modulus_is_measured_without_leading_zeros() {
        let mut padded = vec![0; 128];
        padded.extend([0xff; 128]);
        assert_eq!(usable_keys(&[with(jwk("a"), "n", &json!(URL_SAFE_NO_PAD.encode(padded)))]), 0);
    }

    #[test]
    fn rp22_an_id_that_two_keys_claim_belongs_to_neither() {
        assert_eq!(usable_keys(&[jwk("a"), jwk("a"), jwk("b")]), 1);
        let secret = json!({ "kty": "oct", "kid": "a", "k": "c2VjcmV0" });
        assert_eq!(usable_keys(&[jwk("a"), secret]), 0);
    }

    #[test]
    fn what_is_no_key_set_is_told_apart_from_an_empty_one() {
        for body in ["", "<html>", "[]", "{}", r#"{"keys":{}}"#] {
            assert!(KeySet::parse(body.as_bytes(), RS256).is_none(), "{body}");
        }
        assert_eq!(usable_keys(&[]), 0);
        assert_eq!(usable_keys(&[json!(null), json!("key"), json!({})]), 0);
    }
}

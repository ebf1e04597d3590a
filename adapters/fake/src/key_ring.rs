//! The keys that sign tokens, ready to use: signing, verifying and what is published of them.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use tenantry_domain::Timestamp;

use crate::certificate::Certificate;
use crate::jws::Jws;
use crate::keys::KeyError;
use crate::model::{KeyUse, SigningKey};

type Claims = Map<String, Value>;

/// The key that signs, and those whose signatures are believed as well.
pub(crate) struct KeyRing {
    current: Key,
    /// The next one, then those of the past.
    others: Vec<Key>,
    verified: Verified,
}

/// Tokens that were verified, so that a program which calls with the same one again and again is answered faster. They
/// go with the ring, which is made anew when a key is rotated or revoked.
#[derive(Default)]
struct Verified(Mutex<HashMap<String, Claims>>);

/// So many are remembered, then they are forgotten together.
const MOST_VERIFIED: usize = 256;

struct Key {
    kid: String,
    in_use: KeyUse,
    created_at: Timestamp,
    pkcs8: Vec<u8>,
    pair: RsaKeyPair,
    /// Made when somebody asks for it.
    certificate: OnceLock<Certificate>,
}

impl KeyRing {
    /// The keys of these rows that are not revoked; `None` when none of them signs.
    pub(crate) fn of<'a>(rows: impl Iterator<Item = &'a SigningKey>) -> Result<Option<Self>, KeyError> {
        let keys: Vec<Key> =
            rows.filter(|row| row.revoked_at.is_none()).map(Key::of).collect::<Result<_, _>>()?;
        let (mut current, mut others): (Vec<Key>, Vec<Key>) =
            keys.into_iter().partition(|key| key.in_use == KeyUse::Current);
        others.sort_by_key(|key| key.in_use != KeyUse::Next);
        Ok(current.pop().map(|current| Self { current, others, verified: Verified::default() }))
    }

    /// Whether it is made of exactly these rows, each in the same place of its life.
    pub(crate) fn is_of<'a>(&self, rows: impl Iterator<Item = &'a SigningKey>) -> bool {
        let mut count = 0;
        let mut rows = rows.filter(|row| row.revoked_at.is_none()).inspect(|_| count += 1);
        let known = rows.all(|row| self.keys().any(|key| key.kid == row.kid && key.in_use == row.key_use));
        known && count == self.others.len() + 1
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.others)
    }

    /// A JSON Web Token (RFC 7519) signed with RS256 by the current key; `typ` stands in its header.
    pub(crate) fn sign(&self, typ: &str, claims: &Claims) -> Result<String, KeyError> {
        let header = json!({ "alg": "RS256", "typ": typ, "kid": self.current.kid });
        let signed = signing_input(&header, claims)?;
        let signature = self.signature(&signed)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature)))
    }

    /// The current key's signature of the text, by RSA with SHA-256.
    pub(crate) fn signature(&self, text: &str) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.current.pair.public_modulus_len()];
        let digest = digest(&SHA256, text.as_bytes());
        let signed = self.current.pair.sign_digest(&RSA_PKCS1_SHA256, &digest, &mut signature);
        signed.map(|()| signature).map_err(|_| KeyError::Cryptography)
    }

    /// The current key's.
    pub(crate) fn certificate(&self, host: &str) -> Result<&Certificate, KeyError> {
        self.current.certificate(host)
    }

    /// The claims of a token that one of these keys signed. When it expires and whom it is for is not looked at.
    pub(crate) fn verify(&self, token: &str) -> Option<Claims> {
        if let Some(known) = self.verified.get(token) {
            return Some(known);
        }
        let claims = self.check(token)?;
        self.verified.add(token, &claims);
        Some(claims)
    }

    fn check(&self, token: &str) -> Option<Claims> {
        let token = Jws::of(token, "RS256")?;
        let kid = token.key_id()?;
        let (n, e) = self.keys().find(|key| key.kid == kid)?.components();
        RsaPublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, token.signed.as_bytes(), &token.signature)
            .ok()?;
        Some(token.claims)
    }

    /// The public halves, as `/.well-known/jwks.json` publishes them (RFC 7517).
    pub(crate) fn jwks(&self, host: &str) -> Result<Value, KeyError> {
        let keys = self.keys().map(|key| key.jwk(host)).collect::<Result<Vec<_>, _>>()?;
        Ok(json!({ "keys": keys }))
    }
}

impl Verified {
    fn get(&self, token: &str) -> Option<Claims> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    fn add(&self, token: &str, claims: &Claims) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_VERIFIED {
            known.clear();
        }
        known.insert(token.to_owned(), claims.clone());
    }
}

impl Key {
    fn of(row: &SigningKey) -> Result<Self, KeyError> {
        let pkcs8 = URL_SAFE_NO_PAD.decode(row.pkcs8.expose()).map_err(|_| KeyError::Cryptography)?;
        let pair = RsaKeyPair::from_pkcs8(&pkcs8).map_err(|_| KeyError::Cryptography)?;
        Ok(Self {
            kid: row.kid.clone(),
            in_use: row.key_use,
            created_at: row.created_at,
            pkcs8,
            pair,
            certificate: OnceLock::new(),
        })
    }

    fn components(&self) -> (&[u8], &[u8]) {
        let public = self.pair.public_key();
        let (n, e) = (public.modulus(), public.exponent());
        (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero())
    }

    fn certificate(&self, host: &str) -> Result<&Certificate, KeyError> {
        if let Some(made) = self.certificate.get() {
            return Ok(made);
        }
        let made = Certificate::of(&self.pkcs8, host, self.created_at)?;
        Ok(self.certificate.get_or_init(|| made))
    }

    fn jwk(&self, host: &str) -> Result<Value, KeyError> {
        let (n, e) = self.components();
        let certificate = self.certificate(host)?;
        Ok(json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(n),
            "e": URL_SAFE_NO_PAD.encode(e),
            "x5t": certificate.x5t(),
            "x5c": [certificate.x5c()],
        }))
    }
}

/// A token signed with HS256 by a secret that its reader has, too.
pub(crate) fn sign_with_secret(secret: &str, typ: &str, claims: &Claims) -> Result<String, KeyError> {
    let signed = signing_input(&json!({ "alg": "HS256", "typ": typ }), claims)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()))))
}

/// The claims of a token that the secret signed; `secret_of` finds the secret by the claims, not yet believed.
pub(crate) fn verify_with_secret(
    token: &str,
    secret_of: impl FnOnce(&Claims) -> Option<String>,
) -> Option<Claims> {
    let token = Jws::of(token, "HS256")?;
    let secret = secret_of(&token.claims).filter(|secret| !secret.is_empty())?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, token.signed.as_bytes(), &token.signature).ok()?;
    Some(token.claims)
}

fn signing_input(header: &Value, claims: &Claims) -> Result<String, KeyError> {
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let claims = serde_json::to_vec(claims).map_err(|_| KeyError::Cryptography)?;
    Ok(format!("{}.{}", encode(header.to_string().as_bytes()), encode(&claims)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(value: &Value) -> Claims {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn verified_tokens_are_remembered_up_to_a_number() {
        let (known, ann) = (Verified::default(), claims(&json!({ "sub": "ann" })));
        for number in 0..=MOST_VERIFIED {
            known.add(&number.to_string(), &ann);
        }
        assert_eq!((known.get(&MOST_VERIFIED.to_string()), known.get("0")), (Some(ann), None));
        assert_eq!(known.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_token_of_a_secret_verifies_with_that_secret_alone() {
        let signed = claims(&json!({ "aud": "app", "n": 1 }));
        let token = sign_with_secret("hunter2", "JWT", &signed).unwrap();
        let with = |secret: &str| verify_with_secret(&token, |_| Some(secret.to_owned()));
        assert_eq!(with("hunter2"), Some(signed));
        assert_eq!((with("hunter3"), with("")), (None, None));
        let key = jsonwebtoken::DecodingKey::from_secret(b"hunter2");
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        validation.validate_exp = false;
        assert_eq!(jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims["n"], 1);
    }
}

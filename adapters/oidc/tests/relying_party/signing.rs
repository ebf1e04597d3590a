//! Keys that sign tokens, honest ones and others.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512,
    RSA_PSS_SHA256, RsaEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// The key that the provider signs with.
pub(crate) static CURRENT: LazyLock<Key> = LazyLock::new(|| Key::generate("current"));
/// The key that it changes to.
pub(crate) static NEXT: LazyLock<Key> = LazyLock::new(|| Key::generate("next"));
/// A key that was never the provider's.
pub(crate) static STRANGER: LazyLock<Key> = LazyLock::new(|| Key::generate("stranger"));

pub(crate) struct Key {
    pub(crate) id: &'static str,
    pair: KeyPair,
}

impl Key {
    fn generate(id: &'static str) -> Self {
        Self { id, pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    pub(crate) fn jwk(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (n, e) = (number(&public.n), number(&public.e));
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": n, "e": e })
    }

    pub(crate) fn public_pem(&self) -> String {
        use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
        let der: PublicKeyX509Der<'_> = self.pair.public_key().as_der().unwrap();
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    }

    /// An RS256 token with an ordinary header.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({ "alg": "RS256", "typ": "JWT", "kid": self.id }), claims)
    }

    /// A token signed as RS256, whatever the header says.
    pub(crate) fn token_with(&self, header: &Value, claims: &Value) -> String {
        self.sign(&RSA_PKCS1_SHA256, &header.to_string(), &claims.to_string())
    }

    pub(crate) fn ps256(&self, claims: &Value) -> String {
        let header = json!({ "alg": "PS256", "typ": "JWT", "kid": self.id });
        self.sign(&RSA_PSS_SHA256, &header.to_string(), &claims.to_string())
    }

    pub(crate) fn rs512(&self, claims: &Value) -> String {
        let header = json!({ "alg": "RS512", "typ": "JWT", "kid": self.id });
        self.sign(&RSA_PKCS1_SHA512, &header.to_string(), &claims.to_string())
    }

    /// A token of any two texts, signed as RS256.
    pub(crate) fn token_of_texts(&self, header: &str, payload: &str) -> String {
        self.sign(&RSA_PKCS1_SHA256, header, payload)
    }

    fn sign(&self, encoding: &'static dyn RsaEncoding, header: &str, payload: &str) -> String {
        let signed = unsigned(header, payload);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(encoding, &system_random(), signed.as_bytes(), &mut signature).unwrap();
        compact(&signed, &signature)
    }
}

/// A token signed as ES256 by a key of its own, and that key.
pub(crate) fn es256(claims: &Value) -> (String, Value) {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &system_random()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
    let signed = unsigned(&json!({ "alg": "ES256", "kid": "elliptic" }).to_string(), &claims.to_string());
    let signature = pair.sign(&system_random(), signed.as_bytes()).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = (coordinate(x), coordinate(y));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "elliptic", "x": x, "y": y });
    (compact(&signed, signature.as_ref()), jwk)
}

/// A token signed as HS256 with whatever an attacker knows.
pub(crate) fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let signed = unsigned(&header.to_string(), &claims.to_string());
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    compact(&signed, aws_lc_rs::hmac::sign(&key, signed.as_bytes()).as_ref())
}

/// The part of a token that is signed.
pub(crate) fn unsigned(header: &str, payload: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

fn compact(signed: &str, signature: &[u8]) -> String {
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[expect(clippy::disallowed_methods, reason = "signing asks for it; nothing here depends on what it gives")]
fn system_random() -> SystemRandom {
    SystemRandom::new()
}

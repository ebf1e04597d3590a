//! What the configured secret is for: sealing what a browser keeps for us, and signing form tokens.
//!
//! Each use has a key of its own, derived with HKDF (RFC 5869). Of several secrets the first writes and all read, so
//! that a secret can be replaced without signing anybody out.

use aws_lc_rs::{aead, hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use tenantry_ports::Random;

/// Keys derived from each configured secret, the current one first.
pub(crate) struct Keys {
    current: Derived,
    retired: Vec<Derived>,
}

struct Derived {
    sealing: aead::LessSafeKey,
    tokens: hmac::Key,
}

/// Why there are no keys; says what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// No secret is configured.
    #[error("a secret of at least 32 characters is needed to protect sessions")]
    Missing,
    /// One of the secrets can be guessed.
    #[error("every secret must be at least 32 characters long")]
    TooShort,
    /// The cryptographic library refused; it gives no reason.
    #[error("no keys could be derived from the secret")]
    Refused,
}

impl Keys {
    pub(crate) fn derive(secrets: &[SecretString]) -> Result<Self, KeysError> {
        let (current, retired) = secrets.split_first().ok_or(KeysError::Missing)?;
        let retired = retired.iter().map(Derived::from).collect::<Result<_, _>>()?;
        Ok(Self { current: Derived::from(current)?, retired })
    }

    /// Encrypts `plain` so that only this service can read it, and only as what `purpose` names.
    pub(crate) fn seal(&self, purpose: &str, plain: &[u8], random: &dyn Random) -> Result<String, KeysError> {
        let mut nonce = [0; aead::NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        self.current
            .sealing
            .seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(purpose),
                &mut sealed,
            )
            .map_err(|_| KeysError::Refused)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed under `purpose` with any of the secrets; `None` for anything else.
    pub(crate) fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<{ aead::NONCE_LEN }>()?;
        self.each().find_map(|keys| {
            let mut sealed = sealed.to_vec();
            let nonce = aead::Nonce::assume_unique_for_key(*nonce);
            let plain = keys.sealing.open_in_place(nonce, aead::Aad::from(purpose), &mut sealed).ok()?;
            Some(plain.to_vec())
        })
    }

    /// A token that only this service can make for `data`.
    pub(crate) fn token(&self, data: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.current.tokens, data.as_bytes()))
    }

    /// Whether `token` was made for `data` with any of the secrets; takes the same time for every wrong one.
    pub(crate) fn is_token(&self, data: &str, token: &str) -> bool {
        let Ok(tag) = URL_SAFE_NO_PAD.decode(token) else { return false };
        self.each().any(|keys| hmac::verify(&keys.tokens, data.as_bytes(), &tag).is_ok())
    }

    fn each(&self) -> impl Iterator<Item = &Derived> {
        std::iter::once(&self.current).chain(&self.retired)
    }
}

impl Derived {
    fn from(secret: &SecretString) -> Result<Self, KeysError> {
        let secret = secret.expose_secret();
        if secret.len() < 32 {
            return Err(KeysError::TooShort);
        }
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"tenantry web").extract(secret.as_bytes());
        let key_for = |purpose: &[u8]| {
            let mut key = [0; 32];
            root.expand(&[purpose], hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key)).map(|()| key)
        };
        let sealing = key_for(b"seal").map_err(|_| KeysError::Refused)?;
        let tokens = key_for(b"form token").map_err(|_| KeysError::Refused)?;
        let sealing = aead::UnboundKey::new(&aead::AES_256_GCM, &sealing).map_err(|_| KeysError::Refused)?;
        Ok(Self {
            sealing: aead::LessSafeKey::new(sealing),
            tokens: hmac::Key::new(hmac::HMAC_SHA256, &tokens),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn keys(secrets: &[&str]) -> Keys {
        let secrets: Vec<SecretString> = secrets.iter().map(|text| text.repeat(32).into()).collect();
        Keys::derive(&secrets).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_for_its_purpose_only_and_unchanged_only() {
        let (keys, random) = (keys(&["a"]), Counting(AtomicU8::new(0)));
        let sealed = keys.seal("login-1", b"state", &random).unwrap();
        assert_ne!(sealed, keys.seal("login-1", b"state", &random).unwrap());
        assert_eq!(keys.open("login-1", &sealed).unwrap(), b"state");
        assert_eq!(keys.open("login-2", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(keys.open("login-1", &String::from_utf8(changed).unwrap()), None);
        }
        assert_eq!(keys.open("login-1", ""), None);
    }

    #[test]
    fn c10_a_retired_secret_still_reads_and_a_forgotten_one_does_not() {
        let random = Counting(AtomicU8::new(0));
        let sealed = keys(&["old"]).seal("x", b"plain", &random).unwrap();
        let token = keys(&["old"]).token("session");
        assert_eq!(keys(&["new", "old"]).open("x", &sealed).unwrap(), b"plain");
        assert!(keys(&["new", "old"]).is_token("session", &token));
        assert_eq!(keys(&["new"]).open("x", &sealed), None);
        assert!(!keys(&["new"]).is_token("session", &token));
    }

    #[test]
    fn a_token_fits_one_session() {
        let keys = keys(&["a"]);
        assert!(keys.is_token("one", &keys.token("one")));
        assert!(!keys.is_token("two", &keys.token("one")));
        assert!(!keys.is_token("one", "") && !keys.is_token("one", "not base64 !"));
    }

    #[test]
    fn a_secret_that_can_be_guessed_is_refused() {
        assert_eq!(Keys::derive(&[]).err(), Some(KeysError::Missing));
        assert_eq!(Keys::derive(&["short".into()]).err(), Some(KeysError::TooShort));
    }
}

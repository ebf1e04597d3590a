//! The two RSA keys: the one that signs and the one that comes next, made in the background at the first start.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use tenantry_ports::Clock;
use tokio::sync::watch;

use crate::ids::Ids;
use crate::model::{KeyUse, SigningKey};
use crate::secrets::Secret;
use crate::store::{Store, StoreError};

/// Why no token can be signed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeyError {
    /// The cryptographic library refused.
    #[error("a signing key could not be made or used")]
    Cryptography,
    /// The new keys could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Both keys, ready to use.
pub(crate) struct KeyRing {
    current: Key,
    next: Key,
}

struct Key {
    kid: String,
    pair: RsaKeyPair,
}

impl KeyRing {
    /// A JSON Web Token (RFC 7519) signed with RS256 by the current key.
    pub(crate) fn sign(&self, claims: &Map<String, Value>) -> Result<String, KeyError> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.current.kid });
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let claims = serde_json::to_vec(claims).map_err(|_| KeyError::Cryptography)?;
        let signed = format!("{}.{}", encode(header.to_string().as_bytes()), encode(&claims));
        let mut signature = vec![0; self.current.pair.public_modulus_len()];
        self.current
            .pair
            .sign_digest(&RSA_PKCS1_SHA256, &digest(&SHA256, signed.as_bytes()), &mut signature)
            .map_err(|_| KeyError::Cryptography)?;
        Ok(format!("{signed}.{}", encode(&signature)))
    }

    /// The claims of a token that one of these keys signed. When it expires and whom it is for is not looked at.
    pub(crate) fn verify(&self, token: &str) -> Option<Map<String, Value>> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.get("alg")?.as_str()? != "RS256" {
            return None;
        }
        let kid = header.get("kid")?.as_str()?;
        let key = [&self.current, &self.next].into_iter().find(|key| key.kid == kid)?;
        let (n, e) = key.components();
        RsaPublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?)
            .ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// The public halves, as `/.well-known/jwks.json` publishes them (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [self.current.jwk(), self.next.jwk()] })
    }
}

impl Key {
    fn components(&self) -> (&[u8], &[u8]) {
        let public = self.pair.public_key();
        let (n, e) = (public.modulus(), public.exponent());
        (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero())
    }

    fn jwk(&self) -> Value {
        let (n, e) = self.components();
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(n),
            "e": URL_SAFE_NO_PAD.encode(e),
        })
    }

    fn from_row(row: &SigningKey) -> Result<Self, KeyError> {
        let pkcs8 = URL_SAFE_NO_PAD.decode(row.pkcs8.expose()).map_err(|_| KeyError::Cryptography)?;
        let pair = RsaKeyPair::from_pkcs8(&pkcs8).map_err(|_| KeyError::Cryptography)?;
        Ok(Self { kid: row.kid.clone(), pair })
    }
}

type Progress = Option<Result<Arc<KeyRing>, KeyError>>;

/// The keys, or the wait for them.
#[derive(Clone)]
pub(crate) struct Keys(watch::Receiver<Progress>);

impl Keys {
    /// Takes the keys that the store has, or starts to make some: nothing but tokens waits for that.
    pub(crate) fn start(store: &Arc<Store>, ids: &Ids, clock: &Arc<dyn Clock>) -> Result<Self, KeyError> {
        let (progress, keys) = watch::channel(stored(store)?.map(|ring| Ok(Arc::new(ring))));
        if keys.borrow().is_none() {
            // Weak, so that a provider which is dropped meanwhile lets go of its files.
            let store = Arc::downgrade(store);
            let (ids, now) = (ids.clone(), clock.now());
            std::thread::Builder::new()
                .name("fake-keys".to_owned())
                .spawn(move || {
                    let made = generate(&ids, now).and_then(|rows| {
                        let ring = ring_of(&rows)?;
                        if let Some(store) = store.upgrade() {
                            keep(&store, rows)?;
                        }
                        Ok(Arc::new(ring))
                    });
                    progress.send_replace(Some(made));
                })
                .map_err(|_| KeyError::Cryptography)?;
        }
        Ok(Self(keys))
    }

    /// The keys as soon as they are made and kept.
    pub(crate) async fn ready(&self) -> Result<Arc<KeyRing>, KeyError> {
        let mut keys = self.0.clone();
        let made = keys.wait_for(Option::is_some).await.map_err(|_| KeyError::Cryptography)?;
        made.clone().unwrap_or(Err(KeyError::Cryptography))
    }
}

fn stored(store: &Store) -> Result<Option<KeyRing>, KeyError> {
    let rows: Vec<SigningKey> = store.read(|state| state.signing_keys.iter().cloned().collect())?;
    if rows.is_empty() { Ok(None) } else { ring_of(&rows).map(Some) }
}

fn ring_of(rows: &[SigningKey]) -> Result<KeyRing, KeyError> {
    let of_use = |key_use| {
        let row = rows.iter().find(|row| row.key_use == key_use).ok_or(KeyError::Cryptography)?;
        Key::from_row(row)
    };
    Ok(KeyRing { current: of_use(KeyUse::Current)?, next: of_use(KeyUse::Next)? })
}

fn generate(ids: &Ids, created_at: tenantry_domain::Timestamp) -> Result<Vec<SigningKey>, KeyError> {
    [KeyUse::Current, KeyUse::Next]
        .into_iter()
        .map(|key_use| {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Cryptography)?;
            let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Cryptography)?;
            let pkcs8 = Secret::new(URL_SAFE_NO_PAD.encode(der.as_ref()));
            Ok(SigningKey { kid: ids.key_id(), pkcs8, key_use, created_at })
        })
        .collect()
}

fn keep(store: &Store, rows: Vec<SigningKey>) -> Result<(), KeyError> {
    store.write_blocking(|state| {
        for row in rows {
            state.signing_keys.put(row);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenantry_ports::testkit::{FixedClock, SeededRandom};

    async fn ring() -> Arc<KeyRing> {
        let (store, ids) = (Arc::new(Store::in_memory()), Ids::new(Arc::new(SeededRandom::new(1))));
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::at("2026-03-02T10:00:00.000Z"));
        Keys::start(&store, &ids, &clock).unwrap().ready().await.unwrap()
    }

    #[tokio::test]
    async fn a_token_verifies_until_a_byte_of_it_changes() {
        let ring = ring().await;
        let claims = json!({ "sub": "ann", "n": 1 }).as_object().unwrap().clone();
        let token = ring.sign(&claims).unwrap();
        assert_eq!(ring.verify(&token), Some(claims.clone()));

        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        parts[1] = URL_SAFE_NO_PAD.encode(br#"{"sub":"bo","n":1}"#);
        assert_eq!(ring.verify(&parts.join(".")), None, "another payload");
        parts[0] = URL_SAFE_NO_PAD.encode(br#"{"alg":"none"}"#);
        assert_eq!(ring.verify(&parts.join(".")), None, "no algorithm");
        for nonsense in ["", "a.b", "a.b.c", "...."] {
            assert_eq!(ring.verify(nonsense), None, "{nonsense}");
        }
    }

    #[tokio::test]
    async fn a_library_that_we_did_not_write_accepts_the_token_with_the_published_key() {
        use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
        let ring = ring().await;
        let token = ring.sign(json!({ "sub": "ann" }).as_object().unwrap()).unwrap();
        let jwks = ring.jwks();
        let key = &jwks["keys"][0];
        assert_ne!(key["kid"], jwks["keys"][1]["kid"]);
        let key =
            DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        let claims = decode::<Value>(&token, &key, &validation).unwrap().claims;
        assert_eq!(claims["sub"], "ann");
    }
}

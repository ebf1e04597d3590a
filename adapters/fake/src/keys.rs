//! The RSA keys of the provider: made when the first token or the first look at them needs them, and rotated.

use std::sync::{Arc, PoisonError, RwLock, Weak};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_domain::Timestamp;
use tenantry_ports::Clock;
use tokio::sync::watch;

use crate::ids::Ids;
use crate::key_ring::KeyRing;
use crate::model::{KeyUse, SigningKey};
use crate::secrets::Secret;
use crate::spare_keys;
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

#[derive(Clone, Debug)]
enum Making {
    Idle,
    Busy,
    Failed(KeyError),
}

/// The way to the keys. What the store holds is what counts; the ring is made of it again when it has changed.
pub(crate) struct Keys {
    store: Arc<Store>,
    ids: Ids,
    clock: Arc<dyn Clock>,
    ring: RwLock<Option<Arc<KeyRing>>>,
    making: Arc<watch::Sender<Making>>,
}

impl Keys {
    pub(crate) fn new(store: &Arc<Store>, ids: &Ids, clock: &Arc<dyn Clock>) -> Self {
        Self {
            store: store.clone(),
            ids: ids.clone(),
            clock: clock.clone(),
            ring: RwLock::default(),
            making: Arc::new(watch::Sender::new(Making::Idle)),
        }
    }

    /// The keys that the store has; when it has none, those that are made now.
    pub(crate) async fn ready(&self) -> Result<Arc<KeyRing>, KeyError> {
        // Once for the making, and once more for whoever takes the keys away meanwhile.
        for _ in 0..3 {
            if let Some(ring) = self.current()? {
                return Ok(ring);
            }
            let mut making = self.making.subscribe();
            self.begin()?;
            let ended = making.wait_for(|making| !matches!(making, Making::Busy)).await;
            if let Making::Failed(error) = &*ended.map_err(|_| KeyError::Cryptography)? {
                return Err(error.clone());
            }
        }
        Err(KeyError::Cryptography)
    }

    /// Starts to make the first keys in the background, unless they are there or being made.
    pub(crate) fn begin(&self) -> Result<(), KeyError> {
        let begins = self.store.read(|state| state.signing_keys.len() == 0)?
            && self.making.send_if_modified(|making| {
                let is_idle = matches!(making, Making::Idle);
                if is_idle {
                    *making = Making::Busy;
                }
                is_idle
            });
        if !begins {
            return Ok(());
        }
        let (making, ids, now) = (self.making.clone(), self.ids.clone(), self.clock.now());
        let may_take_spare = self.store.is_in_memory();
        // Weak, so that a provider which is dropped meanwhile lets go of its files.
        let store = Arc::downgrade(&self.store);
        let spawned = std::thread::Builder::new().name("fake-keys".to_owned()).spawn(move || {
            let made = make_first(&store, &ids, now, may_take_spare);
            making.send_replace(made.map_or_else(Making::Failed, |()| Making::Idle));
        });
        if spawned.is_err() {
            self.making.send_replace(Making::Failed(KeyError::Cryptography));
        }
        Ok(())
    }

    /// The next key begins to sign, and a new one comes next. Answers the new current key.
    pub(crate) async fn rotate(&self) -> Result<SigningKey, KeyError> {
        self.ready().await?;
        let (ids, now) = (self.ids.clone(), self.clock.now());
        let new = tokio::task::spawn_blocking(move || generate(&ids, KeyUse::Next, now));
        let new = new.await.map_err(|_| KeyError::Cryptography)??;
        let current = self
            .store
            .write(|state| {
                state.rotate_signing_keys(new, now);
                Ok::<_, StoreError>(
                    state.signing_keys.iter().find(|key| key.key_use == KeyUse::Current).cloned(),
                )
            })
            .await?;
        current.ok_or(KeyError::Cryptography)
    }

    fn current(&self) -> Result<Option<Arc<KeyRing>>, KeyError> {
        let known = self.ring.read().unwrap_or_else(PoisonError::into_inner).clone();
        let is_current = |ring: &Arc<KeyRing>| self.store.read(|state| ring.is_of(state.signing_keys.iter()));
        if let Some(ring) = known
            && is_current(&ring)?
        {
            return Ok(Some(ring));
        }
        let rows: Vec<SigningKey> = self.store.read(|state| state.signing_keys.iter().cloned().collect())?;
        let ring = KeyRing::of(rows.iter())?.map(Arc::new);
        self.ring.write().unwrap_or_else(PoisonError::into_inner).clone_from(&ring);
        Ok(ring)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        if self.store.is_in_memory() {
            // A store whose lock is poisoned leaves nothing: new pairs can be made.
            let _ = self.store.read(|state| {
                spare_keys::leave(state.signing_keys.iter().map(|key| key.pkcs8.clone()));
            });
        }
    }
}

fn make_first(store: &Weak<Store>, ids: &Ids, now: Timestamp, may_take_spare: bool) -> Result<(), KeyError> {
    let pair = || may_take_spare.then(spare_keys::take).flatten().map_or_else(new_pair, Ok);
    let current = SigningKey { current_since: Some(now), ..key_of(pair()?, ids, KeyUse::Current, now) };
    let next = key_of(pair()?, ids, KeyUse::Next, now);
    let Some(store) = store.upgrade() else { return Ok(()) };
    store.write_blocking(|state| {
        if state.signing_keys.len() == 0 {
            state.signing_keys.put(current);
            state.signing_keys.put(next);
        }
        Ok(())
    })
}

pub(crate) fn generate(ids: &Ids, key_use: KeyUse, created_at: Timestamp) -> Result<SigningKey, KeyError> {
    Ok(key_of(new_pair()?, ids, key_use, created_at))
}

fn new_pair() -> Result<Secret, KeyError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Cryptography)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Cryptography)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(der.as_ref())))
}

fn key_of(pkcs8: Secret, ids: &Ids, key_use: KeyUse, created_at: Timestamp) -> SigningKey {
    SigningKey {
        kid: ids.key_id(),
        pkcs8,
        key_use,
        created_at,
        current_since: None,
        current_until: None,
        revoked_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tenantry_ports::testkit::{FixedClock, SeededRandom};

    fn keys() -> Keys {
        let (store, ids) = (Arc::new(Store::in_memory()), Ids::new(Arc::new(SeededRandom::new(1))));
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::at("2026-03-02T10:00:00.000Z"));
        Keys::new(&store, &ids, &clock)
    }

    fn ann() -> serde_json::Map<String, Value> {
        json!({ "sub": "ann", "n": 1 }).as_object().unwrap().clone()
    }

    #[tokio::test]
    async fn no_key_is_made_until_somebody_asks() {
        let keys = keys();
        assert_eq!(keys.store.read(|state| state.signing_keys.len()).unwrap(), 0);
        assert!(matches!(*keys.making.borrow(), Making::Idle));
        let (first, second) = tokio::join!(keys.ready(), keys.ready());
        assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()) || keys.current().unwrap().is_some());
        assert_eq!(keys.store.read(|state| state.signing_keys.len()).unwrap(), 2, "made once");
    }

    #[tokio::test]
    async fn a_token_verifies_until_a_byte_of_it_changes() {
        let ring = keys().ready().await.unwrap();
        let token = ring.sign("JWT", &ann()).unwrap();
        assert_eq!(ring.verify(&token), Some(ann()));

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
        let ring = keys().ready().await.unwrap();
        let token = ring.sign("JWT", &ann()).unwrap();
        let jwks = ring.jwks("id.example").unwrap();
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

    #[tokio::test]
    async fn what_was_signed_before_a_rotation_is_believed_until_the_key_is_revoked() {
        let keys = keys();
        let before = keys.ready().await.unwrap();
        let old = before.sign("JWT", &ann()).unwrap();
        let next = before.jwks("id.example").unwrap()["keys"][1]["kid"].clone();
        let current = keys.rotate().await.unwrap();
        assert_eq!(next, current.kid.as_str(), "the one that was announced");
        let after = keys.ready().await.unwrap();
        let new = after.sign("JWT", &ann()).unwrap();
        assert!(after.verify(&old).is_some() && after.verify(&new).is_some());
        assert!(before.verify(&new).is_some(), "it was published before it signed");
        keys.store
            .write_blocking(|state| {
                let old = state.signing_keys.iter().find(|key| key.key_use == KeyUse::Previous).cloned();
                state.signing_keys.put(SigningKey { revoked_at: Some(keys.clock.now()), ..old.unwrap() });
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let revoked = keys.ready().await.unwrap();
        assert!(revoked.verify(&old).is_none() && revoked.verify(&new).is_some());
        assert_eq!(revoked.jwks("id.example").unwrap()["keys"].as_array().unwrap().len(), 2);
    }
}

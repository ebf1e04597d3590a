//! What `api.cache` keeps between executions, within the limits of Auth0.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// How many entries there may be.
const MAX_ENTRIES: usize = 20;
/// Bytes of a key.
const MAX_KEY: usize = 64;
/// Bytes of a value.
const MAX_VALUE: usize = 4096;
/// Bytes of all keys and values.
const MAX_TOTAL: usize = 8192;
/// Milliseconds that an entry may stay, and does when nobody says less.
const MAX_LIFETIME: i64 = 24 * 60 * 60 * 1000;

/// The cache of one trigger.
#[derive(Debug, Default)]
pub struct Cache(Mutex<BTreeMap<String, Entry>>);

/// What is kept under a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub value: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// Why something was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    #[error("the key is longer than 64 bytes")]
    KeyTooLong,
    #[error("the value is longer than 4 kB")]
    ValueTooLong,
    #[error("the cache holds 20 entries already")]
    TooManyEntries,
    #[error("the cache holds 8 kB already")]
    Full,
}

impl Cache {
    /// Forgets everything.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What is kept under `key`, unless its time is over.
    pub fn get(&self, key: &str, now_ms: i64) -> Option<Entry> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).filter(|entry| entry.expires_at > now_ms).cloned()
    }

    /// Keeps `value` until `expires_at` or a day from now, whichever is first.
    pub fn set(
        &self,
        key: &str,
        value: &str,
        expires_at: Option<i64>,
        now_ms: i64,
    ) -> Result<Entry, CacheError> {
        if key.len() > MAX_KEY {
            return Err(CacheError::KeyTooLong);
        }
        if value.len() > MAX_VALUE {
            return Err(CacheError::ValueTooLong);
        }
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, entry| entry.expires_at > now_ms);
        let others = || entries.iter().filter(|(name, _)| *name != key);
        if others().count() >= MAX_ENTRIES {
            return Err(CacheError::TooManyEntries);
        }
        let held: usize = others().map(|(name, entry)| name.len() + entry.value.len()).sum();
        if held + key.len() + value.len() > MAX_TOTAL {
            return Err(CacheError::Full);
        }
        let latest = now_ms.saturating_add(MAX_LIFETIME);
        let entry = Entry { value: value.to_owned(), expires_at: expires_at.unwrap_or(latest).min(latest) };
        entries.insert(key.to_owned(), entry.clone());
        Ok(entry)
    }

    /// Forgets what is kept under `key`.
    pub fn delete(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_stays_until_its_time_is_over() {
        let cache = Cache::default();
        cache.set("a", "1", Some(1000), 0).unwrap();
        assert_eq!(cache.get("a", 999).unwrap().value, "1");
        assert_eq!(cache.get("a", 1000), None);
        assert_eq!(cache.set("b", "1", Some(i64::MAX), 5).unwrap().expires_at, MAX_LIFETIME + 5);
        cache.delete("b");
        assert_eq!(cache.get("b", 6), None);
    }

    #[test]
    fn the_limits_of_the_cache_hold() {
        let cache = Cache::default();
        assert_eq!(cache.set(&"k".repeat(65), "", None, 0), Err(CacheError::KeyTooLong));
        assert_eq!(cache.set("k", &"v".repeat(4097), None, 0), Err(CacheError::ValueTooLong));
        for key in ["a", "b"] {
            cache.set(key, &"v".repeat(4090), None, 0).unwrap();
        }
        assert_eq!(cache.set("c", &"v".repeat(20), None, 0), Err(CacheError::Full));
        cache.set("a", "small", None, 0).unwrap();
        cache.set("c", &"v".repeat(20), None, 0).unwrap();

        let cache = Cache::default();
        for key in 0..20 {
            cache.set(&key.to_string(), "", None, 0).unwrap();
        }
        assert_eq!(cache.set("one more", "", None, 0), Err(CacheError::TooManyEntries));
        cache.set("19", "again", None, 0).unwrap();
        cache.set("one more", "", None, MAX_LIFETIME).unwrap();
    }
}

//! Signing keys for tests that are about something else: made once a process, as making them costs more than such a test.

use std::sync::{Arc, LazyLock};

use tenantry_domain::Timestamp;
use tenantry_ports::testkit::SeededRandom;

use crate::Fake;
use crate::ids::Ids;
use crate::keys::generate;
use crate::model::{KeyUse, SigningKey};
use crate::store::StoreError;

static READY: LazyLock<[SigningKey; 2]> = LazyLock::new(|| {
    let ids = Ids::new(Arc::new(SeededRandom::new(23)));
    let now: Timestamp = "2026-03-02T10:00:00.000Z".parse().unwrap();
    [KeyUse::Current, KeyUse::Next].map(|key_use| generate(&ids, key_use, now).unwrap())
});

/// Gives a provider that has no keys yet those that are there already.
pub(crate) fn plant(fake: &Fake) {
    let now = fake.core().clock.now();
    let planted = fake.core().store.write_blocking(|state| {
        for key in READY.iter() {
            let current_since = (key.key_use == KeyUse::Current).then_some(now);
            state.signing_keys.put(SigningKey { created_at: now, current_since, ..key.clone() });
        }
        Ok::<_, StoreError>(())
    });
    planted.unwrap();
}

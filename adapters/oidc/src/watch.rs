//! Endpoints stay as they were read; what an issuer says of itself later is looked at, and never followed.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use reqwest::Client;
use tenantry_domain::Timestamp;

use crate::discovery::EndpointsAt;
use crate::document::ONE_TRY;
use crate::http::get;
use crate::{Endpoint, Issuer, Metadata};

/// How often an issuer's document is looked at again.
const EVERY: Duration = Duration::from_hours(1);

/// When a document was looked at last.
#[derive(Debug, Default)]
pub(crate) struct Watch(AtomicI64);

impl Watch {
    /// The document was just read.
    pub(crate) fn begin(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::Relaxed);
    }

    /// Whether the caller is the one to look now. Of many at the same time, one is.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        Timestamp::from_millis(last).until(now) >= EVERY
            && self.0.compare_exchange(last, now.as_millis(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

/// Reads the document again beside whatever is going on, and says in the log when it names other endpoints than those
/// that were `kept`, or is no longer to be believed. One that can't be read says nothing.
pub(crate) fn look_again(
    http: Client,
    issuer: Issuer,
    endpoints: EndpointsAt,
    kept: Metadata,
    now: Timestamp,
) {
    tokio::spawn(async move {
        let Ok(body) = get(&http, Endpoint::Discovery, &issuer.discovery_url(), ONE_TRY, now).await else {
            return;
        };
        match endpoints.parse(&body, &issuer) {
            Ok(found) if found == kept => {}
            Ok(_) => tracing::error!(
                issuer = issuer.as_str(),
                "the issuer names other endpoints than before: they are not used"
            ),
            Err(why) => tracing::error!(
                issuer = issuer.as_str(),
                %why,
                "the issuer's discovery document is refused: its endpoints of before are used"
            ),
        }
    });
}

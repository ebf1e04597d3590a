//! The documents that an issuer publishes, its discovery document and its keys: asked for again when an answer was bad.

use std::time::Duration;

use reqwest::Client;
use tenantry_ports::Clock;
use tokio::time::{Instant, sleep};

use crate::http::get;
use crate::{Endpoint, MetadataRejected, OidcError, ResponseFault};

/// How long one request may take.
pub(crate) const ONE_TRY: Duration = Duration::from_millis(3500);
/// How long all of them may take, with the pauses: somebody waits for a page.
const ALL_TRIES: Duration = Duration::from_millis(7500);
/// Before the second try and before the third, which is the last. They are the same for everybody: of all who wait in this
/// process one asks.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(400)];

/// Whether a bad answer is borne, or another one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Persistence {
    /// What there is serves as well.
    OneTry,
    /// Nobody logs in without it.
    ThreeTries,
}

impl OidcError {
    /// How long to wait before this may have passed, when it may: what an issuer says of itself it would say again.
    fn passes_after(&self, pause: Duration) -> Option<Duration> {
        match self {
            Self::Unavailable(_)
            | Self::Metadata(MetadataRejected::Malformed)
            | Self::InvalidResponse { fault: ResponseFault::Malformed, .. } => Some(pause),
            Self::RateLimited { retry_after } => Some(retry_after.unwrap_or_default().saturating_add(pause)),
            _ => None,
        }
    }
}

/// Reads the document at `url`.
pub(crate) async fn read<T>(
    http: &Client,
    clock: &dyn Clock,
    endpoint: Endpoint,
    url: &str,
    persistence: Persistence,
    parse: impl Fn(&[u8]) -> Result<T, OidcError>,
) -> Result<T, OidcError> {
    let until = Instant::now() + ALL_TRIES;
    let left = || until.saturating_duration_since(Instant::now());
    let mut pauses = PAUSES.into_iter().filter(|_| persistence == Persistence::ThreeTries);
    loop {
        let body = get(http, endpoint, url, ONE_TRY.min(left()), clock.now()).await;
        let error = match body.and_then(|body| parse(&body)) {
            Ok(document) => return Ok(document),
            Err(error) => error,
        };
        let pause = pauses.next().and_then(|pause| error.passes_after(pause));
        // A try that would have no time to end would be a wait in vain.
        let Some(pause) = pause.filter(|pause| pause.saturating_add(ONE_TRY / 4) < left()) else {
            return Err(error);
        };
        tracing::warn!(%error, "the {endpoint} is asked again");
        sleep(pause).await;
    }
}

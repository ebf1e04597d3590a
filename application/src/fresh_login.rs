//! Whether somebody has proved just now who they are: what can't be undone needs more than a browser left open.

use std::time::Duration;

use tenantry_domain::Timestamp;
use tenantry_ports::{Session, Sessions};

use crate::Outage;

/// For how long a login with credentials counts as one that was just made.
const FRESH_FOR: Duration = Duration::from_mins(5);

/// How far the provider's clock may be ahead of ours.
const SKEW: Duration = Duration::from_mins(1);

/// Whether the login that began this session asked for credentials lately. The provider says so by `auth_time` (OpenID
/// Connect Core section 2), when it was told to ask: a session that it began from its own is as old as that.
pub(crate) async fn is_fresh(
    sessions: &dyn Sessions,
    session: &Session,
    now: Timestamp,
) -> Result<bool, Outage> {
    let claims = sessions.claims(&session.id).await?.unwrap_or_default();
    let proved_at = claims.get("auth_time").and_then(serde_json::Value::as_i64).map(Timestamp::from_seconds);
    Ok(proved_at.is_some_and(|at| at.until(now) <= FRESH_FOR && now.until(at) <= SKEW))
}

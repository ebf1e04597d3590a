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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Map, Value, json};
    use tenantry_domain::Roles;
    use tenantry_ports::MockSessions;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn session() -> Session {
        let now = Timestamp::from_seconds(NOW);
        Session {
            id: "s1".try_into().unwrap(),
            user: "ann".try_into().unwrap(),
            name: "Ann".to_owned(),
            email: None,
            picture: None,
            tenant: None,
            look: None,
            is_brought: false,
            roles: Roles::default(),
            subscription: None,
            provider_session: None,
            began_at: now,
            refreshed_at: now,
            idle_until: now + Duration::from_hours(1),
            ends_at: now + Duration::from_hours(1),
        }
    }

    async fn is_fresh_with(claims: Option<Value>) -> bool {
        let mut sessions = MockSessions::new();
        sessions
            .expect_claims()
            .return_once(move |_| Ok(claims.and_then(|claims| claims.as_object().cloned())));
        is_fresh(&sessions, &session(), Timestamp::from_seconds(NOW)).await.unwrap()
    }

    #[tokio::test]
    async fn a_login_counts_for_five_minutes_and_a_clock_may_be_a_minute_ahead() {
        for (seconds, expected) in
            [(0, true), (300, true), (301, false), (86_400, false), (-60, true), (-61, false)]
        {
            let claims = json!({ "auth_time": NOW - seconds });
            assert_eq!(is_fresh_with(Some(claims)).await, expected, "{seconds} seconds ago");
        }
    }

    #[tokio::test]
    async fn what_does_not_say_when_proves_nothing() {
        for claims in
            [json!({}), json!({ "auth_time": "now" }), json!({ "auth_time": null }), json!({ "iat": NOW })]
        {
            assert!(!is_fresh_with(Some(claims.clone())).await, "{claims}");
        }
        assert!(!is_fresh_with(None).await);
        assert!(!is_fresh_with(Some(Value::Object(Map::new()))).await);
    }
}

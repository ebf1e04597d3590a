//! A token that is exchanged for new tokens: again and again, or once each when its client has rotation on.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use super::Client;
use crate::store::{Row, State};
use crate::tokens::Grant;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    /// The hash of the token.
    pub(crate) hash: String,
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    pub(crate) grant: Grant,
    pub(crate) issued_at: Timestamp,
    /// What all tokens of one login share: the hash of its code, or a name of their own.
    #[serde(default)]
    pub(crate) family: String,
    /// When the first of the family was given.
    #[serde(default)]
    pub(crate) family_began_at: Option<Timestamp>,
    /// When it was last exchanged.
    #[serde(default)]
    pub(crate) exchanged_at: Option<Timestamp>,
    /// When another took its place. It is kept so that whoever brings it again is noticed.
    #[serde(default)]
    pub(crate) rotated_at: Option<Timestamp>,
}

/// More than these live tokens of one user at one client push out the oldest (entity limits); of those whose place
/// another has taken, as many are remembered.
const LIMIT: usize = 200;

impl RefreshToken {
    fn owner(client_id: &str, user_id: &str) -> String {
        format!("{client_id}/{user_id}")
    }

    /// Whether it has neither outlived its family nor lain unused for too long.
    pub(crate) fn is_live(&self, policy: &RefreshTokenPolicy, now: Timestamp) -> bool {
        let is_ahead = |end: Option<Timestamp>| end.is_none_or(|end| now < end);
        is_ahead(self.expires_at(policy)) && is_ahead(self.idle_expires_at(policy))
    }

    /// When it ends however much it is used.
    pub(crate) fn expires_at(&self, policy: &RefreshTokenPolicy) -> Option<Timestamp> {
        let began = self.family_began_at.unwrap_or(self.issued_at);
        earlier(policy.lifetime.map(|lifetime| began + lifetime), self.grant.refresh_token.expires_at)
    }

    /// When it ends if it is not used until then.
    pub(crate) fn idle_expires_at(&self, policy: &RefreshTokenPolicy) -> Option<Timestamp> {
        let used = self.exchanged_at.unwrap_or(self.issued_at);
        earlier(
            policy.idle_lifetime.map(|lifetime| used + lifetime),
            self.grant.refresh_token.idle_expires_at,
        )
    }

    /// Whether another has taken its place.
    pub(crate) fn is_replaced(&self) -> bool {
        self.rotated_at.is_some()
    }
}

/// Of two ends the one that comes first.
fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

impl Row for RefreshToken {
    const TABLE: &'static str = "refresh_tokens";

    fn key(&self) -> String {
        self.hash.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(Self::owner(&self.client_id, &self.user_id))
    }
}

/// How a client's refresh tokens behave: its `refresh_token` settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RefreshTokenPolicy {
    pub(crate) rotates: bool,
    /// How long a token whose place another has taken may still be exchanged.
    pub(crate) leeway: Duration,
    /// How long a family lasts.
    pub(crate) lifetime: Option<Duration>,
    /// How long a token lasts unused.
    pub(crate) idle_lifetime: Option<Duration>,
}

/// Auth0's defaults, in seconds.
const LIFETIME: u64 = 2_592_000;
const IDLE_LIFETIME: u64 = 1_296_000;

impl RefreshTokenPolicy {
    /// Without settings tokens neither rotate nor expire.
    pub(crate) fn of(client: &Client) -> Self {
        let settings = client.settings().document("refresh_token");
        let seconds = |name: &str| settings.integer(name).and_then(|seconds| u64::try_from(seconds).ok());
        let expires = settings.text("expiration_type") == Some("expiring");
        let lifetime = |infinite: &str, name: &str, default: u64| {
            let applies = expires && settings.flag(infinite) != Some(true);
            applies.then(|| Duration::from_secs(seconds(name).unwrap_or(default)))
        };
        Self {
            rotates: settings.text("rotation_type") == Some("rotating"),
            leeway: Duration::from_secs(seconds("leeway").unwrap_or(0)),
            lifetime: lifetime("infinite_token_lifetime", "token_lifetime", LIFETIME),
            idle_lifetime: lifetime("infinite_idle_token_lifetime", "idle_token_lifetime", IDLE_LIFETIME),
        }
    }
}

impl State {
    pub(crate) fn add_refresh_token(&mut self, token: RefreshToken) {
        for rotated in [false, true] {
            let mut earlier: Vec<(Timestamp, String)> = self
                .refresh_tokens_of(&token.client_id, &token.user_id)
                .filter(|token| token.is_replaced() == rotated)
                .map(|token| (token.issued_at, token.key()))
                .collect();
            if earlier.len() >= LIMIT {
                earlier.sort();
                for (_, hash) in earlier.iter().take(earlier.len() + 1 - LIMIT) {
                    self.refresh_tokens.remove(hash);
                }
            }
        }
        self.refresh_tokens.put(token);
    }

    /// Takes a token back, with those that came of it or that it came of; `false` when there was none.
    pub(crate) fn revoke_refresh_token(&mut self, hash: &str) -> bool {
        let Some(token) = self.refresh_tokens.get(hash).cloned() else { return false };
        self.revoke_family(&token.client_id, &token.user_id, &token.family);
        self.refresh_tokens.remove(hash);
        true
    }

    pub(crate) fn refresh_tokens_of(
        &self,
        client_id: &str,
        user_id: &str,
    ) -> impl Iterator<Item = &RefreshToken> {
        self.refresh_tokens.by_alternate_key(&RefreshToken::owner(client_id, user_id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::secrets::Secret;

    fn policy(settings: &serde_json::Value) -> RefreshTokenPolicy {
        let settings = json!({ "refresh_token": settings }).as_object().unwrap().clone();
        let client = Client { id: "c".into(), name: "c".into(), secret: Secret::new("s"), settings };
        RefreshTokenPolicy::of(&client)
    }

    #[test]
    fn tokens_expire_when_their_client_says_so() {
        let none = policy(&json!(null));
        assert_eq!((none.rotates, none.lifetime, none.idle_lifetime), (false, None, None));
        let usual =
            policy(&json!({ "rotation_type": "rotating", "expiration_type": "expiring", "leeway": 3 }));
        assert!(usual.rotates);
        assert_eq!(usual.leeway, Duration::from_secs(3));
        assert_eq!(usual.lifetime, Some(Duration::from_hours(720)));
        assert_eq!(usual.idle_lifetime, Some(Duration::from_hours(360)));
        let idle = policy(&json!({
            "expiration_type": "expiring",
            "infinite_token_lifetime": true,
            "idle_token_lifetime": 60,
        }));
        assert_eq!((idle.lifetime, idle.idle_lifetime), (None, Some(Duration::from_mins(1))));
    }
}

//! Logins that a browser has begun: one sealed cookie each, so that several tabs can log in at once.
//!
//! The cookie's name comes from the attempt's `state`, so that a callback finds its own attempt and no other. What is
//! inside can be read by this service alone, and only under that name.

use std::time::Duration;

use aws_lc_rs::digest;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_domain::Timestamp;
use tenantry_ports::{LoginAttempt, Random};

use crate::cookies::{self, Cookies};
use crate::keys::Keys;

const LIFETIME: Duration = Duration::from_mins(10);
const MOST: usize = 5;

/// Why an attempt can't be remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AttemptsError {
    #[error("the login attempt can't be sealed")]
    Seal,
    #[error("the login attempt does not fit into a cookie")]
    Size,
}

/// Reads and writes the attempts of one browser.
pub(crate) struct Attempts<'a> {
    pub(crate) cookies: Cookies,
    pub(crate) keys: &'a Keys,
}

impl Attempts<'_> {
    /// The `Set-Cookie` values that remember `attempt`, and forget the oldest of those beyond five.
    pub(crate) fn remember(
        &self,
        attempt: &LoginAttempt,
        headers: &HeaderMap,
        random: &dyn Random,
    ) -> Result<Vec<HeaderValue>, AttemptsError> {
        let name = self.name(&attempt.state);
        let plain = serde_json::to_vec(attempt).map_err(|_| AttemptsError::Seal)?;
        let sealed = self.keys.seal(&name, &plain, random).map_err(|_| AttemptsError::Seal)?;
        let cookie = self.cookies.set(&name, &sealed, Some(LIFETIME)).ok_or(AttemptsError::Size)?;
        let mut others = self.others(headers);
        others.sort_by_key(|(started_at, _)| std::cmp::Reverse(*started_at));
        let surplus = others.iter().skip(MOST - 1).filter_map(|(_, name)| self.cookies.clear(name));
        Ok(std::iter::once(cookie).chain(surplus).collect())
    }

    /// The attempt that `state` belongs to, if this browser began it.
    pub(crate) fn find(&self, headers: &HeaderMap, state: &str) -> Option<LoginAttempt> {
        let name = self.name(state);
        let attempt = self.read(&name, cookies::one(headers, &name)?)?;
        (attempt.state == state).then_some(attempt)
    }

    /// The `Set-Cookie` value that forgets the attempt of `state`.
    pub(crate) fn forget(&self, state: &str) -> Option<HeaderValue> {
        self.cookies.clear(&self.name(state))
    }

    fn name(&self, state: &str) -> String {
        let mut hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, state.as_bytes()));
        hash.truncate(22);
        format!("{}{hash}", self.cookies.attempt_prefix())
    }

    fn read(&self, name: &str, sealed: &str) -> Option<LoginAttempt> {
        serde_json::from_slice(&self.keys.open(name, sealed)?).ok()
    }

    /// When each attempt in the request began, and the name of its cookie; what can't be read is the oldest of all.
    fn others(&self, headers: &HeaderMap) -> Vec<(Timestamp, String)> {
        let named = cookies::all(headers).filter_map(|(name, value)| {
            let name = std::str::from_utf8(name)
                .ok()
                .filter(|name| name.starts_with(self.cookies.attempt_prefix()))?;
            let attempt = std::str::from_utf8(value).ok().and_then(|sealed| self.read(name, sealed));
            Some((attempt.map_or(Timestamp::default(), |attempt| attempt.started_at), name.to_owned()))
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::COOKIE;

    struct Zero;

    impl Random for Zero {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn keys() -> Keys {
        Keys::derive(&["a secret of thirty-two characters".into()]).unwrap()
    }

    fn attempt(number: u8) -> LoginAttempt {
        LoginAttempt {
            issuer: "https://id.example/".to_owned(),
            state: format!("{number:064x}"),
            nonce: "n".repeat(64),
            code_verifier: "v".repeat(64),
            tenant: None,
            connection: None,
            invitation: None,
            sso: None,
            return_to: "/home".to_owned(),
            started_at: Timestamp::from_seconds(1_700_000_000 + i64::from(number)),
        }
    }

    /// What a browser sends back after these `Set-Cookie` values.
    fn browser(before: &HeaderMap, set: &[HeaderValue]) -> HeaderMap {
        let pair = |value: &HeaderValue| value.to_str().unwrap().split(';').next().unwrap().to_owned();
        let name = |pair: &str| pair.split('=').next().unwrap().to_owned();
        let mut jar: Vec<String> = before
            .get(COOKIE)
            .map(|value| value.to_str().unwrap().split("; ").map(str::to_owned).collect())
            .unwrap_or_default();
        for value in set {
            jar.retain(|kept| name(kept) != name(&pair(value)));
            if !value.to_str().unwrap().contains("Max-Age=0") {
                jar.push(pair(value));
            }
        }
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(&jar.join("; ")).unwrap())])
    }

    #[test]
    fn c05_five_tabs_coexist_and_a_sixth_evicts_the_oldest() {
        let keys = keys();
        let attempts = Attempts { cookies: Cookies::of(&"https://a.example".parse().unwrap()), keys: &keys };
        let mut headers = HeaderMap::new();
        for number in 1..=6 {
            let set = attempts.remember(&attempt(number), &headers, &Zero).unwrap();
            headers = browser(&headers, &set);
        }
        assert!(attempts.find(&headers, &attempt(1).state).is_none());
        for number in 2..=6 {
            assert_eq!(attempts.find(&headers, &attempt(number).state).unwrap().nonce, "n".repeat(64));
        }
        headers = browser(&headers, &[attempts.forget(&attempt(3).state).unwrap()]);
        assert!(attempts.find(&headers, &attempt(3).state).is_none());
    }

    #[test]
    fn rp26_an_attempt_of_another_browser_or_of_another_tab_is_not_found() {
        let keys = keys();
        let attempts = Attempts { cookies: Cookies::of(&"http://localhost".parse().unwrap()), keys: &keys };
        let set = attempts.remember(&attempt(1), &HeaderMap::new(), &Zero).unwrap();
        assert!(attempts.find(&HeaderMap::new(), &attempt(1).state).is_none());
        let headers = browser(&HeaderMap::new(), &set);
        assert!(attempts.find(&headers, &attempt(2).state).is_none());
        let renamed = headers[COOKIE]
            .to_str()
            .unwrap()
            .replace(&attempts.name(&attempt(1).state), &attempts.name(&attempt(2).state));
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(&renamed).unwrap())]);
        assert!(attempts.find(&headers, &attempt(2).state).is_none());
    }

    #[test]
    fn what_nobody_can_read_is_evicted_first() {
        let keys = keys();
        let attempts = Attempts { cookies: Cookies::of(&"http://localhost".parse().unwrap()), keys: &keys };
        let mut headers =
            HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("login-forged=x; login-=y"))]);
        for number in 1..=4 {
            let set = attempts.remember(&attempt(number), &headers, &Zero).unwrap();
            headers = browser(&headers, &set);
        }
        assert!((1..=4).all(|number| attempts.find(&headers, &attempt(number).state).is_some()));
        assert!(headers[COOKIE].to_str().unwrap().matches("login-").count() <= MOST);
    }
}

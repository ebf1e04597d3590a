//! Cookies: read byte for byte, and written for this provider's own pages only.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use url::Url;

use crate::secrets::sha256;

/// Holds the secret of the browser's session at the provider. Auth0's name.
const SESSION: &str = "auth0";
/// Holds the secret of one login on its way; a name for each, so that several tabs can log in at once.
const TRANSACTION_PREFIX: &str = "auth0_tx_";
/// The login pages need it, and `/continue`.
const TRANSACTION_PATH: &str = "/";
/// How much of a handle the cookie's name repeats: its time and a little more.
const HANDLE_PART: usize = 16;
/// Logins on their way that one browser is remembered for.
const TRANSACTIONS_KEPT: usize = 8;
const HOUR: u32 = 3600;

/// The cookies that a browser sent.
#[derive(Default)]
pub(super) struct Cookies(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Cookies {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let headers = parts.headers.get_all(COOKIE).iter().map(axum::http::HeaderValue::as_bytes);
        Ok(Self::parse(headers))
    }
}

impl Cookies {
    /// Names are neither decoded nor trimmed of anything but blanks, and a cookie that is no text costs no other.
    fn parse<'a>(headers: impl Iterator<Item = &'a [u8]>) -> Self {
        let pairs = headers.flat_map(|header| header.split(|byte| *byte == b';'));
        let texts = pairs.filter_map(|pair| std::str::from_utf8(pair).ok());
        let cookies = texts.filter_map(|pair| {
            let (name, value) = pair.trim_matches([' ', '\t']).split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        });
        Self(cookies.collect())
    }

    /// The value of this name; `None` too when there are two, since nobody can tell which one is ours.
    fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }

    /// The hash by which the browser's session is kept.
    pub(super) fn session_hash(&self) -> Option<String> {
        self.get(SESSION).map(sha256)
    }

    /// The hash by which a login on its way is bound to the browser.
    pub(super) fn transaction_hash(&self, handle: &str) -> Option<String> {
        self.get(&transaction_name(handle)?).map(sha256)
    }

    /// What to send so that the browser forgets the oldest logins on their way, if it remembers too many.
    pub(super) fn evictions(&self, issuer: &Url) -> Vec<String> {
        let mut names: Vec<&str> = self
            .0
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.starts_with(TRANSACTION_PREFIX))
            .collect();
        names.sort_unstable();
        let too_many = names.len().saturating_sub(TRANSACTIONS_KEPT);
        names.into_iter().take(too_many).map(|name| cookie(issuer, name, "", TRANSACTION_PATH, 0)).collect()
    }
}

fn transaction_name(handle: &str) -> Option<String> {
    let part = handle.get(..HANDLE_PART)?;
    part.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| format!("{TRANSACTION_PREFIX}{part}"))
}

/// Sets the session cookie. The server ends the session sooner when it is idle.
/// Without a lifetime the cookie goes with the browser's window.
pub(super) fn set_session(issuer: &Url, secret: &str, lifetime: Option<Duration>) -> String {
    match lifetime {
        Some(lifetime) => {
            let seconds = u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX);
            cookie(issuer, SESSION, secret, "/", seconds)
        }
        None => format!("{SESSION}={secret}; Path=/; {}", attributes(issuer)),
    }
}

pub(super) fn clear_session(issuer: &Url) -> String {
    cookie(issuer, SESSION, "", "/", 0)
}

pub(super) fn set_transaction(issuer: &Url, handle: &str, secret: &str) -> Option<String> {
    Some(cookie(issuer, &transaction_name(handle)?, secret, TRANSACTION_PATH, HOUR))
}

pub(super) fn clear_transaction(issuer: &Url, handle: &str) -> Option<String> {
    Some(cookie(issuer, &transaction_name(handle)?, "", TRANSACTION_PATH, 0))
}

fn cookie(issuer: &Url, name: &str, value: &str, path: &str, max_age: u32) -> String {
    format!("{name}={value}; Path={path}; Max-Age={max_age}; {}", attributes(issuer))
}

fn attributes(issuer: &Url) -> &'static str {
    if issuer.scheme() == "https" { "HttpOnly; SameSite=Lax; Secure" } else { "HttpOnly; SameSite=Lax" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(headers: &[&[u8]]) -> Cookies {
        Cookies::parse(headers.iter().copied())
    }

    #[test]
    fn c02_names_are_read_byte_for_byte() {
        let cookies = parse(&[b"%61uth0=evil; =auth0; auth0 =evil; \xff=1; auth0=mine"]);
        assert_eq!(cookies.get("auth0"), Some("mine"));
        assert_eq!(parse(&[b"%61uth0=evil"]).get("auth0"), None);
        assert_eq!(parse(&["auth0\u{2000}=evil".as_bytes()]).get("auth0"), None);
    }

    #[test]
    fn c02_two_of_one_name_are_none() {
        assert_eq!(parse(&[b"auth0=a; auth0=b"]).get("auth0"), None);
        assert_eq!(parse(&[b"auth0=a", b"auth0=b"]).get("auth0"), None);
    }

    #[test]
    fn c05_the_oldest_of_too_many_logins_is_forgotten() {
        let issuer = Url::parse("https://id.example/").unwrap();
        let header: Vec<String> = (0..10).map(|n| format!("auth0_tx_0000000000{n}abcde=secret")).collect();
        let evictions = parse(&[header.join("; ").as_bytes()]).evictions(&issuer);
        assert_eq!(evictions.len(), 2);
        assert!(evictions[0].starts_with("auth0_tx_00000000000abcde=; Path=/; Max-Age=0;"), "{evictions:?}");
        assert!(evictions[1].contains("Secure"));
    }
}

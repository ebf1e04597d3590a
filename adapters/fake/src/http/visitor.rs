//! Who is on the other side of a request: a browser with its cookies.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;

use super::cookies::Cookies;
use crate::login::Browser;

/// A browser.
#[derive(Default)]
pub(super) struct Visitor {
    pub(super) cookies: Cookies,
    pub(super) browser: Browser,
}

/// Whoever has no address is on this machine.
const LOCAL: &str = "127.0.0.1";

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let cookies = Cookies::from_request_parts(parts, state).await?;
        let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let host =
            text(header::HOST).or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str));
        let browser = Browser {
            session: cookies.session_hash(),
            ip: peer.map_or_else(|| LOCAL.to_owned(), |ConnectInfo(address)| address.ip().to_string()),
            user_agent: text(header::USER_AGENT).map(str::to_owned),
            language: text(header::ACCEPT_LANGUAGE).and_then(first_language).map(str::to_owned),
            hostname: host.unwrap_or_default().to_owned(),
            method: parts.method.to_string(),
        };
        Ok(Self { cookies, browser })
    }
}

fn first_language(accepted: &str) -> Option<&str> {
    let first = accepted.split([',', ';']).next()?.trim();
    (!first.is_empty() && first != "*").then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_preferred_first() {
        assert_eq!(first_language("sv-SE,sv;q=0.9,en;q=0.8"), Some("sv-SE"));
        assert_eq!(first_language("en;q=0.5"), Some("en"));
        assert_eq!((first_language("*"), first_language("")), (None, None));
    }
}

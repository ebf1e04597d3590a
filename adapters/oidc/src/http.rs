//! HTTP as it is spoken to an identity provider: no redirects, no proxies, nothing without a limit.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, StatusCode, redirect};
use tenantry_domain::Timestamp;

use crate::{Endpoint, Issuer, OidcError, ResponseFault};

/// The largest body that is read from an identity provider.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(8);
/// Whatever a server asks for, nobody plans further ahead than this.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// A client that follows no redirect, uses no proxy, and gives up after 3 seconds without a connection or 8 seconds
/// without a complete answer.
pub fn http_client() -> Result<Client, reqwest::Error> {
    builder().build()
}

/// The client for one issuer. An issuer on this machine without TLS needs no certificates: its client trusts none, so
/// that it works, and starts faster, on a machine that has none.
pub fn http_client_for(issuer: &Issuer) -> Result<Client, reqwest::Error> {
    if issuer.is_plain() { builder().tls_certs_only([]).build() } else { http_client() }
}

fn builder() -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
}

/// Why a body couldn't be read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// It is larger than allowed.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The connection failed half-way.
    #[error("the body broke off")]
    Interrupted(#[source] reqwest::Error),
}

/// Reads a body of at most `limit` bytes, and stops reading as soon as it is known to be larger.
pub async fn read_body(mut response: Response, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| BodyError::Interrupted(error.without_url()))?
    {
        if body.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// How long a server asks us to wait, at most an hour: by `Retry-After` in seconds or as a date (RFC 9110, section
/// 10.2.3), else by `x-ratelimit-reset` in seconds since the epoch.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let asked =
        text(RETRY_AFTER.as_str()).and_then(|value| seconds(value).or_else(|| until_date(value, now)));
    let reset = || {
        let at = i64::try_from(seconds(text("x-ratelimit-reset")?)?.as_secs()).unwrap_or(i64::MAX);
        Some(now.until(Timestamp::from_seconds(at)))
    };
    asked.or_else(reset).map(|wait| wait.min(LONGEST_WAIT))
}

fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn until_date(text: &str, now: Timestamp) -> Option<Duration> {
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(now.until(Timestamp::from_millis(date.as_millisecond())))
}

/// Fetches a document with GET, within this time.
pub(crate) async fn get(
    http: &Client,
    endpoint: Endpoint,
    url: &str,
    patience: Duration,
    now: Timestamp,
) -> Result<Vec<u8>, OidcError> {
    let request = http.get(url).header(reqwest::header::ACCEPT, "application/json").timeout(patience);
    let (status, body) = send(request, endpoint, now).await?;
    if status == StatusCode::OK {
        Ok(body)
    } else {
        Err(fault(endpoint, ResponseFault::Status(status.as_u16())))
    }
}

/// Sends a request and reads its answer, unless that is a redirect, too many requests, or a failure of the server.
pub(crate) async fn send(
    request: reqwest::RequestBuilder,
    endpoint: Endpoint,
    now: Timestamp,
) -> Result<(StatusCode, Vec<u8>), OidcError> {
    let response = request.send().await.map_err(|error| OidcError::unavailable(error.without_url()))?;
    let status = response.status();
    if status.is_redirection() {
        return Err(fault(endpoint, ResponseFault::Redirect));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(OidcError::RateLimited { retry_after: retry_after(response.headers(), now) });
    }
    if status.is_server_error() {
        return Err(OidcError::unavailable(format!(
            "the {endpoint} answered with status {}",
            status.as_u16()
        )));
    }
    match read_body(response, MAX_BODY_BYTES).await {
        Ok(body) => Ok((status, body)),
        Err(BodyError::TooLarge(_)) => Err(fault(endpoint, ResponseFault::TooLarge)),
        Err(error @ BodyError::Interrupted(_)) => Err(OidcError::unavailable(error)),
    }
}

pub(crate) fn fault(endpoint: Endpoint, fault: ResponseFault) -> OidcError {
    OidcError::InvalidResponse { endpoint, fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &str)]) -> Option<u64> {
        let now = Timestamp::from_seconds(784_111_777);
        let headers = headers
            .iter()
            .map(|(name, value)| (reqwest::header::HeaderName::from_static(name), value.parse().unwrap()));
        retry_after(&headers.collect(), now).map(|wait| wait.as_secs())
    }

    #[test]
    fn f01_retry_after_in_every_form() {
        assert_eq!(asked(&[]), None);
        assert_eq!(asked(&[("retry-after", "7")]), Some(7));
        assert_eq!(asked(&[("retry-after", " 0 ")]), Some(0));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:49:57 GMT")]), Some(20));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:49:17 GMT")]), Some(0));
        assert_eq!(asked(&[("retry-after", "99999999999999999999999")]), Some(3600));
        for nonsense in ["-5", "soon", "1.5", ""] {
            assert_eq!(asked(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }

    #[test]
    fn f01_reset_is_used_when_nothing_else_is_said() {
        assert_eq!(asked(&[("x-ratelimit-reset", "784111787")]), Some(10));
        assert_eq!(asked(&[("x-ratelimit-reset", "784111000")]), Some(0));
        assert_eq!(asked(&[("x-ratelimit-reset", "99999999999999999999")]), Some(3600));
        assert_eq!(asked(&[("retry-after", "3"), ("x-ratelimit-reset", "784111787")]), Some(3));
    }
}

//! Who may use the control API: programs on this machine, and whoever has the control token.
//!
//! A page of another site that is open in a browser on this machine must not: it can neither claim to be of this origin,
//! nor, by a name of its own that leads here, another host.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};

use super::problem::Problem;
use crate::fake::Core;
use crate::server::is_loopback;

/// Marks a request that is made in this process: an extension for those who call [`Fake::router`](crate::Fake::router)
/// themselves. What has neither this nor a peer's address may come from anywhere.
#[derive(Clone, Copy, Debug)]
pub struct InProcess;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses who may not.
pub(crate) fn admit(core: &Core, parts: &Parts) -> Result<(), Problem> {
    if let Some(token) = core.control.token.get() {
        let bearer = text(parts, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        // Who knows the token needs no browser's good conduct: no other page can send it.
        return match bearer {
            Some(guess) if token.is(guess) => Ok(()),
            _ => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "Send the control token: Authorization: Bearer TOKEN",
            )),
        };
    }
    if is_passed_on(parts) {
        return Err(Problem::forbidden(
            "A proxy has passed this on, so the provider can't tell who asks. Start it with --control-token",
        ));
    }
    if !is_near(core, parts) {
        return Err(Problem::forbidden(
            "Only this machine may control the provider. Start it with --control-token to do it from elsewhere",
        ));
    }
    let is_foreign = text(parts, &FETCH_SITE).is_some_and(|site| !matches!(site, "same-origin" | "none"))
        || text(parts, &header::ORIGIN).is_some_and(|origin| !is_own(origin, parts));
    if is_foreign {
        return Err(Problem::forbidden("Pages of other sites may not control the provider"));
    }
    Ok(())
}

/// Refuses a form unless the browser says that a page of this very provider has sent it.
pub(crate) fn admit_form(core: &Core, parts: &Parts) -> Result<(), Problem> {
    admit(core, parts)?;
    let is_own = text(parts, &FETCH_SITE) == Some("same-origin")
        || text(parts, &header::ORIGIN).is_some_and(|origin| is_own(origin, parts));
    if is_own { Ok(()) } else { Err(Problem::forbidden("Only the provider's own page may send this form")) }
}

/// Whether a proxy says that it has passed the request on: whose it is, the address of the connection does not tell then.
fn is_passed_on(parts: &Parts) -> bool {
    let is_a_proxys = |name: &HeaderName| {
        matches!(name.as_str(), "forwarded" | "via" | "x-real-ip")
            || name.as_str().starts_with("x-forwarded-")
    };
    parts.headers.keys().any(is_a_proxys)
}

/// Whether the request comes from this machine and is meant for it, by name.
pub(crate) fn is_near(core: &Core, parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let from_here = match peer {
        Some(ConnectInfo(peer)) => peer.ip().to_canonical().is_loopback(),
        None => parts.extensions.get::<InProcess>().is_some(),
    };
    let host = host(parts);
    let issuer = core.config.issuer.host_str().unwrap_or_default();
    // No browser sends a request without a host.
    from_here
        && !is_passed_on(parts)
        && (host.is_empty() || is_loopback(host) || host.eq_ignore_ascii_case(issuer))
}

fn is_own(origin: &str, parts: &Parts) -> bool {
    let asked = parts.uri.authority().map(ToString::to_string);
    let asked = asked.as_deref().or_else(|| text(parts, &header::HOST)).unwrap_or_default();
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    !authority.is_empty() && authority.eq_ignore_ascii_case(asked)
}

/// The host that the request is for, without its port.
fn host(parts: &Parts) -> &str {
    match parts.uri.host() {
        Some(host) => host,
        None => without_port(text(parts, &header::HOST).unwrap_or_default()),
    }
}

/// A host without its port.
pub(crate) fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !host.ends_with(':') => host,
        _ => authority,
    }
}

fn text<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::without_port;

    #[test]
    fn a_port_is_left_out() {
        for (authority, host) in [
            ("127.0.0.1:4400", "127.0.0.1"),
            ("localhost", "localhost"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
            ("", ""),
            ("a:b", "a:b"),
        ] {
            assert_eq!(without_port(authority), host, "{authority}");
        }
    }
}

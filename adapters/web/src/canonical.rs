//! One name for one machine: `127.0.0.1` and `localhost` are two cookie jars, and a login that begins in the one comes back
//! to the other.

use axum::extract::Request;
use axum::http::{Method, header};
use url::{Host, Url};

use crate::App;

/// Where a browser that came under another name of this machine should be instead.
pub(crate) fn address(app: &App, request: &Request) -> Option<String> {
    let is_navigation = request.method() == Method::GET
        && request.headers().get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
    if !is_navigation || !is_loopback(&app.base_url) {
        return None;
    }
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let asked: Url = format!("http://{host}").parse().ok()?;
    let is_alias = is_loopback(&asked)
        && asked.host() != app.base_url.host()
        && asked.port_or_known_default() == app.base_url.port_or_known_default();
    let target = request.uri().path_and_query()?.as_str();
    is_alias.then(|| format!("{}{target}", app.origin))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

//! `URL` of JavaScript, parsed in Rust.

use rquickjs::function::{Func, Opt};
use rquickjs::{Object, Result};
use serde_json::json;
use url::Url;

use super::native::Maybe;

/// `parseUrl(url, base?)` and `changeUrl(href, part, value)`: the parts as JSON, or `undefined` when it is no URL.
pub(super) fn install(native: &Object<'_>) -> Result<()> {
    let parse = |url: String, base: Opt<Option<String>>| {
        let url = match base.0.flatten() {
            Some(base) => Url::parse(&base).and_then(|base| base.join(&url)),
            None => Url::parse(&url),
        };
        Maybe(url.ok().map(|url| parts(&url)))
    };
    native.set("parseUrl", Func::from(parse))?;
    let change = |href: String, part: String, value: String| Maybe(changed(&href, &part, &value));
    native.set("changeUrl", Func::from(change))
}

fn parts(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| port.to_string()).unwrap_or_default();
    let with = |mark: &str, part: Option<&str>| match part {
        Some(part) if !part.is_empty() => format!("{mark}{part}"),
        _ => String::new(),
    };
    json!({
        "href": url.as_str(),
        "origin": url.origin().ascii_serialization(),
        "protocol": format!("{}:", url.scheme()),
        "username": url.username(),
        "password": url.password().unwrap_or_default(),
        "host": if port.is_empty() { host.to_owned() } else { format!("{host}:{port}") },
        "hostname": host,
        "port": port,
        "pathname": url.path(),
        "search": with("?", url.query()),
        "hash": with("#", url.fragment()),
    })
    .to_string()
}

/// As in browsers, what can't be set stays as it was.
fn changed(href: &str, part: &str, value: &str) -> Option<String> {
    let mut url = Url::parse(href).ok()?;
    let present = |mark: char| Some(value.trim_start_matches(mark)).filter(|value| !value.is_empty());
    match part {
        "protocol" => url.set_scheme(value.trim_end_matches(':')).ok()?,
        "username" => url.set_username(value).ok()?,
        "password" => url.set_password(Some(value).filter(|value| !value.is_empty())).ok()?,
        "hostname" => url.set_host(Some(value)).ok()?,
        "port" => url.set_port(if value.is_empty() { None } else { Some(value.parse().ok()?) }).ok()?,
        "pathname" => url.set_path(value),
        "search" => url.set_query(present('?')),
        "hash" => url.set_fragment(present('#')),
        _ => return None,
    }
    Some(parts(&url))
}

//! A cookie jar as a browser keeps it, as far as servers on one machine need it.

use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

/// Somebody's cookies. They belong to a host, whatever its port, as they do in a browser.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Vec<Cookie>);

#[derive(Clone, Debug)]
struct Cookie {
    host: String,
    name: String,
    value: String,
    path: String,
}

impl Cookies {
    /// Takes over what a response from `url` sets and forgets what it expires.
    pub fn take(&mut self, url: &Url, headers: &HeaderMap) {
        let host = url.host_str().unwrap_or_default();
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let attributes: Vec<_> = parts.map(|part| part.split_once('=').unwrap_or((part, ""))).collect();
            let attribute = |wanted: &str| {
                attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| *value)
            };
            let path = attribute("path").unwrap_or("/").to_owned();
            self.0.retain(|cookie| cookie.host != host || cookie.name != name || cookie.path != path);
            let is_over = attribute("max-age")
                .is_some_and(|age| age.parse::<i64>().is_ok_and(|age| age <= 0))
                || attribute("expires").is_some_and(|date| date.contains("1970"));
            if !is_over {
                self.0.push(Cookie {
                    host: host.to_owned(),
                    name: name.to_owned(),
                    value: value.to_owned(),
                    path,
                });
            }
        }
    }

    /// The `Cookie` header of a request to `url`, if any cookie goes there.
    pub fn header(&self, url: &Url) -> Option<HeaderValue> {
        let goes_there = |cookie: &&Cookie| {
            let below = url.path().strip_prefix(cookie.path.trim_end_matches('/'));
            url.host_str() == Some(&cookie.host)
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let pairs: Vec<_> = self
            .0
            .iter()
            .filter(goes_there)
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        HeaderValue::from_str(&pairs.join("; ")).ok().filter(|header| !header.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(cookies: &mut Cookies, line: &str) {
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, HeaderValue::from_str(line).unwrap());
        cookies.take(&Url::parse("http://127.0.0.1:1/").unwrap(), &headers);
    }

    #[test]
    fn keeps_sends_by_path_and_expires() {
        let mut cookies = Cookies::default();
        set(&mut cookies, "sid=a; Path=/; HttpOnly; SameSite=Lax");
        set(&mut cookies, "sid=b; Path=/");
        set(&mut cookies, "login=c; Path=/u");
        let header = |cookies: &Cookies, url: &str| cookies.header(&Url::parse(url).unwrap());
        assert_eq!(header(&cookies, "http://127.0.0.1:1/home").unwrap(), "sid=b");
        assert_eq!(header(&cookies, "http://127.0.0.1:2/u/login").unwrap(), "sid=b; login=c");
        assert_eq!(header(&cookies, "http://127.0.0.1:2/users").unwrap(), "sid=b");
        assert_eq!(header(&cookies, "http://localhost:1/home"), None);
        set(&mut cookies, "sid=; Path=/; Max-Age=0");
        assert_eq!(header(&cookies, "http://127.0.0.1:1/home"), None);
    }
}

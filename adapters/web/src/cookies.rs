//! Cookies, read byte for byte and written with everything that keeps them ours.
//!
//! Libraries decode names, so that `%5F%5FHost-sid` passes for `__Host-sid`, or drop the whole header for one odd byte
//! in somebody else's cookie. This reader does neither: a name is a run of bytes, and only its own value counts.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

/// How this service names its cookies and what it sets on them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies {
    secure: bool,
}

impl Cookies {
    /// With the `__Host-` prefix and `Secure` when the product is served over https; browsers keep neither over http.
    pub(crate) fn of(base_url: &Url) -> Self {
        Self { secure: base_url.scheme() == "https" }
    }

    /// The session's cookie.
    pub(crate) fn session_name(self) -> &'static str {
        if self.secure { "__Host-sid" } else { "sid" }
    }

    /// The cookie of what the next page says once.
    pub(crate) fn flash_name(self) -> &'static str {
        if self.secure { "__Host-flash" } else { "flash" }
    }

    /// The cookie of a test whose report is to be shown once the provider has forgotten who was tested.
    pub(crate) fn tested_name(self) -> &'static str {
        if self.secure { "__Host-tested" } else { "tested" }
    }

    /// What the name of every login attempt's cookie starts with.
    pub(crate) fn attempt_prefix(self) -> &'static str {
        if self.secure { "__Host-login-" } else { "login-" }
    }

    /// A `Set-Cookie` value; without `max_age` the cookie ends with the browser. `None` when the text can't be one.
    pub(crate) fn set(self, name: &str, value: &str, max_age: Option<Duration>) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = max_age.map(|age| format!("; Max-Age={}", age.as_secs())).unwrap_or_default();
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
        (text.len() <= 4096).then(|| HeaderValue::from_str(&text).ok()).flatten()
    }

    /// A `Set-Cookie` value that makes the browser forget the cookie.
    pub(crate) fn clear(self, name: &str) -> Option<HeaderValue> {
        self.set(name, "", Some(Duration::ZERO))
    }
}

/// Every cookie of a request as name and value, in the order in which they came.
pub(crate) fn all(headers: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| {
            let start = pair.iter().position(|byte| *byte != b' ')?;
            let pair = pair.get(start..)?;
            let equals = pair.iter().position(|byte| *byte == b'=')?;
            Some((pair.get(..equals)?, pair.get(equals + 1..)?))
        })
}

/// The value of the cookie `name`, if it is there exactly once and is ASCII. Of two, neither can be trusted.
pub(crate) fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = all(headers).filter(|(key, _)| *key == name.as_bytes());
    let (_, value) = found.next()?;
    if found.next().is_some() || !value.is_ascii() {
        return None;
    }
    std::str::from_utf8(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_bytes(line).unwrap())).collect()
    }

    #[test]
    fn c02_a_name_is_its_bytes() {
        for line in [
            &b"%5F%5FHost-sid=evil"[..],
            b"__host-sid=evil",
            b"__Host-sid =evil",
            b"\t__Host-sid=evil",
            b"\xe2\x80\x80__Host-sid=evil",
            b"=__Host-sid=evil",
            b"__Host-sid",
            b"\"__Host-sid\"=evil",
        ] {
            assert_eq!(one(&headers(&[line]), "__Host-sid"), None, "{line:?}");
        }
    }

    #[test]
    fn c02_two_of_the_name_are_none() {
        assert_eq!(one(&headers(&[b"sid=a; sid=b"]), "sid"), None);
        assert_eq!(one(&headers(&[b"sid=a", b"x=1; sid=a"]), "sid"), None);
    }

    #[test]
    fn c02_an_odd_byte_elsewhere_does_not_sign_anybody_out() {
        let headers = headers(&[b"theirs=\xff\xfe; sid=abc; other=\"\x80;=;"]);
        assert_eq!(one(&headers, "sid"), Some("abc"));
    }

    #[test]
    fn a_value_may_hold_an_equals_sign() {
        assert_eq!(one(&headers(&[b"a=1;sid=x=y;b=2"]), "sid"), Some("x=y"));
    }

    #[test]
    fn c01_over_https_the_cookie_belongs_to_the_host_alone() {
        let cookies = Cookies::of(&Url::parse("https://learn.example").unwrap());
        let set = cookies.set(cookies.session_name(), "abc", None).unwrap();
        assert_eq!(set, "__Host-sid=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        let cookies = Cookies::of(&Url::parse("http://localhost:3000").unwrap());
        let clear = cookies.clear(cookies.session_name()).unwrap();
        assert_eq!(clear, "sid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn c09_a_cookie_that_browsers_would_drop_is_not_sent() {
        let cookies = Cookies { secure: false };
        assert!(cookies.set("a", &"x".repeat(4097), None).is_none());
        assert!(cookies.set("a", "line\nbreak", None).is_none());
    }
}

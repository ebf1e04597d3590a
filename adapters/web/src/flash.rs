//! What the next page says once about what was just done: "Ann Lee is now an Administrator."
//!
//! It waits in a cookie that only this service can write and that is for one person, or for the browser whose session has
//! just ended, so that nobody can put words into our pages; the page that says it takes it away.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use tenantry_domain::{SessionId, UserId};

use crate::session::see_other;
use crate::{App, cookies};

/// More is cut off.
const MOST_BYTES: usize = 200;
/// Long enough to log in on the way to the page that says it.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// 303: go on with a GET of `location`, which tells `person` this.
pub(crate) fn tell(app: &App, person: &UserId, location: &str, said: &str) -> Response {
    leave(app, &to_person(person), location, said)
}

/// The same, but it tells the browser whose session this was, and which is signed out now.
pub(crate) fn tell_after(app: &App, session: &SessionId, location: &str, said: &str) -> Response {
    leave(app, &after(session), location, said)
}

fn leave(app: &App, purpose: &str, location: &str, said: &str) -> Response {
    let mut response = see_other(location);
    let said = shortened(said);
    let sealed = app.keys.seal(purpose, said.as_bytes(), &*app.random);
    let cookie =
        sealed.ok().and_then(|value| app.cookies.set(app.cookies.flash_name(), &value, Some(KEPT_FOR)));
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

/// What waits to be told to `person`.
pub(crate) fn told(app: &App, headers: &HeaderMap, person: &UserId) -> Option<String> {
    read(app, headers, &to_person(person))
}

/// What waits to be told where this session has ended.
pub(crate) fn told_after(app: &App, headers: &HeaderMap, session: &SessionId) -> Option<String> {
    read(app, headers, &after(session))
}

fn read(app: &App, headers: &HeaderMap, purpose: &str) -> Option<String> {
    let sealed = cookies::one(headers, app.cookies.flash_name())?;
    String::from_utf8(app.keys.open(purpose, sealed)?).ok()
}

/// Takes it away once a page has said it.
pub(crate) fn forget(app: &App, was_waiting: bool, response: &mut Response) {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| response.status() == StatusCode::OK && kind.as_bytes().starts_with(b"text/html"));
    if was_waiting && is_page {
        let cookie = app.cookies.clear(app.cookies.flash_name());
        response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    }
}

/// Whether something waits.
pub(crate) fn is_waiting(app: &App, headers: &HeaderMap) -> bool {
    cookies::one(headers, app.cookies.flash_name()).is_some()
}

fn to_person(person: &UserId) -> String {
    format!("said to {}", person.as_str())
}

fn after(session: &SessionId) -> String {
    format!("said after {}", session.as_str())
}

fn shortened(said: &str) -> String {
    if said.len() <= MOST_BYTES {
        return said.to_owned();
    }
    let mut end = MOST_BYTES - '…'.len_utf8();
    while !said.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", said.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        assert_eq!(shortened("Saved."), "Saved.");
        for said in ["x".repeat(201), "é".repeat(150), "日".repeat(90), "😀".repeat(60)] {
            let short = shortened(&said);
            assert!(short.len() <= MOST_BYTES && short.ends_with('…') && short.len() > 190, "{short}");
        }
    }
}

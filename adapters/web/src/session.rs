//! Who is asking: the session behind the request's cookie, loaded in one read.
//!
//! These extractors decide nothing but whether somebody is signed in; what they may do is decided in the use cases.

use std::time::Duration;

use aws_lc_rs::digest;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tenantry_application::{Outage, SignedOut};
use tenantry_domain::{SessionId, TenantRef, Timestamp};
use tenantry_ports::{Random, Session, SessionsError};

use crate::cookies::{self, Cookies};
use crate::device;
use crate::frame::{Frame, Theme};
use crate::problem::Problem;
use crate::return_to::ReturnTo;
use crate::{App, Shared, flash};

/// A session's use is noted at most this often, so that reading a page rarely writes.
const NOTED_EVERY: Duration = Duration::from_mins(5);

/// How long a page waits for the provider to say what it can be shown without.
pub(crate) const REFRESH_LIMIT: Duration = Duration::from_millis(1500);

/// Somebody who may or may not be signed in.
pub(crate) struct Visitor {
    pub(crate) session: Option<Session>,
    /// What the cookie stands for, also when that session is over: the forms of this page will come with it.
    cookie: Option<SessionId>,
    theme: Option<Theme>,
    said: Option<String>,
}

/// Somebody who is signed in. Everybody else is sent to log in and comes back; programs get 401.
pub(crate) struct SignedIn {
    pub(crate) session: Session,
    theme: Option<Theme>,
    said: Option<String>,
}

impl Visitor {
    pub(crate) fn frame<'a>(&'a self, app: &'a App, here: &'static str) -> Frame<'a> {
        let frame = Frame::new(app, self.session.as_ref(), self.theme, here);
        let csrf = self.cookie.as_ref().map(|id| app.keys.token(id.as_str())).unwrap_or_default();
        Frame { csrf, said: self.said.as_deref(), ..frame }
    }
}

impl SignedIn {
    pub(crate) fn frame<'a>(&'a self, app: &'a App, here: &'static str) -> Frame<'a> {
        let frame = Frame::new(app, Some(&self.session), self.theme, here);
        Frame { said: self.said.as_deref(), ..frame }
    }

    /// The name of the organization under which they are signed in; empty outside of any.
    pub(crate) fn organization(&self) -> &str {
        self.session.tenant.as_ref().map_or("", |tenant| tenant.name.as_str())
    }

    /// The login that leads home in the same organization.
    pub(crate) fn login_again(&self) -> String {
        let mut link = "/api/auth/login?returnTo=/home".to_owned();
        if let Some(tenant) = &self.session.tenant {
            link.push_str("&organization=");
            link.extend(utf8_percent_encode(tenant.id.as_str(), NON_ALPHANUMERIC));
        }
        link
    }
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Self::Rejection> {
        // A public page is shown to a stranger rather than not at all.
        let session = load(app, parts).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a session can't be read");
            None
        });
        let cookie = id(app.cookies, &parts.headers);
        let said = match (&session, &cookie) {
            (Some(session), _) => flash::told(app, &parts.headers, &session.user),
            (None, Some(ended)) => flash::told_after(app, &parts.headers, ended),
            (None, None) => None,
        };
        Ok(Self { session, cookie, theme: Theme::chosen(&parts.headers), said })
    }
}

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let unreadable = |error| Problem::from(Outage::from(error)).into_response();
        let found = match load(app, parts).await.map_err(unreadable)? {
            Some(session) => refreshed(app, session).await.map_err(unreadable)?,
            None => None,
        };
        match found {
            Some(session) => {
                let said = flash::told(app, &parts.headers, &session.user);
                Ok(Self { session, theme: Theme::chosen(&parts.headers), said })
            }
            None if parts.uri.path().starts_with("/api/") => Err(Problem::not_signed_in().into_response()),
            None => Err(signed_out(app, parts).await),
        }
    }
}

/// The session as the provider knows it now, unless it was read lately or the provider takes too long.
async fn refreshed(app: &App, session: Session) -> Result<Option<Session>, SessionsError> {
    let keep_fresh = &app.use_cases.keep_fresh;
    if !keep_fresh.is_due(&session) {
        return Ok(Some(session));
    }
    match tokio::time::timeout(REFRESH_LIMIT, keep_fresh.run(session.clone())).await {
        Ok(outcome) => outcome,
        Err(_) => {
            tracing::warn!("a session can't be refreshed: the identity provider takes too long");
            keep_fresh.leave_alone(None);
            Ok(Some(session))
        }
    }
}

/// The session of a request; also notes, now and then, that it is in use.
async fn load(app: &App, parts: &Parts) -> Result<Option<Session>, SessionsError> {
    let Some(id) = id(app.cookies, &parts.headers) else { return Ok(None) };
    let now = app.clock.now();
    let found = app.sessions.find(&id, now).await?;
    if let Some(session) = &found
        && let Some(idle_until) = prolonged(session, now, app.limits.idle)
    {
        // The session is good all the same; its next request tries again.
        if let Err(error) = note_use(app, parts, &id, idle_until).await {
            tracing::warn!(%error, "the use of a session can't be noted");
        }
    }
    Ok(found)
}

/// Notes that the session is in use, with what and from where.
async fn note_use(
    app: &App,
    parts: &Parts,
    id: &SessionId,
    idle_until: Timestamp,
) -> Result<(), SessionsError> {
    app.sessions.note_device(id, &device::seen(app, parts), app.clock.now()).await?;
    app.sessions.keep_alive(id, idle_until).await
}

/// Until when the session is idle from now on, if that is worth a write.
fn prolonged(session: &Session, now: Timestamp, idle: Duration) -> Option<Timestamp> {
    // Without the limit, a session in its last days would be worth a write at every request.
    let idle_until = (now + idle).min(session.ends_at);
    (session.idle_until.until(idle_until) >= NOTED_EVERY).then_some(idle_until)
}

/// What somebody sees who is not signed in, or not any more.
async fn signed_out(app: &App, parts: &Parts) -> Response {
    let Some(id) = id(app.cookies, &parts.headers) else { return to_login(parts, None) };
    let explained = app.use_cases.explain_sign_out.run(&id).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the end of a session can't be explained");
        None
    });
    match explained {
        Some(SignedOut::Removed { tenant, is_brought }) => {
            Problem::no_longer_member(tenant.name.as_str(), is_brought).into_response()
        }
        Some(SignedOut::Changed(tenant)) => to_login(parts, Some(&tenant)),
        None => to_login(parts, None),
    }
}

fn to_login(parts: &Parts, under: Option<&TenantRef>) -> Response {
    let wanted = parts.uri.path_and_query().map_or("/home", |wanted| wanted.as_str());
    let return_to = ReturnTo::parse(wanted);
    let encoded = utf8_percent_encode(return_to.as_str(), NON_ALPHANUMERIC);
    let mut link = format!("/api/auth/login?returnTo={encoded}");
    if let Some(tenant) = under {
        link.push_str("&organization=");
        link.extend(utf8_percent_encode(tenant.id.as_str(), NON_ALPHANUMERIC));
    }
    see_other(&link)
}

/// 303: go on with a GET of `location`.
pub(crate) fn see_other(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// The id of the session that the request's cookie stands for: a hash of its secret.
pub(crate) fn id(cookies: Cookies, headers: &HeaderMap) -> Option<SessionId> {
    let secret = cookies::one(headers, cookies.session_name())?;
    let is_secret = secret.len() == 43
        && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_secret { hashed(secret) } else { None }
}

/// The secret for a new session's cookie, 256 bits, and the id that is kept of it.
pub(crate) fn fresh(random: &dyn Random) -> Option<(String, SessionId)> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let id = hashed(&secret)?;
    Some((secret, id))
}

fn hashed(secret: &str) -> Option<SessionId> {
    let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, secret.as_bytes()));
    SessionId::try_from(hash.as_str()).ok()
}

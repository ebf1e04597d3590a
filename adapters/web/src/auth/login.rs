//! `/api/auth/login` and `/api/auth/signup`: the browser leaves for the identity provider.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tenantry_application::{BeginSignInError, SignInWish, StartedSignIn, Under};
use tenantry_domain::{EmailAddress, SsoRequestId, TenantId, TenantRef};
use tenantry_ports::{Intent, LoginAttempt};

use crate::attempts::Attempts;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::invitation;
use crate::problem::Problem;
use crate::respond::page;
use crate::return_to::ReturnTo;
use crate::session::{Visitor, see_other};
use crate::{App, Shared};

/// Starts a login, or shows the invitation that a link carries: `invitation`, `organization` and `organization_name`, as the
/// provider writes it. `organization`, `login_hint` and `returnTo` may come along. `prompt=login` asks for an account even when the provider knows the browser.
/// Somebody else's link may say `iss`, `login_hint` and `target_link_uri` (OpenID Connect Core, section 4).
pub(crate) async fn log_in(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    if query.text("invitation").map_or(true, |ticket| !ticket.is_empty()) {
        return invitation::show(&app, &visitor, &query).await;
    }
    let mut wish = wish(&app, &query, Intent::SignIn)?;
    through_their_own(&app, &query, &mut wish).await?;
    begin(&app, &headers, wish).await
}

/// Takes the login through the organization's own connection that a link names. One that is off, another organization's
/// or nobody's leaves the login of the organization as it is. Such a link may come from the organization's own provider.
async fn through_their_own(app: &App, query: &Fields, wish: &mut SignInWish) -> Result<(), Problem> {
    let (Under::Link(tenant), connection) = (&wish.under, query.text("connection")?) else { return Ok(()) };
    if connection.is_empty() {
        return Ok(());
    }
    if let Some(found) = app.use_cases.sso.find_login.of_connection(tenant, connection).await? {
        if wish.sent_by.as_deref() == Some(found.issuer.as_str()) {
            wish.sent_by = None;
        }
        found.take(wish);
    }
    Ok(())
}

/// Starts the making of an account.
pub(crate) async fn sign_up(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    if query.text("invitation").map_or(true, |ticket| !ticket.is_empty()) {
        return invitation::show(&app, &visitor, &query).await;
    }
    begin(&app, &headers, wish(&app, &query, Intent::SignUp)?).await
}

/// Starts a login and sends the browser away.
pub(crate) async fn begin(app: &App, headers: &HeaderMap, wish: SignInWish) -> Result<Response, Problem> {
    leave(app, headers, &app.use_cases.begin_sign_in.run(wish).await?)
}

/// Sends the browser away with its attempt in a cookie.
pub(crate) fn leave(app: &App, headers: &HeaderMap, started: &StartedSignIn) -> Result<Response, Problem> {
    let mut response = see_other(started.url.as_str());
    remember(app, headers, started, &mut response)?;
    Ok(response)
}

/// The same by a page of ours that goes on by itself. A form may lead to the identity provider, and nowhere beyond it
/// (`form-action`): an organization's own provider is beyond.
pub(crate) fn leave_after_form(
    app: &App,
    frame: Frame<'_>,
    headers: &HeaderMap,
    started: &StartedSignIn,
) -> Result<Response, Problem> {
    let mut response = page(StatusCode::OK, &Outgoing { frame, url: started.url.as_str() })?;
    remember(app, headers, started, &mut response)?;
    Ok(response)
}

fn remember(
    app: &App,
    headers: &HeaderMap,
    started: &StartedSignIn,
    response: &mut Response,
) -> Result<(), Problem> {
    let attempts = Attempts { cookies: app.cookies, keys: &app.keys };
    let cookies = attempts.remember(&started.attempt, headers, &*app.random).map_err(Problem::internal)?;
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(())
}

/// The page that goes on by itself.
#[derive(Template)]
#[template(path = "pages/outgoing.html")]
struct Outgoing<'a> {
    frame: Frame<'a>,
    url: &'a str,
}

/// The link that begins a login through this connection of the organization's own.
pub(crate) fn through_own(tenant: &TenantRef, connection: &SsoRequestId, return_to: &str) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let (organization, connection) = (encoded(tenant.id.as_str()), encoded(connection.as_str()));
    let return_to = encoded(return_to);
    format!("/api/auth/login?organization={organization}&connection={connection}&returnTo={return_to}")
}

/// The link that begins the login of `attempt` anew, with another account.
pub(crate) fn with_another_account(attempt: &LoginAttempt) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let mut link = format!("/api/auth/login?prompt=login&returnTo={}", encoded(&attempt.return_to));
    if let Some(tenant) = &attempt.tenant {
        link.push_str("&organization=");
        link.extend(encoded(tenant.id.as_str()));
    }
    link
}

fn wish(app: &App, query: &Fields, intent: Intent) -> Result<SignInWish, Problem> {
    let given = |name| query.get(name).map(|value| value.filter(|text| !text.is_empty()));
    // A name without an id leads nowhere: which organization is meant, the id alone says.
    let under = match given("organization")?.map(TenantId::try_from) {
        None => Under::NoTenant,
        Some(Ok(id)) => Under::Link(id),
        Some(Err(_)) => return Err(BeginSignInError::UnknownTenant.into()),
    };
    // What can't be read is no page of ours either.
    let wanted = || {
        given("returnTo")
            .map_or_else(|_| ReturnTo::parse(""), |text| text.map_or_else(ReturnTo::home, ReturnTo::parse))
    };
    let return_to = match given("target_link_uri")? {
        Some(link) => ReturnTo::from_link(link, &app.base_url).ok_or_else(Problem::leads_out)?,
        None => wanted(),
    };
    Ok(SignInWish {
        sent_by: given("iss")?.map(str::to_owned),
        intent,
        under,
        invitation: None,
        connection: None,
        sso: None,
        email_hint: given("login_hint")?.and_then(|text| EmailAddress::try_from(text).ok()),
        reauthenticate: matches!(query.get("prompt"), Ok(Some("login"))),
        return_to: return_to.as_str().to_owned(),
    })
}

//! `/api/auth/callback`: the browser is back from the identity provider.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tenantry_application::{Arrival, SignInError, SignInWish, SsoRefusal};
use tenantry_domain::{Device, SsoFault};
use tenantry_ports::{Callback, SsoPurpose};

use crate::attempts::Attempts;
use crate::auth::access::{self, Asks};
use crate::auth::login::{begin, through_own, with_another_account};
use crate::device::SeenDevice;
use crate::fields::Fields;
use crate::pages::sso::report;
use crate::problem::Problem;
use crate::session::{self, Visitor, see_other};
use crate::{App, Shared};

/// Completes the login. Whatever comes of it, the attempt is over.
pub(crate) async fn complete(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    SeenDevice(device): SeenDevice,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let state = query.text("state").unwrap_or_default();
    let mut response =
        sign_in(&app, &visitor, &headers, device, &query).await.unwrap_or_else(IntoResponse::into_response);
    let attempts = Attempts { cookies: app.cookies, keys: &app.keys };
    if !state.is_empty()
        && let Some(cookie) = attempts.forget(state)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn sign_in(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    device: Device,
    query: &Fields,
) -> Result<Response, Problem> {
    let state = query.text("state").unwrap_or_default();
    let attempts = Attempts { cookies: app.cookies, keys: &app.keys };
    let attempt = attempts.find(headers, state).ok_or_else(Problem::unknown_attempt)?;
    let callback = callback(query)?;
    match attempt.sso.as_ref().map(|sso| sso.purpose) {
        Some(SsoPurpose::Test) => return report::of_test(app, visitor, &callback, &attempt).await,
        Some(SsoPurpose::AskForAccess) => {
            return access::asked(app, visitor, headers, &callback, &attempt).await;
        }
        Some(SsoPurpose::SignIn) | None => {}
    }
    let (secret, session) = session::fresh(&*app.random).ok_or_else(Problem::unknown_attempt)?;
    let (another_account, asks) = (with_another_account(&attempt), Asks::after(&attempt));
    let return_to = attempt.return_to.clone();
    let arrival = Arrival { callback, attempt, session, previous: session::id(app.cookies, headers), device };
    let signed_in = match (app.use_cases.sign_in.run(arrival).await, asks) {
        (Err(SignInError::Sso(SsoRefusal::OutsideOrganization(found))), _) => {
            // The provider knows the browser now: the login under the organization asks for nothing again.
            let mut wish = SignInWish { return_to, ..SignInWish::default() };
            found.take(&mut wish);
            return begin(app, headers, wish).await;
        }
        (
            Err(SignInError::Sso(SsoRefusal::Failed { fault: SsoFault::NotAMember, reference })),
            Some(asks),
        ) => return asks.offer(app, visitor, &reference),
        (outcome, _) => outcome.map_err(|error| refused(error, another_account, &return_to))?,
    };
    let there = if signed_in.lacks_seat { "/home/no-seat" } else { &signed_in.return_to };
    let mut response = see_other(there);
    let cookie = app.cookies.set(app.cookies.session_name(), &secret, Some(app.limits.absolute));
    response.headers_mut().extend(cookie.map(|cookie: HeaderValue| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// Why nobody is signed in. The login that can be tried next keeps what this one was for.
fn refused(error: SignInError, another_account: String, return_to: &str) -> Problem {
    match error {
        SignInError::NotAMember
        | SignInError::Denied { .. }
        | SignInError::Sso(SsoRefusal::Failed { .. }) => Problem::from(error).leading_to(another_account),
        SignInError::Sso(SsoRefusal::Required { ref tenant, ref request, .. }) => {
            let there = through_own(tenant, request, return_to);
            Problem::from(error).leading_to(there).or_to(another_account)
        }
        error => error.into(),
    }
}

/// What the provider sent (RFC 6749 section 4.1.2): a code or an error, never both, nothing twice.
fn callback(query: &Fields) -> Result<Callback, Problem> {
    let get = |name| query.get(name).map_err(|_| Problem::unknown_attempt());
    let issuer = get("iss")?.map(str::to_owned);
    match (get("code")?, get("error")?) {
        (Some(code), None) => Ok(Callback::Code { code: code.into(), issuer }),
        (None, Some(error)) => Ok(Callback::Error {
            error: error.to_owned(),
            description: get("error_description")?.map(str::to_owned),
            issuer,
        }),
        _ => Err(Problem::unknown_attempt()),
    }
}

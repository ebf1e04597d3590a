//! `/v2/logout` and `/oidc/logout` (OpenID Connect RP-Initiated Logout): end the browser's session at the provider.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value};
use url::Url;

use super::cookies::{self, Cookies};
use super::errors::PageError;
use super::pages::{Frame, LogoutPage, LogoutParameters, html};
use super::parameters::{Form, Parameters, Query};
use super::universal_login::{redirect, with_cookies};
use super::way_on::WayOn;
use crate::fake::Core;
use crate::key_ring::verify_with_secret;
use crate::login::address;
use crate::model::{LogEntry, SessionEnd};
use crate::store::{State, StoreError};

/// Asks nothing, and leads to `returnTo`: one of the tenant's logout URLs, or of the client's when it is named.
pub(super) async fn v2(
    Shared(core): Shared<Arc<Core>>,
    cookies: Cookies,
    Query(query): Query,
) -> Result<Response, PageError> {
    let allowed = core.store.read(|state| allowed_urls(state, query.get("client_id")))??;
    let target = match query.get("returnTo").filter(|wanted| !wanted.is_empty()) {
        Some(wanted) if allowed.iter().any(|url| same_page(url, wanted)) => Some(wanted.to_owned()),
        Some(wanted) => return Err(not_allowed("returnTo", wanted)),
        None => allowed.into_iter().next(),
    };
    end_session(&core, &cookies, query.get("client_id"), None).await?;
    Ok(answer(&core, target.as_deref()))
}

pub(super) async fn oidc_by_query(
    Shared(core): Shared<Arc<Core>>,
    cookies: Cookies,
    Query(parameters): Query,
) -> Result<Response, PageError> {
    oidc(&core, &cookies, &parameters).await
}

pub(super) async fn oidc_by_form(
    Shared(core): Shared<Arc<Core>>,
    cookies: Cookies,
    Form(parameters): Form,
) -> Result<Response, PageError> {
    oidc(&core, &cookies, &parameters).await
}

/// The person agreed to log out: on our own page, no other site can agree for them.
pub(super) async fn confirm(
    Shared(core): Shared<Arc<Core>>,
    cookies: Cookies,
    headers: HeaderMap,
    Form(parameters): Form,
) -> Result<Response, PageError> {
    if !is_from_our_page(&headers, &core.config.issuer) {
        return Err(PageError::refused("access_denied", "Another site can't log you out of this provider"));
    }
    let target = post_logout_target(&core, &parameters, parameters.get("client_id"))?;
    end_session(&core, &cookies, parameters.get("client_id"), None).await?;
    Ok(answer(&core, target.as_deref()))
}

/// Browsers say where a form came from. One that says nothing, or that our own page gave no referrer (`null`), still
/// sends no cookie along with another site's form.
fn is_from_our_page(headers: &HeaderMap, issuer: &Url) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    let host = text(header::HOST).unwrap_or_default();
    text(header::ORIGIN).is_none_or(|origin| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        origin == "null" || authority == Some(host) || origin == issuer.origin().ascii_serialization()
    })
}

async fn oidc(core: &Core, cookies: &Cookies, parameters: &Parameters) -> Result<Response, PageError> {
    let hint = id_token_hint(core, parameters).await?;
    let hinted_client = hint.as_ref().map(|hint| hint.client_id.as_str());
    let client_id = parameters.get("client_id").or(hinted_client);
    let target = post_logout_target(core, parameters, client_id)?;
    let sid = parameters
        .get("logout_hint")
        .map(str::to_owned)
        .or_else(|| hint.as_ref().map(|hint| hint.sid.clone()));
    let own = current_sid(core, cookies)?;
    match (sid, own) {
        (Some(sid), own) if own.as_ref().is_none_or(|own| *own == sid) => {
            end_session(core, cookies, client_id, Some(sid)).await?;
            Ok(answer(core, target.as_deref()))
        }
        (None, None) => Ok(answer(core, target.as_deref())),
        // Whoever sent the browser does not know whose session this is: the person decides.
        _ => Ok(html(
            StatusCode::OK,
            &LogoutPage {
                frame: Frame::bare("Log out"),
                confirm: Some(LogoutParameters {
                    client_id,
                    return_to: parameters.get("post_logout_redirect_uri"),
                    state: parameters.get("state"),
                }),
                way_on: WayOn::from_login(core, None),
            },
        )),
    }
}

struct Hint {
    client_id: String,
    sid: String,
}

/// An expired token still says whose session it was.
async fn id_token_hint(core: &Core, parameters: &Parameters) -> Result<Option<Hint>, PageError> {
    let Some(token) = parameters.get("id_token_hint") else { return Ok(None) };
    let invalid = || PageError::invalid_request("The id_token_hint is not one of ours");
    let keys = core.keys.ready().await.map_err(|_| invalid())?;
    let of_client = |claims: &Map<String, Value>| {
        let client_id = claims.get("aud")?.as_str()?;
        let secret = core.store.read(|state| {
            state.clients.get(client_id).and_then(|client| client.id_token_secret().map(str::to_owned))
        });
        secret.ok().flatten()
    };
    let claims = keys.verify(token).or_else(|| verify_with_secret(token, of_client)).ok_or_else(invalid)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("aud"), text("sid")) {
        (Some(client_id), Some(sid)) => Ok(Some(Hint { client_id, sid })),
        _ => Err(invalid()),
    }
}

fn post_logout_target(
    core: &Core,
    parameters: &Parameters,
    client_id: Option<&str>,
) -> Result<Option<String>, PageError> {
    let Some(wanted) = parameters.get("post_logout_redirect_uri").filter(|wanted| !wanted.is_empty()) else {
        return Ok(None);
    };
    let allowed = core.store.read(|state| allowed_urls(state, client_id))??;
    if !allowed.iter().any(|url| url == wanted) {
        return Err(not_allowed("post_logout_redirect_uri", wanted));
    }
    Ok(address(wanted, &[("state", parameters.get("state"))]).map(String::from))
}

fn allowed_urls(state: &State, client_id: Option<&str>) -> Result<Vec<String>, PageError> {
    match client_id {
        None => Ok(state.settings().allowed_logout_urls().map(str::to_owned).collect()),
        Some(id) => state
            .clients
            .get(id)
            .map(|client| client.allowed_logout_urls().map(str::to_owned).collect())
            .ok_or_else(|| PageError::invalid_request(format!("Unknown client: {id}"))),
    }
}

fn not_allowed(parameter: &str, url: &str) -> PageError {
    PageError::invalid_request(format!(
        "The \"{parameter}\" querystring parameter \"{url}\" is not defined as a valid URL in \"Allowed Logout URLs\""
    ))
}

/// Query and fragment are not compared.
fn same_page(allowed: &str, wanted: &str) -> bool {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    bare(allowed).is_some_and(|allowed| Some(allowed) == bare(wanted))
}

fn current_sid(core: &Core, cookies: &Cookies) -> Result<Option<String>, PageError> {
    let Some(hash) = cookies.session_hash() else { return Ok(None) };
    let now = core.clock.now();
    Ok(core.store.read(|state| state.live_session(&hash, now).map(|session| session.sid.clone()))?)
}

/// Ends the browser's own session, and the one that the client names.
async fn end_session(
    core: &Core,
    cookies: &Cookies,
    client_id: Option<&str>,
    sid: Option<String>,
) -> Result<(), PageError> {
    let (hash, context) = (cookies.session_hash(), core.context());
    core.store
        .write(|state| {
            let own = hash.and_then(|hash| state.sessions.get(&hash)).cloned();
            let hinted = sid.and_then(|sid| state.session_by_sid(&sid)).cloned();
            for session in own.into_iter().chain(hinted) {
                if state.end_session(&session.cookie_hash, SessionEnd::RpLogout) {
                    let entry = LogEntry::new("slo", &context);
                    let entry = match state.users.get(&session.user_id) {
                        Some(user) => entry.about(user),
                        None => entry,
                    };
                    state.log(LogEntry { client_id: client_id.map(str::to_owned), ..entry });
                }
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(())
}

fn answer(core: &Core, target: Option<&str>) -> Response {
    let clear = [cookies::clear_session(&core.config.issuer)];
    match target {
        Some(url) => redirect(url, &clear),
        None => {
            let way_on = WayOn::from_login(core, None);
            let page = LogoutPage { frame: Frame::bare("You are logged out"), confirm: None, way_on };
            with_cookies(html(StatusCode::OK, &page), &clear)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_site_agrees_to_nothing() {
        let issuer = Url::parse("http://id.example:4400/").unwrap();
        let agrees = |pairs: &[(&'static str, &str)]| {
            let header = |(name, value): &(&'static str, &str)| {
                (HeaderName::from_static(name), value.parse().unwrap())
            };
            is_from_our_page(&pairs.iter().map(header).collect(), &issuer)
        };
        assert!(agrees(&[]) && agrees(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(agrees(&[("origin", "http://id.example:4400")]) && agrees(&[("origin", "null")]));
        assert!(agrees(&[("origin", "http://localhost:9"), ("host", "localhost:9")]));
        assert!(!agrees(&[("sec-fetch-site", "cross-site")]) && !agrees(&[("sec-fetch-site", "same-site")]));
        assert!(!agrees(&[("origin", "https://evil.example"), ("host", "id.example:4400")]));
    }

    #[test]
    fn only_query_and_fragment_may_differ() {
        assert!(same_page("https://app.example/bye", "https://app.example/bye?x=1#y"));
        assert!(!same_page("https://app.example/bye", "https://app.example/by"));
        assert!(!same_page("https://app.example/bye", "https://app.example.evil/bye"));
        assert!(!same_page("not a url", "not a url"));
    }
}

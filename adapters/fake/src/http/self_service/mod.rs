//! `/self-service/connections-flow`: where the holder of a ticket connects their own identity provider.

mod answers;
mod offer;
mod set_up;

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use super::endpoint::{Endpoint, Evidence};
use super::errors::PageError;
use super::pages::{Frame, SelfServiceDonePage, SelfServicePage, html};
use super::parameters::{Form, Query};
use super::universal_login::redirect;
use crate::fake::Core;
use crate::model::SsoTicket;
use crate::secrets::sha256;
use crate::store::StoreError;
pub(super) use answers::{Entered, Mistakes};
pub(super) use offer::{Domains, Offer};
use set_up::{Refused, set_up};

const PATH: &str = "/self-service/connections-flow";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, "The page where a customer connects an identity provider", show)
            .evidence(Evidence::Assumed)
            .note("The page is our own; Auth0's has guides for each provider."),
        Endpoint::post(PATH, "Connect an identity provider", submit).evidence(Evidence::Assumed),
    ]
}

/// The link that a ticket is handed out as.
pub(super) fn address(issuer: &Url, ticket: &str) -> String {
    format!("{}{PATH}?ticket={ticket}", issuer.as_str().trim_end_matches('/'))
}

async fn show(Shared(core): Shared<Arc<Core>>, Query(query): Query) -> Result<Response, PageError> {
    let secret = query.get("ticket").unwrap_or_default();
    let (hash, now) = (sha256(secret), core.clock.now());
    let opened = core
        .store
        .write(|state| {
            let opened = state.sso_tickets.get(&hash).cloned().and_then(|ticket| ticket.open(now));
            if let Some(ticket) = &opened {
                state.sso_tickets.put(ticket.clone());
            }
            Ok::<_, StoreError>(opened)
        })
        .await?;
    let ticket = opened.ok_or_else(ended)?;
    if let Some(connection_id) = &ticket.set_up {
        return done(&core, connection_id);
    }
    let offer = offer_of(&core, &ticket)?;
    let entered = Entered::suggested(&offer);
    Ok(page(&core, secret, &offer, &entered, &Mistakes::default()))
}

async fn submit(Shared(core): Shared<Arc<Core>>, Form(form): Form) -> Result<Response, PageError> {
    let secret = form.get("ticket").unwrap_or_default();
    let (hash, now) = (sha256(secret), core.clock.now());
    let ticket = core.store.read(|state| state.sso_tickets.get(&hash).cloned())?;
    // Who sends the form has opened the page: that is counted there.
    let is_open = |ticket: &SsoTicket| ticket.is_live(now) && ticket.first_opened_at.is_some();
    let ticket = ticket.filter(is_open).ok_or_else(ended)?;
    let way_back = format!("{PATH}?ticket={}", super::parameters::encoded(secret));
    if ticket.set_up.is_some() {
        return Ok(redirect(&way_back, &[]));
    }
    let offer = offer_of(&core, &ticket)?;
    let entered = Entered::of(&form);
    let answers = match entered.check(&offer) {
        Ok(answers) => answers,
        Err(mistakes) => return Ok(page(&core, secret, &offer, &entered, &mistakes)),
    };
    let context = core.context();
    let outcome = core.store.write(|state| set_up(state, &context, &hash, &answers)).await;
    match outcome {
        Ok(()) => Ok(redirect(&way_back, &[])),
        Err(Refused::Ended) => Err(ended()),
        Err(Refused::Store(error)) => Err(error.into()),
        Err(Refused::Here(text)) => {
            let mistakes = Mistakes { whole: Some(text), ..Mistakes::default() };
            Ok(page(&core, secret, &offer, &entered, &mistakes))
        }
    }
}

fn ended() -> PageError {
    PageError::invalid_request(
        "This link does not work any more: it was revoked, has expired, or was opened more than ten times. \
         Ask whoever sent it to you for a new one.",
    )
}

fn offer_of(core: &Core, ticket: &SsoTicket) -> Result<Offer, PageError> {
    let offer = core.store.read(|state| Offer::of(state, ticket))?;
    offer.map_err(PageError::invalid_request)
}

fn frame(title: &str, offer: &Offer) -> Frame {
    // One organization's look; several would not know whose.
    let organization = match offer.organizations.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    Frame { organization, ..Frame::bare(title) }
}

fn page(core: &Core, ticket: &str, offer: &Offer, entered: &Entered, mistakes: &Mistakes) -> Response {
    let callback = format!("{}login/callback", core.config.issuer);
    let page = SelfServicePage {
        frame: frame("Connect your identity provider", offer),
        ticket,
        callback: &callback,
        offer,
        entered,
        mistakes,
        first: mistakes.first(offer),
    };
    html(if mistakes.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST }, &page)
}

fn done(core: &Core, connection_id: &str) -> Result<Response, PageError> {
    let shown = core.store.read(|state| {
        let connection = state.connections.get(connection_id)?;
        let has_it = state.organizations.iter().filter(|row| row.enabled_connection(connection_id).is_some());
        let organizations: Vec<String> = has_it.map(|row| row.label().to_owned()).collect();
        Some((connection.label().to_owned(), offer::domains_of(connection), organizations))
    })?;
    let (connection, domains, organizations) = shown.ok_or_else(ended)?;
    let page = SelfServiceDonePage {
        frame: Frame::bare("Your identity provider is connected"),
        connection: &connection,
        domains: &domains,
        organizations: &organizations,
    };
    Ok(html(StatusCode::OK, &page))
}

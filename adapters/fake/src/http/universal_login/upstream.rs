//! The way to the issuer of an enterprise, and `/login/callback`, where it sends people back to.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::Map;

use super::super::errors::PageError;
use super::super::parameters::{Form, Parameters, Query, encoded};
use super::super::visitor::Visitor;
use super::super::way_on::WayOn;
use super::{Page, Visit, redirect, respond};
use crate::fake::Core;
use crate::login::{self, Browser, Callback, CallbackError, Next};
use crate::model::{Connection, Departure, LoginTransaction};
use crate::store::StoreError;
use crate::upstream::saml::{self, SamlError};
use crate::upstream::{self, UpstreamError};

pub(super) const ROUTE: &str = "/login/callback";

/// What an issuer answers with.
const ANSWERS: [&str; 6] = ["code", "id_token", "error", "error_description", "iss", saml::ANSWER];

/// Leads to the issuer behind the connection that the person has chosen, or to the page that stands for it.
pub(super) async fn leave(
    core: &Core,
    browser: &Browser,
    handle: String,
    new_transaction: Option<String>,
) -> Result<Next, PageError> {
    let (transaction, connection) = core
        .store
        .read(|state| {
            let transaction = state.login_transactions.get(&handle)?;
            let connection = state.connection_by_name(transaction.upstream.as_deref()?)?;
            Some((transaction.clone(), connection.clone()))
        })?
        .ok_or_else(PageError::expired)?;
    if !connection.has_upstream() {
        return Ok(Next::Page { page: Page::StandIn, handle, new_transaction });
    }
    let (url, departure) = match upstream::depart(core, &connection, &transaction).await {
        Ok(left) => left,
        Err(error) => return fail(core, browser, &transaction, &connection, &error).await,
    };
    core.store
        .write(|state| {
            let transaction =
                state.login_transactions.get(&handle).cloned().ok_or_else(PageError::expired)?;
            state.login_transactions.put(LoginTransaction { departure: Some(departure), ..transaction });
            Ok::<_, PageError>(())
        })
        .await?;
    Ok(Next::Away { url: url.into(), handle, new_transaction })
}

/// Ends the login: the client hears why, and the logs tell more.
async fn fail(
    core: &Core,
    browser: &Browser,
    transaction: &LoginTransaction,
    connection: &Connection,
    error: &UpstreamError,
) -> Result<Next, PageError> {
    let context = core.context();
    let for_client = error.for_client();
    core.store
        .write(|state| {
            if state.login_transactions.get(&transaction.handle).is_none() {
                return Err(PageError::expired());
            }
            let about = (&transaction.request, browser);
            login::failed_upstream(state, &context, about, connection, &for_client, error.details());
            login::finish(state, &transaction.handle);
            Ok(())
        })
        .await?;
    Ok(Next::callback(transaction, Callback::Error(for_client), None))
}

/// An answer in the address, or one that has come in a form before.
pub(super) async fn by_query(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let state = checked(&core, &query)?;
    let handle = Departure::split(state).map(|(handle, _)| handle);
    let mut visit = Visit::of_handle(&core, &visitor, handle)?;
    let Some((departure, connection)) = take(&visit, state).await? else {
        // It has been taken; the connection may have been lost while the Actions ran.
        let next = login::come_back(&visit.transaction, (Map::new(), Map::new()));
        let next = next.ok_or_else(|| expired(&core, state))?;
        return respond(&core, visit.browser(), next).await;
    };
    // What goes on from here must not bring the departure back.
    visit.transaction.departure = None;
    let Some(connection) = connection else {
        return visit.refuse(CallbackError::ConnectionNotFound).await;
    };
    let answer = departure.answer.clone().unwrap_or_else(|| answer(&query));
    let person = match upstream::arrive(&core, &connection, &departure, &answer).await {
        Ok(person) => person,
        Err(error) => {
            let next = fail(&core, visit.browser(), &visit.transaction, &connection, &error).await?;
            return respond(&core, visit.browser(), next).await;
        }
    };
    let context = core.context();
    let user_id = core
        .store
        .write(|state| Ok::<_, StoreError>(login::federated(state, &context, &connection, &person)))
        .await?;
    visit.log_in(user_id, connection.name).await
}

/// An answer in a form. Browsers keep the login's cookie to themselves when another site sends one, so it is put by
/// until the browser asks for this address itself.
pub(super) async fn by_form(
    State(core): State<Arc<Core>>,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let state = match form.get(saml::ANSWER) {
        Some(_) => of_saml(&query, &form)?,
        None => checked(&core, &form)?,
    };
    let now = core.clock.now();
    let is_kept = core
        .store
        .write(|store| {
            let departed = store.departed(state);
            let first = departed
                .filter(|(transaction, departure)| transaction.is_live(now) && departure.answer.is_none());
            let Some((transaction, departure)) = first else { return Ok(false) };
            let mut answer = answer(&form);
            // The address that SAML answers are sent to names their connection.
            let named = query.get(saml::CONNECTION).map(str::to_owned);
            answer.extend(named.map(|name| (saml::CONNECTION.to_owned(), name)));
            let departure = Departure { answer: Some(answer), ..departure.clone() };
            let transaction = LoginTransaction { departure: Some(departure), ..transaction.clone() };
            store.login_transactions.put(transaction);
            Ok::<_, StoreError>(true)
        })
        .await?;
    if !is_kept {
        return Err(expired(&core, state));
    }
    Ok(redirect(&format!("{ROUTE}?state={}", encoded(state)), &[]))
}

/// The `state` of an answer that says everything once.
fn checked<'a>(core: &Core, parameters: &'a Parameters) -> Result<&'a str, PageError> {
    if let Some(name) = parameters.duplicate() {
        return Err(PageError::invalid_request(format!("The parameter {name} stands there twice")));
    }
    parameters.get("state").ok_or_else(|| expired(core, ""))
}

/// The state that came back with a SAML response. One that is none of ours comes with a login that began elsewhere.
fn of_saml<'a>(query: &Parameters, form: &'a Parameters) -> Result<&'a str, PageError> {
    if let Some(name) = form.duplicate().or_else(|| query.duplicate()) {
        return Err(PageError::invalid_request(format!("The parameter {name} stands there twice")));
    }
    let state = form.get(saml::STATE).filter(|state| Departure::is_state(state));
    state.ok_or_else(|| {
        let connection = query.get(saml::CONNECTION).unwrap_or_default().to_owned();
        PageError::invalid_request(SamlError::NotInitiatedHere(connection).to_string())
    })
}

fn expired(core: &Core, state: &str) -> PageError {
    let handle = Departure::split(state).map(|(handle, _)| handle);
    PageError::expired().with_way_on(WayOn::from_login(core, handle))
}

/// The departure that this answer belongs to: it is answered once, whatever comes of it.
async fn take(visit: &Visit<'_>, state: &str) -> Result<Option<(Departure, Option<Connection>)>, StoreError> {
    visit
        .core
        .store
        .write(|store| {
            let Some((transaction, departure)) = store.departed(state) else { return Ok(None) };
            let (transaction, departure) = (transaction.clone(), departure.clone());
            store.login_transactions.put(LoginTransaction { departure: None, ..transaction });
            let connection = store.connections.get(&departure.connection).cloned();
            Ok(Some((departure, connection)))
        })
        .await
}

fn answer(parameters: &Parameters) -> BTreeMap<String, String> {
    let given =
        ANSWERS.into_iter().filter_map(|name| Some((name.to_owned(), parameters.get(name)?.to_owned())));
    given.collect()
}

//! This provider as a client of another issuer: one relying party for each connection, kept with its keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use tenantry_oidc::{Issuer, Metadata, Registration, RelyingParty, SigningAlgorithm, http_client_for};

use super::discovery;
use super::error::UpstreamError;
use super::settings::ENDPOINTS;
use crate::document::Document;
use crate::fake::Core;
use crate::model::Connection;
use crate::store::StoreError;

/// The relying parties so far, by the connections' ids.
#[derive(Default)]
pub(crate) struct Upstreams(Mutex<HashMap<String, Party>>);

impl Upstreams {
    /// Forgets every issuer, with its keys.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Connections come and go; what is forgotten is made again.
const KEPT: usize = 1000;

#[derive(Clone)]
pub(super) struct Party {
    terms: Arc<Terms>,
    pub(super) relying_party: Arc<RelyingParty>,
}

/// What a relying party was made of: another one is made when any of it changes.
#[derive(PartialEq)]
struct Terms {
    document: Map<String, Value>,
    client_id: String,
    client_secret: String,
    algorithms: Vec<SigningAlgorithm>,
}

impl Party {
    /// What the issuer says about itself.
    pub(super) fn document(&self) -> Document<'_> {
        Document::new(&self.terms.document)
    }
}

/// The relying party of a connection. What its issuer says about itself is fetched when the connection lacks it, and
/// kept there.
pub(super) async fn of_connection(core: &Core, connection: &Connection) -> Result<Party, UpstreamError> {
    let document = match connection.issuer_document() {
        Some(document) => document,
        None => fetched(core, connection).await?,
    };
    let text = |name: &str| connection.option(name).unwrap_or_default().to_owned();
    let terms = Terms {
        document,
        client_id: text("client_id"),
        client_secret: text("client_secret"),
        algorithms: connection.algorithms()?,
    };
    let mut parties = core.upstreams.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = parties.get(&connection.id).filter(|known| *known.terms == terms) {
        return Ok(known.clone());
    }
    let party = Party { relying_party: Arc::new(relying_party(core, &terms)?), terms: Arc::new(terms) };
    if parties.len() >= KEPT {
        parties.clear();
    }
    parties.insert(connection.id.clone(), party.clone());
    Ok(party)
}

fn relying_party(core: &Core, terms: &Terms) -> Result<RelyingParty, UpstreamError> {
    let issuer = Issuer::try_from(Document::new(&terms.document).text("issuer").unwrap_or_default())?;
    let redirect_uri = core.config.issuer.join(super::CALLBACK);
    let redirect_uri =
        redirect_uri.map_err(|_| UpstreamError::Options("There is no address to come back to".to_owned()))?;
    let http = http_client_for(&issuer);
    let http = http.map_err(|_| UpstreamError::Options("There is no HTTP client".to_owned()))?;
    let metadata = Metadata::parse(Value::from(terms.document.clone()).to_string().as_bytes(), &issuer)?;
    let registration = Registration {
        issuer,
        client_id: terms.client_id.clone(),
        client_secret: terms.client_secret.as_str().into(),
        redirect_uri,
    };
    let algorithms = terms.algorithms.clone();
    let party = RelyingParty::with_algorithms(registration, algorithms, core.clock.clone(), http);
    Ok(party.with_metadata(metadata))
}

async fn fetched(core: &Core, connection: &Connection) -> Result<Map<String, Value>, UpstreamError> {
    let incomplete =
        || UpstreamError::Options("The connection does not say where its people log in".to_owned());
    let address = connection.discovery_address().ok_or_else(incomplete)?;
    let metadata =
        discovery::document(&address).await.map_err(|reason| UpstreamError::Discovery { address, reason })?;
    let mut complete = connection.clone();
    fill(&mut complete, &metadata);
    let document = complete.issuer_document().ok_or_else(incomplete)?;
    core.store
        .write(|state| {
            // Whoever has changed the options meanwhile may mean another issuer.
            if let Some(mut current) = state.connections.get(&connection.id).cloned()
                && current.options == connection.options
            {
                fill(&mut current, &metadata);
                state.connections.put(current);
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(document)
}

/// Keeps the document with the connection; what was given by hand stays.
fn fill(connection: &mut Connection, metadata: &Map<String, Value>) {
    for name in ENDPOINTS {
        if let Some(found) = metadata.get(name).filter(|found| found.is_string())
            && connection.option(name).is_none()
        {
            connection.options.insert(name.to_owned(), found.clone());
        }
    }
    connection.options.insert("oidc_metadata".to_owned(), metadata.clone().into());
}

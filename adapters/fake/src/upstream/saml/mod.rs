//! Enterprise connections that log in at a SAML 2.0 identity provider: this provider is its service provider.

mod error;
pub(crate) mod metadata;
mod request;
mod response;
mod settings;
mod signature;
mod xml;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Map;
use url::Url;

use super::arrival::Person;
use super::error::UpstreamError;
use crate::fake::Core;
use crate::model::{Connection, Departure, LoginTransaction};
use crate::secrets::sha256;
use crate::store::StoreError;
pub(crate) use error::SamlError;
use metadata::Described;
use request::Request;
use response::{Expected, is_name, subject};
pub(crate) use settings::{IdentityProvider, describe, tell};

/// What an identity provider answers with.
pub(crate) const ANSWER: &str = "SAMLResponse";
/// What comes back with the answer as it was sent (SAML 2.0 Bindings, section 3.5.3).
pub(crate) const STATE: &str = "RelayState";
/// The name of the connection, in the address that answers are sent to.
pub(crate) const CONNECTION: &str = "connection";

/// Where to send the browser with a request, by the redirect binding (SAML 2.0 Bindings, section 3.4.4.1).
pub(super) async fn depart(
    core: &Core,
    connection: &Connection,
    transaction: &LoginTransaction,
) -> Result<(Url, Departure), UpstreamError> {
    let provider = provider(core, connection).await?;
    let mut url = Url::parse(&provider.sign_in)
        .map_err(|_| UpstreamError::Options("The connection's signInEndpoint is no address".to_owned()))?;
    let (secret, id) = (core.ids.secret(), format!("_{}", core.ids.hex(32)));
    let issuer = &core.config.issuer;
    let request = Request {
        id: &id,
        at: core.clock.now(),
        destination: &provider.sign_in,
        entity_id: &connection.entity_id(issuer),
        consumer: &connection.consumer(issuer),
    };
    let state = Departure::state(&transaction.handle, &secret);
    let mut query = request.query(&state);
    if connection.options().flag("signSAMLRequest") == Some(true) {
        let keys = core.keys.ready().await?;
        query = request::signed(query, &keys)?;
    }
    let own = url.query().filter(|own| !own.is_empty()).map(|own| format!("{own}&"));
    url.set_query(Some(&format!("{}{query}", own.unwrap_or_default())));
    let departure = Departure {
        connection: connection.id.clone(),
        state_hash: sha256(&secret),
        nonce: id,
        verifier: None,
        answer: None,
    };
    Ok((url, departure))
}

/// Whom the identity provider's answer is about.
pub(super) async fn arrive(
    core: &Core,
    connection: &Connection,
    departure: &Departure,
    answer: &BTreeMap<String, String>,
) -> Result<Person, UpstreamError> {
    if let Some(other) = answer.get(CONNECTION).filter(|name| **name != connection.name) {
        return Err(SamlError::OtherConnection(other.clone()).into());
    }
    let answer = answer.get(ANSWER).ok_or(UpstreamError::Missing(ANSWER))?;
    let encoded: String = answer.split_ascii_whitespace().collect();
    let xml = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let provider = provider(core, connection).await?;
    let issuer = &core.config.issuer;
    let expected = Expected {
        certificates: &provider.certificates,
        issuer: provider.entity_id.as_deref(),
        entity_id: &connection.entity_id(issuer),
        consumer: &connection.consumer(issuer),
        request: &departure.nonce,
        now: core.clock.now(),
    };
    let subject = subject(&xml.ok_or(SamlError::Malformed)?, &expected)?;
    let by_attribute = connection.option("user_id_attribute");
    let name = match by_attribute {
        Some(attribute) => subject.attributes.get(attribute).and_then(|value| value.as_str()),
        None => Some(subject.name.as_str()),
    };
    let name = name.filter(|name| is_name(name)).ok_or(SamlError::NoSubject)?.to_owned();
    Ok(Person { subject: name, tokenset: subject.attributes, userinfo: Map::new() })
}

/// The identity provider of a connection. Its metadata are read when the options lack what they say, and kept there.
async fn provider(core: &Core, connection: &Connection) -> Result<IdentityProvider, UpstreamError> {
    if let Some(provider) = IdentityProvider::of(connection.options()) {
        return Ok(provider);
    }
    let read = described(connection.option("metadataXml"), connection.option("metadataUrl")).await;
    let described = match read {
        Some(read) => read.map_err(|reason| UpstreamError::Options(unusable(&reason)))?,
        None => {
            let incomplete = "The connection does not say where its people log in";
            return Err(UpstreamError::Options(incomplete.to_owned()));
        }
    };
    let mut options = connection.options.clone();
    describe(&mut options, &described);
    core.store
        .write(|state| {
            // Whoever has changed the options meanwhile may mean another provider.
            let current = state.connections.get(&connection.id).cloned();
            if let Some(current) = current.filter(|current| current.options == connection.options) {
                state.connections.put(Connection { options, ..current });
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(described.into())
}

/// What an identity provider says about itself, here or at an address; `None` when there is neither.
pub(crate) async fn described(xml: Option<&str>, address: Option<&str>) -> Option<Result<Described, String>> {
    if let Some(xml) = xml {
        return Some(Described::read(xml).map_err(str::to_owned));
    }
    let address = address?;
    let fetched = super::discovery::fetch(address).await;
    let text =
        fetched.and_then(|body| String::from_utf8(body).map_err(|_| "it is not encoded in UTF-8".to_owned()));
    let read = text.and_then(|text| Described::read(&text).map_err(str::to_owned));
    Some(read.map_err(|reason| format!("{address}: {reason}")))
}

/// What is said about metadata that are of no use.
pub(crate) fn unusable(reason: &str) -> String {
    format!("The SAML metadata could not be used: {reason}")
}

//! Finds out who comes back from another issuer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tenantry_oidc::CodeExchange;

use super::error::UpstreamError;
use super::settings::Channel;
use super::{party, patiently, saml};
use crate::fake::Core;
use crate::login::reads_userinfo;
use crate::model::{Connection, Departure};
use crate::secrets::Secret;

/// Whom the other issuer vouches for.
#[derive(Debug)]
pub(crate) struct Person {
    /// The `sub`, or the `NameID` of a SAML assertion.
    pub(crate) subject: String,
    /// The claims of the ID token, or the attributes of the assertion.
    pub(crate) tokenset: Map<String, Value>,
    /// The claims of the userinfo endpoint; empty when it was not asked.
    pub(crate) userinfo: Map<String, Value>,
}

/// The person whom the answer is about.
pub(crate) async fn arrive(
    core: &Core,
    connection: &Connection,
    departure: &Departure,
    answer: &BTreeMap<String, String>,
) -> Result<Person, UpstreamError> {
    if connection.speaks_saml() {
        return patiently(saml::arrive(core, connection, departure, answer)).await;
    }
    patiently(identified(core, connection, departure, answer)).await
}

async fn identified(
    core: &Core,
    connection: &Connection,
    departure: &Departure,
    answer: &BTreeMap<String, String>,
) -> Result<Person, UpstreamError> {
    let given = |name: &str| answer.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let party = party::of_connection(core, connection).await?;
    let channel = connection.channel();
    // An ID token says itself who has signed it, so `iss` beside it is checked only when it is there.
    if channel == Channel::Back || given("iss").is_some() {
        party.relying_party.check_response_issuer(given("iss")).await?;
    }
    if let Some(code) = given("error") {
        return Err(answered(code, given("error_description")));
    }
    let nonce = &departure.nonce;
    if channel == Channel::Front {
        let token = given("id_token").ok_or(UpstreamError::Missing("id_token"))?;
        let token = party.relying_party.verify_id_token(token, nonce, None).await?;
        return Ok(Person { subject: token.subject, tokenset: token.claims, userinfo: Map::new() });
    }
    let exchange = CodeExchange {
        code: given("code").ok_or(UpstreamError::Missing("code"))?,
        code_verifier: departure.verifier.as_ref().map(Secret::expose),
        authentication: connection.authentication()?,
    };
    let tokens = party.relying_party.exchange(&exchange).await?;
    let id_token = secrecy::ExposeSecret::expose_secret(&tokens.id_token);
    let token = party.relying_party.verify_id_token(id_token, nonce, None).await?;
    let mut userinfo = None;
    if reads_userinfo(connection) {
        userinfo = party.relying_party.userinfo(&tokens.access_token, &token.subject).await?;
    }
    Ok(Person { subject: token.subject, tokenset: token.claims, userinfo: userinfo.unwrap_or_default() })
}

/// The longest text of another issuer that is passed on.
const LONGEST: usize = 500;

/// The issuer's own words, as far as they can stand in a redirect and in a log (RFC 6749 section 4.1.2.1).
fn answered(code: &str, description: Option<&str>) -> UpstreamError {
    let is_code =
        code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let code = if is_code { code } else { "access_denied" };
    let readable = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect();
    UpstreamError::Answered { code: code.to_owned(), description: description.map(readable) }
}

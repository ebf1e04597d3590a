//! What a SAML response says, once it is believed (Web Browser SSO: SAML 2.0 Profiles, section 4.1.4.3).

use std::time::Duration;

use serde_json::{Map, Value};
use tenantry_domain::Timestamp;

use super::error::SamlError;
use super::signature::verified;
use super::xml::{ASSERTION, Element, PROTOCOL, parse};
use crate::certificate::Certificate;

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
/// How far the clocks of two machines may be apart.
const LEEWAY: Duration = Duration::from_secs(60);
/// SAML 2.0 Core section 8.3.7 allows no longer names.
const LONGEST_NAME: usize = 256;
const LONGEST_MESSAGE: usize = 500;

/// What an answer is held against.
pub(super) struct Expected<'a> {
    pub(super) certificates: &'a [Certificate],
    /// Who the identity provider says it is, where that is known.
    pub(super) issuer: Option<&'a str>,
    /// Who we are to it.
    pub(super) entity_id: &'a str,
    /// Where it sends its answers.
    pub(super) consumer: &'a str,
    /// The request that is answered.
    pub(super) request: &'a str,
    pub(super) now: Timestamp,
}

/// Whom the identity provider vouches for.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) name: String,
    /// The attributes by their names: a text each, or a list of texts.
    pub(super) attributes: Map<String, Value>,
}

/// The subject of the one assertion, if everything about the response is as expected.
pub(super) fn subject(xml: &str, expected: &Expected<'_>) -> Result<Subject, SamlError> {
    let document = parse(xml).ok_or(SamlError::Malformed)?;
    let response = Element::root(&document).filter(|root| root.is(PROTOCOL, "Response"));
    let response = response.ok_or(SamlError::Malformed)?;
    check_response(response, expected)?;
    if response.everywhere("Assertion").len() > 1 {
        return Err(SamlError::SeveralAssertions);
    }
    if !response.everywhere("EncryptedAssertion").is_empty() {
        return Err(SamlError::Encrypted);
    }
    let assertion = verified(&document, expected.certificates)?;
    check_assertion(assertion, expected)?;
    let subject = assertion.child(ASSERTION, "Subject").ok_or(SamlError::NoSubject)?;
    confirm(subject, expected)?;
    let name = subject.child(ASSERTION, "NameID").map(Element::text).filter(|name| is_name(name));
    Ok(Subject { name: name.ok_or(SamlError::NoSubject)?, attributes: attributes(assertion) })
}

/// What stands around the assertion. It need not be signed, so it can only be a reason to refuse.
fn check_response(response: Element<'_>, expected: &Expected<'_>) -> Result<(), SamlError> {
    if response.attribute("Version") != Some("2.0") {
        return Err(SamlError::Malformed);
    }
    if let Some(found) = response.attribute("Destination").filter(|found| *found != expected.consumer) {
        let (found, configured) = (found.to_owned(), expected.consumer.to_owned());
        return Err(SamlError::Destination { found, configured });
    }
    if response.attribute("InResponseTo").is_some_and(|request| request != expected.request) {
        return Err(SamlError::InResponseTo);
    }
    check_issuer(response.child(ASSERTION, "Issuer"), expected)?;
    let status = response.child(PROTOCOL, "Status").ok_or(SamlError::Malformed)?;
    let code = status.child(PROTOCOL, "StatusCode").ok_or(SamlError::Malformed)?;
    if code.attribute("Value") == Some(SUCCESS) {
        return Ok(());
    }
    let inner = code.child(PROTOCOL, "StatusCode").and_then(|code| code.attribute("Value"));
    let message = status.child(PROTOCOL, "StatusMessage").map(Element::text);
    let message = message.filter(|message| !message.is_empty()).unwrap_or_else(|| {
        let code = inner.or(code.attribute("Value")).unwrap_or_default();
        format!("The identity provider let nobody in: {code}")
    });
    let readable = message.chars().filter(|letter| !letter.is_control()).take(LONGEST_MESSAGE);
    Err(SamlError::Refused(readable.collect()))
}

fn check_issuer(issuer: Option<Element<'_>>, expected: &Expected<'_>) -> Result<(), SamlError> {
    match (expected.issuer, issuer) {
        (Some(known), Some(issuer)) if issuer.text() != known => Err(SamlError::Issuer(known.to_owned())),
        _ => Ok(()),
    }
}

fn check_assertion(assertion: Element<'_>, expected: &Expected<'_>) -> Result<(), SamlError> {
    if assertion.attribute("Version") != Some("2.0") {
        return Err(SamlError::Malformed);
    }
    let issuer = assertion.child(ASSERTION, "Issuer").ok_or(SamlError::Malformed)?;
    check_issuer(Some(issuer), expected)?;
    let not_for_us = || SamlError::Audience(expected.entity_id.to_owned());
    let conditions = assertion.child(ASSERTION, "Conditions").ok_or_else(not_for_us)?;
    check_time(conditions, expected.now)?;
    let mut restrictions = conditions.children(ASSERTION, "AudienceRestriction").peekable();
    let is_for_us = |restriction: Element<'_>| {
        restriction.children(ASSERTION, "Audience").any(|audience| audience.text() == expected.entity_id)
    };
    let is_restricted = restrictions.peek().is_some();
    if is_restricted && restrictions.all(is_for_us) { Ok(()) } else { Err(not_for_us()) }
}

/// Whether whoever brought the assertion may be taken for its subject: it is for us, for this request, and fresh.
fn confirm(subject: Element<'_>, expected: &Expected<'_>) -> Result<(), SamlError> {
    let bearers = subject
        .children(ASSERTION, "SubjectConfirmation")
        .filter(|confirmation| confirmation.attribute("Method") == Some(BEARER));
    let mut last = SamlError::Recipient(expected.consumer.to_owned());
    for bearer in bearers {
        match bearer.child(ASSERTION, "SubjectConfirmationData").map(|data| confirmed(data, expected)) {
            Some(Ok(())) => return Ok(()),
            Some(Err(error)) => last = error,
            None => {}
        }
    }
    Err(last)
}

fn confirmed(data: Element<'_>, expected: &Expected<'_>) -> Result<(), SamlError> {
    if data.attribute("Recipient") != Some(expected.consumer) {
        return Err(SamlError::Recipient(expected.consumer.to_owned()));
    }
    if data.attribute("InResponseTo") != Some(expected.request) {
        return Err(SamlError::InResponseTo);
    }
    if data.attribute("NotOnOrAfter").is_none() {
        return Err(SamlError::Expired);
    }
    check_time(data, expected.now)
}

fn check_time(element: Element<'_>, now: Timestamp) -> Result<(), SamlError> {
    let at = |name: &str| element.attribute(name).map(|text| text.parse::<Timestamp>());
    match at("NotBefore") {
        Some(Ok(from)) if now + LEEWAY < from => return Err(SamlError::Early),
        Some(Err(_)) => return Err(SamlError::Malformed),
        _ => {}
    }
    match at("NotOnOrAfter") {
        Some(Ok(until)) if now >= until + LEEWAY => Err(SamlError::Expired),
        Some(Err(_)) => Err(SamlError::Malformed),
        _ => Ok(()),
    }
}

fn attributes(assertion: Element<'_>) -> Map<String, Value> {
    let statements = assertion.children(ASSERTION, "AttributeStatement");
    let attributes = statements.flat_map(|statement| statement.children(ASSERTION, "Attribute"));
    let mut found = Map::new();
    for attribute in attributes {
        let Some(name) = attribute.attribute("Name").filter(|name| !name.is_empty()) else { continue };
        let mut values: Vec<String> =
            attribute.children(ASSERTION, "AttributeValue").map(Element::text).collect();
        let value = match values.len() {
            0 => continue,
            1 => values.pop().into(),
            _ => values.into(),
        };
        found.insert(name.to_owned(), value);
    }
    found
}

/// Whether it can be part of a user's id.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.chars().any(char::is_control)
}

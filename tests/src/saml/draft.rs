//! What the identity provider is about to say of somebody.

use std::fmt::Write as _;
use std::time::Duration;

use tenantry_domain::Timestamp;

use super::signing::{Key, SIGNATURE, signed};
use super::{Asked, Person};

pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// What carries a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    Assertion,
    Response,
    Both,
    Nothing,
}

/// An answer before it is signed. Texts stand in it as they are, so that they can be XML.
#[derive(Clone, Debug)]
pub struct Draft {
    pub response_id: String,
    pub assertion_id: String,
    pub issuer: String,
    pub destination: String,
    pub recipient: String,
    pub audience: String,
    /// The request that the response answers, and the one that the assertion does.
    pub in_response_to: (Option<String>, Option<String>),
    pub at: Timestamp,
    pub not_before: Timestamp,
    pub not_on_or_after: Timestamp,
    pub status: String,
    pub message: Option<String>,
    pub name_id: String,
    pub attributes: Vec<(String, Vec<String>)>,
    /// What stands in the response before the assertion.
    pub extensions: String,
    pub signed: Signed,
    pub key: Key,
    pub signature_method: String,
    pub digest_method: String,
}

impl Draft {
    pub(super) fn new(issuer: String, asked: &Asked, person: &Person, now: Timestamp, key: Key) -> Self {
        let request = Some(asked.id.clone());
        Self {
            response_id: format!("_r{}", asked.id),
            assertion_id: format!("_a{}", asked.id),
            issuer,
            destination: asked.consumer.clone(),
            recipient: asked.consumer.clone(),
            audience: asked.issuer.clone(),
            in_response_to: (request.clone(), request),
            at: now,
            not_before: now - Duration::from_secs(30),
            not_on_or_after: now + Duration::from_secs(300),
            status: SUCCESS.to_owned(),
            message: None,
            name_id: person.name_id.clone(),
            attributes: person.attributes.clone(),
            extensions: String::new(),
            signed: Signed::Assertion,
            key,
            signature_method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256".to_owned(),
            digest_method: "http://www.w3.org/2001/04/xmlenc#sha256".to_owned(),
        }
    }

    /// The response as it is sent.
    pub fn xml(&self) -> String {
        let is_success = self.status == SUCCESS;
        let assertion = if is_success { self.assertion() } else { String::new() };
        let signs = matches!(self.signed, Signed::Response | Signed::Both);
        let (signature, to_request) = (
            self.signature(signs, &self.response_id),
            attribute("InResponseTo", self.in_response_to.0.as_deref()),
        );
        let message =
            self.message.as_ref().map(|text| format!("<samlp:StatusMessage>{text}</samlp:StatusMessage>"));
        let xml = format!(
            "<samlp:Response xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{id}\" Version=\"2.0\" \
             IssueInstant=\"{at}\" Destination=\"{destination}\"{to_request}>\
             <saml:Issuer>{issuer}</saml:Issuer>{signature}{extensions}\
             <samlp:Status><samlp:StatusCode Value=\"{status}\"/>{message}</samlp:Status>{assertion}</samlp:Response>",
            id = self.response_id,
            at = self.at,
            destination = self.destination.replace('&', "&amp;"),
            issuer = self.issuer,
            extensions = self.extensions,
            status = self.status,
            message = message.unwrap_or_default(),
        );
        if signs { signed(&xml, &self.key) } else { xml }
    }

    /// The assertion alone.
    pub fn assertion(&self) -> String {
        let signs = matches!(self.signed, Signed::Assertion | Signed::Both);
        let (signature, to_request) = (
            self.signature(signs, &self.assertion_id),
            attribute("InResponseTo", self.in_response_to.1.as_deref()),
        );
        let mut attributes = String::new();
        for (name, values) in &self.attributes {
            let values: String = values
                .iter()
                .map(|value| format!("<saml:AttributeValue>{value}</saml:AttributeValue>"))
                .collect();
            let _ = write!(attributes, "<saml:Attribute Name=\"{name}\">{values}</saml:Attribute>");
        }
        let xml = format!(
            "<saml:Assertion xmlns:saml=\"{ASSERTION}\" ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{at}\">\
             <saml:Issuer>{issuer}</saml:Issuer>{signature}\
             <saml:Subject><saml:NameID>{name_id}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData Recipient=\"{recipient}\" NotOnOrAfter=\"{until}\"{to_request}/>\
             </saml:SubjectConfirmation></saml:Subject>\
             <saml:Conditions NotBefore=\"{from}\" NotOnOrAfter=\"{until}\"><saml:AudienceRestriction>\
             <saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{at}\"><saml:AuthnContext><saml:AuthnContextClassRef>\
             urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
             </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
             <saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>",
            id = self.assertion_id,
            at = self.at,
            issuer = self.issuer,
            name_id = self.name_id,
            recipient = self.recipient.replace('&', "&amp;"),
            from = self.not_before,
            until = self.not_on_or_after,
            audience = self.audience,
        );
        if signs { signed(&xml, &self.key) } else { xml }
    }

    /// A signature that is to be filled in.
    fn signature(&self, is_wanted: bool, id: &str) -> String {
        if !is_wanted {
            return String::new();
        }
        format!(
            "<ds:Signature xmlns:ds=\"{SIGNATURE}\"><ds:SignedInfo>\
             <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
             <ds:SignatureMethod Algorithm=\"{method}\"/><ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
             <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue></ds:DigestValue></ds:Reference>\
             </ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>",
            method = self.signature_method,
            digest = self.digest_method,
            certificate = self.key.x509(),
        )
    }
}

fn attribute(name: &str, value: Option<&str>) -> String {
    value.map(|value| format!(" {name}=\"{value}\"")).unwrap_or_default()
}

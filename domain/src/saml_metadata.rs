//! The document in which an identity provider that speaks SAML describes itself (SAML 2.0 Metadata, section 2.4).

mod element;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use uppsala::Parser;
use url::Url;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::Timestamp;
use element::Element;

const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// Deeper than any description.
const DEEPEST: u32 = 64;

/// What is used of a description: who the identity provider says that it is, where people log in, and what it signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlMetadata {
    entity_id: String,
    sign_in_url: Url,
    certificates: Vec<SigningCertificate>,
    valid_until: Option<Timestamp>,
}

/// A certificate that an identity provider signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SigningCertificate {
    der: Vec<u8>,
    expires_at: Timestamp,
}

/// Why a text is no description that can be used; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSamlMetadata {
    /// Nothing was entered.
    #[error("upload the metadata of your identity provider, or enter their address")]
    Empty,
    /// More than 256 KiB.
    #[error("metadata have at most 256 KiB")]
    Length,
    /// Another encoding than UTF-8. To guess it would be to read something else than what is meant.
    #[error("this is not encoded in UTF-8: open it in an editor, save it as UTF-8, and upload that file")]
    Encoding,
    /// No XML.
    #[error("this can’t be read as XML: download the metadata once more, and change nothing in them")]
    Xml,
    /// XML with a document type.
    #[error(
        "this has a DOCTYPE, which is not taken: metadata need none, so download them from your provider itself"
    )]
    Doctype,
    /// It describes something else.
    #[error(
        "it describes no identity provider: take the metadata of the identity provider, not those of an application"
    )]
    NoIdentityProvider,
    /// It describes several, and does not say which one is meant.
    #[error("it describes several identity providers: take the metadata of the one where your people log in")]
    Several,
    /// It does not say who the identity provider is.
    #[error("it has no entityID of at most 1024 characters")]
    EntityId,
    /// It has no address for logins that a browser can be sent to, over https.
    #[error("it has no SingleSignOnService with HTTP-Redirect and an address that begins with https://")]
    SignIn,
    /// It has no certificate, or one that can't be read.
    #[error("it has 1 to 10 signing certificates, each readable")]
    Certificates,
    /// Until when it is good can't be read.
    #[error("its validUntil is no date and time, as in 2027-06-30T00:00:00Z")]
    ValidUntil,
}

impl SamlMetadata {
    /// The most bytes that such a document may have.
    pub const MOST_BYTES: usize = 256 * 1024;
    const LONGEST_ID: usize = 1024;
    const MOST_CERTIFICATES: usize = 10;

    /// The text of a document that came as bytes: UTF-8, whatever else it declares of itself where that makes a difference.
    pub fn text(document: &[u8]) -> Result<&str, InvalidSamlMetadata> {
        if document.len() > Self::MOST_BYTES {
            return Err(InvalidSamlMetadata::Length);
        }
        let text = std::str::from_utf8(document).map_err(|_| InvalidSamlMetadata::Encoding)?;
        let is_other = |name: &str| !["utf-8", "us-ascii"].contains(&name.to_ascii_lowercase().as_str());
        let is_ambiguous = !text.is_ascii() && declared_encoding(text).is_some_and(is_other);
        if is_ambiguous { Err(InvalidSamlMetadata::Encoding) } else { Ok(text) }
    }

    /// The description in this XML.
    pub fn read(xml: &str) -> Result<Self, InvalidSamlMetadata> {
        Self::parse(xml, |_| false)
    }

    /// The same, or for development that of a provider of this machine which is asked over http.
    pub fn for_development(xml: &str) -> Result<Self, InvalidSamlMetadata> {
        Self::parse(xml, crate::sso_address::is_this_machine)
    }

    /// Who the identity provider says that it is (section 2.3.2, `entityID`).
    pub fn entity_id(&self) -> &str {
        &self.entity_id
    }

    /// Where people log in.
    pub fn sign_in_url(&self) -> &Url {
        &self.sign_in_url
    }

    /// The SHA-256 of each certificate that it signs with, as people compare them: `AB:CD:..`.
    pub fn fingerprints(&self) -> Vec<String> {
        let of = |certificate: &SigningCertificate| {
            let digest = Sha256::digest(&certificate.der);
            let bytes: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
            bytes.join(":")
        };
        self.certificates.iter().map(of).collect()
    }

    /// When the last of its certificates expires. Providers go on signing with it, and some of those who verify go on
    /// believing them.
    pub fn expires_at(&self) -> Timestamp {
        let all = self.certificates.iter().map(|certificate| certificate.expires_at);
        all.max().unwrap_or_else(|| Timestamp::from_seconds(0))
    }

    /// Until when it is to be believed (section 2.3.2, `validUntil`), as it or what stands around it says.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// The same description with nothing else in it: whoever reads it reads what we did.
    pub fn to_xml(&self) -> String {
        let mut keys = String::new();
        for certificate in &self.certificates {
            let text = STANDARD.encode(&certificate.der);
            let _ = write!(
                keys,
                "<KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"{SIGNATURE}\"><X509Data><X509Certificate>{text}\
                 </X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
            );
        }
        format!(
            "<EntityDescriptor xmlns=\"{METADATA}\" entityID=\"{}\"><IDPSSODescriptor \
             protocolSupportEnumeration=\"{PROTOCOL}\">{keys}<SingleSignOnService Binding=\"{REDIRECT}\" \
             Location=\"{}\"/></IDPSSODescriptor></EntityDescriptor>",
            escaped(&self.entity_id),
            escaped(self.sign_in_url.as_str()),
        )
    }

    fn parse(xml: &str, may_be_plain: impl Fn(&Url) -> bool) -> Result<Self, InvalidSamlMetadata> {
        let xml = xml.trim_start_matches('\u{feff}').trim();
        if xml.is_empty() {
            return Err(InvalidSamlMetadata::Empty);
        }
        if xml.len() > Self::MOST_BYTES {
            return Err(InvalidSamlMetadata::Length);
        }
        // Entities come with a document type: there is none, so nothing is expanded and nothing is fetched.
        let parser = Parser::new().with_max_depth(DEEPEST).with_forbid_dtd(true);
        let document = parser.parse(xml).map_err(|_| {
            if xml.contains("<!DOCTYPE") { InvalidSamlMetadata::Doctype } else { InvalidSamlMetadata::Xml }
        })?;
        let root = Element::root(&document).ok_or(InvalidSamlMetadata::Xml)?;
        let (entity, described) = root.identity_provider()?;
        let entity_id = entity.attribute("entityID").map(str::trim).filter(|id| {
            (1..=Self::LONGEST_ID).contains(&id.chars().count()) && !id.chars().any(char::is_control)
        });
        let sign_in = described.sign_in_url().and_then(|text| Url::parse(text).ok()).filter(|url| {
            let is_secure = url.scheme() == "https" || (url.scheme() == "http" && may_be_plain(url));
            is_secure && url.has_host() && url.username().is_empty() && url.password().is_none()
        });
        let certificates = described.certificates().ok_or(InvalidSamlMetadata::Certificates)?;
        if !(1..=Self::MOST_CERTIFICATES).contains(&certificates.len()) {
            return Err(InvalidSamlMetadata::Certificates);
        }
        let ends = [root, entity, described].into_iter().filter_map(|each| each.attribute("validUntil"));
        let ends: Result<Vec<Timestamp>, _> = ends.map(|end| end.trim().parse()).collect();
        Ok(Self {
            valid_until: ends.map_err(|_| InvalidSamlMetadata::ValidUntil)?.into_iter().min(),
            entity_id: entity_id.ok_or(InvalidSamlMetadata::EntityId)?.to_owned(),
            sign_in_url: sign_in.ok_or(InvalidSamlMetadata::SignIn)?,
            certificates,
        })
    }
}

impl SigningCertificate {
    /// Of its text in base64, with whatever blanks.
    fn read(text: &str) -> Option<Self> {
        let text: String = text.split_whitespace().collect();
        let der = STANDARD.decode(text).ok()?;
        let certificate = Certificate::from_der(&der).ok()?;
        let not_after = certificate.tbs_certificate.validity.not_after.to_unix_duration();
        let expires_at = Timestamp::from_seconds(i64::try_from(not_after.as_secs()).ok()?);
        Some(Self { der, expires_at })
    }
}

/// The encoding that XML declares of itself (XML 1.0, section 4.3.3).
fn declared_encoding(xml: &str) -> Option<&str> {
    let xml = xml.trim_start_matches('\u{feff}').trim_start();
    let (declaration, _) = xml.strip_prefix("<?xml")?.split_once("?>")?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|letter| ['"', '\''].contains(letter))?;
    value.get(1..)?.split(quote).next()
}

/// The text as it stands in an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

//! The document in which an identity provider that speaks SAML describes itself (SAML 2.0 Metadata, section 2.4).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use uppsala::{Document, NodeId, Parser};
use url::Url;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::Timestamp;

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
    /// No XML, or XML with a document type.
    #[error("this is no XML without a DOCTYPE: download the metadata once more")]
    Xml,
    /// It describes something else.
    #[error(
        "it describes no identity provider: take the metadata of the identity provider, not those of an application"
    )]
    NoIdentityProvider,
    /// It does not say who the identity provider is.
    #[error("it has no entityID of at most 1024 characters")]
    EntityId,
    /// It has no address for logins that a browser can be sent to, over https.
    #[error("it has no SingleSignOnService with HTTP-Redirect and an address that begins with https://")]
    SignIn,
    /// It has no certificate, or one that can't be read.
    #[error("it has 1 to 10 signing certificates, each readable")]
    Certificates,
}

impl SamlMetadata {
    /// The most bytes that such a document may have.
    pub const MOST_BYTES: usize = 256 * 1024;
    const LONGEST_ID: usize = 1024;
    const MOST_CERTIFICATES: usize = 10;

    /// The description in this XML.
    pub fn read(xml: &str) -> Result<Self, InvalidSamlMetadata> {
        Self::parse(xml, |_| false)
    }

    /// The same, or for development that of a provider of this machine which is asked over http.
    pub fn for_development(xml: &str) -> Result<Self, InvalidSamlMetadata> {
        Self::parse(xml, crate::sso_connection::is_this_machine)
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

    /// When the last of its certificates expires: nobody comes in after that.
    pub fn expires_at(&self) -> Timestamp {
        let all = self.certificates.iter().map(|certificate| certificate.expires_at);
        all.max().unwrap_or_else(|| Timestamp::from_seconds(0))
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
        let document = parser.parse(xml).map_err(|_| InvalidSamlMetadata::Xml)?;
        let (entity, described) = Element::root(&document)
            .and_then(Element::identity_provider)
            .ok_or(InvalidSamlMetadata::NoIdentityProvider)?;
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
        Ok(Self {
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

/// An element of a document, read where it stands.
#[derive(Clone, Copy)]
struct Element<'d> {
    document: &'d Document<'d>,
    id: NodeId,
}

impl<'d> Element<'d> {
    fn root(document: &'d Document<'d>) -> Option<Self> {
        document.document_element().map(|id| Self { document, id })
    }

    fn is(self, namespace: &str, name: &str) -> bool {
        self.document.element(self.id).is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    /// The elements of this name right below it.
    fn children(self, namespace: &'static str, name: &'static str) -> impl Iterator<Item = Self> {
        let children = self.document.children_iter(self.id).map(move |id| Self { id, ..self });
        children.filter(move |child| child.is(namespace, name))
    }

    fn attribute(self, name: &str) -> Option<&'d str> {
        let attributes = &self.document.element(self.id)?.attributes;
        let named = |attribute: &&uppsala::Attribute<'d>| {
            attribute.name.namespace_uri.is_none() && attribute.name.local_name == name
        };
        attributes.iter().find(named).map(|attribute| &*attribute.value)
    }

    /// The only entity in it that describes an identity provider, and that description.
    fn identity_provider(self) -> Option<(Self, Self)> {
        let several = self.children(METADATA, "EntityDescriptor");
        let entities = several.chain([self]).filter(|entity| entity.is(METADATA, "EntityDescriptor"));
        let mut described = entities.flat_map(|entity| {
            entity.children(METADATA, "IDPSSODescriptor").map(move |described| (entity, described))
        });
        let first = described.next();
        first.filter(|_| described.next().is_none())
    }

    /// Where a browser is sent with a request in the address.
    fn sign_in_url(self) -> Option<&'d str> {
        let mut services = self.children(METADATA, "SingleSignOnService");
        services.find(|service| service.attribute("Binding") == Some(REDIRECT))?.attribute("Location")
    }

    /// What it signs with; `None` when one of them can't be read.
    fn certificates(self) -> Option<Vec<SigningCertificate>> {
        let keys = self.children(METADATA, "KeyDescriptor");
        let signing = keys.filter(|key| key.attribute("use").is_none_or(|what_for| what_for == "signing"));
        let texts = signing
            .flat_map(|key| key.children(SIGNATURE, "KeyInfo"))
            .flat_map(|info| info.children(SIGNATURE, "X509Data"))
            .flat_map(|data| data.children(SIGNATURE, "X509Certificate"))
            .map(|certificate| certificate.document.text_content_deep(certificate.id));
        let mut found = Vec::new();
        for text in texts {
            let certificate = SigningCertificate::read(&text)?;
            if !found.contains(&certificate) {
                found.push(certificate);
            }
        }
        Some(found)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Self-signed, with a key that nobody has.
    const CERTIFICATE: &str = "MIIBgjCCASegAwIBAgIUDYNLTnKXVCjjX3frEa318M4VmTIwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLaWRwLmV4YW1wbGUw\
        HhcNMjYxMTI4MjAwOTI3WhcNMzYxMTI1MjAwOTI3WjAWMRQwEgYDVQQDDAtpZHAuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG\
        SM49AwEHA0IABFx4G1P9C3AONQ8O0IDKIhxOE6BcYRb/tgZW/UgDk61mccuZvNEPmC16JiZkz5YyQ/vOtwDgUUK/uTomgHoA\
        HYSjUzBRMB0GA1UdDgQWBBTLI21bvl/p7LGKORAoL5Q8L1muRTAfBgNVHSMEGDAWgBTLI21bvl/p7LGKORAoL5Q8L1muRTAP\
        BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDK4Fl5uN2gRerqv22stqmm88mA8Un5rE4wz1KME9rVPAIhAJ9i\
        8dwy2cAuGLi97mxsqcjsqkuq+6ifaEdpFhe8TVuP";

    fn metadata(id: &str, location: &str, certificate: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><md:EntityDescriptor xmlns:md=\"{METADATA}\" xmlns:ds=\"{SIGNATURE}\" entityID=\"{id}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\"><md:KeyDescriptor use=\"signing\"><ds:KeyInfo>\
             <ds:X509Data><ds:X509Certificate>\n  {certificate}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
             </md:KeyDescriptor><md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             Location=\"https://idp.example/post\"/><md:SingleSignOnService Binding=\"{REDIRECT}\" Location=\"{location}\"/>\
             </md:IDPSSODescriptor></md:EntityDescriptor>"
        )
    }

    #[test]
    fn what_is_used_of_it_is_read_and_written_again() {
        let xml =
            metadata("https://idp.example/?a=1&amp;b=2", "https://idp.example/sso?x=1&amp;y=2", CERTIFICATE);
        let read = SamlMetadata::read(&xml).unwrap();
        assert_eq!(read.entity_id(), "https://idp.example/?a=1&b=2");
        assert_eq!(read.sign_in_url().as_str(), "https://idp.example/sso?x=1&y=2");
        assert_eq!(
            read.fingerprints(),
            [
                "E7:6B:B3:AB:3A:A3:76:4B:A6:1F:80:F4:25:83:0A:52:F7:AE:29:48:EC:F8:C4:65:F6:8B:54:48:B1:5B:A2:87"
            ]
        );
        assert_eq!(read.expires_at().to_string(), "2036-11-25T20:09:27.000Z");
        assert_eq!(SamlMetadata::read(&read.to_xml()).unwrap(), read);
    }

    #[test]
    fn a_description_among_others_is_found_when_it_is_the_only_one() {
        let one = metadata("https://idp.example", "https://idp.example/sso", CERTIFICATE);
        let one = one.trim_start_matches("<?xml version=\"1.0\"?>");
        let other = format!(
            "<EntityDescriptor xmlns=\"{METADATA}\" entityID=\"x\"><SPSSODescriptor/></EntityDescriptor>"
        );
        let all =
            |inside: &str| format!("<EntitiesDescriptor xmlns=\"{METADATA}\">{inside}</EntitiesDescriptor>");
        assert_eq!(
            SamlMetadata::read(&all(&format!("{other}{one}"))).unwrap().entity_id(),
            "https://idp.example"
        );
        let both = SamlMetadata::read(&all(&format!("{one}{one}")));
        assert_eq!(both, Err(InvalidSamlMetadata::NoIdentityProvider));
        assert_eq!(SamlMetadata::read(&all(&other)), Err(InvalidSamlMetadata::NoIdentityProvider));
    }

    #[test]
    fn what_can_not_be_used_says_why() {
        let id = "https://idp.example";
        let sso = "https://idp.example/sso";
        for (xml, why) in [
            (String::new(), InvalidSamlMetadata::Empty),
            (" ".repeat(300_000) + "x".repeat(300_000).as_str(), InvalidSamlMetadata::Length),
            ("{\"issuer\":1}".to_owned(), InvalidSamlMetadata::Xml),
            (
                format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", metadata(id, sso, CERTIFICATE)),
                InvalidSamlMetadata::Xml,
            ),
            ("<a/>".to_owned(), InvalidSamlMetadata::NoIdentityProvider),
            (metadata("", sso, CERTIFICATE), InvalidSamlMetadata::EntityId),
            (metadata(&"x".repeat(1025), sso, CERTIFICATE), InvalidSamlMetadata::EntityId),
            (metadata(id, "http://idp.example/sso", CERTIFICATE), InvalidSamlMetadata::SignIn),
            (metadata(id, "https://user@idp.example/sso", CERTIFICATE), InvalidSamlMetadata::SignIn),
            (metadata(id, "javascript:alert(1)", CERTIFICATE), InvalidSamlMetadata::SignIn),
            (metadata(id, "http://127.0.0.1/sso", CERTIFICATE), InvalidSamlMetadata::SignIn),
            (metadata(id, sso, ""), InvalidSamlMetadata::Certificates),
            (metadata(id, sso, "AAAA"), InvalidSamlMetadata::Certificates),
        ] {
            assert_eq!(SamlMetadata::read(&xml), Err(why), "{}", &xml[..xml.len().min(200)]);
        }
        assert!(SamlMetadata::for_development(&metadata(id, "http://127.0.0.1/sso", CERTIFICATE)).is_ok());
    }
}

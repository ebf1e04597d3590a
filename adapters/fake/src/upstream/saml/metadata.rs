//! The documents in which the two parties of a SAML login describe themselves (SAML 2.0 Metadata).

use url::Url;

use super::xml::{Element, METADATA, PROTOCOL, SIGNATURE, escaped, parse};
use crate::certificate::Certificate;

const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
pub(super) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
/// More certificates than anybody changes between.
const MOST_CERTIFICATES: usize = 10;

/// What an identity provider says about itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) entity_id: String,
    pub(crate) sign_in: String,
    pub(crate) sign_out: Option<String>,
    /// Those that it signs with.
    pub(crate) certificates: Vec<Certificate>,
}

impl Described {
    /// Reads the description of the one identity provider in it; answers why there is none.
    pub(crate) fn read(xml: &str) -> Result<Self, &'static str> {
        let document = parse(xml).ok_or("it is no XML, or declares a document type")?;
        let root = Element::root(&document).ok_or("it is empty")?;
        let several = root.children(METADATA, "EntityDescriptor");
        let entities = several.chain([root]).filter(|entity| entity.is(METADATA, "EntityDescriptor"));
        let mut all = entities.flat_map(|entity| {
            entity.children(METADATA, "IDPSSODescriptor").map(move |described| (entity, described))
        });
        let (entity, described) = all.next().ok_or("it describes no identity provider")?;
        if all.next().is_some() {
            return Err("it describes several identity providers");
        }
        let entity_id = entity.attribute("entityID").filter(|id| !id.is_empty());
        let certificates = certificates(described).ok_or("one of its certificates can't be read")?;
        if certificates.is_empty() {
            return Err("it has no signing certificate");
        }
        Ok(Self {
            entity_id: entity_id.ok_or("it has no entityID")?.to_owned(),
            sign_in: address(described, "SingleSignOnService")
                .ok_or("it has no SingleSignOnService for HTTP-Redirect")?,
            sign_out: address(described, "SingleLogoutService"),
            certificates,
        })
    }
}

/// Where the service takes requests through the browser's address bar.
fn address(described: Element<'_>, service: &str) -> Option<String> {
    let mut services = described.children(METADATA, service);
    let redirect = services.find(|service| service.attribute("Binding") == Some(REDIRECT))?;
    redirect.attribute("Location").filter(|address| is_address(address)).map(str::to_owned)
}

/// Whether a browser can be sent there.
pub(crate) fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn certificates(described: Element<'_>) -> Option<Vec<Certificate>> {
    let mut found = Vec::new();
    for key in described.children(METADATA, "KeyDescriptor") {
        if key.attribute("use").is_some_and(|what_for| what_for != "signing") {
            continue;
        }
        for data in key.children(SIGNATURE, "KeyInfo").flat_map(|info| info.children(SIGNATURE, "X509Data")) {
            for text in data.children(SIGNATURE, "X509Certificate").map(Element::text) {
                found.extend(Certificate::read(&text)?);
            }
        }
    }
    found.dedup();
    (found.len() <= MOST_CERTIFICATES).then_some(found)
}

/// Our own description, for those who set up the other side.
pub(crate) fn of_service(entity_id: &str, consumer: &str, certificate: &str) -> String {
    let (entity_id, consumer) = (escaped(entity_id), escaped(consumer));
    format!(
        "<?xml version=\"1.0\"?>\n\
         <EntityDescriptor xmlns=\"{METADATA}\" entityID=\"{entity_id}\">\n  \
           <SPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\" WantAssertionsSigned=\"true\">\n    \
             <KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"{SIGNATURE}\"><X509Data><X509Certificate>{certificate}\
             </X509Certificate></X509Data></KeyInfo></KeyDescriptor>\n    \
             <NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</NameIDFormat>\n    \
             <NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat>\n    \
             <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat>\n    \
             <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>\n    \
             <AssertionConsumerService index=\"0\" isDefault=\"true\" Binding=\"{POST}\" Location=\"{consumer}\"/>\n  \
           </SPSSODescriptor>\n\
         </EntityDescriptor>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenantry_domain::SamlMetadata;

    /// Self-signed, with a key that nobody has.
    const CERTIFICATE: &str = include_str!("idp.example.txt");

    fn entity(id: &str, parts: &str) -> String {
        format!("<EntityDescriptor xmlns=\"{METADATA}\" entityID=\"{id}\">{parts}</EntityDescriptor>")
    }

    fn provider() -> String {
        format!(
            "<IDPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\"><KeyDescriptor><KeyInfo xmlns=\"{SIGNATURE}\">\
             <X509Data><X509Certificate>{CERTIFICATE}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
             <SingleSignOnService Binding=\"{REDIRECT}\" Location=\"https://idp.example/sso\"/></IDPSSODescriptor>"
        )
    }

    #[test]
    fn of_several_providers_none_is_taken_here_nor_by_the_product() {
        let all =
            |inside: &str| format!("<EntitiesDescriptor xmlns=\"{METADATA}\">{inside}</EntitiesDescriptor>");
        let (one, other) = (entity("one", &provider()), entity("other", &provider()));
        let service = entity("service", "<SPSSODescriptor/>");
        for (xml, id) in [
            (one.clone(), Some("one")),
            (all(&one), Some("one")),
            (all(&format!("{service}{one}{service}")), Some("one")),
            (all(&format!("{one}{other}")), None),
            (all(&format!("{one}{one}")), None),
            (entity("both", &provider().repeat(2)), None),
            (service.clone(), None),
            (all(&service), None),
            (all(""), None),
        ] {
            let read = Described::read(&xml);
            assert_eq!(read.as_ref().ok().map(|read| read.entity_id.as_str()), id, "{read:?} of {xml}");
            let products = SamlMetadata::read(&xml);
            assert_eq!(products.as_ref().ok().map(SamlMetadata::entity_id), id, "{products:?} of {xml}");
        }
        assert_eq!(
            Described::read(&all(&format!("{one}{other}"))).unwrap_err(),
            "it describes several identity providers"
        );
    }
}

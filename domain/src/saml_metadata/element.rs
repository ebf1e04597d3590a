//! As much of XML as metadata need.

use uppsala::{Document, NodeId};

use super::{InvalidSamlMetadata, METADATA, REDIRECT, SIGNATURE, SigningCertificate};

/// An element of a document, read where it stands.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    document: &'d Document<'d>,
    id: NodeId,
}

impl<'d> Element<'d> {
    pub(super) fn root(document: &'d Document<'d>) -> Option<Self> {
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

    pub(super) fn attribute(self, name: &str) -> Option<&'d str> {
        let attributes = &self.document.element(self.id)?.attributes;
        let named = |attribute: &&uppsala::Attribute<'d>| {
            attribute.name.namespace_uri.is_none() && attribute.name.local_name == name
        };
        attributes.iter().find(named).map(|attribute| &*attribute.value)
    }

    /// The only entity in it that describes an identity provider, and that description.
    pub(super) fn identity_provider(self) -> Result<(Self, Self), InvalidSamlMetadata> {
        let several = self.children(METADATA, "EntityDescriptor");
        let entities = several.chain([self]).filter(|entity| entity.is(METADATA, "EntityDescriptor"));
        let mut described = entities.flat_map(|entity| {
            entity.children(METADATA, "IDPSSODescriptor").map(move |described| (entity, described))
        });
        let first = described.next().ok_or(InvalidSamlMetadata::NoIdentityProvider)?;
        if described.next().is_some() { Err(InvalidSamlMetadata::Several) } else { Ok(first) }
    }

    /// Where a browser is sent with a request in the address.
    pub(super) fn sign_in_url(self) -> Option<&'d str> {
        let mut services = self.children(METADATA, "SingleSignOnService");
        services.find(|service| service.attribute("Binding") == Some(REDIRECT))?.attribute("Location")
    }

    /// What it signs with; `None` when one of them can't be read.
    pub(super) fn certificates(self) -> Option<Vec<SigningCertificate>> {
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

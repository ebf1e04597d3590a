//! As much of XML as SAML needs: a document that was parsed once, and its elements.

use uppsala::{Document, NodeId, NodeKind, Parser};

pub(crate) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(crate) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(crate) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(crate) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Deeper than any response and any metadata.
const DEEPEST: u32 = 64;

/// The document; `None` for what is no XML, and for XML that declares a type: entities come with it.
pub(super) fn parse(text: &str) -> Option<Document<'static>> {
    let parser = Parser::new().with_max_depth(DEEPEST).with_forbid_dtd(true);
    parser.parse(text).ok().map(Document::into_static)
}

/// An element, read where it stands.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    document: &'d Document<'static>,
    id: NodeId,
}

impl<'d> Element<'d> {
    pub(super) fn root(document: &'d Document<'static>) -> Option<Self> {
        document.document_element().map(|id| Self { document, id })
    }

    /// The element of this document with this id.
    pub(super) fn at(document: &'d Document<'static>, id: NodeId) -> Option<Self> {
        document.element(id).map(|_| Self { document, id })
    }

    pub(super) fn id(self) -> NodeId {
        self.id
    }

    pub(super) fn is(self, namespace: &str, name: &str) -> bool {
        self.document.element(self.id).is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    pub(super) fn parent(self) -> Option<Self> {
        Self::at(self.document, self.document.parent(self.id)?)
    }

    /// The elements right below it.
    pub(super) fn elements(self) -> impl Iterator<Item = Self> {
        let children = self.document.children_iter(self.id);
        children.filter_map(move |id| Self::at(self.document, id))
    }

    /// The elements of this name right below it.
    pub(super) fn children(self, namespace: &str, name: &str) -> impl Iterator<Item = Self> {
        self.elements().filter(move |child| child.is(namespace, name))
    }

    /// The only element of this name right below it.
    pub(super) fn child(self, namespace: &str, name: &str) -> Option<Self> {
        let mut children = self.children(namespace, name);
        children.next().filter(|_| children.next().is_none())
    }

    /// All elements of this name in the whole document, whatever their namespace.
    pub(super) fn everywhere(self, name: &str) -> Vec<Self> {
        let found = self.document.get_elements_by_tag_name(name).into_iter();
        found.filter_map(|id| Self::at(self.document, id)).collect()
    }

    /// Whether anything but elements and text stands in it, however deep.
    pub(super) fn has_asides(self) -> bool {
        let is_aside = |id: NodeId| {
            let kind = self.document.node_kind(id);
            matches!(kind, Some(NodeKind::Comment(_) | NodeKind::ProcessingInstruction(_)))
        };
        self.document.descendants(self.id).into_iter().any(is_aside)
    }

    /// An attribute without a namespace.
    pub(super) fn attribute(self, name: &str) -> Option<&'d str> {
        let attributes = &self.document.element(self.id)?.attributes;
        let mut found = attributes
            .iter()
            .filter(|attribute| attribute.name.namespace_uri.is_none() && attribute.name.local_name == name);
        found.next().map(|attribute| &*attribute.value)
    }

    /// All of its text without the blanks around it, as a signature covers it: across comments.
    pub(super) fn text(self) -> String {
        self.document.text_content_deep(self.id).trim().to_owned()
    }
}

/// The text as it stands in an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let escape = |letter: char| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        '\t' | '\n' | '\r' => format!("&#{};", u32::from(letter)),
        letter => letter.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s16_a_document_that_declares_its_type_is_none() {
        let bomb = "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>";
        assert!(parse(bomb).is_none() && parse("<!DOCTYPE r><r/>").is_none() && parse("<r>").is_none());
        assert!(parse("<r/>").is_some() && parse(&"<r>".repeat(100)).is_none());
        assert!(parse(&format!("{}{}", "<r>".repeat(65), "</r>".repeat(65))).is_none(), "too deep");
    }

    #[test]
    fn s16_a_comment_ends_no_text() {
        let document =
            parse("<r a='1' xmlns:n='urn:n' n:b='2'>one<!-- aside -->two<i>three</i></r>").unwrap();
        let root = Element::root(&document).unwrap();
        assert_eq!((root.text(), root.has_asides()), ("onetwothree".to_owned(), true));
        assert_eq!((root.attribute("a"), root.attribute("b")), (Some("1"), None));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "<a href=\"x\">'&\n\t</a>";
        let document = parse(&format!("<r a=\"{}\"/>", escaped(text))).unwrap();
        assert_eq!(Element::root(&document).unwrap().attribute("a"), Some(text));
    }
}

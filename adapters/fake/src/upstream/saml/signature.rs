//! Which part of a response its signatures vouch for (XML Signature, as SAML 2.0 Core section 5.4 narrows it down).

use bergshamra_dsig::verify::verify_all_document;
use bergshamra_dsig::{DsigContext, VerifyResult};
use bergshamra_keys::KeysManager;
use bergshamra_keys::loader::load_x509_cert_der;
use uppsala::Document;

use super::error::SamlError;
use super::xml::{ASSERTION, Element, PROTOCOL, SIGNATURE};
use crate::certificate::Certificate;

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const CANONICAL: [&str; 2] =
    ["http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"];
/// No SHA-1, and nothing with a shared secret.
const METHODS: [&str; 6] = [
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
];
const DIGESTS: [&str; 3] = [
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
];

/// The assertion that a signature by one of these certificates covers: its own, or that of the response around it.
/// Nothing else of the document may be believed.
pub(super) fn verified<'d>(
    document: &'d Document<'static>,
    certificates: &[Certificate],
) -> Result<Element<'d>, SamlError> {
    let response = Element::root(document).ok_or(SamlError::Malformed)?;
    let assertion = response.child(ASSERTION, "Assertion").ok_or(SamlError::NoAssertion)?;
    let signatures = response.everywhere("Signature");
    if signatures.is_empty() {
        return Err(SamlError::Unsigned);
    }
    for signature in &signatures {
        has_its_form(*signature)?;
    }
    let results = verify_all_document(&context(certificates)?, document)
        .map_err(|error| SamlError::Signature(error.to_string()))?;
    let covered: Vec<Element<'d>> =
        results.into_iter().map(|result| covered(document, result)).collect::<Result<_, _>>()?;
    // Whatever else is signed as well: what is read must be.
    let is_covered = covered.iter().any(|element| {
        element.id() == assertion.id() || element.id() == response.id() && element.is(PROTOCOL, "Response")
    });
    if is_covered { Ok(assertion) } else { Err(SamlError::Unsigned) }
}

/// The certificates that are configured, and no key that the message brings along.
fn context(certificates: &[Certificate]) -> Result<DsigContext, SamlError> {
    let mut keys = KeysManager::new();
    for certificate in certificates {
        let key = load_x509_cert_der(certificate.der());
        keys.add_key(key.map_err(|error| SamlError::Signature(error.to_string()))?);
    }
    Ok(DsigContext::new(keys))
}

/// What a signature that holds covers: the element that it stands in.
fn covered<'d>(document: &'d Document<'static>, result: VerifyResult) -> Result<Element<'d>, SamlError> {
    let (signature, references) = match result {
        VerifyResult::Valid { signature_node, references, .. } => (signature_node, references),
        VerifyResult::Invalid { reason } => return Err(SamlError::Signature(reason)),
    };
    let parent = Element::at(document, signature).and_then(Element::parent).ok_or_else(elsewhere)?;
    match references.as_slice() {
        [only] if only.digest_verified && only.resolved_node == Some(parent.id()) => Ok(parent),
        _ => Err(elsewhere()),
    }
}

fn elsewhere() -> SamlError {
    SamlError::Signature("a signature covers something else than what it stands in".to_owned())
}

fn refused(what: &str, name: Option<&str>) -> SamlError {
    SamlError::Signature(format!("{what} {} is not accepted", name.unwrap_or("(none)")))
}

/// Whether it is of the one form that SAML has: right in a response or an assertion, over that element alone, by
/// transforms that leave nothing out, and with nothing else in it.
fn has_its_form(signature: Element<'_>) -> Result<(), SamlError> {
    let parent = signature.parent().ok_or_else(elsewhere)?;
    let is_in_place = parent.is(PROTOCOL, "Response") || parent.is(ASSERTION, "Assertion");
    let is_alone = parent.child(SIGNATURE, "Signature").is_some();
    let parts = ["SignedInfo", "SignatureValue", "KeyInfo"];
    let has_only_parts =
        signature.elements().all(|element| parts.iter().any(|name| element.is(SIGNATURE, name)));
    if !is_in_place || !is_alone || !has_only_parts || signature.has_asides() {
        return Err(elsewhere());
    }
    let info = signature.child(SIGNATURE, "SignedInfo").ok_or_else(elsewhere)?;
    let reference = info.child(SIGNATURE, "Reference").ok_or_else(elsewhere)?;
    let id = parent.attribute("ID").filter(|id| !id.is_empty()).ok_or_else(elsewhere)?;
    if reference.attribute("URI").and_then(|uri| uri.strip_prefix('#')) != Some(id) {
        return Err(elsewhere());
    }
    accept(info, "CanonicalizationMethod", &CANONICAL)?;
    accept(info, "SignatureMethod", &METHODS)?;
    accept(reference, "DigestMethod", &DIGESTS)?;
    let transforms = reference.child(SIGNATURE, "Transforms").ok_or_else(elsewhere)?;
    let named: Vec<Option<&str>> =
        transforms.elements().map(|transform| transform.attribute("Algorithm")).collect();
    match named.as_slice() {
        [Some(ENVELOPED), Some(canonical)] if CANONICAL.contains(canonical) => Ok(()),
        [Some(ENVELOPED)] => Ok(()),
        other => Err(refused("Transform", other.last().copied().flatten())),
    }
}

fn accept(element: Element<'_>, name: &str, known: &[&str]) -> Result<(), SamlError> {
    let algorithm = element.child(SIGNATURE, name).and_then(|method| method.attribute("Algorithm"));
    match algorithm {
        Some(algorithm) if known.contains(&algorithm) => Ok(()),
        other => Err(refused(name, other)),
    }
}

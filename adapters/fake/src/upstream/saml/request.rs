//! The request that begins a login, by the redirect binding (SAML 2.0 Core, section 3.4.1; Bindings, section 3.4.4.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::deflate::compress_to_vec;
use tenantry_domain::Timestamp;
use url::form_urlencoded;

use super::STATE;
use super::metadata::POST;
use super::xml::{ASSERTION, PROTOCOL, escaped};
use crate::key_ring::KeyRing;
use crate::keys::KeyError;

const COMPRESSION: u8 = 6;
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

pub(super) struct Request<'a> {
    pub(super) id: &'a str,
    pub(super) at: Timestamp,
    /// Where it is sent.
    pub(super) destination: &'a str,
    /// Who asks.
    pub(super) entity_id: &'a str,
    /// Where the answer is to go.
    pub(super) consumer: &'a str,
}

impl Request<'_> {
    /// As it stands in an address.
    pub(super) fn query(&self, state: &str) -> String {
        let deflated = STANDARD.encode(compress_to_vec(self.xml().as_bytes(), COMPRESSION));
        let pairs = [("SAMLRequest", deflated.as_str()), (STATE, state)];
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    fn xml(&self) -> String {
        let [id, destination, entity_id, consumer] =
            [self.id, self.destination, self.entity_id, self.consumer].map(escaped);
        format!(
            "<samlp:AuthnRequest xmlns:samlp=\"{PROTOCOL}\" Destination=\"{destination}\" \
             AssertionConsumerServiceURL=\"{consumer}\" ID=\"{id}\" IssueInstant=\"{at}\" \
             ProtocolBinding=\"{POST}\" Version=\"2.0\">\
             <saml:Issuer xmlns:saml=\"{ASSERTION}\">{entity_id}</saml:Issuer></samlp:AuthnRequest>",
            at = self.at,
        )
    }
}

/// The same with a signature over it.
pub(super) fn signed(query: String, keys: &KeyRing) -> Result<String, KeyError> {
    let mut signed = form_urlencoded::Serializer::new(query);
    signed.append_pair("SigAlg", RSA_SHA256);
    let query = signed.finish();
    let signature = STANDARD.encode(keys.signature(&query)?);
    Ok(form_urlencoded::Serializer::new(query).append_pair("Signature", &signature).finish())
}

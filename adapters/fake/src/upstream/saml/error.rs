//! Why an answer of a SAML identity provider is not believed.

/// The words are those of Auth0's own library where it has any for the case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SamlError {
    /// The identity provider let nobody in, in its own words.
    #[error("{0}")]
    Refused(String),
    #[error("XML is not a valid saml response")]
    Malformed,
    #[error("saml response does not contain an Assertion element")]
    NoAssertion,
    #[error("A SAMLResponse can contain only one Assertion element.")]
    SeveralAssertions,
    #[error("Assertion is encrypted: this development provider decrypts none")]
    Encrypted,
    #[error("neither the response nor the assertion are signed")]
    Unsigned,
    #[error("Signature check errors: {0}")]
    Signature(String),
    #[error("Destination endpoint {found} did not match {configured}")]
    Destination { found: String, configured: String },
    #[error("Recipient is invalid. Configured: {0}")]
    Recipient(String),
    #[error("Audience is invalid. Configured: {0}")]
    Audience(String),
    #[error("Issuer is invalid. Configured: {0}")]
    Issuer(String),
    #[error("InResponseTo is invalid: this is no answer to the request that was sent")]
    InResponseTo,
    #[error("assertion is not yet valid.")]
    Early,
    #[error("assertion has expired.")]
    Expired,
    #[error("the assertion names nobody")]
    NoSubject,
    #[error("the response was sent to the connection {0}")]
    OtherConnection(String),
    #[error("IdP-Initiated login is not enabled for connection \"{0}\".")]
    NotInitiatedHere(String),
}

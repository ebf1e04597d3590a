//! Reading what somebody's identity provider says about itself, without being turned against our own network.

use async_trait::async_trait;
use secrecy::SecretString;
use tenantry_domain::{ClientId, DiscoveryUrl, InvalidSamlMetadata, MetadataUrl, SamlMetadata};
use url::Url;

/// Reads discovery documents (OpenID Connect Discovery, section 4) from addresses that anybody may have entered.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait DiscoveryProbe: Send + Sync {
    /// The document at this address. An address that is not one of the public Internet, and one that does not answer in
    /// time, are refused alike, so that the answer tells nothing of our own network.
    async fn read(&self, url: &DiscoveryUrl) -> Result<Discovered, DiscoveryProbeError>;

    /// Whether a provider whose document was read says that it does not know this client by this secret, asked for tokens in
    /// exchange for a code that it gave to nobody (RFC 6749, section 5.2). Whatever else it answers, and no answer, tell
    /// nothing of the client: that is no refusal.
    async fn refuses_client(
        &self,
        provider: &Discovered,
        client_id: &ClientId,
        client_secret: &SecretString,
        redirect_uri: &Url,
    ) -> bool;

    /// What an identity provider that speaks SAML says about itself at this address, refused in the same way.
    async fn read_metadata(&self, url: &MetadataUrl) -> Result<SamlMetadata, DiscoveryProbeError>;
}

/// What an identity provider says about itself, as far as it matters for connecting it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// What it calls itself, exactly.
    pub issuer: String,
    /// Where it gives tokens for codes.
    pub token_endpoint: Url,
    /// Whether it says that it sends `email`; `None` when it lists no claims.
    pub sends_email: Option<bool>,
}

/// Why a discovery document is not taken; each says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryProbeError {
    /// It is at no address that we may ask, or nobody answers there in time.
    #[error(
        "nothing could be read at this address: it has to open from the Internet, over https, within five seconds and \
         without leading elsewhere"
    )]
    Refused,
    /// What is there is not what was looked for.
    #[error("what is at this address can’t be used: {0}")]
    NotADocument(&'static str),
    /// What is there is no description by SAML that can be used.
    #[error("what is at this address can’t be used: {0}")]
    NoMetadata(#[from] InvalidSamlMetadata),
    /// The document speaks for somebody else.
    #[error(
        "the document calls its issuer {0}, which is not where it was read: enter that issuer’s own address"
    )]
    OtherIssuer(String),
    /// One of the addresses in it is not one that we may use.
    #[error("the document names a {0} that is not a public https address")]
    Endpoint(&'static str),
    /// It can't do what a login needs.
    #[error("this provider does not offer {0}")]
    Unsupported(&'static str),
}

//! [`DiscoveryProbe`]: reading a discovery document from an address that anybody may have entered.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use secrecy::SecretString;
use serde::Deserialize;
use tenantry_domain::{ClientId, DiscoveryUrl, MetadataUrl, SamlMetadata};
use tenantry_ports::{Discovered, DiscoveryProbe, DiscoveryProbeError};
use url::{Host, Url};

use crate::http::read_body;
use crate::public_address::is_public;
use crate::{ClientAuthentication, client_check};

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest document that is read.
const MOST_BYTES: usize = 256 * 1024;
const WELL_KNOWN: &str = "/.well-known/openid-configuration";
/// What a token may be signed with.
const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "ES256", "ES384", "PS256", "PS384", "PS512", "EdDSA"];

/// Finds the addresses of a host. One that is asked once is not asked again before it is used.
#[async_trait]
pub trait Names: Send + Sync {
    /// Every address of the host.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The names that this machine knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 443)).await?.map(|address| address.ip()).collect())
    }
}

/// Whom a probe may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The public Internet alone, over https and port 443.
    Internet,
    /// This machine too, over http and every port: for development and tests.
    AndThisMachine,
}

/// Reads discovery documents. It resolves a host once, looks at every address that comes of it, and connects to one of
/// those: a name that changes between the look and the use leads nowhere.
#[derive(Clone)]
pub struct GuardedProbe {
    names: Arc<dyn Names>,
    reach: Reach,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: Option<String>,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    response_types_supported: Vec<String>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    claims_supported: Option<Vec<String>>,
}

impl GuardedProbe {
    /// A probe that reaches so far.
    pub fn new(reach: Reach) -> Self {
        Self::with_names(reach, Arc::new(SystemNames))
    }

    /// The same, with names of one's own.
    pub fn with_names(reach: Reach, names: Arc<dyn Names>) -> Self {
        Self { names, reach }
    }

    /// Where exactly to connect; `None` when that is not allowed.
    async fn pinned(&self, url: &Url) -> Option<Pinned> {
        let port = url.port_or_known_default()?;
        let host = url.host()?;
        let addresses = match host {
            Host::Domain(name) => self.names.addresses(name).await.ok()?,
            Host::Ipv4(address) => vec![address.into()],
            Host::Ipv6(address) => vec![address.into()],
        };
        let is_allowed = |address: &IpAddr| match self.reach {
            Reach::AndThisMachine if address.is_loopback() => true,
            _ => is_public(*address) && url.scheme() == "https" && port == 443,
        };
        // A host with one address inside and one outside is not to be chosen from.
        if addresses.is_empty() || !addresses.iter().all(is_allowed) {
            return None;
        }
        let name = if let Host::Domain(name) = host { Some(name.to_owned()) } else { None };
        let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect();
        Some(Pinned { name, addresses })
    }

    /// What is answered at this address, in time.
    async fn ask(
        &self,
        url: &Url,
        asking: impl FnOnce(&Client) -> RequestBuilder + Send,
    ) -> Option<(StatusCode, Vec<u8>)> {
        let asked = async {
            let pinned = self.pinned(url).await?;
            let response = asking(&pinned.client(self.reach).ok()?).send().await.ok()?;
            let status = response.status();
            Some((status, read_body(response, MOST_BYTES).await.ok()?))
        };
        tokio::time::timeout(PATIENCE, asked).await.ok().flatten()
    }

    /// Whether an address inside a document is one that may be asked: the same is true of it as of the document's own.
    async fn may_be_asked(&self, text: &str) -> bool {
        let Ok(url) = Url::parse(text) else { return false };
        let is_clean = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        is_clean && self.pinned(&url).await.is_some()
    }

    async fn read_document(
        &self,
        url: &DiscoveryUrl,
        body: &[u8],
    ) -> Result<Discovered, DiscoveryProbeError> {
        let document: Document = serde_json::from_slice(body).map_err(|_| {
            DiscoveryProbeError::NotADocument("it is not the JSON that OpenID Connect Discovery describes")
        })?;
        let stands_at = url.as_str().strip_suffix(WELL_KNOWN).unwrap_or_default();
        if document.issuer.strip_suffix('/').unwrap_or(&document.issuer) != stands_at {
            return Err(DiscoveryProbeError::OtherIssuer(document.issuer.chars().take(255).collect()));
        }
        let token_endpoint = document.token_endpoint.as_deref();
        let token_endpoint = token_endpoint.ok_or(DiscoveryProbeError::Unsupported("a token endpoint"))?;
        let exchanges_at = Url::parse(token_endpoint);
        let named = [
            ("authorization endpoint", Some(document.authorization_endpoint.as_str())),
            ("token endpoint", Some(token_endpoint)),
            ("place for its keys", Some(document.jwks_uri.as_str())),
            ("userinfo endpoint", document.userinfo_endpoint.as_deref()),
        ];
        for (name, address) in named {
            let Some(address) = address else { continue };
            if !self.may_be_asked(address).await {
                return Err(DiscoveryProbeError::Endpoint(name));
            }
        }
        let offers =
            |list: &[String], one: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|it| one(it));
        if !offers(&document.response_types_supported, &|it| it == "code") {
            return Err(DiscoveryProbeError::Unsupported("the authorization code flow (response type code)"));
        }
        if !offers(&document.id_token_signing_alg_values_supported, &|it| ALGORITHMS.contains(&it)) {
            return Err(DiscoveryProbeError::Unsupported("ID tokens with a signature that we can check"));
        }
        let sends_email = document.claims_supported.map(|claims| claims.iter().any(|it| it == "email"));
        let token_endpoint = exchanges_at.map_err(|_| DiscoveryProbeError::Endpoint("token endpoint"))?;
        Ok(Discovered { issuer: document.issuer, token_endpoint, sends_email })
    }
}

/// A host, and the addresses that were looked at.
struct Pinned {
    name: Option<String>,
    addresses: Vec<SocketAddr>,
}

impl Pinned {
    /// A client that connects to these addresses and to no others.
    fn client(&self, reach: Reach) -> Result<Client, reqwest::Error> {
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .https_only(reach == Reach::Internet)
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE);
        if let Some(name) = &self.name {
            builder = builder.resolve_to_addrs(name, &self.addresses);
        }
        builder.build()
    }
}

#[async_trait]
impl DiscoveryProbe for GuardedProbe {
    async fn read(&self, url: &DiscoveryUrl) -> Result<Discovered, DiscoveryProbeError> {
        in_time(async {
            let body = self.document(url.as_url()).await?;
            self.read_document(url, &body).await
        })
        .await
    }

    async fn refuses_client(
        &self,
        provider: &Discovered,
        client_id: &ClientId,
        client_secret: &SecretString,
        redirect_uri: &Url,
    ) -> bool {
        let there = &provider.token_endpoint;
        let asked = client_check::Asked { client_id, client_secret, redirect_uri };
        // A client may be registered for one way of showing its secret alone: it is unknown when it is unknown by both.
        for way in [ClientAuthentication::Post, ClientAuthentication::Basic] {
            let answer = self.ask(there, |client| asked.build(client.post(there.clone()), way)).await;
            if !answer.is_some_and(|(status, body)| client_check::is_refusal(status, &body)) {
                return false;
            }
        }
        true
    }

    async fn read_metadata(&self, url: &MetadataUrl) -> Result<SamlMetadata, DiscoveryProbeError> {
        in_time(async {
            let body = self.document(url.as_url()).await?;
            let text = SamlMetadata::text(&body)?;
            let metadata = match self.reach {
                Reach::Internet => SamlMetadata::read(text),
                Reach::AndThisMachine => SamlMetadata::for_development(text),
            }?;
            if self.may_be_asked(metadata.sign_in_url().as_str()).await {
                Ok(metadata)
            } else {
                Err(DiscoveryProbeError::Endpoint("place to sign in"))
            }
        })
        .await
    }
}

/// Who takes longer is taken for somebody who does not answer.
async fn in_time<T>(
    reading: impl Future<Output = Result<T, DiscoveryProbeError>>,
) -> Result<T, DiscoveryProbeError> {
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or(Err(DiscoveryProbeError::Refused))
}

impl GuardedProbe {
    /// What is at this address.
    async fn document(&self, url: &Url) -> Result<Vec<u8>, DiscoveryProbeError> {
        let fetched = self.ask(url, |client| client.get(url.clone())).await;
        let (status, body) = fetched.ok_or(DiscoveryProbeError::Refused)?;
        if status.is_redirection() {
            return Err(DiscoveryProbeError::Refused);
        }
        if status != StatusCode::OK {
            return Err(DiscoveryProbeError::NotADocument("the address answers with an error"));
        }
        Ok(body)
    }
}

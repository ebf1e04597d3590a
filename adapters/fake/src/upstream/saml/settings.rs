//! What a connection's options say about the SAML identity provider behind it.

use serde_json::{Map, Value, json};
use url::Url;

use super::metadata::Described;
use crate::certificate::Certificate;
use crate::document::Document;
use crate::model::Connection;

/// Where Auth0 keeps nothing: who the identity provider says it is, as its metadata tell.
const IDP_ENTITY_ID: &str = "idpEntityId";
/// What is told of the certificates, and nobody can set.
const OF_CERTIFICATES: [&str; 4] = ["cert", "thumbprints", "expires", "subject"];

/// The identity provider that a connection leads to.
#[derive(Debug)]
pub(crate) struct IdentityProvider {
    pub(crate) sign_in: String,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) entity_id: Option<String>,
}

impl IdentityProvider {
    /// What the options say, `None` when they leave out where people log in or who signs.
    pub(crate) fn of(options: Document<'_>) -> Option<Self> {
        let given = |name: &str| options.text(name).filter(|text| !text.is_empty());
        let certificates = given("signingCert").or_else(|| given("cert"))?;
        Some(Self {
            sign_in: given("signInEndpoint")?.to_owned(),
            certificates: Certificate::read(certificates).filter(|read| !read.is_empty())?,
            entity_id: given(IDP_ENTITY_ID).map(str::to_owned),
        })
    }
}

/// Takes over what an identity provider says about itself: it counts more than what was given by hand.
pub(crate) fn describe(options: &mut Map<String, Value>, described: &Described) {
    let pem: Vec<String> = described.certificates.iter().map(Certificate::pem).collect();
    options.insert("signInEndpoint".to_owned(), described.sign_in.as_str().into());
    options.insert("signingCert".to_owned(), pem.concat().into());
    options.insert(IDP_ENTITY_ID.to_owned(), described.entity_id.as_str().into());
    if let Some(address) = &described.sign_out {
        options.insert("signOutEndpoint".to_owned(), address.as_str().into());
    }
}

/// Tells about the certificates; `None` when the options' own can't be read.
pub(crate) fn tell(options: &mut Map<String, Value>) -> Option<()> {
    for name in OF_CERTIFICATES {
        // A certificate under its older name stays.
        if name != "cert" || options.contains_key("signingCert") {
            options.remove(name);
        }
    }
    let text = Document::new(options);
    let Some(text) = text.text("signingCert").or_else(|| text.text("cert")) else { return Some(()) };
    let certificates = Certificate::read(text)?;
    let first = certificates.first()?;
    let thumbprints: Vec<String> = certificates.iter().map(|each| each.thumbprint().to_lowercase()).collect();
    let told = [
        ("cert", json!(first.pem())),
        ("thumbprints", json!(thumbprints)),
        ("expires", json!(first.expires_at())),
        ("subject", json!({ "commonName": first.common_name() })),
    ];
    options.extend(told.map(|(name, value)| (name.to_owned(), value)));
    Some(())
}

impl Connection {
    pub(crate) fn speaks_saml(&self) -> bool {
        self.strategy == "samlp"
    }

    /// Whether the options say enough to find the identity provider.
    pub(in crate::upstream) fn has_saml_provider(&self) -> bool {
        let has = |name: &str| self.option(name).is_some();
        let is_described = has("metadataUrl") || has("metadataXml");
        self.speaks_saml() && (is_described || has("signInEndpoint") && (has("signingCert") || has("cert")))
    }

    /// Who we are to the identity provider.
    pub(crate) fn entity_id(&self, issuer: &Url) -> String {
        let tenant = issuer.host_str().unwrap_or_default();
        let tenant = tenant.split('.').next().filter(|_| issuer.domain().is_some()).unwrap_or(tenant);
        self.option("entityId").map_or_else(|| format!("urn:auth0:{tenant}:{}", self.name), str::to_owned)
    }

    /// Where the identity provider sends its answers.
    pub(crate) fn consumer(&self, issuer: &Url) -> String {
        let mut address = issuer.clone();
        address.set_path(&format!("{}{}", issuer.path(), super::super::CALLBACK));
        address.query_pairs_mut().append_pair("connection", &self.name);
        address.into()
    }
}

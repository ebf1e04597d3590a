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

/// Takes over what an identity provider says about itself: it counts more than what was given by hand. What is told of the
/// certificates is of these.
pub(crate) fn describe(options: &mut Map<String, Value>, described: &Described) {
    let pem: Vec<String> = described.certificates.iter().map(Certificate::pem).collect();
    options.insert("signInEndpoint".to_owned(), described.sign_in.as_str().into());
    options.insert("signingCert".to_owned(), pem.concat().into());
    options.insert(IDP_ENTITY_ID.to_owned(), described.entity_id.as_str().into());
    if let Some(address) = &described.sign_out {
        options.insert("signOutEndpoint".to_owned(), address.as_str().into());
    }
    tell_of(options, &described.certificates);
}

/// Tells about the options' own certificates; `None` when they can't be read.
pub(crate) fn tell(options: &mut Map<String, Value>) -> Option<()> {
    let text = Document::new(options);
    let certificates = match text.text("signingCert").or_else(|| text.text("cert")) {
        Some(text) => Certificate::read(text).filter(|read| !read.is_empty())?,
        None => Vec::new(),
    };
    tell_of(options, &certificates);
    Some(())
}

fn tell_of(options: &mut Map<String, Value>, certificates: &[Certificate]) {
    for name in OF_CERTIFICATES {
        // A certificate under its older name stays.
        if name != "cert" || options.contains_key("signingCert") {
            options.remove(name);
        }
    }
    let Some(first) = certificates.first() else { return };
    let thumbprints: Vec<String> = certificates.iter().map(|each| each.thumbprint().to_lowercase()).collect();
    let told = [
        ("cert", json!(first.pem())),
        ("thumbprints", json!(thumbprints)),
        ("expires", json!(first.expires_at())),
        ("subject", json!({ "commonName": first.common_name() })),
    ];
    options.extend(told.map(|(name, value)| (name.to_owned(), value)));
}

impl From<Described> for IdentityProvider {
    fn from(described: Described) -> Self {
        let Described { entity_id, sign_in, certificates, .. } = described;
        Self { sign_in, certificates, entity_id: Some(entity_id) }
    }
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

    /// Whether the options allow logins that begin at the identity provider.
    pub(crate) fn takes_unasked(&self) -> bool {
        self.speaks_saml() && self.options().document("idpinitiated").flag("enabled") == Some(true)
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

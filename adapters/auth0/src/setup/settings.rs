//! What set-up is told: which tenant, who asks, and what the product is.

use std::collections::BTreeSet;

use secrecy::SecretString;
use tenantry_oidc::Issuer;
use url::Url;

/// What set-up is told.
#[derive(Clone, Debug)]
pub struct SetupSettings {
    /// The tenant, with a slash at the end: `https://acme.eu.auth0.com/`.
    pub issuer: Issuer,
    /// Who asks.
    pub access: Access,
    /// Where browsers reach the product.
    pub base_url: Url,
    /// How long a newcomer may try, in days of 24 hours.
    pub trial_days: u32,
    /// Whether people may come from Google.
    pub google: bool,
    /// What others made and set-up may take over.
    pub adopt: Adopt,
}

/// How the Management API is called.
#[derive(Clone, Debug)]
pub enum Access {
    /// As an application of its own.
    Credentials {
        /// Its id.
        client_id: String,
        /// Its secret.
        client_secret: SecretString,
    },
    /// With a token from elsewhere, for example from the dashboard.
    Token(SecretString),
}

/// What others made and set-up may take over, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adopt {
    /// All that stands in the way.
    All,
    /// These.
    Named(BTreeSet<String>),
}

impl Adopt {
    pub(super) fn includes(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.contains(name),
        }
    }
}

impl SetupSettings {
    pub(super) fn addresses(&self) -> Addresses<'_> {
        Addresses { issuer: &self.issuer, base_url: &self.base_url }
    }
}

/// The product's addresses, as its tenant has to know them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses<'a> {
    pub(super) issuer: &'a Issuer,
    pub(super) base_url: &'a Url,
}

impl Addresses<'_> {
    /// An address below the product's own.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url.as_str().trim_end_matches('/'))
    }

    pub(super) fn callback(&self) -> String {
        self.at("api/auth/callback")
    }

    /// Where a login begins that Auth0 initiates. It wants https there.
    pub(super) fn login(&self) -> Option<String> {
        (self.base_url.scheme() == "https").then(|| self.at("api/auth/login"))
    }

    /// Where Auth0 tells of logouts elsewhere. It asks for https, a provider on this machine does not.
    pub(super) fn backchannel_logout(&self) -> Option<String> {
        let is_reachable = self.base_url.scheme() == "https" || self.issuer.is_plain();
        is_reachable.then(|| self.at("api/auth/backchannel-logout"))
    }
}

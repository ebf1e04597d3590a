//! What a connection's options say about the issuer behind it.

use serde_json::{Map, Value};
use tenantry_oidc::{ClientAuthentication, SigningAlgorithm};

use super::discovery::of_domain;
use super::error::UpstreamError;
use crate::document::Document;
use crate::model::Connection;

/// Given by hand, or found in the discovery document.
pub(super) const ENDPOINTS: [&str; 5] =
    ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"];

const ALGORITHMS: [SigningAlgorithm; 6] = [
    SigningAlgorithm::Rs256,
    SigningAlgorithm::Rs384,
    SigningAlgorithm::Rs512,
    SigningAlgorithm::Ps256,
    SigningAlgorithm::Ps384,
    SigningAlgorithm::Ps512,
];

/// How the answer comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// A code through the browser, exchanged from here.
    Back,
    /// An ID token through the browser, in a form.
    Front,
}

/// The transformation of PKCE (RFC 7636).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PkceMethod {
    S256,
    Plain,
}

impl Connection {
    /// Whether its people log in at another issuer; else a page of ours stands for it.
    pub(crate) fn has_upstream(&self) -> bool {
        let is_okta = self.strategy == "okta";
        let has = |name: &str| self.option(name).is_some();
        let is_openid = (is_okta || self.strategy == "oidc")
            && has("client_id")
            && (has("discovery_url")
                || is_okta && has("domain")
                || ["issuer", "authorization_endpoint", "jwks_uri"].into_iter().all(has));
        is_openid || self.has_saml_provider()
    }

    /// An option that is there and says something.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        self.options().text(name).filter(|text| !text.is_empty())
    }

    pub(super) fn channel(&self) -> Channel {
        let is_back = self.strategy == "okta" || self.option("type") == Some("back_channel");
        if is_back { Channel::Back } else { Channel::Front }
    }

    /// Where the issuer describes itself.
    pub(super) fn discovery_address(&self) -> Option<String> {
        let of_okta = || self.option("domain").filter(|_| self.strategy == "okta").map(of_domain);
        self.option("discovery_url").map(str::to_owned).or_else(of_okta)
    }

    /// The issuer's document as it is kept here, under what was given by hand; `None` when it must be fetched first.
    pub(super) fn issuer_document(&self) -> Option<Map<String, Value>> {
        let kept = self.options().document("oidc_metadata");
        let is_of_issuer = self.option("issuer").is_none_or(|issuer| kept.text("issuer") == Some(issuer));
        let mut document = Map::new();
        if is_of_issuer {
            document.extend(kept.entries().map(|(name, value)| (name.to_owned(), value.clone())));
        }
        for name in ENDPOINTS {
            if let Some(given) = self.option(name) {
                document.insert(name.to_owned(), given.into());
            }
        }
        let has = |name: &str| document.get(name).is_some_and(Value::is_string);
        let is_complete = has("issuer") && has("authorization_endpoint") && has("jwks_uri");
        let can_exchange = self.channel() == Channel::Front || has("token_endpoint");
        (is_complete && can_exchange).then_some(document)
    }

    /// The algorithms that an ID token may be signed with: RS256 alone unless the options say otherwise.
    pub(super) fn algorithms(&self) -> Result<Vec<SigningAlgorithm>, UpstreamError> {
        let named: Vec<&str> = self.options().texts("id_token_signed_response_algs").collect();
        if named.is_empty() {
            return Ok(vec![SigningAlgorithm::Rs256]);
        }
        let known: Vec<_> =
            ALGORITHMS.into_iter().filter(|algorithm| named.contains(&algorithm.name())).collect();
        if known.is_empty() {
            let named = named.join(", ");
            return Err(UpstreamError::Options(format!("This development provider can't verify {named}")));
        }
        Ok(known)
    }

    /// How to prove who we are: by the secret in the form, whatever the issuer says that it takes. Auth0 knows no HTTP
    /// Basic here.
    pub(super) fn authentication(&self) -> Result<ClientAuthentication, UpstreamError> {
        if self.option("token_endpoint_auth_method") == Some("private_key_jwt") {
            return Err(UpstreamError::Options(
                "This development provider can't prove itself by private_key_jwt yet: give the connection a client \
                 secret"
                    .to_owned(),
            ));
        }
        let has_secret = self.option("client_secret").is_some();
        Ok(if has_secret { ClientAuthentication::Post } else { ClientAuthentication::None })
    }

    /// The options' own method, or by `auto` the strongest that the issuer says it knows.
    pub(super) fn pkce(&self, document: Document<'_>) -> Option<PkceMethod> {
        let knows = |name| document.texts("code_challenge_methods_supported").any(|known| known == name);
        let setting = self.options().document("connection_settings").text("pkce").unwrap_or("auto");
        match setting.to_ascii_lowercase().as_str() {
            "s256" => Some(PkceMethod::S256),
            "plain" => Some(PkceMethod::Plain),
            "disabled" => None,
            _ if knows("S256") => Some(PkceMethod::S256),
            _ if knows("plain") => Some(PkceMethod::Plain),
            _ => None,
        }
    }

    /// What is asked for: the options' scope, and what the map of attributes wants to read in addition.
    pub(super) fn scope(&self) -> String {
        let map = self.options().document("attribute_map");
        let mut scopes: Vec<&str> = Vec::new();
        let asked = self.option("scope").unwrap_or("openid profile email");
        let more = map.text("userinfo_scope").unwrap_or_default();
        for scope in ["openid"].into_iter().chain(asked.split_whitespace()).chain(more.split_whitespace()) {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        scopes.join(" ")
    }
}

//! The discovery document: where an issuer's endpoints are, believed only when it is the issuer's own.

use serde::Deserialize;
use url::Url;

use crate::Issuer;

/// What an issuer says about itself (OpenID Connect Discovery, section 3), as far as a relying party needs it.
///
/// Read once and kept: an issuer that later names other endpoints doesn't move the client secret there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// Where browsers are sent to log in.
    pub authorization_endpoint: Url,
    /// Where codes are exchanged; the only place that ever sees the client secret. An issuer without one gives ID tokens
    /// to browsers alone.
    pub token_endpoint: Option<Url>,
    /// Where the issuer's public keys are.
    pub jwks_uri: Url,
    /// Where claims can be read with an access token.
    pub userinfo_endpoint: Option<Url>,
    /// Where browsers are sent to log out (OpenID Connect RP-Initiated Logout).
    pub end_session_endpoint: Option<Url>,
    /// Whether every authorization response carries `iss` (RFC 9207), so that one without it must be refused.
    pub authorization_response_iss_parameter_supported: bool,
}

/// Why a discovery document isn't believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataRejected {
    /// Not a JSON object with the required members.
    #[error("it isn't a discovery document")]
    Malformed,
    /// It speaks for another issuer than the configured one.
    #[error("it names another issuer than the configured one")]
    Issuer,
    /// An endpoint isn't a URL that may be called: not https, or with credentials or a fragment in it.
    #[error("`{0}` isn't an https URL")]
    Endpoint(&'static str),
    /// An endpoint is at another origin than the issuer, which has none there.
    #[error("`{0}` is at another origin than the issuer")]
    Elsewhere(&'static str),
    /// Codes can't be exchanged.
    #[error("it names no token endpoint")]
    NoTokenEndpoint,
}

/// Where an issuer's endpoints may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointsAt {
    /// Where the issuer says.
    AnyOrigin,
    /// Where the issuer itself is.
    OriginOfTheIssuer,
}

impl EndpointsAt {
    /// Reads a discovery document of this issuer whose endpoints are there.
    pub(crate) fn parse(self, body: &[u8], issuer: &Issuer) -> Result<Metadata, MetadataRejected> {
        let metadata = Metadata::parse(body, issuer)?;
        let elsewhere = match self {
            Self::AnyOrigin => None,
            Self::OriginOfTheIssuer => metadata.endpoints().find(|(_, url)| !issuer.has_origin_of(url)),
        };
        match elsewhere {
            Some((name, _)) => Err(MetadataRejected::Elsewhere(name)),
            None => Ok(metadata),
        }
    }
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: Option<String>,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Reads a discovery document of this issuer.
    pub fn parse(body: &[u8], issuer: &Issuer) -> Result<Self, MetadataRejected> {
        let document: Document = serde_json::from_slice(body).map_err(|_| MetadataRejected::Malformed)?;
        if document.issuer != issuer.as_str() {
            return Err(MetadataRejected::Issuer);
        }
        let endpoint = |name, text: String| {
            let url = Url::parse(&text).ok().filter(|url| issuer.may_use(url));
            url.ok_or(MetadataRejected::Endpoint(name))
        };
        let optional = |name, text: Option<String>| text.map(|text| endpoint(name, text)).transpose();
        Ok(Self {
            authorization_endpoint: endpoint("authorization_endpoint", document.authorization_endpoint)?,
            token_endpoint: optional("token_endpoint", document.token_endpoint)?,
            jwks_uri: endpoint("jwks_uri", document.jwks_uri)?,
            userinfo_endpoint: optional("userinfo_endpoint", document.userinfo_endpoint)?,
            end_session_endpoint: optional("end_session_endpoint", document.end_session_endpoint)?,
            authorization_response_iss_parameter_supported: document
                .authorization_response_iss_parameter_supported,
        })
    }

    /// Every endpoint that there is, by its name.
    fn endpoints(&self) -> impl Iterator<Item = (&'static str, &Url)> {
        let there = [
            ("authorization_endpoint", Some(&self.authorization_endpoint)),
            ("token_endpoint", self.token_endpoint.as_ref()),
            ("jwks_uri", Some(&self.jwks_uri)),
            ("userinfo_endpoint", self.userinfo_endpoint.as_ref()),
            ("end_session_endpoint", self.end_session_endpoint.as_ref()),
        ];
        there.into_iter().filter_map(|(name, url)| Some((name, url?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ENDPOINTS: [&str; 5] =
        ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"];

    fn document() -> Value {
        json!({
            "issuer": "https://acme.example/",
            "authorization_endpoint": "https://acme.example/authorize",
            "token_endpoint": "https://acme.example/oauth/token",
            "jwks_uri": "https://acme.example/.well-known/jwks.json",
            "userinfo_endpoint": "https://acme.example/userinfo",
            "end_session_endpoint": "https://acme.example/oidc/logout",
        })
    }

    fn parse(document: &Value) -> Result<Metadata, MetadataRejected> {
        let issuer = Issuer::try_from("https://acme.example/").unwrap();
        Metadata::parse(document.to_string().as_bytes(), &issuer)
    }

    #[test]
    fn reads_what_a_relying_party_needs() {
        let metadata = parse(&document()).unwrap();
        assert_eq!(metadata.token_endpoint.unwrap().as_str(), "https://acme.example/oauth/token");
        assert_eq!(metadata.end_session_endpoint.unwrap().as_str(), "https://acme.example/oidc/logout");
        assert!(!metadata.authorization_response_iss_parameter_supported);
    }

    #[test]
    fn rp24_no_endpoint_may_leave_https() {
        for endpoint in ENDPOINTS {
            for url in ["http://acme.example/x", "http://127.0.0.1/x", "https://u:p@acme.example/x", "/x", ""]
            {
                let mut document = document();
                document[endpoint] = json!(url);
                assert_eq!(parse(&document), Err(MetadataRejected::Endpoint(endpoint)), "{endpoint} {url}");
            }
        }
    }

    #[test]
    fn rp24_an_endpoint_of_another_origin_is_refused_where_there_is_none() {
        let issuer = Issuer::try_from("https://acme.example/").unwrap();
        let parse = |at: EndpointsAt, document: &Value| at.parse(document.to_string().as_bytes(), &issuer);
        for endpoint in ENDPOINTS {
            for url in [
                "https://evil.example/x",
                "https://acme.example:8443/x",
                "https://acme.example.evil.example/x",
            ] {
                let mut document = document();
                document[endpoint] = json!(url);
                assert_eq!(
                    parse(EndpointsAt::OriginOfTheIssuer, &document),
                    Err(MetadataRejected::Elsewhere(endpoint)),
                    "{url}"
                );
                assert!(parse(EndpointsAt::AnyOrigin, &document).is_ok(), "{endpoint} {url}");
            }
        }
        assert!(parse(EndpointsAt::OriginOfTheIssuer, &document()).is_ok());
    }

    #[test]
    fn required_members_are_required() {
        for member in ["issuer", "authorization_endpoint", "jwks_uri"] {
            let mut document = document();
            document.as_object_mut().unwrap().remove(member);
            assert_eq!(parse(&document), Err(MetadataRejected::Malformed), "{member}");
        }
    }
}

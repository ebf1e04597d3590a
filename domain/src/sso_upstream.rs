//! The identity provider of an organization, as a request for single sign-on remembers it.

use crate::{ClientId, ConnectionName, DiscoveryUrl, SsoConnectionId, Timestamp};

/// The identity provider of the organization, as its administrator described it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Upstream {
    /// The connection at our own provider.
    pub connection: SsoConnectionId,
    /// What logins through it call it.
    pub name: ConnectionName,
    /// Who the organization's provider says that it is. Pinned: a login is believed as long as nothing else is said.
    pub issuer: String,
    /// How it is spoken to.
    #[serde(flatten)]
    pub terms: UpstreamTerms,
}

/// What belongs to the protocol by which an organization's provider is spoken to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum UpstreamTerms {
    /// OpenID Connect.
    OpenIdConnect {
        /// Where the organization's provider describes itself.
        discovery_url: DiscoveryUrl,
        /// As whom our provider comes to it.
        client_id: ClientId,
        /// Until when the secret is good, if the administrator told.
        secret_expires_at: Option<Timestamp>,
    },
    /// SAML 2.0.
    Saml {
        /// Where people log in.
        sign_in_url: String,
        /// The SHA-256 of each certificate by which it signs.
        fingerprints: Vec<String>,
        /// When the last of them expires.
        certificate_expires_at: Timestamp,
        /// Until when what they were read from is good, if it says so.
        #[serde(default)]
        valid_until: Option<Timestamp>,
    },
}

/// What of an organization's provider is good for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiring {
    /// The client's secret.
    Secret,
    /// The last certificate by which it signs.
    Certificate,
    /// What it says of itself.
    Metadata,
}

impl Upstream {
    /// As whom people come: the issuer and the client, whose names for them are good for each other alone.
    pub fn client(&self) -> String {
        match &self.terms {
            UpstreamTerms::OpenIdConnect { client_id, .. } => format!("{} {client_id}", self.issuer),
            // The whole organization is one client: who it says that people are does not depend on us.
            UpstreamTerms::Saml { .. } => format!("{} saml", self.issuer),
        }
    }

    /// What of it is over first, and when, as far as that is known.
    pub fn expires(&self) -> Option<(Expiring, Timestamp)> {
        match &self.terms {
            UpstreamTerms::OpenIdConnect { secret_expires_at, .. } => {
                secret_expires_at.map(|at| (Expiring::Secret, at))
            }
            UpstreamTerms::Saml { certificate_expires_at, valid_until, .. } => match valid_until {
                Some(until) if until < certificate_expires_at => Some((Expiring::Metadata, *until)),
                _ => Some((Expiring::Certificate, *certificate_expires_at)),
            },
        }
    }

    /// Whether what was tested of the one was tested of the other, as far as can be seen: all but until when it is good.
    pub fn is_as_tested(&self, other: &Self) -> bool {
        let terms = |upstream: &Self| match upstream.terms.clone() {
            UpstreamTerms::OpenIdConnect { discovery_url, client_id, .. } => {
                UpstreamTerms::OpenIdConnect { discovery_url, client_id, secret_expires_at: None }
            }
            UpstreamTerms::Saml { sign_in_url, fingerprints, certificate_expires_at, .. } => {
                UpstreamTerms::Saml { sign_in_url, fingerprints, certificate_expires_at, valid_until: None }
            }
        };
        self.client() == other.client() && terms(self) == terms(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_first_is_told() {
        let at = Timestamp::from_seconds;
        let expires = |terms: UpstreamTerms| {
            let connection = SsoConnectionId::try_from("con_1").unwrap();
            let name = ConnectionName::try_from("acme-1").unwrap();
            Upstream { connection, name, issuer: "https://idp.example".to_owned(), terms }.expires()
        };
        let saml = |valid_until| UpstreamTerms::Saml {
            sign_in_url: "https://idp.example/sso".to_owned(),
            fingerprints: Vec::new(),
            certificate_expires_at: at(20),
            valid_until,
        };
        assert_eq!(expires(saml(None)), Some((Expiring::Certificate, at(20))));
        assert_eq!(expires(saml(Some(at(30)))), Some((Expiring::Certificate, at(20))));
        assert_eq!(expires(saml(Some(at(10)))), Some((Expiring::Metadata, at(10))));
        let oidc = |secret_expires_at| UpstreamTerms::OpenIdConnect {
            discovery_url: DiscoveryUrl::try_from("https://idp.example").unwrap(),
            client_id: ClientId::try_from("us").unwrap(),
            secret_expires_at,
        };
        assert_eq!(expires(oidc(None)), None);
        assert_eq!(expires(oidc(Some(at(10)))), Some((Expiring::Secret, at(10))));
    }

    #[test]
    fn what_was_kept_before_metadata_said_their_end_is_read() {
        let kept = r#"{"sign_in_url":"https://idp.example/sso","fingerprints":["AB"],
                       "certificate_expires_at":"2036-11-25T20:09:27.000Z"}"#;
        let read: UpstreamTerms = serde_json::from_str(kept).unwrap();
        assert!(matches!(read, UpstreamTerms::Saml { valid_until: None, .. }), "{read:?}");
    }
}

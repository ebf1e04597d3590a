//! A public key by which a client proves itself, and the assertions that were used already.

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use super::Client;
use crate::document::Document;
use crate::public_key::{PublicKey, SignatureAlgorithm};
use crate::secrets::sha256;
use crate::store::{Row, State};

/// Of type `public_key`, the one type that there is here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ClientCredential {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) name: Option<String>,
    /// What `kid` of an assertion's header may say; the key's thumbprint, unless it was given.
    pub(crate) kid: String,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) key: PublicKey,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Why a client can't have a credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CredentialError {
    #[error("This development provider does not have credentials of the type {0} yet")]
    Type(String),
    #[error("The pem must be an RSA public key of 2048 bits or more, or a certificate of one")]
    Pem,
    #[error("credentials contains public keys that already exist in client")]
    Known,
    #[error("A client can have a maximum of {MOST} credentials.")]
    TooMany,
}

pub(crate) const PUBLIC_KEY: &str = "public_key";
/// Credentials of one client, used or not.
const MOST: usize = 4;

impl ClientCredential {
    /// What a body describes, as `POST /clients/{id}/credentials` takes it.
    pub(crate) fn of(
        described: Document<'_>,
        id: String,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Self, CredentialError> {
        let kind = described.text("credential_type").unwrap_or_default();
        if kind != PUBLIC_KEY {
            return Err(CredentialError::Type(kind.to_owned()));
        }
        let pem = described.text("pem").unwrap_or_default();
        let (key, end) = PublicKey::of_pem(pem).ok_or(CredentialError::Pem)?;
        let end = end.filter(|_| described.flag("parse_expiry_from_cert") == Some(true));
        Ok(Self {
            id,
            client_id: client_id.to_owned(),
            name: described.text("name").map(str::to_owned),
            kid: described.text("kid").map_or_else(|| key.thumbprint(), str::to_owned),
            algorithm: described.text("alg").and_then(SignatureAlgorithm::of_name).unwrap_or_default(),
            key,
            created_at: now,
            updated_at: now,
            expires_at: end.or_else(|| described.text("expires_at")?.parse().ok()),
        })
    }

    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

impl Row for ClientCredential {
    const TABLE: &'static str = "client_credentials";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.client_id.clone())
    }
}

/// An assertion that has let its client in, kept until it would be refused anyway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SpentAssertion {
    /// The hash of the client and of its `jti`.
    hash: String,
    expires_at: Timestamp,
}

impl SpentAssertion {
    pub(crate) fn new(client_id: &str, id: &str, expires_at: Timestamp) -> Self {
        Self { hash: sha256(&format!("{client_id} {id}")), expires_at }
    }

    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

impl Row for SpentAssertion {
    const TABLE: &'static str = "spent_assertions";

    fn key(&self) -> String {
        self.hash.clone()
    }
}

impl Client {
    /// What its assertions are signed with: the ids of credentials, or `None` when it proves itself otherwise.
    pub(crate) fn private_key_jwt(&self) -> Option<impl Iterator<Item = &str>> {
        let methods = self.settings().document("client_authentication_methods");
        methods.has("private_key_jwt").then(|| credential_ids(methods.document("private_key_jwt")))
    }

    /// Whether a setting names the credential.
    pub(crate) fn uses_credential(&self, id: &str) -> bool {
        let methods = self.settings().document("client_authentication_methods");
        let of_methods = methods.entries().map(|(_, method)| Document::of(method));
        let mut using = of_methods.chain([self.settings().document("signed_request_object")]);
        using.any(|each| credential_ids(each).any(|used| used == id))
    }
}

fn credential_ids(setting: Document<'_>) -> impl Iterator<Item = &str> {
    setting.list("credentials").iter().filter_map(|each| Document::of(each).text("id"))
}

impl State {
    pub(crate) fn credentials_of(&self, client_id: &str) -> impl Iterator<Item = &ClientCredential> {
        self.client_credentials.by_alternate_key(client_id)
    }

    /// The credential, when it is the client's.
    pub(crate) fn credential_of(&self, client_id: &str, id: &str) -> Option<&ClientCredential> {
        self.client_credentials.get(id).filter(|credential| credential.client_id == client_id)
    }

    /// Gives a client a credential more; its key and its `kid` must be new to the client.
    pub(crate) fn add_credential(&mut self, credential: ClientCredential) -> Result<(), CredentialError> {
        let is_known = |other: &ClientCredential| other.kid == credential.kid || other.key == credential.key;
        if self.credentials_of(&credential.client_id).any(is_known) {
            return Err(CredentialError::Known);
        }
        if self.credentials_of(&credential.client_id).count() >= MOST {
            return Err(CredentialError::TooMany);
        }
        self.client_credentials.put(credential);
        Ok(())
    }

    /// The credentials that the client may sign its assertions with; `None` when it proves itself otherwise.
    pub(crate) fn assertion_credentials(&self, client: &Client) -> Option<Vec<ClientCredential>> {
        let ids = client.private_key_jwt()?;
        Some(ids.filter_map(|id| self.credential_of(&client.id, id).cloned()).collect())
    }

    /// Takes an assertion's one use; `false` when it was used already.
    pub(crate) fn spend(&mut self, assertion: SpentAssertion) -> bool {
        let is_new = self.spent_assertions.get(&assertion.key()).is_none();
        if is_new {
            self.spent_assertions.put(assertion);
        }
        is_new
    }
}

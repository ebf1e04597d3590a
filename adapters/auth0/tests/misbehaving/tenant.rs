//! An Auth0 tenant that says what a test wants, and a product that logs its people in there.

use std::sync::Arc;

use serde_json::{Value, json};
use tenantry_auth0::{Auth0, Auth0IdentityProvider, Settings};
use tenantry_domain::{TenantId, TenantName, TenantRef};
use tenantry_ports::testkit::SeededRandom;
use tenantry_ports::{Callback, Clock, IdentityProvider, IdentityProviderError, Login, LoginAttempt};

use crate::provider::{CLIENT_ID, CLIENT_SECRET, NONCE, Provider, Reply, TOKEN, with};
use crate::signing::CURRENT;

/// Knows the organization `org_acme` and no other.
pub(crate) struct Tenant {
    pub(crate) provider: Provider,
}

impl Tenant {
    pub(crate) async fn start() -> Self {
        let provider = Provider::start().await;
        let token = json!({ "access_token": "for-management", "token_type": "Bearer", "expires_in": 86_400 });
        provider.reply("/oauth/token", Reply::json(&token));
        provider.reply("/api/v2/organizations/org_acme", Reply::json(&organization("org_acme", "acme")));
        for unknown in ["org_other", "acme"] {
            let error =
                json!({ "statusCode": 404, "error": "Not Found", "message": "No organization found" });
            provider.reply(&format!("/api/v2/organizations/{unknown}"), Reply::json(&error).status(404));
        }
        Self { provider }
    }

    pub(crate) fn product(&self) -> Auth0IdentityProvider {
        let registration = self.provider.registration();
        let settings = Settings {
            issuer: registration.issuer,
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.into(),
            redirect_uri: registration.redirect_uri,
            m2m_client_id: "the-machine".to_owned(),
            m2m_client_secret: "the-secret-of-the-machine".into(),
            m2m_scopes: None,
        };
        let clock = Arc::clone(&self.provider.clock) as _;
        Auth0::new(settings, clock, Arc::new(SeededRandom::new(1))).unwrap().identity_provider()
    }

    /// What becomes of a login whose ID token is an honest one with these members changed; null removes one.
    pub(crate) async fn login(
        &self,
        wanted: Option<TenantRef>,
        changes: &Value,
    ) -> Result<Login, IdentityProviderError> {
        let mut claims = self.provider.claims();
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let tokens = with(self.provider.tokens(&CURRENT), "id_token", CURRENT.token(&claims));
        self.provider.reply(TOKEN, Reply::json(&tokens));
        let callback = Callback::Code { code: "the-code".into(), issuer: None };
        self.product().redeem(&callback, &self.attempt(wanted)).await
    }

    pub(crate) fn attempt(&self, wanted: Option<TenantRef>) -> LoginAttempt {
        LoginAttempt {
            issuer: self.provider.issuer.clone(),
            state: "the-state".to_owned(),
            nonce: NONCE.to_owned(),
            code_verifier: "v".repeat(43),
            tenant: wanted,
            connection: None,
            invitation: None,
            sso: None,
            return_to: "/home".to_owned(),
            started_at: self.provider.clock.now(),
        }
    }
}

pub(crate) fn acme() -> TenantRef {
    tenant("org_acme", "acme")
}

pub(crate) fn tenant(id: &str, name: &str) -> TenantRef {
    TenantRef { id: TenantId::try_from(id).unwrap(), name: TenantName::try_from(name).unwrap() }
}

fn organization(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "display_name": name, "metadata": {} })
}

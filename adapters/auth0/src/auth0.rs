//! One Auth0 tenant, as the adapters of the ports share it.

use std::sync::Arc;

use secrecy::SecretString;
use tenantry_oidc::{Issuer, Registration, RelyingParty, http_client_for};
use tenantry_ports::{Clock, Random, Tenants};
use url::Url;

use crate::catalogue::Catalogue;
use crate::management::{Limits, Management};
use crate::token::{Credentials, TokenSource};
use crate::{
    Auth0IdentityProvider, Auth0Invitations, Auth0Members, Auth0SsoConnections, Auth0Tenants, Auth0Users,
    ManagementError,
};

/// What there is to know about an Auth0 tenant before it is asked anything.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The issuer, with its trailing slash: `https://DOMAIN/`.
    pub issuer: Issuer,
    /// The application that people log in to.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// Where browsers come back to: an allowed callback URL of the application.
    pub redirect_uri: Url,
    /// The machine-to-machine application that calls the Management API.
    pub m2m_client_id: String,
    /// Its secret.
    pub m2m_client_secret: SecretString,
    /// The scopes to ask for, separated by spaces; all that are granted when `None`.
    pub m2m_scopes: Option<String>,
}

/// An Auth0 tenant. Making one asks it nothing.
#[derive(Clone, Debug)]
pub struct Auth0 {
    relying_party: Arc<RelyingParty>,
    management: Arc<Management>,
    catalogue: Arc<Catalogue>,
}

impl Auth0 {
    /// An Auth0 tenant. Fails only when this machine can't make an HTTP client (no trusted certificates, for example).
    pub fn new(
        settings: Settings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, reqwest::Error> {
        Self::with_limits(settings, clock, random, Limits::default())
    }

    /// The same, with another patience towards the Management API.
    pub fn with_limits(
        settings: Settings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        limits: Limits,
    ) -> Result<Self, reqwest::Error> {
        let http = http_client_for(&settings.issuer)?;
        let credentials = Credentials {
            client_id: settings.m2m_client_id,
            client_secret: settings.m2m_client_secret,
            scopes: settings.m2m_scopes,
        };
        let tokens = TokenSource::new(&settings.issuer, credentials, http.clone(), Arc::clone(&clock));
        let management =
            Management::new(&settings.issuer, tokens, http.clone(), Arc::clone(&clock), random, limits);
        let management = Arc::new(management);
        let registration = Registration {
            issuer: settings.issuer,
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret,
            redirect_uri: settings.redirect_uri,
        };
        // With a domain of the customer's own as well, Auth0 serves all of them under it: the client secret goes nowhere else.
        let relying_party = RelyingParty::new(registration, clock, http).with_endpoints_at_the_issuer();
        Ok(Self {
            relying_party: Arc::new(relying_party),
            catalogue: Arc::new(Catalogue::new(Arc::clone(&management), settings.client_id)),
            management,
        })
    }

    /// Gets the token and looks up the roles and shared connections, so that the first person to need them does not
    /// wait. What fails here is tried again by whoever needs it: an error is for the log.
    pub async fn warm_up(&self) -> Result<(), ManagementError> {
        self.management.log_in().await?;
        self.catalogue.look_up().await
    }

    /// Logins through this tenant.
    pub fn identity_provider(&self) -> Auth0IdentityProvider {
        let tenants: Arc<dyn Tenants> = Arc::new(self.tenants());
        Auth0IdentityProvider::new(Arc::clone(&self.relying_party), tenants)
    }

    /// Its users.
    pub fn users(&self) -> Auth0Users {
        Auth0Users::new(Arc::clone(&self.management))
    }

    /// Its organizations.
    pub fn tenants(&self) -> Auth0Tenants {
        Auth0Tenants::new(Arc::clone(&self.management), Arc::clone(&self.catalogue))
    }

    /// Invitations to its organizations.
    pub fn invitations(&self) -> Auth0Invitations {
        Auth0Invitations::new(Arc::clone(&self.management), Arc::clone(&self.catalogue))
    }

    /// Its organizations' own identity providers.
    pub fn sso_connections(&self) -> Auth0SsoConnections {
        let mut callback_url = self.relying_party.registration().issuer.as_url().clone();
        callback_url.set_path("login/callback");
        Auth0SsoConnections::new(Arc::clone(&self.management), Arc::clone(&self.catalogue), callback_url)
    }

    /// Its organizations' members.
    pub fn members(&self) -> Auth0Members {
        Auth0Members::new(Arc::clone(&self.management), Arc::clone(&self.catalogue))
    }
}

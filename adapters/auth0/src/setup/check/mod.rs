//! Whether the tenant is as the product needs it: with the product's own credentials, and with better ones when there are.

mod logins;
mod report;
mod tenant;

use std::sync::Arc;

use reqwest::Client;
use secrecy::SecretString;
use tenantry_domain::Role;
use tenantry_oidc::{Issuer, http_client_for};
use tenantry_ports::{Clock, Random};
use url::Url;

use super::application::Part;
use super::connections::{GOOGLE, PASSWORD};
use super::error::SetupError;
use super::patient_client::patient_client;
use super::settings::{Access, Addresses};
use crate::management::Management;

pub use report::{Finding, Report, State};

/// What the product is told of the tenant.
#[derive(Clone, Debug)]
pub struct CheckSettings {
    /// The tenant, with a slash at the end.
    pub issuer: Issuer,
    /// Where browsers reach the product.
    pub base_url: Url,
    /// The application that people log in to.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// The application that calls the Management API.
    pub m2m_client_id: String,
    /// Its secret.
    pub m2m_client_secret: SecretString,
    /// The scopes that the product asks for; all that are granted when `None`.
    pub m2m_scopes: Option<String>,
    /// Who may see more than the product.
    pub access: Option<Access>,
}

impl CheckSettings {
    fn addresses(&self) -> Addresses<'_> {
        Addresses { issuer: &self.issuer, base_url: &self.base_url }
    }
}

/// Looks at a tenant, and changes nothing.
pub struct Check {
    settings: CheckSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    http: Client,
}

impl Check {
    /// Asks the tenant nothing yet.
    pub fn new(
        settings: CheckSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, SetupError> {
        let http = http_client_for(&settings.issuer).map_err(SetupError::Client)?;
        Ok(Self { settings, clock, random, http })
    }

    /// Looks at everything. Fails only when Auth0 stops answering half-way.
    pub async fn run(&self) -> Result<Report, SetupError> {
        let (http, settings) = (&self.http, &self.settings);
        let (issuer, metadata) = logins::issuer(http, settings).await;
        let mut findings = vec![issuer];
        let Some(metadata) = metadata else { return Ok(Report { findings }) };
        findings.push(logins::credentials(http, settings).await);
        findings.push(logins::callback(http, settings, &metadata).await);
        findings.push(logins::logout(http, settings).await);
        let (management, granted) = logins::management(http, settings).await;
        findings.push(management);
        if let Some(granted) = &granted {
            findings.extend(tenant::scopes(&granted.scopes, settings));
        }
        let own = granted.map(|granted| Access::Token(granted.token.into()));
        if let Some(access) = settings.access.clone().or(own) {
            let (clock, random) = (Arc::clone(&self.clock), Arc::clone(&self.random));
            let api = patient_client(&settings.issuer, access, clock, random)?;
            self.look(&api, &mut findings).await?;
        }
        Ok(Report { findings })
    }

    async fn look(&self, api: &Management, findings: &mut Vec<Finding>) -> Result<(), SetupError> {
        let settings = &self.settings;
        for role in Role::ALL {
            findings.push(tenant::role(api, role).await?);
        }
        for shared in [&PASSWORD, &GOOGLE] {
            findings.push(tenant::connection(api, shared, &settings.client_id).await?);
        }
        findings.extend(tenant::application(api, Part::Web, &settings.client_id, settings).await?);
        findings.extend(tenant::application(api, Part::Management, &settings.m2m_client_id, settings).await?);
        findings.push(tenant::prompts(api).await?);
        findings.extend(tenant::actions(api).await?);
        Ok(())
    }
}

//! Where people log in: at an Auth0 tenant, or at the development identity provider that is part of the product.

use std::sync::Arc;

use anyhow::Context;
use tenantry_auth0::setup::{MANAGEMENT, WEB};
use tenantry_domain::Catalogue;
use tenantry_fake::{Fake, FakeConfig, Seed};
use tenantry_oidc::Issuer;
use tenantry_ports::{Clock, Random};
use tokio::net::TcpListener;
use url::Url;

use crate::fake;
use crate::product::{address_of, make_folder};
use crate::{Auth0Settings, DataPlace, IdentitySettings, listen};

/// Where people log in, and the addresses that go with it.
pub(crate) struct Identity {
    pub(crate) auth0: Auth0Settings,
    pub(crate) fake: Option<(Fake, TcpListener)>,
}

/// Where people log in by these settings; the development identity provider is opened and its port taken.
pub(crate) async fn open(
    settings: IdentitySettings,
    data: &DataPlace,
    base_url: &Url,
    catalogue: &Catalogue,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> anyhow::Result<Identity> {
    let listen = match settings {
        IdentitySettings::Auth0(auth0) => return Ok(Identity { auth0, fake: None }),
        IdentitySettings::Embedded { listen } => listen,
    };
    let listener = listen::open(&listen, "--fake-listen").await?;
    let config = FakeConfig {
        // Another host name than the product's, so that browsers keep their cookies apart as with a real provider.
        issuer: address_of("127.0.0.1", &listener)?,
        trial_days: catalogue.trial_days(),
        action_run_time: FakeConfig::ACTION_RUN_TIME,
        seed: Seed { clients: fake::clients(base_url)?, ..Seed::default() },
    };
    let issuer = Issuer::try_from(config.issuer.as_str())?;
    let (clock, random) = (Arc::clone(clock), Arc::clone(random));
    let fake = match data {
        DataPlace::Memory => Fake::in_memory(config, clock, random)?,
        DataPlace::Folder(folder) => {
            make_folder(folder)?;
            Fake::open(&folder.join("identity"), config, clock, random)?
        }
    };
    fake.warm_up()?;
    let credentials =
        |name| fake.client(name).with_context(|| format!("the identity provider has no client {name}"));
    let (web, m2m) = (credentials(WEB)?, credentials(MANAGEMENT)?);
    let auth0 = Auth0Settings {
        issuer,
        client_id: web.client_id,
        client_secret: web.client_secret,
        m2m_client_id: m2m.client_id,
        m2m_client_secret: m2m.client_secret,
        m2m_scopes: Some(tenantry_auth0::scopes()),
    };
    Ok(Identity { auth0, fake: Some((fake, listener)) })
}

pub(crate) fn adapter_settings(auth0: Auth0Settings, redirect_uri: Url) -> tenantry_auth0::Settings {
    tenantry_auth0::Settings {
        issuer: auth0.issuer,
        client_id: auth0.client_id,
        client_secret: auth0.client_secret,
        redirect_uri,
        m2m_client_id: auth0.m2m_client_id,
        m2m_client_secret: auth0.m2m_client_secret,
        m2m_scopes: auth0.m2m_scopes,
    }
}

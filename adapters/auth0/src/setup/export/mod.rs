//! The tenant's organizations, members, subscriptions and connections, one record after another, for a backup or a move.
//!
//! Nothing is held but the page at hand, and no secret is handed on.

mod people;
mod record;

use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tenantry_oidc::Issuer;
use tenantry_ports::{Clock, Random};

use self::record::{Sink, Writer};
use super::error::{Doing, SetupError};
use super::patient_client::patient_client;
use super::settings::Access;
use crate::ManagementError;
use crate::management::{Management, Operation};
use crate::wire::{RoleName, SUBSCRIPTION};

pub use record::{Counts, Record};

/// What is read of a connection. Its options are shown to those who may see them.
const CONNECTION_FIELDS: &str =
    "id,name,strategy,display_name,is_domain_connection,show_as_button,realms,metadata,options";
/// The options without which a connection could not be made again, and in which no secret can be.
const OPTIONS: [&str; 11] = [
    "type",
    "client_id",
    "discovery_url",
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "domain",
    "domain_aliases",
    "scope",
];

#[derive(Deserialize)]
struct MemberRecord {
    user_id: String,
    email: Option<String>,
    name: Option<String>,
    #[serde(default)]
    roles: Vec<RoleName>,
}

/// Reads a whole tenant.
pub struct Export {
    api: Management,
}

impl Export {
    /// Asks the tenant nothing yet.
    pub fn new(
        issuer: &Issuer,
        access: Access,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, SetupError> {
        Ok(Self { api: patient_client(issuer, access, clock, random)? })
    }

    /// Gives every record to `sink`, one after another, as they come.
    pub async fn run(&self, sink: &mut Sink<'_>) -> Result<(), SetupError> {
        let mut writer = Writer::new(sink);
        self.connections(&mut writer).await?;
        self.organizations(&mut writer).await?;
        people::export(&self.api, &mut writer).await?;
        Ok(writer.end()?)
    }

    /// A page of a list, with time of its own: the whole of it may take hours.
    async fn page<T: DeserializeOwned>(
        &self,
        path: &[&str],
        filter: &[(&str, &str)],
        list: &str,
        from: Option<&str>,
    ) -> Result<(Vec<T>, Option<String>), ManagementError> {
        self.api.page(path, filter, list, from, self.api.budget()).await
    }

    async fn connections(&self, writer: &mut Writer<'_, '_>) -> Result<(), SetupError> {
        let query = [("fields", CONNECTION_FIELDS), ("include_fields", "true")];
        let mut from: Option<String> = None;
        loop {
            let read = self.page(&["connections"], &query, "connections", from.as_deref()).await;
            let (connections, next): (Vec<Map<String, Value>>, _) = read.doing("reading the connections")?;
            for mut connection in connections {
                if let Some(Value::Object(options)) = connection.get_mut("options") {
                    options.retain(|name, _| OPTIONS.contains(&name.as_str()));
                }
                writer.write(&Record::Connection(connection))?;
            }
            if next.is_none() {
                return Ok(());
            }
            from = next;
        }
    }

    async fn organizations(&self, writer: &mut Writer<'_, '_>) -> Result<(), SetupError> {
        let mut from: Option<String> = None;
        loop {
            let read = self.page(&["organizations"], &[], "organizations", from.as_deref()).await;
            let (organizations, next): (Vec<Map<String, Value>>, _) =
                read.doing("reading the organizations")?;
            for mut organization in organizations {
                let id = organization.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
                if let Some(connections) = self.enabled_connections(&id).await? {
                    organization.insert("enabled_connections".to_owned(), connections);
                }
                let metadata = organization.get("metadata");
                let subscription = metadata.and_then(|metadata| metadata.get(SUBSCRIPTION)).cloned();
                writer.write(&Record::Organization(organization))?;
                writer.subscription("organization", &id, subscription.as_ref())?;
                self.members(&id, writer).await?;
            }
            if next.is_none() {
                return Ok(());
            }
            from = next;
        }
    }

    /// An organization has ten at most. `None` when the token may not see them: the product's own may not.
    async fn enabled_connections(&self, organization: &str) -> Result<Option<Value>, SetupError> {
        let path = ["organizations", organization, "enabled_connections"];
        match self.api.call(&Operation::get(&path, &[("per_page", "100")])).await {
            Err(ManagementError::Forbidden { .. }) => Ok(None),
            outcome => outcome.doing("reading an organization's connections").map(Some),
        }
    }

    async fn members(&self, organization: &str, writer: &mut Writer<'_, '_>) -> Result<(), SetupError> {
        let path = ["organizations", organization, "members"];
        // Roles come only when they are asked for by name.
        let query = [("fields", "user_id,email,name,roles")];
        let mut from: Option<String> = None;
        loop {
            let read = self.page(&path, &query, "members", from.as_deref()).await;
            let (members, next): (Vec<MemberRecord>, _) = read.doing("reading an organization's members")?;
            for member in members {
                writer.write(&Record::Member {
                    organization: organization.to_owned(),
                    user_id: member.user_id,
                    email: member.email,
                    name: member.name,
                    roles: member.roles.into_iter().map(|role| role.name).collect(),
                })?;
            }
            if next.is_none() {
                return Ok(());
            }
            from = next;
        }
    }
}

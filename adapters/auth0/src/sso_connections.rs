//! [`SsoConnections`] at Auth0: connections of the strategies `oidc` and `samlp`, each with its owner in its metadata.

mod record;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use tenantry_domain::{
    Admission, ConnectionName, EmailDomain, SsoConnection, SsoConnectionId, SsoRequestId, TenantId,
    TenantName, TenantRef,
};
use tenantry_ports::{
    NewSsoConnection, SamlService, SsoConnectionChange, SsoConnections, SsoConnectionsError,
};
use url::Url;

use self::record::{Enabled, NewRecord, Record, STRATEGIES, Wanted, entity_id};
use crate::ManagementError;
use crate::catalogue::{AT_MOST, Catalogue};
use crate::management::{Management, Operation, Repeat, Tries};

/// What a list must say so that it tells whose each connection is. All options of a hundred would be megabytes.
const WHOSE: &str = "id,name,strategy,metadata";

/// Organizations' own identity providers at Auth0.
#[derive(Clone, Debug)]
pub struct Auth0SsoConnections {
    management: Arc<Management>,
    catalogue: Arc<Catalogue>,
    callback_url: Url,
}

/// Auth0 has a connection of the name that we would have made, and it is none of ours.
#[derive(Debug, thiserror::Error)]
#[error("somebody else's connection has the name {0}")]
struct NameTaken(ConnectionName);

impl Auth0SsoConnections {
    pub(crate) fn new(management: Arc<Management>, catalogue: Arc<Catalogue>, callback_url: Url) -> Self {
        Self { management, catalogue, callback_url }
    }

    /// Every connection that may be one of ours, without its options.
    async fn all(&self) -> Result<Vec<Record>, ManagementError> {
        let [one, other] = STRATEGIES.map(|strategy| ("strategy", strategy));
        let filter = [one, other, ("fields", WHOSE), ("include_fields", "true")];
        self.management.by_checkpoint(&["connections"], &filter, "connections").await
    }

    /// The tenant's own connection as it is, once.
    async fn own(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        tries: &Tries<'_>,
    ) -> Result<Option<Record>, ManagementError> {
        let read: Result<Record, _> =
            self.management.call_once(tries, &Operation::get(&["connections", id.as_str()], &[])).await;
        match read {
            Ok(record) => Ok(Some(record).filter(|record| record.is_of(tenant))),
            Err(ManagementError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same, tried again.
    async fn read(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
    ) -> Result<Option<Record>, SsoConnectionsError> {
        let path = ["connections", id.as_str()];
        let mut tries = self.management.tries(&Operation::get(&path, &[]), Repeat::Freely);
        loop {
            match self.own(tenant, id, &tries).await {
                Ok(record) => return Ok(record),
                Err(error) => tries.pause_after(error).await?,
            }
        }
    }

    /// The connections through which the tenant takes logins; none for one that is not there.
    async fn enabled(&self, tenant: &TenantId) -> Result<Vec<Enabled>, ManagementError> {
        let path = ["organizations", tenant.as_str(), "enabled_connections"];
        match self.management.call(&Operation::get(&path, &[("per_page", "100")])).await {
            Err(ManagementError::NotFound) => Ok(Vec::new()),
            outcome => outcome,
        }
    }

    /// Takes the connection out of the tenant.
    async fn disable(&self, tenant: &TenantId, id: &SsoConnectionId) -> Result<(), ManagementError> {
        let path = ["organizations", tenant.as_str(), "enabled_connections", id.as_str()];
        match self.management.run(&Operation::delete(&path)).await {
            Ok(()) | Err(ManagementError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Lets the tenant take logins from the connection.
    async fn enable(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        is_joining: bool,
    ) -> Result<(), SsoConnectionsError> {
        let enabled = self.enabled(tenant).await?;
        let all = ["organizations", tenant.as_str(), "enabled_connections"];
        let one = ["organizations", tenant.as_str(), "enabled_connections", id.as_str()];
        let flags = json!({ "assign_membership_on_login": is_joining });
        match enabled.iter().find(|enabled| enabled.connection_id == id.as_str()) {
            Some(enabled) if enabled.assign_membership_on_login == is_joining => return Ok(()),
            Some(_) => return Ok(self.management.run(&Operation::patch(&one, &flags)).await?),
            None if enabled.len() >= AT_MOST => return Err(SsoConnectionsError::TooMany),
            None => {}
        }
        let item = json!({
            "connection_id": id.as_str(),
            "assign_membership_on_login": is_joining,
            "show_as_button": true,
        });
        // Done twice it is refused the second time, and that is looked into.
        match self.management.run(&Operation::post(&all, &item).repeatable()).await {
            Err(ManagementError::Conflict) => {
                match self.management.run(&Operation::patch(&one, &flags)).await {
                    // It is not enabled, and can't be: others came first.
                    Err(ManagementError::NotFound) => Err(SsoConnectionsError::TooMany),
                    outcome => Ok(outcome?),
                }
            }
            outcome => Ok(outcome?),
        }
    }

    /// Writes what is wanted into the tenant's own connection. Auth0 replaces all options, so they are read first and
    /// sent along; reading and writing are one try, so that nothing is written that was read before a pause.
    async fn write(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        wanted: &Wanted<'_>,
    ) -> Result<Record, SsoConnectionsError> {
        let path = ["connections", id.as_str()];
        let mut tries = self.management.tries(&Operation::patch(&path, &()), Repeat::Freely);
        loop {
            match self.try_to_write(tenant, id, wanted, &tries).await {
                Ok(written) => return written,
                Err(error) => tries.pause_after(error).await?,
            }
        }
    }

    async fn try_to_write(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        wanted: &Wanted<'_>,
        tries: &Tries<'_>,
    ) -> Result<Result<Record, SsoConnectionsError>, ManagementError> {
        let Some(record) = self.own(tenant, id, tries).await? else {
            return Ok(Err(SsoConnectionsError::UnknownConnection));
        };
        let (path, patch) = (["connections", id.as_str()], wanted.patch(&record));
        let stored: Result<Record, _> =
            self.management.call_once(tries, &Operation::patch(&path, &patch)).await;
        Ok(match stored {
            Ok(stored) if stored.is_of(tenant) && wanted.is_in(&stored) => Ok(stored),
            Ok(_) => Err(SsoConnectionsError::NotStored),
            Err(ManagementError::NotFound) => Err(SsoConnectionsError::UnknownConnection),
            Err(ManagementError::BadRequest { message }) if wanted.asks_the_issuer() => {
                Err(SsoConnectionsError::DiscoveryRefused { why: message })
            }
            Err(error) => return Err(error),
        })
    }

    /// The connection that the request has already, brought up to date. Nobody can tell whether it was made by an earlier
    /// try or an earlier request.
    async fn adopt(
        &self,
        tenant: &TenantId,
        new: &NewSsoConnection,
        all: Vec<Record>,
    ) -> Option<Result<SsoConnection, SsoConnectionsError>> {
        let mut theirs = all.into_iter().filter(|record| record.is_of(tenant));
        let found = theirs.find(|record| record.is_for(&new.request))?;
        let written = self.write(tenant, &found.id, &Wanted::from(new)).await;
        Some(match written {
            Ok(record) => self.with_admission(tenant, record).await,
            Err(error) => Err(error),
        })
    }

    /// Tries once to make the connection. One that the request has is never made again.
    async fn try_to_make(
        &self,
        tenant: &TenantRef,
        name: &ConnectionName,
        new: &NewSsoConnection,
        tries: &Tries<'_>,
    ) -> Result<Result<SsoConnection, SsoConnectionsError>, ManagementError> {
        let all = self.all().await?;
        let own = all.iter().filter(|record| record.is_of(&tenant.id)).count();
        let is_taken = all.iter().any(|record| record.name == name.as_str());
        if let Some(adopted) = self.adopt(&tenant.id, new, all).await {
            return Ok(adopted);
        }
        if is_taken {
            return Ok(Err(SsoConnectionsError::Unavailable(Box::new(NameTaken(name.clone())))));
        }
        if own >= AT_MOST {
            return Ok(Err(SsoConnectionsError::TooMany));
        }
        let record = NewRecord::new(name, &tenant.id, new, self.catalogue.client_id());
        let made: Result<Record, _> =
            self.management.call_once(tries, &Operation::post(&["connections"], &record)).await;
        match made {
            Ok(record) => Ok(connection_of(&tenant.id, record, Admission::Closed)),
            Err(ManagementError::BadRequest { message }) => {
                Ok(Err(SsoConnectionsError::DiscoveryRefused { why: message }))
            }
            Err(ManagementError::Forbidden { message }) if is_about_the_plan(&message) => {
                Ok(Err(SsoConnectionsError::TooMany))
            }
            // It is there, by an earlier try; or it was made, and the answer says nothing of it.
            Err(error @ (ManagementError::Conflict | ManagementError::Malformed(_))) => {
                match self.adopt(&tenant.id, new, self.all().await?).await {
                    Some(adopted) => Ok(adopted),
                    // The name stays blocked until everything of the deleted one is gone.
                    None if matches!(error, ManagementError::Conflict) => {
                        Ok(Err(SsoConnectionsError::BeingDeleted))
                    }
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn with_admission(
        &self,
        tenant: &TenantId,
        record: Record,
    ) -> Result<SsoConnection, SsoConnectionsError> {
        let enabled = self.enabled(tenant).await?;
        let admission = admission_of(&enabled, &record.id);
        connection_of(tenant, record, admission)
    }
}

fn admission_of(enabled: &[Enabled], id: &SsoConnectionId) -> Admission {
    let found = enabled.iter().find(|enabled| enabled.connection_id == id.as_str());
    found.map_or(Admission::Closed, Enabled::admission)
}

/// The connection, when it is as we write them.
fn connection_of(
    tenant: &TenantId,
    record: Record,
    admission: Admission,
) -> Result<SsoConnection, SsoConnectionsError> {
    Some(record)
        .filter(|record| record.is_of(tenant))
        .and_then(|record| record.into_connection(admission))
        .ok_or(SsoConnectionsError::NotStored)
}

/// Whether Auth0 permits no more connections, rather than us no connections.
fn is_about_the_plan(message: &str) -> bool {
    message.contains("You can only create") || message.contains("upgrade your subscription")
}

#[async_trait]
impl SsoConnections for Auth0SsoConnections {
    async fn create(
        &self,
        tenant: &TenantRef,
        new: &NewSsoConnection,
    ) -> Result<SsoConnection, SsoConnectionsError> {
        let name = ConnectionName::of(&tenant.name, &new.request);
        let name = name.map_err(|error| SsoConnectionsError::Unavailable(Box::new(error)))?;
        let mut tries = self.management.tries(&Operation::post(&["connections"], &()), Repeat::Freely);
        loop {
            match self.try_to_make(tenant, &name, new, &tries).await {
                Ok(made) => return made,
                Err(error) => tries.pause_after(error).await?,
            }
        }
    }

    async fn list(&self, tenant: &TenantId) -> Result<Vec<SsoConnection>, SsoConnectionsError> {
        let all = self.all().await?;
        let own: Vec<_> = all.into_iter().filter(|record| record.is_of(tenant)).collect();
        if own.is_empty() {
            return Ok(Vec::new());
        }
        let enabled = self.enabled(tenant).await?;
        let mut connections = Vec::with_capacity(own.len());
        for record in own {
            // It may have gone since the list was made.
            let Some(record) = self.read(tenant, &record.id).await? else { continue };
            let admission = admission_of(&enabled, &record.id);
            connections.push(connection_of(tenant, record, admission)?);
        }
        connections.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(connections)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
    ) -> Result<Option<SsoConnection>, SsoConnectionsError> {
        let Some(record) = self.read(tenant, id).await? else { return Ok(None) };
        self.with_admission(tenant, record).await.map(Some)
    }

    async fn update(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        change: &SsoConnectionChange,
    ) -> Result<SsoConnection, SsoConnectionsError> {
        let record = self.write(tenant, id, &Wanted::from(change)).await?;
        self.with_admission(tenant, record).await
    }

    async fn open(
        &self,
        tenant: &TenantId,
        id: &SsoConnectionId,
        admission: Admission,
        domains: &[EmailDomain],
    ) -> Result<SsoConnection, SsoConnectionsError> {
        let record = self.read(tenant, id).await?.ok_or(SsoConnectionsError::UnknownConnection)?;
        let domains = match admission {
            Admission::Closed => {
                self.disable(tenant, id).await?;
                &[]
            }
            Admission::Members | Admission::AutoMembership => {
                self.enable(tenant, id, admission == Admission::AutoMembership).await?;
                domains
            }
        };
        // Addresses lead to it last: nobody is sent to where they would not be let in.
        let wanted = Wanted::from(domains);
        let record = if wanted.is_in(&record) { record } else { self.write(tenant, id, &wanted).await? };
        connection_of(tenant, record, admission)
    }

    async fn delete(&self, tenant: &TenantId, id: &SsoConnectionId) -> Result<(), SsoConnectionsError> {
        if self.read(tenant, id).await?.is_none() {
            return Ok(());
        }
        // Auth0 takes its time over the rest, and nobody is let in meanwhile.
        self.disable(tenant, id).await?;
        match self.management.run(&Operation::delete(&["connections", id.as_str()])).await {
            Ok(()) | Err(ManagementError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn callback_url(&self) -> Url {
        self.callback_url.clone()
    }

    fn saml_service(&self, tenant: &TenantName, request: &SsoRequestId) -> Option<SamlService> {
        let name = ConnectionName::of(tenant, request).ok()?;
        let mut consumer_url = self.callback_url.clone();
        consumer_url.query_pairs_mut().append_pair("connection", name.as_str());
        Some(SamlService { entity_id: entity_id(&name), consumer_url })
    }
}

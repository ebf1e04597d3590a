//! The ids of what set-up made once for the whole Auth0 tenant: roles, and the connections that organizations share.

use std::sync::Arc;

use tenantry_domain::{Role, Roles};
use tokio::sync::OnceCell;

use crate::ManagementError;
use crate::management::Management;
use crate::wire::{Connection, RoleRecord};

/// The connections that every organization shares: password and social.
const SHARED_STRATEGIES: [&str; 2] = ["auth0", "google-oauth2"];
/// How many connections Auth0 takes for one organization.
pub(crate) const AT_MOST: usize = 10;

/// Ids that are looked up once and kept: neither roles nor shared connections change while the product runs.
#[derive(Debug)]
pub(crate) struct Catalogue {
    management: Arc<Management>,
    client_id: String,
    roles: OnceCell<Vec<RoleRecord>>,
    connections: OnceCell<Vec<String>>,
}

impl Catalogue {
    pub(crate) fn new(management: Arc<Management>, client_id: String) -> Self {
        Self { management, client_id, roles: OnceCell::new(), connections: OnceCell::new() }
    }

    /// The id of the tenant-wide role of this name.
    pub(crate) async fn role_id(&self, role: Role) -> Result<&str, ManagementError> {
        let roles = self.roles.get_or_try_init(|| self.read_roles()).await?;
        let found = roles.iter().find(|record| record.is_of_all(role.name()));
        found
            .map(|record| record.id.as_str())
            .ok_or_else(|| ManagementError::SetUp(format!("role named {role}")))
    }

    /// The roles of these ids; those that are not ours permit nothing and are left out.
    pub(crate) async fn roles_of(&self, ids: &[String]) -> Result<Roles, ManagementError> {
        let roles = self.roles.get_or_try_init(|| self.read_roles()).await?;
        let names = roles.iter().filter(|record| record.is_of_all(&record.name) && ids.contains(&record.id));
        Ok(Roles::from_names(names.map(|record| record.name.as_str())))
    }

    /// The application that people log in to.
    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The ids of the connections that every organization gets.
    pub(crate) async fn shared_connections(&self) -> Result<&[String], ManagementError> {
        Ok(self.connections.get_or_try_init(|| self.read_connections()).await?)
    }

    /// Looks everything up now, so that nobody waits for it later.
    pub(crate) async fn look_up(&self) -> Result<(), ManagementError> {
        let (roles, connections) =
            tokio::join!(self.roles.get_or_try_init(|| self.read_roles()), self.shared_connections());
        roles?;
        connections.map(|_| ())
    }

    async fn read_roles(&self) -> Result<Vec<RoleRecord>, ManagementError> {
        let missing = |roles: &[RoleRecord]| {
            let is_there = |role: Role| roles.iter().any(|record| record.is_of_all(role.name()));
            Role::ALL.into_iter().find(|role| !is_there(*role))
        };
        let roles = self.management.by_page(&["roles"], &[], |roles| missing(roles).is_none()).await?;
        // What is missing now may be made in a minute: it is not remembered as missing.
        if let Some(role) = missing(&roles) {
            return Err(ManagementError::SetUp(format!("role named {role}")));
        }
        Ok(roles)
    }

    async fn read_connections(&self) -> Result<Vec<String>, ManagementError> {
        let strategies = SHARED_STRATEGIES.map(|strategy| ("strategy", strategy));
        let connections: Vec<Connection> =
            self.management.by_checkpoint(&["connections"], &strategies, "connections").await?;
        if !connections.iter().any(|connection| connection.strategy == "auth0") {
            return Err(ManagementError::SetUp("password connection (strategy auth0)".to_owned()));
        }
        // Other applications of the same Auth0 tenant have connections of their own.
        let is_ours = |connection: &Connection| {
            let clients = &connection.enabled_clients;
            clients.is_empty() || clients.contains(&self.client_id)
        };
        Ok(connections.into_iter().filter(is_ours).map(|connection| connection.id).take(AT_MOST).collect())
    }
}

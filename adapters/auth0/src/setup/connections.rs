//! The connections that all organizations share: the password database and Google.

use serde::Deserialize;
use serde_json::{Value, json};

use super::application::Application;
use super::error::{Doing, SetupError};
use super::mark::{KEY, Mark};
use super::plan::{Change, Line};
use super::settings::Adopt;
use crate::ManagementError;
use crate::management::{Management, Operation};

const STEP: &str = "connection";
const MARK: &str = "shared";

/// A connection that is needed.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) name: &'static str,
    pub(super) strategy: &'static str,
    /// Whether every tenant comes with it: enabling it for the application is no matter of anybody else's.
    comes_with_the_tenant: bool,
    /// Whether nobody can log in without it.
    pub(super) is_needed: bool,
    /// What is to be known of one that set-up makes.
    on_making: Option<&'static str>,
}

pub(super) const PASSWORD: Shared = Shared {
    name: "Username-Password-Authentication",
    strategy: "auth0",
    comes_with_the_tenant: true,
    is_needed: true,
    on_making: None,
};
pub(super) const GOOGLE: Shared = Shared {
    name: "google-oauth2",
    strategy: "google-oauth2",
    comes_with_the_tenant: false,
    is_needed: false,
    on_making: Some(
        "with developer keys of Auth0's, which are for trying out only: give it your own before people come, or leave it \
         out with --without-google",
    ),
};

/// A connection that is there.
#[derive(Clone, Debug)]
pub(super) struct Found {
    id: String,
    strategy: String,
    is_made: bool,
    is_enabled: bool,
}

/// What is to be done with a connection.
#[derive(Debug)]
pub(super) struct ConnectionPlan {
    pub(super) line: Line,
    wanted: &'static Shared,
    found: Option<Found>,
}

#[derive(Deserialize)]
struct Record {
    id: String,
    name: String,
    strategy: String,
    metadata: Option<Value>,
}

#[derive(Deserialize)]
struct EnabledClient {
    client_id: String,
}

/// The connection of this name, and whether the application may use it.
pub(super) async fn read(
    api: &Management,
    wanted: &Shared,
    client_id: Option<&str>,
) -> Result<Option<Found>, ManagementError> {
    let query = [("name", wanted.name), ("fields", "id,name,strategy,metadata"), ("include_fields", "true")];
    let records: Vec<Record> = api.call(&Operation::get(&["connections"], &query)).await?;
    let Some(record) = records.into_iter().find(|record| record.name == wanted.name) else { return Ok(None) };
    let is_enabled = match client_id {
        Some(client_id) => {
            let path = ["connections", &record.id, "clients"];
            let clients: Vec<EnabledClient> = api.by_checkpoint(&path, &[], "clients").await?;
            clients.iter().any(|client| client.client_id == client_id)
        }
        None => false,
    };
    let is_made = Mark::of(record.metadata.as_ref(), MARK).is_some();
    Ok(Some(Found { id: record.id, strategy: record.strategy, is_made, is_enabled }))
}

pub(super) fn plan(wanted: &'static Shared, found: Option<Found>, adopt: &Adopt) -> ConnectionPlan {
    let name = wanted.name;
    let enabling = || "enabled for the application".to_owned();
    let line = match &found {
        None => {
            let mut details = vec![format!("strategy: {}", wanted.strategy), enabling()];
            details.extend(wanted.on_making.map(str::to_owned));
            Line::new(STEP, name, Change::Create, details)
        }
        Some(found) if found.strategy != wanted.strategy => {
            let todo = format!("it has the strategy {}: rename or delete it", found.strategy);
            Line::new(STEP, name, Change::Conflict, vec![todo])
        }
        Some(found) if found.is_enabled => Line::of_details(STEP, name, Vec::new()),
        Some(_) if wanted.comes_with_the_tenant => {
            let details = vec![format!("{}; nothing else changes", enabling())];
            Line::of_details(STEP, name, details)
        }
        Some(found) if found.is_made || adopt.includes(name) => {
            Line::of_details(STEP, name, vec![format!("{}; nothing else changes", enabling())])
        }
        Some(_) => {
            let what = "set-up did not make this connection (a new Auth0 tenant comes with it); --adopt enables it for \
                        the application and changes nothing else";
            Line::conflict(STEP, name, what)
        }
    };
    ConnectionPlan { line, wanted, found }
}

/// Nothing is done about it, whether it is there or not.
pub(super) fn left_out(wanted: &'static Shared) -> ConnectionPlan {
    let line = Line::new(STEP, wanted.name, Change::None, vec!["left out, as told".to_owned()]);
    ConnectionPlan { line, wanted, found: None }
}

impl ConnectionPlan {
    /// Makes it, if it is not there, and enables it for the application.
    pub(super) async fn apply(&self, api: &Management, web: &Application) -> Result<(), SetupError> {
        if self.line.change == Change::None {
            return Ok(());
        }
        let name = self.wanted.name;
        let id = match &self.found {
            Some(found) => found.id.clone(),
            None => {
                let body =
                    json!({ "name": name, "strategy": self.wanted.strategy, "metadata": { KEY: MARK } });
                let made: Result<Record, _> = api.call(&Operation::post(&["connections"], &body)).await;
                made.doing(&format!("making the connection {name}"))?.id
            }
        };
        let body = json!([{ "client_id": web.id, "status": true }]);
        let enabled = api.run(&Operation::patch(&["connections", &id, "clients"], &body)).await;
        enabled.doing(&format!("enabling the connection {name} for the application"))
    }
}

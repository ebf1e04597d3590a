//! The ways in that a login page offers.

use super::callback::CallbackError;
use super::home_realm;
use crate::model::{AuthorizationRequest, Connection};
use crate::store::State;

/// What the page shows.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// The name of the password database, when there is one.
    pub(crate) database: Option<String>,
    /// Whether people may make an account of their own in it.
    pub(crate) sign_up: bool,
    /// The other ways in.
    pub(crate) buttons: Vec<Button>,
}

/// A connection with its own button.
#[derive(Debug, Clone)]
pub(crate) struct Button {
    pub(crate) connection: String,
    pub(crate) label: String,
    pub(crate) strategy: String,
}

/// The connections that this request may use: under an organization those that it has enabled, whether the client has
/// them or not; else the client's.
pub(crate) fn options(state: &State, request: &AuthorizationRequest) -> Result<Options, CallbackError> {
    let mut options = Options::default();
    let wanted =
        |connection: &Connection| request.connection.as_ref().is_none_or(|wanted| *wanted == connection.name);
    let mut offer = |connection: &Connection, sign_up: bool| {
        if connection.is_database() {
            if options.database.is_none() {
                options.database = Some(connection.name.clone());
                options.sign_up = sign_up;
            }
        } else {
            options.buttons.push(Button {
                connection: connection.name.clone(),
                label: connection.label().to_owned(),
                strategy: connection.strategy.clone(),
            });
        }
    };
    let organization = request.organization.as_ref().and_then(|id| state.organizations.get(id));
    let mut hidden = false;
    match organization {
        Some(organization) => {
            for enabled in &organization.enabled_connections {
                let Some(connection) = state.connections.get(&enabled.connection_id) else { continue };
                // Only enterprise connections can be hidden; who names one reaches it all the same.
                let shown = enabled.show_as_button
                    || !connection.is_enterprise()
                    || request.connection.as_ref() == Some(&connection.name);
                hidden |= !shown;
                if shown && wanted(connection) {
                    // Whoever is invited may make the account that the invitation is for.
                    offer(connection, enabled.is_signup_enabled || request.invitation.is_some());
                }
            }
        }
        None => {
            // Where people pick their organization later, the tenant's default directory comes before the client's own.
            let default = home_realm::picks_organization_later(state, request)
                .then(|| state.settings().default_directory())
                .flatten()
                .and_then(|name| state.connection_by_name(name));
            if let Some(connection) =
                default.filter(|connection| connection.is_database() && wanted(connection))
            {
                offer(connection, !connection.sign_up_is_disabled());
            }
            for connection in state.connections.iter() {
                let is_hidden = connection.is_enterprise()
                    && connection.settings().flag("show_as_button") == Some(false)
                    && request.connection.as_ref() != Some(&connection.name);
                if connection.enabled_clients.contains(&request.client_id) && wanted(connection) && !is_hidden
                {
                    offer(connection, !connection.sign_up_is_disabled());
                }
            }
        }
    }
    if options.database.is_some() || !options.buttons.is_empty() {
        Ok(options)
    } else if hidden {
        Err(CallbackError::NoVisibleConnections)
    } else {
        Err(CallbackError::NoConnections)
    }
}

//! Everything that the provider knows, as typed tables.

use super::table::{Change, Row, Table};
use crate::model;

macro_rules! tables {
    ($($field:ident: $row:ty,)*) => {
        /// The whole state. Whoever holds it mutably is inside a transaction of the store.
        #[derive(Clone, Default)]
        pub(crate) struct State {
            $(pub(crate) $field: Table<$row>,)*
        }

        impl State {
            pub(super) const TABLES: &'static [&'static str] = &[$(<$row as Row>::TABLE,)*];

            pub(super) fn roll_back(&mut self) {
                $(self.$field.roll_back();)*
            }

            pub(super) fn has_changed(&self) -> bool {
                $(self.$field.has_changed())||*
            }

            pub(super) fn changes(&self) -> Result<Vec<Change>, serde_json::Error> {
                let mut changes = Vec::new();
                $(self.$field.changes(&mut changes)?;)*
                Ok(changes)
            }

            pub(super) fn forget_before(&mut self) {
                $(self.$field.forget_before();)*
            }

            /// Takes on what `other` holds, all but the signing keys: those who verify tokens have them already.
            pub(crate) fn become_like(&mut self, other: &Self) {
                $(if <$row as Row>::TABLE != model::SigningKey::TABLE {
                    self.$field.become_like(&other.$field);
                })*
            }

            /// Whether both hold the very same rows.
            #[cfg(test)]
            pub(super) fn is(&self, other: &Self) -> bool {
                $(self.$field.is(&other.$field))&&*
            }

            pub(super) fn load(&mut self, table: &str, json: &[u8]) -> Result<(), serde_json::Error> {
                match table {
                    $(<$row as Row>::TABLE => self.$field.load(json),)*
                    _ => Ok(()),
                }
            }
        }
    };
}

tables! {
    settings: model::TenantSettings,
    clients: model::Client,
    connections: model::Connection,
    users: model::User,
    organizations: model::Organization,
    members: model::Member,
    roles: model::Role,
    client_credentials: model::ClientCredential,
    client_grants: model::ClientGrant,
    signing_keys: model::SigningKey,
    sessions: model::BrowserSession,
    login_transactions: model::LoginTransaction,
    authorization_codes: model::AuthorizationCode,
    refresh_tokens: model::RefreshToken,
    invitations: model::Invitation,
    discovery_domains: model::DiscoveryDomain,
    organization_client_grants: model::OrganizationClientGrant,
    organization_clients: model::OrganizationClient,
    self_service_profiles: model::SelfServiceProfile,
    sso_tickets: model::SsoTicket,
    resource_servers: model::ResourceServer,
    actions: model::Action,
    deployed_actions: model::DeployedAction,
    trigger_bindings: model::TriggerBindings,
    scim_configurations: model::ScimConfiguration,
    scim_tokens: model::ScimToken,
    tickets: model::Ticket,
    mail: model::Mail,
    logs: model::LogEntry,
    jobs: model::Job,
    guardian: model::GuardianSettings,
    access_tokens: model::AccessToken,
    pushed_requests: model::PushedRequest,
    spent_assertions: model::SpentAssertion,
    logout_notices: model::LogoutNotice,
}

//! Everything that the provider knows, as typed tables.

use super::table::{Change, Row, Table};
use crate::model::{
    Action, AuthorizationCode, BrowserSession, Client, ClientGrant, Connection, DiscoveryDomain, Invitation,
    LogEntry, LoginTransaction, Mail, Member, Organization, OrganizationClient, OrganizationClientGrant,
    RefreshToken, ResourceServer, Role, SelfServiceProfile, SigningKey, SsoTicket, TenantSettings, Ticket,
    TriggerBindings, User,
};

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
                $(if <$row as Row>::TABLE != SigningKey::TABLE {
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
    settings: TenantSettings,
    clients: Client,
    connections: Connection,
    users: User,
    organizations: Organization,
    members: Member,
    roles: Role,
    client_grants: ClientGrant,
    signing_keys: SigningKey,
    sessions: BrowserSession,
    login_transactions: LoginTransaction,
    authorization_codes: AuthorizationCode,
    refresh_tokens: RefreshToken,
    invitations: Invitation,
    discovery_domains: DiscoveryDomain,
    organization_client_grants: OrganizationClientGrant,
    organization_clients: OrganizationClient,
    self_service_profiles: SelfServiceProfile,
    sso_tickets: SsoTicket,
    resource_servers: ResourceServer,
    actions: Action,
    trigger_bindings: TriggerBindings,
    tickets: Ticket,
    mail: Mail,
    logs: LogEntry,
}

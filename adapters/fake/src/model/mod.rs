//! What the provider knows: one row type a file.

mod action;
mod authorization_code;
mod browser_session;
mod client;
mod client_grant;
mod connection;
mod device;
mod discovery_domain;
mod identity;
mod invitation;
mod log_entry;
mod login_transaction;
mod mail;
mod member;
mod organization;
mod organization_client;
mod organization_client_grant;
mod permission;
mod refresh_token;
mod resource_server;
mod role;
mod self_service_profile;
mod signing_key;
mod sso_ticket;
mod tenant_settings;
mod ticket;
mod user;

pub(crate) use action::{Action, ActionCode, ActionVersion, Binding, POST_LOGIN, TriggerBindings};
pub(crate) use authorization_code::AuthorizationCode;
pub(crate) use browser_session::{BrowserSession, SessionEnd};
pub(crate) use client::Client;
pub(crate) use client_grant::ClientGrant;
pub(crate) use connection::Connection;
pub(crate) use device::Device;
pub(crate) use discovery_domain::DiscoveryDomain;
pub(crate) use identity::Identity;
pub(crate) use invitation::Invitation;
pub(crate) use log_entry::LogEntry;
pub(crate) use login_transaction::{
    Admitted, Authenticated, AuthorizationRequest, Away, Challenge, ChallengeMethod, LoginTransaction, Prompt,
};
pub(crate) use mail::{Mail, MailKind};
pub(crate) use member::Member;
pub(crate) use organization::{EnabledConnection, Organization};
pub(crate) use organization_client::OrganizationClient;
pub(crate) use organization_client_grant::OrganizationClientGrant;
pub(crate) use permission::Permission;
pub(crate) use refresh_token::RefreshToken;
pub(crate) use resource_server::ResourceServer;
pub(crate) use role::Role;
pub(crate) use self_service_profile::SelfServiceProfile;
pub(crate) use signing_key::{KeyUse, SigningKey};
pub(crate) use sso_ticket::SsoTicket;
pub(crate) use tenant_settings::TenantSettings;
pub(crate) use ticket::Ticket;
pub(crate) use user::User;

//! What the provider knows: one row type a file.

mod authorization_code;
mod browser_session;
mod client;
mod client_grant;
mod connection;
mod login_transaction;
mod member;
mod organization;
mod refresh_token;
mod role;
mod signing_key;
mod tenant_settings;
mod user;

pub(crate) use authorization_code::AuthorizationCode;
pub(crate) use browser_session::BrowserSession;
pub(crate) use client::{AppType, Client};
pub(crate) use client_grant::ClientGrant;
pub(crate) use connection::Connection;
pub(crate) use login_transaction::{
    Authenticated, AuthorizationRequest, Challenge, ChallengeMethod, LoginTransaction, Prompt,
};
pub(crate) use member::Member;
pub(crate) use organization::{EnabledConnection, Organization};
pub(crate) use refresh_token::RefreshToken;
pub(crate) use role::Role;
pub(crate) use signing_key::{KeyUse, SigningKey};
pub(crate) use tenant_settings::TenantSettings;
pub(crate) use user::User;

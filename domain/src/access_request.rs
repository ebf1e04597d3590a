//! Somebody whom an organization's own identity provider vouches for, and who asks to be let in.

use crate::{EmailAddress, Role, SsoRequestId, TenantId, Timestamp, UserId};

/// A person who came through an organization's own login, is no member, and asks an Administrator to become one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRequest {
    /// Who is asked.
    pub tenant: TenantId,
    /// Through which connection the person came.
    pub request: SsoRequestId,
    /// Who asks.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    /// Their address: in a domain that the organization has proved.
    pub email: EmailAddress,
    /// What the connection's rules would make of them.
    pub role: Role,
    /// When they asked first.
    pub asked_at: Timestamp,
}

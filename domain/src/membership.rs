//! A user in a tenant.

use crate::{EmailAddress, Roles, TenantId, UserId};

/// A user in a tenant, with roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Whose.
    pub user: UserId,
    /// In which tenant.
    pub tenant: TenantId,
    /// With which roles there.
    pub roles: Roles,
}

/// A member as a list shows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// What to call them; the e-mail address when the provider knows no name.
    pub name: String,
    /// The address, when the account has one.
    pub email: Option<EmailAddress>,
    /// Where their picture is.
    pub picture: Option<String>,
    /// With which roles in this tenant.
    pub roles: Roles,
}

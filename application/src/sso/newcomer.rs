//! Who is a member already when they come, and who is a newcomer, whatever the provider has made of them by then.

use tenantry_domain::Roles;
use tenantry_domain::post_login::may_come_of_a_login;
use tenantry_ports::Login;

use super::SsoGate;
use crate::Outage;

/// What somebody is in the organization under which they come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The roles that count.
    pub(crate) roles: Roles,
    /// Whether they come through the organization's own connection and nobody has let them in yet.
    pub(crate) is_newcomer: bool,
}

impl Standing {
    /// Somebody who has these roles and no others.
    pub(crate) fn with(roles: Roles) -> Self {
        Self { roles, is_newcomer: false }
    }
}

impl SsoGate {
    /// What somebody is whom the provider gives these roles.
    ///
    /// A provider that makes members of newcomers does so in the middle of their login, before we count seats or ask what
    /// the organization's rules are. Whoever does not let that login come back to us keeps what it gave: it counts once
    /// we have let them in, and not before.
    pub(crate) async fn standing(&self, login: &Login, roles: Roles) -> Result<Standing, Outage> {
        let (Some(tenant), Some(connection)) = (&login.tenant, &login.connection) else {
            return Ok(Standing::with(roles));
        };
        if !may_come_of_a_login(&roles)
            || self.requests.of_connection(&tenant.id, connection).await?.is_none()
            || self.requests.is_admitted(&tenant.id, &login.user).await?
        {
            return Ok(Standing::with(roles));
        }
        Ok(Standing { roles: Roles::default(), is_newcomer: true })
    }
}

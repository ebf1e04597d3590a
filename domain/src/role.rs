//! Roles inside a tenant, and the one table of what each may do.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A member's role inside one tenant. The names are those that the guide gives them at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Role {
    /// Runs the organization: its members, plan and connections.
    Administrator,
    /// Uses the product.
    Employee,
}

/// The name is not a role of this product.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a role: use Administrator or Employee")]
pub struct UnknownRole(String);

/// Something that a role permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Use what the tenant's plan includes.
    UseProduct,
    /// See plan, price and seats.
    ViewSubscription,
    /// Pay for another plan or another year.
    ChangeSubscription,
    /// See who is a member and who is invited, with which roles.
    ViewMembers,
    /// Invite people, invite them again, and take invitations back.
    InviteMembers,
    /// Give members roles and take roles from them.
    ChangeRoles,
    /// End other people's memberships.
    RemoveMembers,
    /// Change the organization's display name, logo and colours.
    CustomizeOrganization,
    /// Set up and run the organization's single sign-on, and its domains.
    ManageSso,
    /// Take a copy of everything that belongs to the organization.
    ExportOrganization,
    /// End the organization for everybody.
    DeleteOrganization,
    /// Read who changed what, and when.
    ViewAuditLog,
}

impl Permission {
    /// Every permission, in the order of the table.
    pub const ALL: [Self; 12] = [
        Self::UseProduct,
        Self::ViewSubscription,
        Self::ChangeSubscription,
        Self::ViewMembers,
        Self::InviteMembers,
        Self::ChangeRoles,
        Self::RemoveMembers,
        Self::CustomizeOrganization,
        Self::ManageSso,
        Self::ExportOrganization,
        Self::DeleteOrganization,
        Self::ViewAuditLog,
    ];

    /// Which roles have it: the whole of authorization is this table.
    pub fn roles(self) -> &'static [Role] {
        use Role::{Administrator, Employee};
        match self {
            Self::UseProduct => &[Administrator, Employee],
            Self::ViewSubscription
            | Self::ChangeSubscription
            | Self::ViewMembers
            | Self::InviteMembers
            | Self::ChangeRoles
            | Self::RemoveMembers
            | Self::CustomizeOrganization
            | Self::ManageSso
            | Self::ExportOrganization
            | Self::DeleteOrganization
            | Self::ViewAuditLog => &[Administrator],
        }
    }

    /// Whether it rests while the organization's plan is over. What brings the plan back does not, nor what nobody may be
    /// kept from by money: to take one's data, and to end the organization.
    pub fn needs_plan(self) -> bool {
        !matches!(
            self,
            Self::ViewSubscription
                | Self::ChangeSubscription
                | Self::ExportOrganization
                | Self::DeleteOrganization
        )
    }
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 2] = [Self::Administrator, Self::Employee];

    /// The name, as the provider and the pages write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Employee => "Employee",
        }
    }

    /// Whether this role permits `permission`.
    pub fn permits(self, permission: Permission) -> bool {
        permission.roles().contains(&self)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or_else(|| UnknownRole(name.to_owned()))
    }
}

/// The roles that one member has. None at all permits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// Reads the names that a provider sent; names that are not ours permit nothing and are left out.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// Whether any of these roles permits `permission`.
    pub fn permit(&self, permission: Permission) -> bool {
        self.0.iter().any(|role| role.permits(permission))
    }

    /// Whether `role` is among them.
    pub fn contains(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether there is no role at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The roles, the most powerful first.
    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }

    /// The most powerful of them.
    pub fn highest(&self) -> Option<Role> {
        self.0.first().copied()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        Self(roles.into_iter().collect())
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self::from_iter([role])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_unknown_role_permits_nothing() {
        for roles in [Roles::default(), Roles::from_names(["administrator", "Owner", "", "ADMINISTRATOR"])] {
            assert!(Permission::ALL.iter().all(|permission| !roles.permit(*permission)));
        }
    }

    #[test]
    fn a_plan_that_is_over_keeps_nobody_from_paying_taking_their_data_and_going() {
        use Permission::{ChangeSubscription, DeleteOrganization, ExportOrganization, ViewSubscription};
        let open: Vec<_> =
            Permission::ALL.into_iter().filter(|permission| !permission.needs_plan()).collect();
        assert_eq!(open, [ViewSubscription, ChangeSubscription, ExportOrganization, DeleteOrganization]);
    }

    #[test]
    fn an_employee_uses_the_product_and_runs_nothing() {
        let employee = Roles::from_names(["Employee", "Owner"]);
        let permitted: Vec<_> =
            Permission::ALL.into_iter().filter(|permission| employee.permit(*permission)).collect();
        assert_eq!(permitted, [Permission::UseProduct]);
        assert!(
            Permission::ALL.iter().all(|permission| Roles::from(Role::Administrator).permit(*permission))
        );
    }
}

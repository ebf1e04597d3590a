//! Who is asking. A use case takes the kind of actor that it needs, so the wrong call does not compile.

use crate::{Permission, Roles, TenantRef, UserId};

/// A signed-in person, inside a tenant or outside of any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    user: UserId,
    tenant: Option<(TenantRef, Roles)>,
}

/// A person inside one tenant. Tenant data is only ever read and written through one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantActor {
    user: UserId,
    tenant: TenantRef,
    roles: Roles,
}

/// A person inside a tenant who has been found to be allowed to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator(TenantActor);

/// Why the actor may not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    /// Signed in outside of any tenant.
    #[error("this needs a login under an organization")]
    NoTenant,
    /// None of the actor's roles permits it.
    #[error("this needs another role: ask an Administrator of the organization")]
    Role,
}

impl Actor {
    /// A person outside of any tenant.
    pub fn outside(user: UserId) -> Self {
        Self { user, tenant: None }
    }

    /// A person inside `tenant` with `roles` there.
    pub fn inside(user: UserId, tenant: TenantRef, roles: Roles) -> Self {
        Self { user, tenant: Some((tenant, roles)) }
    }

    /// Who.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// The tenant under which the person signed in.
    pub fn tenant(&self) -> Option<&TenantRef> {
        self.tenant.as_ref().map(|(tenant, _)| tenant)
    }

    /// The person as one who is inside a tenant.
    pub fn in_tenant(&self) -> Result<TenantActor, NotPermitted> {
        let (tenant, roles) = self.tenant.clone().ok_or(NotPermitted::NoTenant)?;
        Ok(TenantActor { user: self.user.clone(), tenant, roles })
    }

    /// The person as one who is inside a tenant and has `permission` there.
    pub fn permitted(&self, permission: Permission) -> Result<Administrator, NotPermitted> {
        self.in_tenant()?.permitted(permission)
    }
}

impl TenantActor {
    /// Who.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// Inside which tenant.
    pub fn tenant(&self) -> &TenantRef {
        &self.tenant
    }

    /// With which roles.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// This person, if a role permits it.
    pub fn permitted(self, permission: Permission) -> Result<Administrator, NotPermitted> {
        if self.roles.permit(permission) { Ok(Administrator(self)) } else { Err(NotPermitted::Role) }
    }
}

impl Administrator {
    /// Who.
    pub fn user(&self) -> &UserId {
        self.0.user()
    }

    /// Of which tenant.
    pub fn tenant(&self) -> &TenantRef {
        self.0.tenant()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, TenantId, TenantName};

    #[test]
    fn authority_comes_from_the_tenant_that_one_is_signed_in_to() {
        let user = UserId::try_from("auth0|1").unwrap();
        let tenant = TenantRef {
            id: TenantId::try_from("org_1").unwrap(),
            name: TenantName::try_from("acme").unwrap(),
        };
        let outside = Actor::outside(user.clone());
        assert_eq!(outside.permitted(Permission::ViewMembers), Err(NotPermitted::NoTenant));
        for roles in [Roles::default(), Roles::from(Role::Employee)] {
            let actor = Actor::inside(user.clone(), tenant.clone(), roles);
            assert_eq!(actor.permitted(Permission::ViewMembers), Err(NotPermitted::Role));
        }
        let actor = Actor::inside(user, tenant.clone(), Roles::from(Role::Administrator));
        assert_eq!(actor.permitted(Permission::ViewMembers).unwrap().tenant(), &tenant);
    }
}

//! The in-process door: the product's ports on the fake's state, without HTTP.

mod identity_provider;
mod invitations;
mod members;
mod sso_connections;
mod tenants;
mod users;

pub use identity_provider::FakeIdentityProvider;
pub use invitations::FakeInvitations;
pub use members::FakeMembers;
pub use sso_connections::FakeSsoConnections;
pub use tenants::FakeTenants;
pub(crate) use tenants::branding_of;
pub use users::FakeUsers;

use url::Url;

use crate::{Fake, StoreError};

/// Where the guide keeps a subscription: in `app_metadata` of users and in `metadata` of organizations.
const SUBSCRIPTION: &str = "subscription";

impl Fake {
    /// Logins of this client; `redirect_uri` is one of its callbacks.
    pub fn identity_provider(&self, client_id: &str, redirect_uri: Url) -> FakeIdentityProvider {
        FakeIdentityProvider::new(self.clone(), client_id, redirect_uri)
    }

    /// Its users.
    pub fn users(&self) -> FakeUsers {
        FakeUsers::new(self.clone())
    }

    /// Its organizations.
    pub fn tenants(&self) -> FakeTenants {
        FakeTenants::new(self.clone())
    }

    /// Invitations to its organizations, whose links lead to this client.
    pub fn invitations(&self, client_id: &str) -> FakeInvitations {
        FakeInvitations::new(self.clone(), client_id)
    }

    /// Its organizations' own identity providers, through which people log in to this client.
    pub fn sso_connections(&self, client_id: &str) -> FakeSsoConnections {
        FakeSsoConnections::new(self.clone(), client_id)
    }

    /// Its organizations' members.
    pub fn members(&self) -> FakeMembers {
        FakeMembers::new(self.clone())
    }
}

/// Why a write came to nothing: the port's own reason, or the disk.
enum Failed<E> {
    Port(E),
    Store(StoreError),
}

impl<E> From<StoreError> for Failed<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

//! The in-process door: the product's ports on the fake's state, without HTTP.

mod identity_provider;
mod members;
mod tenants;
mod users;

pub use identity_provider::FakeIdentityProvider;
pub use members::FakeMembers;
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

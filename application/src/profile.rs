//! What the product knows about the person who is signed in.

use std::sync::Arc;

use tenantry_domain::Role;
use tenantry_ports::{Session, Sessions};

use crate::Outage;

/// Shows a person their own profile.
pub struct Profile {
    /// Where the claims are.
    pub sessions: Arc<dyn Sessions>,
}

/// What is known.
#[derive(Clone, Debug)]
pub struct ProfileView {
    /// The claims of the login, with the subscription and roles as they are now.
    pub claims: Claims,
}

type Claims = serde_json::Map<String, serde_json::Value>;

/// Puts what is known now in place of what the login brought, or takes it away.
fn put(claims: &mut Claims, name: &str, value: Option<serde_json::Value>) {
    match value {
        Some(value) => claims.insert(name.to_owned(), value),
        None => claims.remove(name),
    };
}

impl Profile {
    /// The claims that the login brought, but for the name, the subscription and the roles: they are shown as they count
    /// now.
    pub async fn run(&self, session: &Session) -> Result<ProfileView, Outage> {
        let mut claims = self.sessions.claims(&session.id).await?.unwrap_or_default();
        put(&mut claims, "name", Some(session.name.as_str().into()));
        put(&mut claims, "subscription", session.subscription.map(|held| held.to_string().into()));
        let roles: Vec<_> = session.roles.iter().map(Role::name).collect();
        put(&mut claims, "member_roles", session.tenant.as_ref().map(|_| roles.into()));
        Ok(ProfileView { claims })
    }
}

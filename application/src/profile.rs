//! What the product knows about the person who is signed in.

use std::sync::Arc;

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
    pub claims: serde_json::Map<String, serde_json::Value>,
}

impl Profile {
    /// The claims that the login brought. What the product itself has changed since then is shown as it is now.
    pub async fn run(&self, session: &Session) -> Result<ProfileView, Outage> {
        let mut claims = self.sessions.claims(&session.id).await?.unwrap_or_default();
        if let Some(subscription) = session.subscription {
            claims.insert("subscription".to_owned(), subscription.to_string().into());
        }
        Ok(ProfileView { claims })
    }
}

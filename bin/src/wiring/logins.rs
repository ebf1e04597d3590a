//! The use cases by which people come in and leave.

use std::sync::Arc;

use tenantry_application::{Conversions, ExplainSignOut, FollowLogout, SessionLimits, SignIn, SignOut};

use super::Parts;

impl Parts {
    pub(super) fn sign_in(&self, limits: SessionLimits, conversions: &Arc<Conversions>) -> SignIn {
        SignIn {
            redeem: self.redeem(),
            sso: self.sso_gate(),
            users: self.users(),
            tenants: self.tenants(),
            members: self.members(),
            sessions: self.sessions(),
            conversions: Arc::clone(conversions),
            clock: Arc::clone(&self.clock),
            catalogue: Arc::clone(&self.catalogue),
            offers: self.offers(),
            turns: self.turns(),
            seats: self.seats(),
            audit_log: self.audit_log(),
            limits,
        }
    }

    pub(super) fn sign_out(&self) -> SignOut {
        SignOut { sessions: self.sessions(), provider: Arc::new(self.auth0.identity_provider()) }
    }

    pub(super) fn follow_logout(&self) -> FollowLogout {
        FollowLogout {
            provider: Arc::new(self.auth0.identity_provider()),
            sessions: self.sessions(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn explain_sign_out(&self) -> ExplainSignOut {
        ExplainSignOut { sessions: self.sessions(), members: self.members(), clock: Arc::clone(&self.clock) }
    }
}

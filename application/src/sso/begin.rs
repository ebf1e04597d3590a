//! Asking for single sign-on: the first step.

use std::collections::BTreeSet;

use tenantry_domain::{
    AdmissionRules, AuditAction, DisplayName, Enforcement, SsoKind, SsoRequest, SsoRequestId, SsoState,
};
use tenantry_ports::Session;

use super::{SsoError, SsoParts};
use crate::Outage;

/// Twice as many as can become connections: some are being set up while others are used.
const MOST_REQUESTS: usize = 20;

/// Begins a request. It can be left and taken up at any step.
pub struct BeginSso {
    /// What it works with.
    pub parts: SsoParts,
}

impl BeginSso {
    /// Begins a request for this kind of provider.
    pub async fn run(
        &self,
        session: &Session,
        kind: SsoKind,
        display_name: DisplayName,
    ) -> Result<SsoRequest, SsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        if self.parts.requests.of_tenant(&administrator.tenant().id).await?.len() >= MOST_REQUESTS {
            return Err(SsoError::TooMany);
        }
        let id = SsoRequestId::try_from(self.parts.random.hex(16).as_str());
        let request = SsoRequest {
            id: id.map_err(|error| Outage::Store(Box::new(error)))?,
            tenant: administrator.tenant().clone(),
            kind,
            display_name,
            domains: BTreeSet::new(),
            upstream: None,
            test: None,
            test_begun: None,
            admission: AdmissionRules::default(),
            state: SsoState::SettingUp,
            enforcement: Enforcement::Off,
            break_glass: BTreeSet::new(),
            made_by: session.user.clone(),
            made_at: self.parts.clock.now(),
        };
        self.parts.requests.begin(&request).await?;
        let subject = request.display_name.to_string();
        self.parts.record(session, administrator.tenant(), AuditAction::SsoRequested, subject).await;
        Ok(request)
    }
}

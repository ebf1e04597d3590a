//! Deleting a connection.

use std::sync::Arc;

use tenantry_domain::{AuditAction, ConnectionName, SsoConnectionId, SsoRequest, SsoState};
use tenantry_ports::{Session, Sessions, SessionsOf};

use super::{SsoError, SsoParts};
use crate::Outage;
use crate::sign_in::remembered_until;

/// Deletes a connection, at the provider and here. The accounts that came through it end with it, and so do their sessions.
pub struct DeleteSso {
    /// What it works with.
    pub parts: SsoParts,
    /// Who is signed in.
    pub sessions: Arc<dyn Sessions>,
}

impl DeleteSso {
    /// Deletes it; answers what it was called. Cut at any point, it is off, and the next try goes on: what is here goes
    /// last, so that nothing at the provider is forgotten.
    pub async fn run(&self, session: &Session, request: &str) -> Result<String, SsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        if kept.request.upstream.is_some() {
            self.parts.leaves_a_way_in(&tenant.id).await?;
        }
        if kept.request.state == SsoState::On {
            kept.request.state = SsoState::Off;
            self.parts.save(&mut kept).await?;
        }
        self.end_sessions(&kept.request).await?;
        if let Some(connection) = self.connection(&kept.request).await? {
            self.parts.connections.delete(&tenant.id, &connection).await?;
        }
        self.parts.requests.delete(&tenant.id, &kept.request.id).await?;
        let name = kept.request.display_name.to_string();
        self.parts.record(session, tenant, AuditAction::SsoDeleted, name.clone()).await;
        Ok(name)
    }

    /// Ends the sessions of everybody who came through it at once, whatever the provider tells of their accounts, and when.
    async fn end_sessions(&self, request: &SsoRequest) -> Result<(), SsoError> {
        let people = self.parts.requests.brought(&request.tenant.id, &request.id).await?;
        let now = self.parts.clock.now();
        let ended = self.sessions.end_all(&SessionsOf::Users(people), None, now, remembered_until(now)).await;
        ended.map_err(Outage::from)?;
        Ok(())
    }

    /// What the request has at the provider, also when the answer that told of it was lost.
    async fn connection(&self, request: &SsoRequest) -> Result<Option<SsoConnectionId>, SsoError> {
        if let Some(upstream) = &request.upstream {
            return Ok(Some(upstream.connection.clone()));
        }
        let Ok(name) = ConnectionName::of(&request.tenant.name, &request.id) else { return Ok(None) };
        let own = self.parts.connections.list(&request.tenant.id).await?;
        Ok(own.into_iter().find(|connection| connection.name == name).map(|connection| connection.id))
    }
}

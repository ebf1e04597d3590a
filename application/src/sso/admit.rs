//! What becomes of those who come through a connection.

use tenantry_domain::{AdmissionRules, AuditAction, SsoState};
use tenantry_ports::{KeptSsoRequest, Revision, Session, SsoConnectionChange};

use super::{SsoError, SsoParts};

/// Says whether newcomers become members, and as what; and lets people in again whom a change has kept out.
pub struct AdmitThroughSso {
    /// What it works with.
    pub parts: SsoParts,
}

/// What is to become of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmissionWish {
    /// What the organization's people call the connection.
    pub display_name: tenantry_domain::DisplayName,
    /// The rules.
    pub rules: AdmissionRules,
    /// The request as it was when the rules were made of it; `None` when they are all of them anew.
    pub seen: Option<Revision>,
}

impl AdmitThroughSso {
    /// Changes the rules; those who are members stay what they are. Repeatable.
    pub async fn run(
        &self,
        session: &Session,
        request: &str,
        wish: AdmissionWish,
    ) -> Result<KeptSsoRequest, SsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let mut kept = self.parts.find(&tenant.id, request).await?;
        if wish.seen.is_some_and(|seen| seen != kept.revision) {
            return Err(SsoError::Changed);
        }
        kept.request.admission = wish.rules;
        // The login page of the organization shows it, too.
        if let Some(upstream) =
            kept.request.upstream.as_ref().filter(|_| kept.request.display_name != wish.display_name)
        {
            let change = SsoConnectionChange {
                display_name: Some(wish.display_name.clone()),
                ..SsoConnectionChange::default()
            };
            self.parts.connections.update(&tenant.id, &upstream.connection, &change).await?;
        }
        kept.request.display_name = wish.display_name;
        self.parts.save(&mut kept).await?;
        if kept.request.state == SsoState::On {
            self.parts.reopen(&kept.request).await?;
        }
        let subject = kept.request.display_name.to_string();
        self.parts.record(session, tenant, AuditAction::SsoChanged, subject).await;
        Ok(kept)
    }

    /// Lets everybody in again who came before the client was changed; answers how many. Whoever does this has made sure
    /// that the organization's provider gives the same people the same names as before.
    pub async fn again(&self, session: &Session, request: &str) -> Result<(KeptSsoRequest, u32), SsoError> {
        let (_turn, administrator) = self.parts.in_turn(session).await?;
        let tenant = administrator.tenant();
        let kept = self.parts.find(&tenant.id, request).await?;
        let Some(upstream) = &kept.request.upstream else { return Ok((kept, 0)) };
        let client = upstream.client();
        let people = self.parts.requests.let_in_again(&tenant.id, &kept.request.id, &client).await?;
        let subject = format!("{}: {people}", kept.request.display_name);
        self.parts.record(session, tenant, AuditAction::SsoPeopleLetInAgain, subject).await;
        Ok((kept, people))
    }
}

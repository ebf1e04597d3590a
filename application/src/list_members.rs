//! Who belongs to the organization.

use std::sync::Arc;

use tenantry_domain::{Feature, Member, NotPermitted, Permission};
use tenantry_ports::{Clock, Cursor, Members, MembersError, Page, PageSize, Session};

use crate::Outage;
use crate::home::standing;

/// Lists the members of the organization under which someone is signed in.
pub struct ListMembers {
    /// Where members are.
    pub members: Arc<dyn Members>,
    /// Whether the plan is current.
    pub clock: Arc<dyn Clock>,
}

/// Why nobody is listed.
#[derive(Debug, thiserror::Error)]
pub enum ListMembersError {
    /// The actor may not see them.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// The organization's plan is over, or it has none.
    #[error("the organization's plan has ended")]
    PlanEnded,
    /// The page does not exist.
    #[error("this page of members does not exist")]
    InvalidCursor,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl ListMembers {
    /// One page of the members, with their roles.
    pub async fn run(
        &self,
        session: &Session,
        from: Option<Cursor>,
        size: PageSize,
    ) -> Result<Page<Member>, ListMembersError> {
        let administrator = session.actor().permitted(Permission::ViewMembers)?;
        if !standing(session, self.clock.now()).opens(Feature::Administration) {
            return Err(ListMembersError::PlanEnded);
        }
        let tenant = &administrator.tenant().id;
        self.members.page(tenant, from, size).await.map_err(|error| match error {
            MembersError::InvalidCursor => ListMembersError::InvalidCursor,
            other => ListMembersError::Outage(other.into()),
        })
    }
}

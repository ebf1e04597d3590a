//! Finding members by the beginning of a name or an address.

use std::sync::Arc;

use tenantry_domain::{FoundMember, InvalidMemberSearch, MemberSearch, Permission};
use tenantry_ports::{Members, PageSize, Session};

use crate::{Authorize, AuthorizeError, Outage};

/// Searches the members of the organization under which someone is signed in.
pub struct SearchMembers {
    /// Who may.
    pub authorize: Authorize,
    /// Where members are.
    pub members: Arc<dyn Members>,
}

/// Why nobody is found.
#[derive(Debug, thiserror::Error)]
pub enum SearchMembersError {
    /// The text can't be searched for.
    #[error(transparent)]
    Invalid(#[from] InvalidMemberSearch),
    /// The actor may not see members.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl SearchMembers {
    /// The members whose name or address begins with the text: the first fifty, by name.
    pub async fn run(&self, session: &Session, text: &str) -> Result<Vec<FoundMember>, SearchMembersError> {
        let administrator = self.authorize.to_look(session, Permission::ViewMembers)?;
        let text = MemberSearch::try_from(text)?;
        let found = self.members.search(&administrator.tenant().id, &text, PageSize::SCREEN).await;
        Ok(found.map_err(Outage::from)?)
    }
}

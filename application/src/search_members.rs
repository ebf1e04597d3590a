//! Finding members by a part of a name or an address, and listing them in an order.

use std::sync::Arc;

use tenantry_domain::{InvalidMemberOrder, InvalidMemberSearch, MemberOrder, MemberSearch, Permission};
use tenantry_ports::{Cursor, FoundMembers, MemberQuery, Members, MembersError, PageSize, Session};

use crate::{Authorize, AuthorizeError, Outage};

/// Searches the members of the organization under which someone is signed in, and puts them in order.
pub struct SearchMembers {
    /// Who may.
    pub authorize: Authorize,
    /// Where members are.
    pub members: Arc<dyn Members>,
}

/// Which members somebody wants to see, as they said it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedMembers<'a> {
    /// A part of their names or addresses; everybody without it.
    pub text: Option<&'a str>,
    /// The order; by name without it.
    pub sort: Option<&'a str>,
    /// Where the page starts.
    pub from: Option<Cursor>,
    /// How many at most.
    pub size: PageSize,
}

/// Why nobody is found.
#[derive(Debug, thiserror::Error)]
pub enum SearchMembersError {
    /// The text can't be searched for.
    #[error(transparent)]
    Invalid(#[from] InvalidMemberSearch),
    /// There is no such order.
    #[error(transparent)]
    InvalidOrder(#[from] InvalidMemberOrder),
    /// The page does not exist.
    #[error("this page of members does not exist")]
    InvalidCursor,
    /// The actor may not see members.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

impl SearchMembers {
    /// One page of the members whose name or address contains the text, without their roles.
    pub async fn run(
        &self,
        session: &Session,
        wanted: WantedMembers<'_>,
    ) -> Result<FoundMembers, SearchMembersError> {
        let administrator = self.authorize.to_look(session, Permission::ViewMembers)?;
        let WantedMembers { text, sort, from, size } = wanted;
        let text = text.map(MemberSearch::try_from).transpose()?;
        let order = sort.map_or(Ok(MemberOrder::default()), MemberOrder::try_from)?;
        let query = MemberQuery { text, order, from, size };
        self.members.search(&administrator.tenant().id, &query).await.map_err(|error| match error {
            MembersError::InvalidCursor => SearchMembersError::InvalidCursor,
            other => SearchMembersError::Outage(other.into()),
        })
    }
}

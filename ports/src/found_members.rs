//! Members that are searched or put in order, which providers do within bounds.

use tenantry_domain::{FoundMember, MemberOrder, MemberSearch};

use crate::{Cursor, MembersError, PageSize};

/// Which members are wanted, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberQuery {
    /// What the name or the address contains, whatever its case; everybody without it.
    pub text: Option<MemberSearch>,
    /// In which order.
    pub order: MemberOrder,
    /// Where the page starts: the `next` of the one before, in the same order.
    pub from: Option<Cursor>,
    /// How many are wanted at most.
    pub size: PageSize,
}

/// A page of the members that a query finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundMembers {
    /// What is on it.
    pub items: Vec<FoundMember>,
    /// How many stand before it.
    pub start: u32,
    /// How many there are on all pages, and beyond the reach of any.
    pub total: u32,
    /// In which order they are.
    pub order: MemberOrder,
    /// Where the next page starts; `None` on the last that can be had.
    pub next: Option<Cursor>,
}

impl MemberQuery {
    /// How many members stand before the page; [`MembersError::InvalidCursor`] when its cursor is not one of
    /// [`MemberQuery::page`]'s in this order.
    pub fn start(&self) -> Result<u32, MembersError> {
        let Some(from) = &self.from else { return Ok(0) };
        let (order, start) = from.as_str().split_once('.').ok_or(MembersError::InvalidCursor)?;
        let start = start.parse().map_err(|_| MembersError::InvalidCursor)?;
        let is_ours = order == self.order.to_string() && (1..FoundMembers::REACH).contains(&start);
        if is_ours { Ok(start) } else { Err(MembersError::InvalidCursor) }
    }

    /// The page that starts there, and where the next one does.
    pub fn page(&self, items: Vec<FoundMember>, start: u32, total: u32) -> FoundMembers {
        let shown = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let end = start.saturating_add(shown);
        let is_more = shown > 0 && end < total.min(FoundMembers::REACH);
        let next = is_more.then(|| Cursor::new(format!("{}.{end}", self.order)));
        FoundMembers { items, start, total, order: self.order, next }
    }
}

impl FoundMembers {
    /// How many members can be paged through; Auth0 shows no more of any search.
    pub const REACH: u32 = 1_000;

    /// Whether some are on no page: a narrower search finds them.
    pub fn is_cut(&self) -> bool {
        self.total > Self::REACH
    }
}

#[cfg(test)]
mod tests {
    use tenantry_domain::UserId;

    use super::*;

    fn people(count: usize) -> Vec<FoundMember> {
        let user = UserId::try_from("auth0|ann").unwrap();
        let ann = FoundMember { user, name: "Ann".to_owned(), email: None, picture: None, last_login: None };
        vec![ann; count]
    }

    #[test]
    fn a_page_leads_to_the_next_until_the_reach_ends() {
        let query = MemberQuery::default();
        for (start, shown, total, next) in [
            (0, 2, 2, None),
            (0, 2, 3, Some("name.2")),
            (2, 1, 3, None),
            (4, 0, 9, None),
            (990, 9, 5_000, Some("name.999")),
            (990, 10, 5_000, None),
        ] {
            let page = query.page(people(shown), start, total);
            assert_eq!(page.next.as_ref().map(Cursor::as_str), next, "{start} {shown} {total}");
            assert_eq!(page.is_cut(), total == 5_000);
            let next = MemberQuery { from: page.next.clone(), ..query.clone() };
            assert!(page.next.is_none() || next.start().unwrap() == start + u32::try_from(shown).unwrap());
        }
    }

    #[test]
    fn a_cursor_is_good_in_its_own_order_alone() {
        for text in
            ["", "25", "name", "name.", "name.0", "name.1000", "name.-1", "-name.25", "email.25", "x.y.z"]
        {
            let query = MemberQuery { from: Some(Cursor::new(text)), ..MemberQuery::default() };
            assert!(matches!(query.start(), Err(MembersError::InvalidCursor)), "{text:?}");
        }
    }
}

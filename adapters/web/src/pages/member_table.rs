//! The table of members: its rows, its headings that sort it, and the line that says which of them it shows.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tenantry_domain::{EmailAddress, FoundMember, Member, MemberKey, MemberOrder, Role, Timestamp, UserId};
use tenantry_ports::FoundMembers;

/// A member as the table shows one.
pub(crate) struct Row<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) last_login: Option<Timestamp>,
    /// `None` where nobody has read them.
    pub(crate) roles: Option<Vec<Role>>,
    pub(crate) is_you: bool,
    pub(crate) id: String,
}

/// A column's heading that sorts by it.
pub(crate) struct Heading {
    pub(crate) label: &'static str,
    pub(crate) href: String,
    /// The value of `aria-sort`, where the table is sorted by this column.
    pub(crate) sorted: Option<&'static str>,
}

impl<'a> Row<'a> {
    pub(crate) fn of(member: &'a Member, you: &UserId) -> Self {
        Self {
            name: &member.name,
            email: member.email.as_ref().map(EmailAddress::as_str),
            last_login: None,
            roles: Some(member.roles.iter().collect()),
            is_you: member.user == *you,
            id: in_query(&member.user),
        }
    }

    pub(crate) fn found(member: &'a FoundMember, you: &UserId) -> Self {
        Self {
            name: &member.name,
            email: member.email.as_ref().map(EmailAddress::as_str),
            last_login: member.last_login,
            roles: None,
            is_you: member.user == *you,
            id: in_query(&member.user),
        }
    }
}

impl Heading {
    /// The headings of what was searched for, in this order if in any.
    pub(crate) fn all(searched: &str, order: Option<MemberOrder>) -> Vec<Self> {
        MemberKey::ALL.map(|by| Self::of(by, searched, order.filter(|order| order.by == by))).into()
    }

    fn of(by: MemberKey, searched: &str, order: Option<MemberOrder>) -> Self {
        let label = match by {
            MemberKey::Name => "Name",
            MemberKey::Email => "E-mail",
            MemberKey::LastLogin => "Last login",
        };
        // Sorted already, it turns round; else the latest login is what one looks for.
        let is_descending = order.map_or(by == MemberKey::LastLogin, |order| !order.is_descending);
        let sorted = order.map(|order| if order.is_descending { "descending" } else { "ascending" });
        Self { label, href: link(searched, Some(MemberOrder { by, is_descending }), None), sorted }
    }
}

/// The address of a page of members.
pub(crate) fn link(searched: &str, order: Option<MemberOrder>, cursor: Option<&str>) -> String {
    let order = order.map(|order| order.to_string());
    let said = [("q", Some(searched).filter(|text| !text.is_empty())), ("cursor", cursor)];
    let order = order.map(|order| format!("sort={order}"));
    let said = said.into_iter().filter_map(|(name, value)| {
        value.map(|value| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
    });
    let query: Vec<_> = order.into_iter().chain(said).collect();
    if query.is_empty() { "/admin/members".to_owned() } else { format!("/admin/members?{}", query.join("&")) }
}

/// An id as the query of a link carries it.
pub(crate) fn in_query(user: &UserId) -> String {
    utf8_percent_encode(user.as_str(), NON_ALPHANUMERIC).to_string()
}

/// Which of those found are shown, and what to do about those that can't be: "26 to 50 of 80, by name."
pub(crate) fn which(found: &FoundMembers, is_search: bool) -> String {
    let shown = u32::try_from(found.items.len()).unwrap_or(u32::MAX);
    let (first, last) = (found.start.saturating_add(1), found.start.saturating_add(shown));
    let range = format!("{} to {}", grouped(first), grouped(last));
    let (order, total) = (in_order(found.order), grouped(found.total));
    if !found.is_cut() {
        return format!("{range} of {total}, {order}.");
    }
    let advice = if is_search { "Type more to find the others." } else { "Search to find the others." };
    let reach = grouped(FoundMembers::REACH);
    format!("{range} of the first {reach} {order}; there are {total}. {advice}")
}

fn in_order(order: MemberOrder) -> &'static str {
    match (order.by, order.is_descending) {
        (MemberKey::Name, false) => "by name",
        (MemberKey::Name, true) => "by name from the end",
        (MemberKey::Email, false) => "by e-mail",
        (MemberKey::Email, true) => "by e-mail from the end",
        (MemberKey::LastLogin, false) => "by last login, the earliest first",
        (MemberKey::LastLogin, true) => "by last login, the latest first",
    }
}

/// A number as people read it: 10,000.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(text: &str) -> Option<MemberOrder> {
        MemberOrder::try_from(text).ok()
    }

    #[test]
    fn a_heading_sorts_and_turns_round() {
        let headings = |sorted: &str| -> Vec<_> {
            let all = Heading::all("a&b", order(sorted)).into_iter();
            all.map(|heading| (heading.href, heading.sorted)).collect()
        };
        let link = |sort: &str| format!("/admin/members?sort={sort}&q=a%26b");
        assert_eq!(
            headings("name"),
            [(link("-name"), Some("ascending")), (link("email"), None), (link("-last_login"), None)]
        );
        assert_eq!(
            headings("-last_login"),
            [(link("name"), None), (link("email"), None), (link("last_login"), Some("descending"))]
        );
    }

    #[test]
    fn a_link_keeps_what_was_asked_for() {
        assert_eq!(link("", None, None), "/admin/members");
        assert_eq!(link("", None, Some("a.b")), "/admin/members?cursor=a%2Eb");
        assert_eq!(link("ü", order("-email"), Some("x")), "/admin/members?sort=-email&q=%C3%BC&cursor=x");
    }

    #[test]
    fn what_is_not_shown_is_said() {
        let user = UserId::try_from("auth0|ann").unwrap();
        let ann = FoundMember { user, name: "Ann".to_owned(), email: None, picture: None, last_login: None };
        let page = |start, total, order| FoundMembers {
            items: vec![ann.clone(); 25],
            start,
            total,
            order,
            next: None,
        };
        let by_name = MemberOrder::default();
        assert_eq!(which(&page(25, 80, by_name), true), "26 to 50 of 80, by name.");
        assert_eq!(
            which(&page(975, 10_001, order("-last_login").unwrap()), false),
            "976 to 1,000 of the first 1,000 by last login, the latest first; there are 10,001. Search to find the others."
        );
        assert!(which(&page(0, 1_001, by_name), true).ends_with("Type more to find the others."));
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}

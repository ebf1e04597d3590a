//! A user in a tenant.

use crate::{EmailAddress, Roles, TenantId, Timestamp, UserId};

/// A user in a tenant, with roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Whose.
    pub user: UserId,
    /// In which tenant.
    pub tenant: TenantId,
    /// With which roles there.
    pub roles: Roles,
}

/// A member as a list shows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// What to call them; the e-mail address when the provider knows no name.
    pub name: String,
    /// The address, when the account has one.
    pub email: Option<EmailAddress>,
    /// Where their picture is.
    pub picture: Option<String>,
    /// With which roles in this tenant.
    pub roles: Roles,
}

/// A member as a search finds one: without roles, which a search can't carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundMember {
    /// Who.
    pub user: UserId,
    /// What to call them; the e-mail address when the provider knows no name.
    pub name: String,
    /// The address, when the account has one.
    pub email: Option<EmailAddress>,
    /// Where their picture is.
    pub picture: Option<String>,
    /// When they last logged in, in whichever organization; `None` for who never has, or where it is not told.
    pub last_login: Option<Timestamp>,
}

/// What members are searched for: a part of a name or of an address, 3 to 100 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSearch(Box<str>);

/// Why a text can't be searched for; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMemberSearch {
    /// Fewer than three characters.
    #[error("type at least 3 characters of a name or an address")]
    TooShort,
    /// More than a hundred.
    #[error("type at most 100 characters of a name or an address")]
    TooLong,
    /// Characters that no name has.
    #[error("type letters and digits of a name or an address")]
    Character,
}

impl MemberSearch {
    /// The text, trimmed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for MemberSearch {
    type Error = InvalidMemberSearch;

    fn try_from(text: &str) -> Result<Self, InvalidMemberSearch> {
        let text = text.trim();
        match text.chars().count() {
            0..3 => Err(InvalidMemberSearch::TooShort),
            101.. => Err(InvalidMemberSearch::TooLong),
            _ if text.chars().any(char::is_control) => Err(InvalidMemberSearch::Character),
            _ => Ok(Self(text.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_characters_can_be_searched_for() {
        use InvalidMemberSearch::{Character, TooLong, TooShort};
        for (text, why) in
            [("", TooShort), (" ab ", TooShort), ("a\0b", Character), (&"x".repeat(101), TooLong)]
        {
            assert_eq!(MemberSearch::try_from(text), Err(why), "{text:?}");
        }
        assert_eq!(MemberSearch::try_from("  Ann Lee ").unwrap().as_str(), "Ann Lee");
    }
}

//! In which order members are found.

use std::fmt;

/// What members are ordered by, and from which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberOrder {
    /// By what.
    pub by: MemberKey,
    /// Whether the last letter or the latest time comes first.
    pub is_descending: bool,
}

/// What members can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberKey {
    /// What they are called.
    #[default]
    Name,
    /// Their address.
    Email,
    /// When they last logged in, anywhere; who never has comes last either way.
    LastLogin,
}

/// A text that names no order; it says what would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sort by name, email or last_login, with a minus sign before it to begin at the other end")]
pub struct InvalidMemberOrder;

impl MemberKey {
    /// Everything that members can be ordered by.
    pub const ALL: [Self; 3] = [Self::Name, Self::Email, Self::LastLogin];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::LastLogin => "last_login",
        }
    }
}

impl TryFrom<&str> for MemberOrder {
    type Error = InvalidMemberOrder;

    fn try_from(text: &str) -> Result<Self, InvalidMemberOrder> {
        let name = text.strip_prefix('-').unwrap_or(text);
        let by = MemberKey::ALL.into_iter().find(|key| key.name() == name).ok_or(InvalidMemberOrder)?;
        Ok(Self { by, is_descending: name.len() < text.len() })
    }
}

impl fmt::Display for MemberOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_descending { "-" } else { "" }, self.by.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_written() {
        for text in ["name", "-name", "email", "-email", "last_login", "-last_login"] {
            assert_eq!(MemberOrder::try_from(text).map(|order| order.to_string()), Ok(text.to_owned()));
        }
        let latest_first = MemberOrder { by: MemberKey::LastLogin, is_descending: true };
        assert_eq!(MemberOrder::try_from("-last_login"), Ok(latest_first));
        for text in ["", "-", "--name", "+name", "Name", "name ", "name:1", "roles", "last-login"] {
            assert_eq!(MemberOrder::try_from(text), Err(InvalidMemberOrder), "{text:?}");
        }
    }
}

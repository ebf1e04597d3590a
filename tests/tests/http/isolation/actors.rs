//! Who asks.

use std::fmt;

/// Somebody, or something, that sends a request. "Here" is the organization `here`; "there" is `there`, which has
/// nothing to do with it but for the person who belongs to both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actor {
    /// Not signed in.
    Anonymous,
    /// Signed in, on trial, a member of nothing.
    Person,
    /// Has paid for an organization and not named it yet.
    Onboarding,
    /// A member here, as an Employee.
    Employee,
    /// A member here without any role.
    Roleless,
    /// Runs what is here.
    Administrator,
    /// Runs what is there.
    OtherAdministrator,
    /// An Employee here, where they are signed in, and an Administrator there.
    Both,
    /// Was an Administrator here; the provider has removed them a minute ago, their session goes on.
    Removed,
    /// Runs an organization whose plan has ended.
    Lapsed,
    /// Signed in with another address than the one that an invitation here was sent to.
    WrongInvitee,
    /// Posts as the identity provider would, with a token that it has not signed.
    FalseProvider,
}

impl Actor {
    /// Everybody.
    pub(super) const ALL: [Self; 12] = [
        Self::Anonymous,
        Self::Person,
        Self::Onboarding,
        Self::Employee,
        Self::Roleless,
        Self::Administrator,
        Self::OtherAdministrator,
        Self::Both,
        Self::Removed,
        Self::Lapsed,
        Self::WrongInvitee,
        Self::FalseProvider,
    ];

    /// Whether they have a session.
    pub(super) fn is_signed_in(self) -> bool {
        !matches!(self, Self::Anonymous | Self::FalseProvider)
    }

    /// Whether that session is under an organization.
    pub(super) fn is_inside(self) -> bool {
        use Actor::{Administrator, Both, Employee, Lapsed, OtherAdministrator, Removed, Roleless};
        matches!(self, Employee | Roleless | Administrator | OtherAdministrator | Both | Removed | Lapsed)
    }

    /// Whether they may run that organization, as the provider knows them now.
    pub(super) fn runs_it(self) -> bool {
        matches!(self, Self::Administrator | Self::OtherAdministrator | Self::Lapsed)
    }

    /// Whether they have any role there now.
    pub(super) fn has_a_role(self) -> bool {
        self.runs_it() || matches!(self, Self::Employee | Self::Both)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "anonymous",
            Self::Person => "person",
            Self::Onboarding => "onboarding",
            Self::Employee => "employee",
            Self::Roleless => "roleless",
            Self::Administrator => "administrator",
            Self::OtherAdministrator => "other administrator",
            Self::Both => "member of both",
            Self::Removed => "removed",
            Self::Lapsed => "lapsed",
            Self::WrongInvitee => "wrong invitee",
            Self::FalseProvider => "false provider",
        })
    }
}

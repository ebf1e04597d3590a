//! What the audit log remembers: who changed what, in which organization, and when.

use crate::{TenantId, Timestamp, UserId};

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: UserId,
    /// What people called them then; `None` for what was noted before names were.
    pub actor_name: Option<String>,
    /// In which tenant; `None` for what concerns the actor's own account alone.
    pub tenant: Option<TenantId>,
    /// What.
    pub action: AuditAction,
    /// To whom or to what, as people would name it: an address, a member's name. Never a secret.
    pub subject: String,
}

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $action:ident = $text:literal,)+) => {
        /// What can be done so that it has to be remembered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AuditAction {
            $($(#[doc = $doc])+ $action,)+
        }

        impl AuditAction {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$action),+];

            /// The action as it is stored and exported: what it is done to, a dot, what is done.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$action => $text,)+
                }
            }
        }
    };
}

actions! {
    /// Somebody was invited.
    InvitationSent = "invitation.sent",
    /// An invitation was sent anew; its old link is dead.
    InvitationResent = "invitation.resent",
    /// An invitation was taken back.
    InvitationRevoked = "invitation.revoked",
    /// An invitation was accepted.
    InvitationAccepted = "invitation.accepted",
    /// Somebody came through the organization's own login and got no role, since every seat is taken.
    SeatRefused = "member.no_seat",
    /// A member has other roles.
    RolesChanged = "member.roles_changed",
    /// A member was removed.
    MemberRemoved = "member.removed",
    /// A member left.
    MemberLeft = "member.left",
    /// An Administrator made somebody else Administrator and stepped back.
    OwnershipTransferred = "organization.ownership_transferred",
    /// The organization's display name, logo or colours were changed.
    OrganizationCustomized = "organization.customized",
    /// A copy of the organization's data was taken.
    OrganizationExported = "organization.exported",
    /// The organization was deleted.
    OrganizationDeleted = "organization.deleted",
    /// A domain was claimed.
    DomainClaimed = "domain.claimed",
    /// A domain was proved to be the organization's.
    DomainProved = "domain.proved",
    /// The record of a proved domain is gone.
    DomainLapsed = "domain.lapsed",
    /// A domain was given up.
    DomainReleased = "domain.released",
    /// Somebody began to set up single sign-on.
    SsoRequested = "sso.requested",
    /// The organization's provider was entered.
    SsoConnected = "sso.connected",
    /// The connection was tried.
    SsoTested = "sso.tested",
    /// What belongs to a connection was changed.
    SsoChanged = "sso.changed",
    /// People come in through the connection.
    SsoTurnedOn = "sso.turned_on",
    /// Nobody comes in through it any more.
    SsoTurnedOff = "sso.turned_off",
    /// Who has to come in through it was changed.
    SsoEnforced = "sso.enforced",
    /// Those who were kept out after a change were let in again.
    SsoPeopleLetInAgain = "sso.people_let_in_again",
    /// Somebody came in another way although everybody else has to come through the connection.
    SsoGlassBroken = "sso.glass_broken",
    /// Somebody new came through the connection with the address of somebody known.
    SsoAddressOfAnother = "sso.address_of_another",
    /// Somebody came through the connection, is no member, and asked to be one.
    AccessRequested = "access.requested",
    /// Somebody who asked was let in.
    AccessGranted = "access.granted",
    /// Somebody who asked was not let in.
    AccessDeclined = "access.declined",
    /// Somebody was refused who came through a connection that is not the organization's.
    SsoRefused = "sso.refused",
    /// A connection was deleted.
    SsoDeleted = "sso.deleted",
    /// Somebody changed their own profile.
    ProfileChanged = "account.profile_changed",
    /// Somebody asked for a new password.
    PasswordChangeRequested = "account.password_change_requested",
    /// Somebody ended sessions of their own.
    SessionsEnded = "account.sessions_ended",
    /// Somebody took a copy of their own data.
    AccountExported = "account.exported",
    /// Somebody deleted their account.
    AccountDeleted = "account.deleted",
}

/// The text names no action.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an action of the audit log")]
pub struct UnknownAuditAction(String);

impl std::str::FromStr for AuditAction {
    type Err = UnknownAuditAction;

    fn from_str(text: &str) -> Result<Self, UnknownAuditAction> {
        let found = Self::ALL.iter().find(|action| action.as_str() == text);
        found.copied().ok_or_else(|| UnknownAuditAction(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_can_be_read_again() {
        for action in AuditAction::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
        }
        assert!("member".parse::<AuditAction>().is_err());
    }
}

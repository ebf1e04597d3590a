//! What can go wrong with invitations.

use axum::http::StatusCode;
use tenantry_application::{
    InviteMembersError, ListInvitationsError, OpenInvitationError, ResendInvitationError,
    RevokeInvitationError,
};

use super::super::{Problem, Way, way};
use crate::invitation_ways::no_way_in_any_more;
use crate::text::sentence;

const MEMBERS: Way = way("/admin/members", "See members");

impl From<InviteMembersError> for Problem {
    fn from(error: InviteMembersError) -> Self {
        match error {
            InviteMembersError::NotAuthorized(why) => why.into(),
            InviteMembersError::UnknownConnection => Self::wrong_value(
                "connection",
                "The organization has no such way to log in. GET /api/v1/organization/login-connections lists those \
                 that it has."
                    .to_owned(),
            ),
            InviteMembersError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ListInvitationsError> for Problem {
    fn from(error: ListInvitationsError) -> Self {
        match error {
            ListInvitationsError::InvalidCursor => Self::invalid_cursor(
                "This page of invitations does not exist",
                way("/admin/members", "Show the first page"),
            ),
            ListInvitationsError::NotAuthorized(why) => why.into(),
            ListInvitationsError::Outage(outage) => outage.into(),
        }
    }
}

impl From<OpenInvitationError> for Problem {
    fn from(error: OpenInvitationError) -> Self {
        let gone = |code, title, detail| Self::invitation_over(StatusCode::GONE, code, title, detail);
        match error {
            OpenInvitationError::Unknown => Self::invitation_over(
                StatusCode::NOT_FOUND,
                "unknown_invitation",
                "There is no such invitation",
                "The link may have lost a part on its way. Open it from the mail itself, or ask whoever invited you for \
                 a new one.",
            ),
            OpenInvitationError::UnknownOrganization => Self::invitation_over(
                StatusCode::NOT_FOUND,
                "unknown_invitation",
                "There is no such invitation",
                "The organization that it was for does not exist any more: it was deleted, and its invitations with it. If \
                 the link was copied by hand, open it from the mail itself.",
            ),
            OpenInvitationError::Expired => gone(
                "invitation_expired",
                "This invitation has expired",
                "Ask whoever invited you to send it again.",
            ),
            OpenInvitationError::Revoked => gone(
                "invitation_revoked",
                "This invitation does not count any more",
                "It was taken back, or sent again with another link: look for a newer mail, or ask whoever invited you.",
            ),
            OpenInvitationError::Used => gone(
                "invitation_used",
                "This invitation was accepted before",
                "If it was you, sign in to the organization. If not, tell whoever invited you.",
            ),
            OpenInvitationError::InviterLeft => gone(
                "inviter_left",
                "This invitation does not count any more",
                "Whoever sent it is no Administrator of the organization any more. Ask one of its Administrators for a \
                 new invitation.",
            ),
            OpenInvitationError::OrganizationGone => gone(
                "organization_gone",
                "This organization does not exist any more",
                "It was deleted after the invitation was sent. You can go on with an account of your own.",
            ),
            OpenInvitationError::PlanEnded => Self::invitation_over(
                StatusCode::PAYMENT_REQUIRED,
                "plan_ended",
                "The organization’s plan has ended",
                "Nobody can join it until its plan is renewed. Tell whoever invited you, and open the link again then.",
            ),
            OpenInvitationError::NoSeat => Self::invitation_over(
                StatusCode::CONFLICT,
                "no_seat",
                "The organization has no free seat",
                "Ask whoever invited you to make room, and open the link again then.",
            ),
            OpenInvitationError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ResendInvitationError> for Problem {
    fn from(error: ResendInvitationError) -> Self {
        match error {
            ResendInvitationError::UnknownInvitation => Self::not_found(),
            ResendInvitationError::Expired => Self::new(
                StatusCode::CONFLICT,
                "invitation_expired",
                "This invitation has expired",
                sentence(&error.to_string()),
                [way("/admin/members/add-member", "Invite people"), MEMBERS],
            ),
            ResendInvitationError::NoWayIn(why) => Self::new(
                StatusCode::CONFLICT,
                "no_way_in",
                "They could not come in any more",
                no_way_in_any_more(&why),
                [way("/admin/sso", "See your connections"), MEMBERS],
            ),
            ResendInvitationError::TooOften { retry_after } => Self::too_many_invitations(retry_after),
            ResendInvitationError::NotAuthorized(why) => why.into(),
            ResendInvitationError::Outage(outage) => outage.into(),
        }
    }
}

impl From<RevokeInvitationError> for Problem {
    fn from(error: RevokeInvitationError) -> Self {
        match error {
            RevokeInvitationError::UnknownInvitation => Self::not_found(),
            RevokeInvitationError::NotAuthorized(why) => why.into(),
            RevokeInvitationError::Outage(outage) => outage.into(),
        }
    }
}

//! What goes wrong with an organization's people.

use axum::http::StatusCode;
use tenantry_application::{
    ActivityError, ChangeRolesError, FindMemberError, LeaveOrganizationError, ListMembersError,
    RemoveMemberError, SearchMembersError, TransferOwnershipError,
};

use super::super::{HOME, Problem, Way, way};
use crate::text::sentence;

const MEMBERS: Way = way("/admin/members", "See the members");

impl Problem {
    pub(super) fn invalid_cursor(title: &'static str, first_page: Way) -> Self {
        let detail = "The list has changed since the link was made. Start from its first page.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_cursor", title, detail, [first_page, HOME])
    }

    fn no_page_of_members() -> Self {
        let first_page = way("/admin/members", "Show the first page");
        Self::invalid_cursor("This page of members does not exist", first_page)
    }

    fn last_administrator() -> Self {
        let detail = "Nobody else could run the organization, so nothing was done. Make another member an \
                      Administrator first.";
        Self::new(
            StatusCode::CONFLICT,
            "last_administrator",
            "An organization needs an Administrator",
            detail,
            [way("/admin/members", "Choose another Administrator"), HOME],
        )
    }

    fn no_seat() -> Self {
        let detail = "This member has no role yet and would take a seat. Change your plan, remove somebody, or take an \
                      invitation back.";
        Self::new(
            StatusCode::CONFLICT,
            "no_seat",
            "Every seat is taken",
            detail,
            [way("/admin", "See your plan"), MEMBERS],
        )
    }

    /// Somebody hands the organization over to themselves.
    pub(crate) fn runs_it_already() -> Self {
        let detail = "An organization is handed over to somebody else. Choose another member.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let way_on = way("/admin/members", "Choose another member");
        Self::new(status, "yourself", "You run it already", detail, [way_on, HOME])
    }
}

impl From<ListMembersError> for Problem {
    fn from(error: ListMembersError) -> Self {
        match error {
            ListMembersError::NotPermitted(why) => why.into(),
            ListMembersError::PlanEnded => Self::plan_ended(),
            ListMembersError::InvalidCursor => Self::no_page_of_members(),
            ListMembersError::Outage(outage) => outage.into(),
        }
    }
}

impl From<SearchMembersError> for Problem {
    fn from(error: SearchMembersError) -> Self {
        match error {
            SearchMembersError::Invalid(why) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_search",
                "Search for something else",
                sentence(&why.to_string()),
                [MEMBERS, HOME],
            ),
            SearchMembersError::InvalidOrder(why) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_sort",
                "Members can't be sorted like this",
                sentence(&why.to_string()),
                [MEMBERS, HOME],
            ),
            SearchMembersError::InvalidCursor => Self::no_page_of_members(),
            SearchMembersError::NotAuthorized(why) => why.into(),
            SearchMembersError::Outage(outage) => outage.into(),
        }
    }
}

impl From<FindMemberError> for Problem {
    fn from(error: FindMemberError) -> Self {
        match error {
            FindMemberError::Unknown => Self::not_found(),
            FindMemberError::NotAuthorized(why) => why.into(),
            FindMemberError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ChangeRolesError> for Problem {
    fn from(error: ChangeRolesError) -> Self {
        match error {
            ChangeRolesError::Unknown => Self::not_found(),
            ChangeRolesError::UnknownRole(_) | ChangeRolesError::NoRole => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_roles",
                "Choose other roles",
                sentence(&error.to_string()),
                [MEMBERS, HOME],
            ),
            ChangeRolesError::LastAdministrator => Self::last_administrator(),
            ChangeRolesError::NoSeat => Self::no_seat(),
            ChangeRolesError::NotAuthorized(why) => why.into(),
            ChangeRolesError::Outage(outage) => outage.into(),
        }
    }
}

impl From<RemoveMemberError> for Problem {
    fn from(error: RemoveMemberError) -> Self {
        match error {
            RemoveMemberError::Unknown => Self::not_found(),
            RemoveMemberError::Yourself => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "yourself",
                "This is you",
                sentence(&error.to_string()),
                [way("/home/leave", "Leave the organization"), HOME],
            ),
            RemoveMemberError::LastAdministrator => Self::last_administrator(),
            RemoveMemberError::NotAuthorized(why) => why.into(),
            RemoveMemberError::Outage(outage) => outage.into(),
        }
    }
}

impl From<LeaveOrganizationError> for Problem {
    fn from(error: LeaveOrganizationError) -> Self {
        match error {
            LeaveOrganizationError::LastAdministrator => Self::last_administrator(),
            LeaveOrganizationError::NotPermitted(why) => why.into(),
            LeaveOrganizationError::Outage(outage) => outage.into(),
        }
    }
}

impl From<TransferOwnershipError> for Problem {
    fn from(error: TransferOwnershipError) -> Self {
        match error {
            TransferOwnershipError::Unknown => Self::not_found(),
            TransferOwnershipError::Yourself => Self::runs_it_already(),
            TransferOwnershipError::NoSeat => Self::no_seat(),
            TransferOwnershipError::NotAuthorized(why) => why.into(),
            TransferOwnershipError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ActivityError> for Problem {
    fn from(error: ActivityError) -> Self {
        match error {
            ActivityError::InvalidCursor => Self::invalid_cursor(
                "This page of the activity does not exist",
                way("/admin/activity", "Show the first page"),
            ),
            ActivityError::NotAuthorized(why) => why.into(),
            ActivityError::Outage(outage) => outage.into(),
        }
    }
}

//! `/api/v1/organization/members`: who belongs to the organization, and with which roles.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tenantry_application::{FindMemberError, MemberView as Found, WantedMembers};
use tenantry_domain::{FoundMember, Member, Role, Timestamp};
use tenantry_ports::Page;
use utoipa::ToSchema;

use super::body;
use super::caller::Caller;
use super::listing::Listing;
use super::operation::{Body, Operation, Parameter};
use super::organization::{RoleName, role_names};
use super::path::PathId;
use super::session::signed_out;
use crate::Shared;
use crate::problem::Problem;

const LAST: (u16, &str) = (409, "The organization would be left without an Administrator.");

pub(super) const LIST: Operation = Operation {
    details: "What is searched or sorted comes with `total` and each member's `last_login`, and without their roles. Its \
              pages end after 1,000 members, whatever `total` is: a narrower search finds the others. Whoever joined a \
              moment ago may not be found yet. A `cursor` is good with the same `search` and `sort` alone.",
    query: &[
        Parameter { name: "search", what: "A part of a name or an address: 3 to 100 characters." },
        Parameter {
            name: "sort",
            what: "`name`, `email` or `last_login`; `-name`, `-email` or `-last_login` from the other end. What is \
                   searched is sorted by `name` without it.",
        },
    ],
    refusals: &[(422, "`search` or `sort` is wrong: `field` names it.")],
    ..Operation::new("listMembers", "The members, with their roles").listing::<MemberPage>()
};

pub(super) const SHOW: Operation = Operation::new("getMember", "One member").answering::<MemberDetails>(200);

pub(super) const CHANGE_ROLES: Operation = Operation {
    details: "Exactly these, at least one. Their sessions under the organization end.",
    body: Some(Body::of::<RolesChange>()),
    refusals: &[(
        409,
        "The organization would be left without an Administrator, or the member has no role yet and every seat is taken.",
    )],
    ..Operation::new("changeRoles", "Gives a member other roles").answering::<MemberView>(200)
};

pub(super) const REMOVE: Operation = Operation {
    details: "They keep their account; their sessions under the organization end.",
    refusals: &[LAST, (422, "It is you: leave instead.")],
    ..Operation::new("removeMember", "Removes a member")
};

pub(super) const LEAVE: Operation = Operation {
    refusals: &[LAST],
    ..Operation::new("leaveOrganization", "Ends your membership, and your session under the organization")
};

pub(super) const TRANSFER: Operation = Operation {
    details: "They become Administrator, and you an Employee.",
    body: Some(Body::of::<Transfer>()),
    refusals: &[
        (404, "There is no such member."),
        (409, "The member has no role yet, and every seat is taken."),
    ],
    ..Operation::new("transferOwnership", "Hands the organization over to another member")
        .answering::<MemberView>(200)
};

/// A member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberView {
    /// The account at the identity provider.
    id: String,
    /// What to call them.
    name: String,
    /// Their address, when the account has one.
    email: Option<String>,
    /// Where their picture is.
    picture: Option<String>,
    /// Their roles in this organization; null where they were searched or sorted.
    roles: Option<Vec<RoleName>>,
    /// When they last logged in, in whichever organization; null for who never has, and where they were neither searched
    /// nor sorted.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_login: Option<Timestamp>,
}

/// A member, and what can be done about them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberDetails {
    member: MemberView,
    /// Whether it is you.
    is_you: bool,
    /// Whether nobody else runs the organization: then they stay its Administrator.
    is_last_administrator: bool,
}

/// A page of members.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberPage {
    items: Vec<MemberView>,
    /// The `cursor` of the next page; null on the last.
    next: Option<String>,
    /// How many there are on all pages and beyond the last; null where they are neither searched nor sorted.
    total: Option<u32>,
}

/// Roles that a member is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RolesChange {
    /// All of them.
    #[schema(min_items = 1)]
    roles: Vec<RoleName>,
}

/// To whom the organization is handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    /// The member's id.
    member_id: String,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
    mut wanted: Listing,
) -> Result<Json<MemberPage>, Problem> {
    let from = wanted.from.take();
    let (text, sort) = (wanted.query.get("search")?, wanted.query.get("sort")?);
    let (page, total) = if text.is_some() || sort.is_some() {
        let query = WantedMembers { text, sort, from, size: wanted.size };
        let found = app.use_cases.search_members.run(&session, query).await;
        let found = found.map_err(|error| Problem::from(error).in_search())?;
        let items = found.items.into_iter().map(MemberView::from).collect();
        (Page { items, next: found.next }, Some(found.total))
    } else {
        let page = app.use_cases.list_members.run(&session, from, wanted.size).await;
        let page = page.map_err(|error| Problem::from(error).in_search())?;
        (Page { items: page.items.into_iter().map(MemberView::from).collect(), next: page.next }, None)
    };
    let next = wanted.next(&app, &page);
    Ok(Json(MemberPage { items: page.items, next, total }))
}

pub(super) async fn show(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(member): PathId<String>,
) -> Result<Json<MemberDetails>, Problem> {
    let found: Result<Found, FindMemberError> = app.use_cases.find_member.run(&session, &member).await;
    let Found { member, is_you, is_last_administrator, .. } = found?;
    Ok(Json(MemberDetails { member: member.into(), is_you, is_last_administrator }))
}

pub(super) async fn change_roles(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(member): PathId<String>,
    body::Json(change): body::Json<RolesChange>,
) -> Result<Json<MemberView>, Problem> {
    let roles: Vec<_> = change.roles.into_iter().map(|role| Role::from(role).name()).collect();
    let changed = app.use_cases.change_roles.run(&session, &member, &roles).await;
    Ok(Json(changed.map_err(|error| Problem::from(error).in_roles())?.into()))
}

pub(super) async fn remove(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(member): PathId<String>,
) -> Result<StatusCode, Problem> {
    app.use_cases.remove_member.run(&session, &member).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn leave(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<(StatusCode, HeaderMap), Problem> {
    app.use_cases.leave_organization.run(&session).await?;
    Ok((StatusCode::NO_CONTENT, signed_out(&app)))
}

pub(super) async fn transfer(
    State(app): State<Shared>,
    Caller(session): Caller,
    body::Json(wish): body::Json<Transfer>,
) -> Result<Json<MemberView>, Problem> {
    Ok(Json(app.use_cases.transfer_ownership.run(&session, &wish.member_id).await?.into()))
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            id: member.user.to_string(),
            name: member.name,
            email: member.email.map(|email| email.to_string()),
            picture: member.picture,
            roles: Some(role_names(&member.roles)),
            last_login: None,
        }
    }
}

impl From<FoundMember> for MemberView {
    fn from(found: FoundMember) -> Self {
        Self {
            id: found.user.to_string(),
            name: found.name,
            email: found.email.map(|email| email.to_string()),
            picture: found.picture,
            roles: None,
            last_login: found.last_login,
        }
    }
}

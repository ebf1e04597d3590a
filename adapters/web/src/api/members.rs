//! `/api/v1/organization/members`: who belongs to the organization.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenantry_domain::Member;
use utoipa::ToSchema;

use super::caller::Caller;
use super::listing::Listing;
use super::operation::Operation;
use super::organization::{RoleName, role_names};
use crate::Shared;
use crate::problem::Problem;

pub(super) const LIST: Operation =
    Operation::new("listMembers", "The members, with their roles").listing::<MemberPage>();

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
    /// Their roles in this organization.
    roles: Vec<RoleName>,
}

/// A page of members.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberPage {
    items: Vec<MemberView>,
    /// The `cursor` of the next page; null on the last.
    next: Option<String>,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
    mut wanted: Listing,
) -> Result<Json<MemberPage>, Problem> {
    let from = wanted.from.take();
    let page = app.use_cases.list_members.run(&session, from, wanted.size).await?;
    let next = wanted.next(&app, &page);
    Ok(Json(MemberPage { items: page.items.into_iter().map(MemberView::from).collect(), next }))
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            id: member.user.to_string(),
            name: member.name,
            email: member.email.map(|email| email.to_string()),
            picture: member.picture,
            roles: role_names(&member.roles),
        }
    }
}

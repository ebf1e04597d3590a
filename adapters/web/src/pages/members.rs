//! `/admin/members`: who belongs to the organization.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_domain::{EmailAddress, Member, Role, UserId};
use tenantry_ports::Cursor;

use crate::Shared;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::pending_invitations::PendingInvitations;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "pages/members.html")]
struct MembersPage<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    members: Vec<Row<'a>>,
    is_first: bool,
    pending: PendingInvitations,
    next: Option<&'a str>,
}

/// A member as the table shows one.
struct Row<'a> {
    name: &'a str,
    email: Option<&'a str>,
    roles: Vec<Role>,
    is_you: bool,
}

impl<'a> Row<'a> {
    fn new(member: &'a Member, you: &UserId) -> Self {
        Self {
            name: &member.name,
            email: member.email.as_ref().map(EmailAddress::as_str),
            roles: member.roles.iter().collect(),
            is_you: member.user == *you,
        }
    }
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let from = query.get("cursor")?.map(Cursor::new);
    let is_first = from.is_none();
    let found = app.use_cases.list_members.run(&person.session, from).await?;
    let view = MembersPage {
        frame: person.frame(&app, "/admin/members"),
        organization: person.session.tenant.as_ref().map_or("", |tenant| tenant.name.as_str()),
        members: found.items.iter().map(|member| Row::new(member, &person.session.user)).collect(),
        is_first,
        pending: PendingInvitations::load(&app, &person.session, &query).await?,
        next: found.next.as_ref().map(Cursor::as_str),
    };
    page(StatusCode::OK, &view)
}

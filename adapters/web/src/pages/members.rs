//! `/admin/members`: who belongs to the organization, page by page, or found by the beginning of a name or an address.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tenantry_application::SearchMembersError;
use tenantry_domain::{EmailAddress, FoundMember, Member, Role, UserId};
use tenantry_ports::{Cursor, PageSize};

use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::access_requests::AccessRequests;
use crate::pages::pending_invitations::PendingInvitations;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::text::sentence;
use crate::{App, Shared};

/// How many members stand on one page: what fits on two screens, so that the page is as quick in a large organization as in
/// a small one.
const A_PAGE: u8 = 25;

#[derive(Template)]
#[template(path = "pages/members.html")]
struct MembersPage<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    members: Vec<Row<'a>>,
    /// What was searched for; empty when everybody is listed.
    searched: &'a str,
    error: Option<String>,
    is_first: bool,
    /// On the first page alone.
    pending: Option<PendingInvitations>,
    /// On the first page alone.
    asking: Option<AccessRequests>,
    next: Option<&'a str>,
}

/// A member as the table shows one.
struct Row<'a> {
    name: &'a str,
    email: Option<&'a str>,
    /// `None` where nobody has read them.
    roles: Option<Vec<Role>>,
    is_you: bool,
    id: String,
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    match query.text("q")?.trim() {
        "" => list(&app, &person, &query).await,
        text => search(&app, &person, text).await,
    }
}

async fn list(app: &App, person: &SignedIn, query: &Fields) -> Result<Response, Problem> {
    let from = query.get("cursor")?.map(Cursor::new);
    let is_first = from.is_none();
    let found = app.use_cases.list_members.run(&person.session, from, PageSize::at_most(A_PAGE)).await?;
    let members = found.items.iter().map(|member| Row::of(member, &person.session.user)).collect();
    let (pending, asking) = if is_first {
        let pending = PendingInvitations::load(app, &person.session, None).await?;
        (Some(pending), Some(AccessRequests::load(app, &person.session).await?))
    } else {
        (None, None)
    };
    let next = found.next.as_ref().map(Cursor::as_str);
    page(
        StatusCode::OK,
        &MembersPage { members, is_first, pending, asking, next, ..MembersPage::new(app, person) },
    )
}

async fn search(app: &App, person: &SignedIn, text: &str) -> Result<Response, Problem> {
    let view = MembersPage { searched: text, ..MembersPage::new(app, person) };
    match app.use_cases.search_members.run(&person.session, text).await {
        Ok(found) => {
            let members = found.iter().map(|member| Row::found(member, &person.session.user)).collect();
            page(StatusCode::OK, &MembersPage { members, ..view })
        }
        Err(SearchMembersError::Invalid(error)) => {
            let error = Some(sentence(&error.to_string()));
            page(StatusCode::UNPROCESSABLE_ENTITY, &MembersPage { error, ..view })
        }
        Err(error) => Err(error.into()),
    }
}

/// An id as the query of a link carries it.
pub(crate) fn in_query(user: &UserId) -> String {
    utf8_percent_encode(user.as_str(), NON_ALPHANUMERIC).to_string()
}

impl<'a> MembersPage<'a> {
    /// Nobody, yet.
    fn new(app: &'a App, person: &'a SignedIn) -> Self {
        Self {
            frame: person.frame(app, "/admin/members"),
            organization: person.organization(),
            members: Vec::new(),
            searched: "",
            error: None,
            is_first: true,
            pending: None,
            asking: None,
            next: None,
        }
    }
}

impl<'a> Row<'a> {
    fn of(member: &'a Member, you: &UserId) -> Self {
        Self {
            name: &member.name,
            email: member.email.as_ref().map(EmailAddress::as_str),
            roles: Some(member.roles.iter().collect()),
            is_you: member.user == *you,
            id: in_query(&member.user),
        }
    }

    fn found(member: &'a FoundMember, you: &UserId) -> Self {
        Self {
            name: &member.name,
            email: member.email.as_ref().map(EmailAddress::as_str),
            roles: None,
            is_you: member.user == *you,
            id: in_query(&member.user),
        }
    }
}

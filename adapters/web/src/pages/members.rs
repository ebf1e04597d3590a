//! `/admin/members`: who belongs to the organization, page by page, in an order, or found by a part of a name or an
//! address.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{SearchMembersError, WantedMembers};
use tenantry_domain::MemberOrder;
use tenantry_ports::{Cursor, PageSize};

use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::access_requests::AccessRequests;
use crate::pages::member_table::{Heading, Row, link, which};
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
    headings: Vec<Heading>,
    /// What was searched for; empty when everybody is listed.
    searched: &'a str,
    /// The order that was asked for.
    sort: &'a str,
    /// Which of those found are on this page; `None` when everybody is listed as the provider does it.
    which: Option<String>,
    error: Option<String>,
    is_first: bool,
    first_page: String,
    /// On the first page alone.
    pending: Option<PendingInvitations>,
    /// On the first page alone.
    asking: Option<AccessRequests>,
    next_page: Option<String>,
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let (text, sort) = (query.text("q")?.trim(), query.text("sort")?);
    let from = query.get("cursor")?.map(Cursor::new);
    if text.is_empty() && sort.is_empty() {
        list(&app, &person, from).await
    } else {
        search(&app, &person, text, sort, from).await
    }
}

async fn list(app: &App, person: &SignedIn, from: Option<Cursor>) -> Result<Response, Problem> {
    let view = MembersPage::new(app, person, "", "", from.is_none());
    let found = app.use_cases.list_members.run(&person.session, from, PageSize::at_most(A_PAGE)).await?;
    let members = found.items.iter().map(|member| Row::of(member, &person.session.user)).collect();
    let headings = Heading::all("", None);
    let next_page = found.next.as_ref().map(|next| link("", None, Some(next.as_str())));
    page(StatusCode::OK, &MembersPage { members, headings, next_page, ..view.beside(app, person).await? })
}

async fn search(
    app: &App,
    person: &SignedIn,
    searched: &str,
    sort: &str,
    from: Option<Cursor>,
) -> Result<Response, Problem> {
    let view = MembersPage::new(app, person, searched, sort, from.is_none());
    let said = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let wanted =
        WantedMembers { text: said(searched), sort: said(sort), from, size: PageSize::at_most(A_PAGE) };
    let found = match app.use_cases.search_members.run(&person.session, wanted).await {
        Err(SearchMembersError::Invalid(error)) => {
            let error = Some(sentence(&error.to_string()));
            return page(StatusCode::UNPROCESSABLE_ENTITY, &MembersPage { error, ..view });
        }
        found => found?,
    };
    let members = found.items.iter().map(|member| Row::found(member, &person.session.user)).collect();
    let headings = Heading::all(searched, Some(found.order));
    let which = Some(which(&found, !searched.is_empty()));
    let next_page = found.next.as_ref().map(|next| link(searched, Some(found.order), Some(next.as_str())));
    let view = MembersPage { members, headings, which, next_page, ..view };
    page(StatusCode::OK, &if searched.is_empty() { view.beside(app, person).await? } else { view })
}

impl<'a> MembersPage<'a> {
    /// Nobody, yet.
    fn new(app: &'a App, person: &'a SignedIn, searched: &'a str, sort: &'a str, is_first: bool) -> Self {
        Self {
            frame: person.frame(app, "/admin/members"),
            organization: person.organization(),
            members: Vec::new(),
            headings: Vec::new(),
            searched,
            sort,
            which: None,
            error: None,
            is_first,
            first_page: link(searched, MemberOrder::try_from(sort).ok(), None),
            pending: None,
            asking: None,
            next_page: None,
        }
    }

    /// The same with who is about to become a member, on the first page of everybody.
    async fn beside(self, app: &App, person: &SignedIn) -> Result<Self, Problem> {
        if !self.is_first {
            return Ok(self);
        }
        let pending = Some(PendingInvitations::load(app, &person.session, None).await?);
        let asking = Some(AccessRequests::load(app, &person.session).await?);
        Ok(Self { pending, asking, ..self })
    }
}

//! Who is invited: the latest above the members, the others on pages of their own; and sending an invitation anew or taking it
//! back.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::InvitationView;
use tenantry_domain::InvitationId;
use tenantry_ports::{Cursor, PageSize, Session};

use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{App, Shared, flash, text};

const MEMBERS: &str = "/admin/members";

/// The part of a page that shows who is invited.
pub(crate) struct PendingInvitations {
    pub(crate) listed: Vec<InvitationView>,
    /// Where the next page starts.
    pub(crate) next: Option<Cursor>,
}

#[derive(Template)]
#[template(path = "pages/invitations.html")]
struct InvitationsPage<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    pending: PendingInvitations,
}

impl PendingInvitations {
    /// A page of who is invited.
    pub(crate) async fn load(app: &App, session: &Session, from: Option<Cursor>) -> Result<Self, Problem> {
        let page = app.use_cases.list_invitations.run(session, from, PageSize::SCREEN).await?;
        Ok(Self { listed: page.items, next: page.next })
    }
}

/// `/admin/members/invitations`: the page of them that a cursor leads to.
pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let from = query.get("cursor")?.map(Cursor::new);
    let pending = PendingInvitations::load(&app, &person.session, from).await?;
    let frame = person.frame(&app, "/admin/members");
    page(StatusCode::OK, &InvitationsPage { frame, organization: person.organization(), pending })
}

pub(crate) async fn resend(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = id(&fields).ok_or_else(Problem::not_found)?;
    let sent = app.use_cases.resend_invitation.run(&person.session, &id).await?;
    Ok(flash::tell(&app, &person.session.user, MEMBERS, &text::invited_again(&sent.email)))
}

pub(crate) async fn revoke(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = id(&fields).ok_or_else(Problem::not_found)?;
    let email = app.use_cases.revoke_invitation.run(&person.session, &id).await?;
    Ok(flash::tell(&app, &person.session.user, MEMBERS, &text::not_invited_any_more(&email)))
}

/// The invitation that is meant. What can't be an id becomes one that nobody has: whether one may is answered first.
fn id(fields: &Fields) -> Option<InvitationId> {
    let text = fields.text("invitation").unwrap_or_default();
    InvitationId::try_from(text).or_else(|_| InvitationId::try_from("-")).ok()
}

//! What an invitation's link leads to: who invites whom into what, and a button. Looking at it spends nothing.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tenantry_application::{OpenInvitationError, OpenedInvitation, Reader, SignInWish, Under};
use tenantry_domain::{Enforcement, InvitationMessage, TenantId, Ticket};
use tenantry_ports::Intent;

use crate::auth::login::{begin, leave_after_form};
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::return_to::ReturnTo;
use crate::session::{SignedIn, Visitor};
use crate::{Shared, text};

#[derive(Template)]
#[template(path = "pages/invitation.html")]
struct InvitationPage<'a> {
    frame: Frame<'a>,
    opened: &'a OpenedInvitation,
    role: &'static str,
    message: Option<&'a str>,
    /// Who is signed in here, when that is somebody else than the one who is invited.
    other: Option<&'a str>,
    /// What every member has to sign in with, if that is demanded: then there is no account to be made.
    only: Option<String>,
    tenant: &'a str,
    ticket: &'a str,
}

#[derive(Template)]
#[template(path = "pages/no_seat.html")]
struct NoSeat<'a> {
    frame: Frame<'a>,
    organization: &'a str,
}

/// Shows what the link of these fields leads to.
pub(crate) async fn show(app: &Shared, visitor: &Visitor, fields: &Fields) -> Result<Response, Problem> {
    let (tenant, ticket) = link(fields)?;
    let session = visitor.session.as_ref();
    let opened = app.use_cases.open_invitation.run(&tenant, &ticket, session).await?;
    let other = session.filter(|_| opened.reader == Reader::Other).map(|session| session.name.as_str());
    let open = app.use_cases.sso.find_login.open(&tenant).await?;
    let only = open.iter().find(|request| request.enforcement == Enforcement::Organization);
    let view = InvitationPage {
        only: only.map(|request| request.display_name.to_string()),
        frame: visitor.frame(app, ""),
        role: text::with_article(opened.roles.highest()),
        message: opened.message.as_ref().map(InvitationMessage::as_str),
        other,
        tenant: tenant.as_str(),
        ticket: ticket.as_str(),
        opened: &opened,
    };
    page(StatusCode::OK, &view)
}

/// Leaves for the provider to accept. Whoever is not signed in here as the one who is invited has to prove who they are:
/// an invitation that comes with another account is spent.
pub(crate) async fn accept(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (tenant, ticket) = link(&fields)?;
    let opened = app.use_cases.open_invitation.run(&tenant, &ticket, visitor.session.as_ref()).await?;
    let intent = match fields.text("account")? {
        "new" => Intent::SignUp,
        "existing" => Intent::SignIn,
        _ => return Err(Problem::not_offered("account")),
    };
    let may_lead_on = app.use_cases.sso.find_login.may_lead_on(&opened.tenant.id).await?;
    let wish = SignInWish {
        intent,
        under: Under::Tenant(opened.tenant),
        invitation: Some((opened.id, ticket)),
        reauthenticate: opened.reader != Reader::Invited,
        return_to: ReturnTo::home().as_str().to_owned(),
        ..SignInWish::default()
    };
    if may_lead_on {
        let started = app.use_cases.begin_sign_in.run(wish).await?;
        return leave_after_form(&app, visitor.frame(&app, ""), &headers, &started);
    }
    begin(&app, &headers, wish).await
}

/// Says to a newcomer that every seat is taken.
pub(crate) async fn no_seat(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let frame = person.frame(&app, "");
    let organization = frame.person.as_ref().and_then(|person| person.organization);
    let organization = organization.unwrap_or("your organization");
    page(StatusCode::OK, &NoSeat { frame, organization })
}

/// What a link carries. One that carries anything else leads to no invitation.
fn link(fields: &Fields) -> Result<(TenantId, Ticket), Problem> {
    let (organization, invitation) = (fields.text("organization")?, fields.text("invitation")?);
    let link = TenantId::try_from(organization).ok().zip(Ticket::try_from(invitation).ok());
    link.ok_or_else(|| OpenInvitationError::Unknown.into())
}

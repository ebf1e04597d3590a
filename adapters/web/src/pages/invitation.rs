//! What an invitation's link leads to: who invites whom into what, and a button. Looking at it spends nothing.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tenantry_application::{NoLogin, OpenInvitationError, OpenedInvitation, Reader, SignInWish, Under};
use tenantry_domain::{InvitationMessage, TenantId, Ticket};
use tenantry_ports::Intent;

use crate::auth::login::{leave, leave_after_form};
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::invitation_ways::any_of;
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
    /// What whoever is invited has to sign in with, if that is demanded: then there is no account to be made.
    only: Option<String>,
    /// Why that does not let them in, as things are.
    shut: Option<NoLogin>,
    /// Whether that has begun since they chose to make an account.
    is_late: bool,
    tenant: &'a str,
    ticket: &'a str,
}

impl InvitationPage<'_> {
    /// What the button says that accepts it with an account that is there.
    fn button(&self) -> String {
        match self.other {
            Some(_) => "Switch account and join".to_owned(),
            None => format!("Accept and join {}", self.opened.organization),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/no_seat.html")]
struct NoSeat<'a> {
    frame: Frame<'a>,
    organization: &'a str,
}

/// Shows what the link of these fields leads to.
pub(crate) async fn show(app: &Shared, visitor: &Visitor, fields: &Fields) -> Result<Response, Problem> {
    Looked::at(app, visitor, fields).await?.page(StatusCode::OK, app, visitor)
}

/// Leaves for the provider to accept. Whoever is not signed in here as the one who is invited has to prove who they are:
/// an invitation that comes with another account is spent.
pub(crate) async fn accept(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let looked = Looked::at(&app, &visitor, &fields).await?;
    let intent = intent(&fields)?;
    // The organization may have begun to demand its own login since the page was shown.
    if looked.shut().is_some() || (intent == Intent::SignUp && looked.opened.demanded.is_some()) {
        return looked.page(StatusCode::CONFLICT, &app, &visitor);
    }
    let may_lead_on = app.use_cases.sso.find_login.may_lead_on(&looked.tenant).await?;
    let started = app.use_cases.begin_sign_in.run(looked.wish(intent)).await?;
    if may_lead_on {
        leave_after_form(&app, visitor.frame(&app, ""), &headers, &started)
    } else {
        leave(&app, &headers, &started)
    }
}

/// What a link leads to.
struct Looked {
    tenant: TenantId,
    ticket: Ticket,
    opened: OpenedInvitation,
}

impl Looked {
    async fn at(app: &Shared, visitor: &Visitor, fields: &Fields) -> Result<Self, Problem> {
        let (tenant, ticket) = link(fields)?;
        let opened = app.use_cases.open_invitation.run(&tenant, &ticket, visitor.session.as_ref()).await?;
        Ok(Self { tenant, ticket, opened })
    }

    /// Why the way that is demanded does not open.
    fn shut(&self) -> Option<NoLogin> {
        self.opened.demanded.as_ref()?.login.as_ref().err().copied()
    }

    fn page(&self, status: StatusCode, app: &Shared, visitor: &Visitor) -> Result<Response, Problem> {
        let opened = &self.opened;
        let session = visitor.session.as_ref().filter(|_| opened.reader == Reader::Other);
        let view = InvitationPage {
            frame: visitor.frame(app, ""),
            role: text::with_article(opened.roles.highest()),
            message: opened.message.as_ref().map(InvitationMessage::as_str),
            other: session.map(|session| session.name.as_str()),
            only: opened.demanded.as_ref().map(|demanded| any_of(&demanded.names)),
            shut: self.shut(),
            is_late: status == StatusCode::CONFLICT && self.shut().is_none(),
            tenant: self.tenant.as_str(),
            ticket: self.ticket.as_str(),
            opened,
        };
        page(status, &view)
    }

    fn wish(self, intent: Intent) -> SignInWish {
        let Self { opened, ticket, .. } = self;
        let mut wish = SignInWish {
            intent,
            under: Under::Tenant(opened.tenant),
            invitation: Some((opened.id, ticket)),
            reauthenticate: opened.reader != Reader::Invited,
            return_to: ReturnTo::home().as_str().to_owned(),
            ..SignInWish::default()
        };
        if let Some(login) = opened.demanded.and_then(|demanded| demanded.login.ok()) {
            login.take(&mut wish);
        }
        wish
    }
}

/// With which account somebody accepts.
fn intent(fields: &Fields) -> Result<Intent, Problem> {
    match fields.text("account")? {
        "new" => Ok(Intent::SignUp),
        "existing" => Ok(Intent::SignIn),
        _ => Err(Problem::not_offered("account")),
    }
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

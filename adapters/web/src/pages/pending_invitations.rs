//! Who is invited, above the members; and sending an invitation anew or taking it back.

use axum::extract::State;
use axum::response::Response;
use tenantry_application::InvitationView;
use tenantry_domain::InvitationId;
use tenantry_ports::Session;

use crate::csrf::Form;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::session::{SignedIn, see_other};
use crate::{App, Shared, text};

/// The part of the members' page that shows who is invited.
pub(crate) struct PendingInvitations {
    pub(crate) listed: Vec<InvitationView>,
    pub(crate) done: Option<&'static str>,
}

impl PendingInvitations {
    /// Everybody who is invited, and what was just done about it.
    pub(crate) async fn load(app: &App, session: &Session, query: &Fields) -> Result<Self, Problem> {
        let listed = app.use_cases.list_invitations.run(session).await?;
        Ok(Self { listed, done: text::about_invitations(query.text("done")?) })
    }
}

pub(crate) async fn resend(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = id(&fields).ok_or_else(Problem::not_found)?;
    app.use_cases.resend_invitation.run(&person.session, &id).await?;
    Ok(see_other("/admin/members?done=resent"))
}

pub(crate) async fn revoke(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = id(&fields).ok_or_else(Problem::not_found)?;
    app.use_cases.revoke_invitation.run(&person.session, &id).await?;
    Ok(see_other("/admin/members?done=revoked"))
}

/// The invitation that is meant. What can't be an id becomes one that nobody has: whether one may is answered first.
fn id(fields: &Fields) -> Option<InvitationId> {
    let text = fields.text("invitation").unwrap_or_default();
    InvitationId::try_from(text).or_else(|_| InvitationId::try_from("-")).ok()
}

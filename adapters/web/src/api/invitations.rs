//! `/api/v1/organization/invitations`: who is invited.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Serialize;
use tenantry_application::{InvitationView as Pending, InviteAnswer, InviteOutcome, Outage};
use tenantry_domain::{ConnectionId, EmailAddress, InvitationId, InvitationMessage, Timestamp};
use utoipa::ToSchema;

use super::body;
use super::caller::Caller;
use super::idempotency::Unfinished;
use super::invitation_wish::NewInvitations;
use super::inviter::Inviter;
use super::listing::Listing;
use super::operation::{Body, Operation};
use super::organization::{RoleName, role_names};
use super::path::PathId;
use crate::Shared;
use crate::problem::Problem;
use crate::text;

pub(super) const LIST: Operation = Operation {
    details: "One that has expired is listed until it is taken back, or there is another one to the same address.",
    ..Operation::new("listInvitations", "Who is invited and has not come yet, the latest first")
        .listing::<InvitationPage>()
};

pub(super) const CREATE: Operation = Operation {
    details: "Each address is answered by itself: look at its `outcome`. Of whom the organization demands its own login \
              they come by that one, whatever the `connection`; who could not come in is not invited. Repeatable: whoever \
              was invited is said to be. An answer in which one has `failed`, or was sent something `too_often`, is not \
              kept for its `Idempotency-Key`: the same request once more, after the longest `retry_after` of its items, \
              tries the rest.",
    body: Some(Body::of::<NewInvitations>()),
    ..Operation::new("inviteMembers", "Invites people").answering::<InviteAnswers>(200)
};

pub(super) const RESEND: Operation = Operation {
    details: "With another link; the old one is dead. It leads where people have to come in now.",
    refusals: &[
        (409, "The invitation has expired, or whoever it is for could not come in any more (`no_way_in`)."),
        (429, "Its address was sent several in a short time: send it after `Retry-After`."),
    ],
    ..Operation::new("resendInvitation", "Sends an invitation anew").answering::<InvitationView>(200)
};

pub(super) const REVOKE: Operation = Operation::new("revokeInvitation", "Takes an invitation back");

/// Somebody who is invited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationView {
    /// By which it is sent anew or taken back; null while it is not known to be sent.
    id: Option<String>,
    /// To whom.
    email: String,
    /// With which roles they begin.
    roles: Vec<RoleName>,
    /// What they are told of who invites.
    inviter: String,
    /// Through which connection they have to come, one of `GET /api/v1/organization/login-connections`; null for any.
    connection: Option<String>,
    /// What they are told besides; null when that is nothing, or is not known here.
    message: Option<String>,
    /// Since when it counts.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// From when on it counts no more.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Whether that is over: then it takes no seat.
    has_expired: bool,
}

/// A page of who is invited.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InvitationPage {
    items: Vec<InvitationView>,
    /// The `cursor` of the next page; null on the last.
    next: Option<String>,
}

/// What became of each address, in the order in which they were sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InviteAnswers {
    items: Vec<InviteAnswerView>,
    /// Always null: this is all of them.
    next: Option<String>,
}

/// What became of one address.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InviteAnswer)]
pub(super) struct InviteAnswerView {
    /// As it was sent.
    email: String,
    outcome: Outcome,
    /// What happened, and what to do next.
    detail: String,
    /// The invitation that is out.
    invitation: Option<InvitationView>,
    /// After how many seconds it can be tried again; null where waiting does not help, or nobody knows.
    retry_after: Option<u64>,
}

/// What becomes of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// An invitation is out.
    Invited,
    /// It belongs to a member.
    AlreadyMember,
    /// An invitation to it is out already.
    AlreadyInvited,
    /// Whoever has it could not come in: the organization demands a login that does not let them in, or the `connection`
    /// does not.
    NoWayIn,
    /// Every seat is taken.
    NoSeat,
    /// It was sent several invitations in a short time: wait for `retry_after`.
    TooOften,
    /// Something does not answer: it can be tried again.
    Failed,
    /// It is no e-mail address.
    Invalid,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
    mut wanted: Listing,
) -> Result<Json<InvitationPage>, Problem> {
    let from = wanted.from.take();
    let page = app.use_cases.list_invitations.run(&session, from, wanted.size).await?;
    let next = wanted.next(&app, &page);
    Ok(Json(InvitationPage { items: page.items.into_iter().map(InvitationView::from).collect(), next }))
}

pub(super) async fn create(
    State(app): State<Shared>,
    Inviter(session): Inviter,
    body::Json(new): body::Json<NewInvitations>,
) -> Result<(Option<Extension<Unfinished>>, Json<InviteAnswers>), Problem> {
    let (wish, sent) = new.read()?;
    let message = wish.message.clone();
    let answers = app.use_cases.invite_members.run(&session, &wish).await?;
    let is_unfinished = answers
        .iter()
        .any(|answer| matches!(answer.outcome, InviteOutcome::Failed(_) | InviteOutcome::TooOften(_)));
    let mut answers: HashMap<_, _> =
        answers.into_iter().map(|InviteAnswer { email, outcome }| (email, outcome)).collect();
    let items = sent.into_iter().map(|(text, email)| answer(text, email, &mut answers, message.as_ref()));
    let items = items.collect();
    let unfinished = is_unfinished.then_some(Extension(Unfinished));
    Ok((unfinished, Json(InviteAnswers { items, next: None })))
}

pub(super) async fn resend(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(invitation): PathId<InvitationId>,
) -> Result<Json<InvitationView>, Problem> {
    Ok(Json(app.use_cases.resend_invitation.run(&session, &invitation).await?.into()))
}

pub(super) async fn revoke(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(invitation): PathId<InvitationId>,
) -> Result<StatusCode, Problem> {
    app.use_cases.revoke_invitation.run(&session, &invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An address that was sent twice was invited the first time.
fn answer(
    text: String,
    email: Option<EmailAddress>,
    answers: &mut HashMap<EmailAddress, InviteOutcome>,
    message: Option<&InvitationMessage>,
) -> InviteAnswerView {
    let Some(email) = email else {
        let detail = "This is not an e-mail address: write it like ann@example.com.".to_owned();
        let (outcome, invitation, retry_after) = (Outcome::Invalid, None, None);
        return InviteAnswerView { email: text, outcome, detail, invitation, retry_after };
    };
    let found = answers.remove(&email).unwrap_or(InviteOutcome::AlreadyInvited);
    let detail = text::not_invited(&found);
    let wait = match &found {
        InviteOutcome::TooOften(wait) => Some(*wait),
        InviteOutcome::Failed(Outage::RateLimited { retry_after }) => *retry_after,
        _ => None,
    };
    let (outcome, invitation) = match found {
        InviteOutcome::Invited(invitation) => {
            (Outcome::Invited, Some(Pending::sent(*invitation, message.cloned()).into()))
        }
        InviteOutcome::AlreadyMember => (Outcome::AlreadyMember, None),
        InviteOutcome::AlreadyInvited => (Outcome::AlreadyInvited, None),
        InviteOutcome::NoWayIn(_) => (Outcome::NoWayIn, None),
        InviteOutcome::NoSeat => (Outcome::NoSeat, None),
        InviteOutcome::TooOften(_) => (Outcome::TooOften, None),
        InviteOutcome::Failed(_) => (Outcome::Failed, None),
    };
    // Whoever comes a moment too early waits again.
    let retry_after = wait.and_then(|wait| u64::try_from(wait.as_millis().div_ceil(1000)).ok());
    InviteAnswerView { email: text, outcome, detail, invitation, retry_after }
}

/// Without its link: that is for the invited person alone.
impl From<Pending> for InvitationView {
    fn from(pending: Pending) -> Self {
        Self {
            id: pending.id.map(|id| id.to_string()),
            email: pending.email.to_string(),
            roles: role_names(&pending.roles),
            inviter: pending.inviter,
            connection: pending.connection.as_ref().map(ConnectionId::to_string),
            message: pending.message.as_ref().map(|message| message.as_str().to_owned()),
            created_at: pending.created_at,
            expires_at: pending.expires_at,
            has_expired: pending.has_expired,
        }
    }
}

//! `/tickets`: links that let their holder set a new password, or prove an address.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::call::Call;
use super::error::ApiError;
use super::format::Format;
use super::operation::{Evidence, Operation};
use super::schema::{Property, flag, integer, object, optional, required, text};
use super::{Answer, Reply};
use crate::document::Document;
use crate::login::{self, Context, TICKET_LIFETIME};
use crate::model::{Mail, MailKind, Ticket, User};
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    let ticket = || object([required("ticket", text(1, 2048))]);
    let password_change = object(common()).with([
        optional("user_id", text(1, 300)),
        optional("connection_id", text(1, 64)),
        optional("email", text(1, 320).of_format(Format::Email)),
        optional("mark_email_as_verified", flag()),
    ]);
    let verification =
        object(common()).with([required("user_id", text(1, 300)), optional("identity", identity())]);
    vec![
        Operation::write(
            Method::POST,
            "/tickets/password-change",
            "Create a link that sets a new password",
            password_change_ticket,
        )
        .scope(&["create:user_tickets"])
        .body(password_change)
        .answers(StatusCode::CREATED, ticket())
        .refuses(ApiError::no_user())
        .refuses(ApiError::no_connection())
        .refuses(ApiError::no_client())
        .refuses(ApiError::no_organization())
        .refuses(no_password())
        .refuses(not_a_member())
        .refuses(one_target())
        .evidence(Evidence::Recorded)
        .note("The texts of refusals other than 404 are not known."),
        Operation::write(
            Method::POST,
            "/tickets/email-verification",
            "Create a link that proves an address",
            verification_ticket,
        )
        .scope(&["create:user_tickets"])
        .body(verification)
        .answers(StatusCode::CREATED, ticket())
        .refuses(ApiError::no_user())
        .refuses(ApiError::no_client())
        .refuses(ApiError::no_organization())
        .refuses(no_email())
        .refuses(not_a_member())
        .refuses(one_target())
        .note("The texts of refusals other than 404 are not known."),
    ]
}

fn common() -> Vec<Property> {
    vec![
        optional("result_url", text(0, 2048).of_format(Format::WebUri)),
        optional("client_id", text(1, 64)),
        optional("organization_id", text(1, 50)),
        optional("ttl_sec", integer(0, 315_360_000)),
        optional("includeEmailInRedirect", flag()),
    ]
}

/// Which of a user's accounts is meant.
pub(super) fn identity() -> super::schema::Schema {
    object([
        required("user_id", text(1, 300)),
        required("provider", text(1, 64)),
        optional("connection_id", text(1, 64)),
    ])
}

fn no_password() -> ApiError {
    ApiError::not_supported("The user has no password in a database connection")
}

pub(super) fn no_email() -> ApiError {
    ApiError::not_supported("The user has no email address")
}

pub(super) fn not_a_member() -> ApiError {
    ApiError::not_supported("The user is not a member of the organization")
}

fn one_target() -> ApiError {
    ApiError::invalid_body("result_url and client_id cannot both be set")
}

fn password_change_ticket(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    let missing = |name: &str| ApiError::body(&format!("Missing required property: {name}"), None);
    let user = match (body.text("user_id"), body.text("connection_id"), body.text("email")) {
        (Some(user_id), None, None) => state.users.get(user_id),
        (None, Some(connection), Some(email)) => {
            let connection = state.connections.get(connection).ok_or_else(ApiError::no_connection)?;
            state.user_in_connection(&connection.name, &email.to_ascii_lowercase())
        }
        (None, None, _) => return Err(missing("user_id")),
        (None, Some(_), None) => return Err(missing("email")),
        (Some(_), ..) => {
            return Err(ApiError::invalid_body("user_id excludes connection_id and email"));
        }
    };
    let user = user.cloned().ok_or_else(ApiError::no_user)?;
    if !user.has_password() {
        return Err(no_password());
    }
    let ticket = Ticket {
        marks_email_as_verified: body.flag("mark_email_as_verified").unwrap_or(false),
        ..asked_for(state, call, MailKind::PasswordChange, &user)?
    };
    Ok(Reply::created(json!({ "ticket": login::issue_ticket(state, &call.context, ticket) })))
}

fn verification_ticket(state: &mut State, call: &Call<'_>) -> Answer {
    let user = user_of_identity(state, call.body())?.clone();
    if user.email.is_none() {
        return Err(no_email());
    }
    let ticket = asked_for(state, call, MailKind::EmailVerification, &user)?;
    Ok(Reply::created(json!({ "ticket": login::issue_ticket(state, &call.context, ticket) })))
}

/// The user of the body, who must have the identity if it names one.
pub(super) fn user_of_identity<'a>(state: &'a State, body: Document<'_>) -> Result<&'a User, ApiError> {
    let user = state.users.get(body.text("user_id").unwrap_or_default()).ok_or_else(ApiError::no_user)?;
    let identity = body.document("identity");
    if let (Some(provider), Some(id)) = (identity.text("provider"), identity.text("user_id")) {
        let is_theirs =
            state.user_by_identity(&format!("{provider}|{id}")).is_some_and(|owner| owner.id == user.id);
        return is_theirs.then_some(user).ok_or_else(ApiError::no_user);
    }
    Ok(user)
}

/// What both kinds of ticket have in common.
fn asked_for(state: &State, call: &Call<'_>, kind: MailKind, user: &User) -> Result<Ticket, ApiError> {
    let body = call.body();
    if body.has("result_url") && body.has("client_id") {
        return Err(one_target());
    }
    check_target(state, body, user)?;
    let seconds = body.integer("ttl_sec").and_then(|seconds| u64::try_from(seconds).ok());
    let lifetime = seconds.filter(|seconds| *seconds > 0).map_or(TICKET_LIFETIME, Duration::from_secs);
    Ok(Ticket {
        result_url: body.text("result_url").filter(|url| !url.is_empty()).map(str::to_owned),
        includes_email_in_redirect: body.flag("includeEmailInRedirect").unwrap_or(false),
        expires_at: call.context.now + lifetime,
        ..ticket_for(&call.context, kind, user, body)
    })
}

/// The client and the organization that a body names must be there, and the user a member.
pub(super) fn check_target(state: &State, body: Document<'_>, user: &User) -> Result<(), ApiError> {
    if body.text("client_id").is_some_and(|id| state.clients.get(id).is_none()) {
        return Err(ApiError::no_client());
    }
    if let Some(organization) = body.text("organization_id") {
        state.organizations.get(organization).ok_or_else(ApiError::no_organization)?;
        if state.member(organization, &user.id).is_none() {
            return Err(not_a_member());
        }
    }
    Ok(())
}

fn ticket_for(context: &Context<'_>, kind: MailKind, user: &User, body: Document<'_>) -> Ticket {
    Ticket {
        hash: String::new(),
        kind,
        user_id: user.id.clone(),
        client_id: body.text("client_id").map(str::to_owned),
        organization_id: body.text("organization_id").map(str::to_owned),
        result_url: None,
        marks_email_as_verified: kind == MailKind::EmailVerification,
        includes_email_in_redirect: false,
        is_used: false,
        expires_at: context.now + TICKET_LIFETIME,
    }
}

/// Sends a message with a link that proves the address, for the client and organization that the body names; `false`
/// for somebody without an address.
pub(super) fn send_verification(
    state: &mut State,
    context: &Context<'_>,
    user: &User,
    body: Document<'_>,
) -> bool {
    let Some(to) = user.email.clone() else { return false };
    let ticket = ticket_for(context, MailKind::EmailVerification, user, body);
    let organization_id = ticket.organization_id.clone();
    let link = login::issue_ticket(state, context, ticket);
    state.send(Mail {
        id: context.ids.log_entry(context.now),
        kind: MailKind::EmailVerification,
        to,
        link,
        user_id: Some(user.id.clone()),
        organization_id,
        sent_at: context.now,
    });
    true
}

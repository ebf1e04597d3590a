//! `/u/reset-password` and `/u/email-verification`: where the links in mails lead.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::errors::PageError;
use super::super::pages::{Frame, ResetPasswordPage, TicketEndPage, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::super::way_on::WayOn;
use super::log_in::NO_PASSWORD;
use super::redirect;
use crate::fake::Core;
use crate::login::{self, PasswordChangeError, TicketError, address};
use crate::model::{MailKind, Ticket};
use crate::passwords::Strength;
use crate::store::{State, StoreError};

const CHANGED: &str = "You can now log in with your new password.";
const VERIFIED: &str = "Your email was verified. You can continue using the application.";

pub(super) async fn show_reset(
    Shared(core): Shared<Arc<Core>>,
    Query(query): Query,
) -> Result<Response, PageError> {
    let secret = query.get("ticket").unwrap_or_default();
    render_reset(&core, secret, Mistakes::default())
}

pub(super) async fn submit_reset(
    Shared(core): Shared<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let secret = query.get("ticket").or_else(|| form.get("ticket")).unwrap_or_default();
    let password = form.get("password-reset").unwrap_or_default();
    if password.is_empty() {
        return render_reset(&core, secret, Mistakes { password: Some(NO_PASSWORD), ..Mistakes::default() });
    }
    if form.get("re-enter-password") != Some(password) {
        let again = Some("The two passwords are not the same");
        return render_reset(&core, secret, Mistakes { again, ..Mistakes::default() });
    }
    let context = core.context();
    let changed = core
        .store
        .write(|state| {
            let changed = login::change_password(state, &context, &visitor.browser, secret, password);
            Ok::<_, StoreError>(changed)
        })
        .await?;
    match changed {
        Ok(ticket) => {
            let email = email_of(&core, &ticket)?.filter(|_| ticket.includes_email_in_redirect);
            let parameters =
                [("email", email.as_deref()), ("success", Some("true")), ("message", Some(CHANGED))];
            end(&core, Some(&ticket), &parameters, "Your password is changed", CHANGED)
        }
        Err(PasswordChangeError::Weak) => {
            let mistakes = Mistakes {
                password: Some("Password is too weak"),
                strength: Some(Strength::of(password)),
                ..Mistakes::default()
            };
            render_reset(&core, secret, mistakes)
        }
        Err(PasswordChangeError::Ticket(error)) => refuse(
            &core,
            core.store.read(|state| known(state, secret, MailKind::PasswordChange))?.as_ref(),
            error,
        ),
    }
}

/// Opening the link proves the address.
pub(super) async fn verify_email(
    Shared(core): Shared<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let secret = query.get("ticket").unwrap_or_default();
    let context = core.context();
    let verified = core
        .store
        .write(|state| Ok::<_, StoreError>(login::verify_email(state, &context, &visitor.browser, secret)))
        .await?;
    match verified {
        Ok((ticket, user)) => {
            let parameters = [
                ("supportSignUp", Some("true")),
                ("supportForgotPassword", Some("true")),
                ("email", user.email.as_deref()),
                ("message", Some(VERIFIED)),
                ("success", Some("true")),
                ("code", Some("success")),
            ];
            end(&core, Some(&ticket), &parameters, "Your email is verified", VERIFIED)
        }
        Err(error) => refuse(
            &core,
            core.store.read(|state| known(state, secret, MailKind::EmailVerification))?.as_ref(),
            error,
        ),
    }
}

fn known(state: &State, secret: &str, kind: MailKind) -> Option<Ticket> {
    login::ticket(state, secret, kind).cloned()
}

#[derive(Default)]
struct Mistakes {
    password: Option<&'static str>,
    again: Option<&'static str>,
    strength: Option<Strength>,
}

fn render_reset(core: &Core, secret: &str, mistakes: Mistakes) -> Result<Response, PageError> {
    let kind = MailKind::PasswordChange;
    let found = core.store.read(|state| login::holder(state, core.clock.now(), secret, kind))?;
    let (ticket, user) = match found {
        Ok(found) => found,
        Err(error) => {
            return refuse(core, core.store.read(|state| known(state, secret, kind))?.as_ref(), error);
        }
    };
    let wrong = mistakes.password.is_some() || mistakes.again.is_some();
    let page = ResetPasswordPage {
        frame: frame(core, Some(&ticket), "Choose a new password")?,
        ticket: secret,
        email: user.email.as_deref(),
        password_error: mistakes.password,
        again_error: mistakes.again,
        strength: mistakes.strength,
    };
    Ok(html(if wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page))
}

fn refuse(core: &Core, ticket: Option<&Ticket>, error: TicketError) -> Result<Response, PageError> {
    let email = match ticket {
        Some(ticket) => email_of(core, ticket)?,
        None => None,
    };
    let message = error.to_string();
    let is_verification = ticket.as_ref().is_some_and(|ticket| ticket.kind == MailKind::EmailVerification);
    let parameters = [
        ("email", email.as_deref().filter(|_| is_verification)),
        ("message", Some(message.as_str())),
        ("success", Some("false")),
        ("code", Some(error.code())),
    ];
    let (title, text) = match error {
        TicketError::Used => {
            ("This link was used already", "It works once. Ask for a new one if you still need it.")
        }
        TicketError::Expired => {
            ("This link has expired", "Ask for a new one: links work for a few days only.")
        }
        TicketError::Unknown => {
            ("This link is not valid", "Maybe a part of it is missing, or a newer one has taken its place.")
        }
    };
    end(core, ticket, &parameters, title, text)
}

/// Leads to where the ticket says, or tells what came of it.
fn end(
    core: &Core,
    ticket: Option<&Ticket>,
    parameters: &[(&str, Option<&str>)],
    title: &str,
    text: &str,
) -> Result<Response, PageError> {
    let result_url = ticket.and_then(|ticket| ticket.result_url.as_deref());
    if let Some(target) = result_url.and_then(|url| address(url, parameters)) {
        return Ok(redirect(target.as_str(), &[]));
    }
    let way_on = match ticket {
        Some(ticket) => core.store.read(|state| WayOn::after_ticket(state, ticket))?,
        None => WayOn::from_login(core, None),
    };
    let succeeded = parameters.contains(&("success", Some("true")));
    let page = TicketEndPage { frame: frame(core, ticket, title)?, text, way_on: way_on.as_ref() };
    Ok(html(if succeeded { StatusCode::OK } else { StatusCode::BAD_REQUEST }, &page))
}

fn email_of(core: &Core, ticket: &Ticket) -> Result<Option<String>, PageError> {
    Ok(core.store.read(|state| state.users.get(&ticket.user_id).and_then(|user| user.email.clone()))?)
}

fn frame(core: &Core, ticket: Option<&Ticket>, title: &str) -> Result<Frame, PageError> {
    let (client, organization) = core.store.read(|state| {
        let client = ticket.and_then(|ticket| state.clients.get(ticket.client_id.as_deref()?));
        let organization =
            ticket.and_then(|ticket| state.organizations.get(ticket.organization_id.as_deref()?));
        (
            client.map(|client| client.name.clone()),
            organization.map(|organization| organization.label().to_owned()),
        )
    })?;
    Ok(Frame { client, organization, ..Frame::bare(title) })
}

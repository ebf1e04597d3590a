//! Links that let their holder set a new password or prove an address, once.

use std::time::Duration;

use tenantry_domain::Timestamp;

use super::{Browser, Context};
use crate::model::{LogEntry, Mail, MailKind, SessionEnd, Ticket, User};
use crate::passwords::{PasswordHash, Strength};
use crate::secrets::sha256;
use crate::store::State;

/// How long a link is good for when nobody says otherwise: 432,000 seconds.
pub(crate) const TICKET_LIFETIME: Duration = Duration::from_hours(5 * 24);

/// Where somebody goes on to once a ticket is used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Onward {
    pub(crate) client_id: Option<String>,
    pub(crate) organization_id: Option<String>,
}

/// Makes a ticket for the user and puts its link into their mailbox; nothing for somebody without an address.
pub(crate) fn send_ticket(
    state: &mut State,
    context: &Context<'_>,
    user: &User,
    kind: MailKind,
    onward: Onward,
) {
    let Some(to) = user.email.clone() else { return };
    let secret = context.ids.secret();
    let page = if kind == MailKind::PasswordChange { "reset-password" } else { "email-verification" };
    state.tickets.put(Ticket {
        hash: sha256(&secret),
        kind,
        user_id: user.id.clone(),
        client_id: onward.client_id,
        organization_id: onward.organization_id.clone(),
        result_url: None,
        // Whoever opens the link has read the address's mail.
        marks_email_as_verified: true,
        includes_email_in_redirect: false,
        is_used: false,
        expires_at: context.now + TICKET_LIFETIME,
    });
    state.send(Mail {
        id: context.ids.log_entry(context.now),
        kind,
        to,
        link: format!("{}u/{page}?ticket={secret}#", context.issuer),
        user_id: Some(user.id.clone()),
        organization_id: onward.organization_id,
        sent_at: context.now,
    });
}

/// Puts the ticket into force; answers its link.
pub(crate) fn issue_ticket(state: &mut State, context: &Context<'_>, ticket: Ticket) -> String {
    let secret = context.ids.ticket();
    let page = match ticket.kind {
        MailKind::PasswordChange => "reset-password",
        MailKind::EmailVerification | MailKind::Invitation => "email-verification",
    };
    state.tickets.put(Ticket { hash: sha256(&secret), ..ticket });
    format!("{}u/{page}?ticket={secret}#", context.issuer)
}

/// Why a link is good for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TicketError {
    #[error("This URL can be used only once")]
    Used,
    #[error("Access expired.")]
    Expired,
    #[error("User account does not exist or verification code is invalid.")]
    Unknown,
}

impl TicketError {
    /// The value of the `code` parameter.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Expired => "access_expired",
            Self::Unknown => "unknown",
        }
    }
}

/// The ticket whose secret this is, used or not.
pub(crate) fn ticket<'a>(state: &'a State, secret: &str, kind: MailKind) -> Option<&'a Ticket> {
    state.tickets.get(&sha256(secret)).filter(|ticket| ticket.kind == kind)
}

/// The ticket and its user, if it is still good.
pub(crate) fn holder(
    state: &State,
    now: Timestamp,
    secret: &str,
    kind: MailKind,
) -> Result<(Ticket, User), TicketError> {
    let ticket = ticket(state, secret, kind).ok_or(TicketError::Unknown)?;
    if ticket.is_used {
        return Err(TicketError::Used);
    }
    if now >= ticket.expires_at {
        return Err(TicketError::Expired);
    }
    let user = state.users.get(&ticket.user_id).ok_or(TicketError::Unknown)?;
    Ok((ticket.clone(), user.clone()))
}

/// Why no new password was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordChangeError {
    #[error(transparent)]
    Ticket(#[from] TicketError),
    #[error("Password is too weak")]
    Weak,
}

/// Sets a new password. It ends the user's sessions, and every other link that could set one.
pub(crate) fn change_password(
    state: &mut State,
    context: &Context<'_>,
    browser: &Browser,
    secret: &str,
    password: &str,
) -> Result<Ticket, PasswordChangeError> {
    let (ticket, mut user) = holder(state, context.now, secret, MailKind::PasswordChange)?;
    if !Strength::of(password).is_good() {
        return Err(PasswordChangeError::Weak);
    }
    user.password = Some(PasswordHash::of(password, context.ids));
    user.email_verified |= ticket.marks_email_as_verified;
    user.last_password_reset = Some(context.now);
    user.updated_at = context.now;
    state.end_sessions_of(&user.id, SessionEnd::PasswordChanged);
    spend(state, &ticket);
    state.tickets.remove_where(|other| {
        other.kind == MailKind::PasswordChange && other.user_id == ticket.user_id && !other.is_used
    });
    log(state, context, browser, "scp", (&ticket, &user));
    state.users.put(user);
    Ok(ticket)
}

/// Notes that the address has been proved.
pub(crate) fn verify_email(
    state: &mut State,
    context: &Context<'_>,
    browser: &Browser,
    secret: &str,
) -> Result<(Ticket, User), TicketError> {
    let (ticket, mut user) = holder(state, context.now, secret, MailKind::EmailVerification)?;
    user.email_verified = true;
    user.updated_at = context.now;
    spend(state, &ticket);
    log(state, context, browser, "sv", (&ticket, &user));
    state.users.put(user.clone());
    Ok((ticket, user))
}

fn spend(state: &mut State, ticket: &Ticket) {
    state.tickets.put(Ticket { is_used: true, ..ticket.clone() });
}

fn log(
    state: &mut State,
    context: &Context<'_>,
    browser: &Browser,
    kind: &str,
    (ticket, user): (&Ticket, &User),
) {
    let entry = LogEntry {
        client_id: ticket.client_id.clone(),
        organization_id: ticket.organization_id.clone(),
        ip: Some(browser.ip.clone()),
        user_agent: browser.user_agent.clone(),
        ..LogEntry::new(kind, context)
    };
    state.log(entry.about(user));
}

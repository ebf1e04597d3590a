//! `/admin/activity`: who changed what in the organization, the latest first.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_domain::{AuditAction, AuditEntry, UserId};
use tenantry_ports::{Cursor, Page, PageSize};

use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::text;
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/activity.html")]
struct ActivityPage<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    lines: Vec<Line>,
    is_first: bool,
    next: Option<&'a str>,
}

/// One thing that was done.
struct Line {
    at: String,
    who: String,
    is_you: bool,
    what: String,
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let from = query.get("cursor")?.map(Cursor::new);
    let is_first = from.is_none();
    let found = app.use_cases.activity.run(&person.session, from, PageSize::SCREEN).await?;
    let names = names(&app, &person, &found).await;
    let view = ActivityPage {
        frame: person.frame(&app, "/admin/activity"),
        organization: person.organization(),
        lines: found.items.iter().map(|entry| Line::new(entry, &person, &names)).collect(),
        is_first,
        next: found.next.as_ref().map(Cursor::as_str),
    };
    page(StatusCode::OK, &view)
}

/// What to call those who did what was noted before names were, as far as one page of members says. A page without such
/// entries asks for none.
async fn names(app: &App, person: &SignedIn, found: &Page<AuditEntry>) -> HashMap<UserId, String> {
    if found.items.iter().all(|entry| own_name(entry, person).is_some()) {
        return HashMap::new();
    }
    match app.use_cases.list_members.run(&person.session, None, PageSize::SCREEN).await {
        Ok(members) => members.items.into_iter().map(|member| (member.user, member.name)).collect(),
        Err(error) => {
            tracing::warn!(%error, "the activity is shown without names");
            HashMap::new()
        }
    }
}

/// The name of whoever did it, where nobody has to be asked: it is the reader, it was noted, or what they did concerns
/// themselves.
fn own_name<'a>(entry: &'a AuditEntry, person: &'a SignedIn) -> Option<&'a str> {
    use AuditAction::{InvitationAccepted, MemberLeft, SeatRefused};
    if entry.actor == person.session.user {
        return Some(&person.session.name);
    }
    let concerned = matches!(entry.action, InvitationAccepted | MemberLeft | SeatRefused);
    entry.actor_name.as_deref().or_else(|| concerned.then_some(&*entry.subject))
}

impl Line {
    fn new(entry: &AuditEntry, person: &SignedIn, names: &HashMap<UserId, String>) -> Self {
        let known = own_name(entry, person).or_else(|| names.get(&entry.actor).map(String::as_str));
        Self {
            at: text::moment(entry.at),
            who: known.map_or_else(|| text::account(&entry.actor), str::to_owned),
            is_you: entry.actor == person.session.user,
            what: text::done(entry.action, &entry.subject),
        }
    }
}

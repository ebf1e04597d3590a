//! `/admin/sso/connection`: one connection that is set up: how it does, and what can be done about it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::SsoView;
use tenantry_domain::{Enforcement, SsoRequest, SsoState};

use super::{connection_path, consequences, next_path, steps};
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::confirmation::is_confirmed;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, see_other};
use crate::sso::guides::guide;
use crate::sso::start_link;
use crate::{App, Shared, flash, text};

#[derive(Template)]
#[template(path = "pages/sso_connection.html")]
struct ConnectionPage<'a> {
    frame: Frame<'a>,
    /// How many a change keeps out, if any.
    kept_out: Option<String>,
    request: &'a SsoRequest,
    kind: &'static str,
    state: (&'static str, &'static str),
    health: Vec<(bool, String)>,
    failure: Option<steps::Failure>,
    /// Those before it.
    earlier: Vec<steps::Failure>,
    people: String,
    issuer: &'a str,
    start_link: String,
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let view = app.use_cases.sso.list.one(&person.session, query.text("connection")?).await?;
    if view.kept.request.state == SsoState::SettingUp {
        return Ok(see_other(&next_path(&view.kept.request)));
    }
    page_of(&app, &person, &view)
}

fn page_of(app: &App, person: &SignedIn, view: &SsoView) -> Result<Response, Problem> {
    let (request, now) = (&view.kept.request, app.clock.now());
    let shown = ConnectionPage {
        frame: person.frame(app, "/admin/sso"),
        kept_out: Some(view.people.quarantined).filter(|count| *count > 0).map(text::people),
        request,
        kind: guide(request.kind).name,
        state: steps::state(request),
        health: steps::health_but_failures(&view.kept, &view.proofs, now),
        failure: steps::Failure::of(&view.kept, now),
        earlier: view.failures.iter().skip(1).map(|one| steps::Failure::new(one, &view.kept, now)).collect(),
        people: text::people(view.people.all),
        issuer: request.upstream.as_ref().map_or("", |upstream| &upstream.issuer),
        start_link: start_link(app, request),
    };
    page(StatusCode::OK, &shown)
}

/// Turns the connection on or off; asks before those are kept out who come in through it.
pub(crate) async fn turn(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = fields.text("connection")?;
    let turn = &app.use_cases.sso.turn;
    if fields.text("turn")? == "off" && !is_confirmed(&fields)? {
        let view = app.use_cases.sso.list.one(&person.session, id).await?;
        if view.kept.request.state == SsoState::On && view.people.all > 0 {
            return consequences::of_turning_off(&app, &person, &view);
        }
    }
    let (kept, said) = match fields.text("turn")? {
        "on" => (turn.on(&person.session, id).await?, "on: your people can sign in with it now"),
        "off" => (turn.off(&person.session, id).await?, "off: nobody signs in with it any more"),
        _ => return Err(Problem::not_offered("turn")),
    };
    let said = format!("{} is {said}.", kept.request.display_name);
    Ok(flash::tell(&app, &person.session.user, &connection_path(&kept.request.id), &said))
}

/// Lets everybody in again who came before the client was changed.
pub(crate) async fn let_in_again(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = fields.text("connection")?;
    let (kept, people) = app.use_cases.sso.admit.again(&person.session, id).await?;
    let said = format!("{} can sign in again.", text::people(people));
    Ok(flash::tell(&app, &person.session.user, &connection_path(&kept.request.id), &said))
}

//! `/admin/sso/connection`: one connection that is set up: how it does, and what can be done about it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::SsoView;
use tenantry_domain::{Enforcement, SsoRequest, SsoState};

use super::guides::guide;
use super::{connection_path, next_path, steps};
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, see_other};
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
    policy_error: Option<String>,
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
    page_of(StatusCode::OK, &app, &person, &view, None)
}

pub(super) fn page_of(
    status: StatusCode,
    app: &App,
    person: &SignedIn,
    view: &SsoView,
    policy_error: Option<String>,
) -> Result<Response, Problem> {
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
        policy_error,
    };
    page(status, &shown)
}

/// Turns the connection on or off.
pub(crate) async fn turn(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = fields.text("connection")?;
    let turn = &app.use_cases.sso.turn;
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

/// Where the organization's provider sends people who begin there (OpenID Connect Core, section 4).
pub(crate) fn start_link(app: &App, request: &SsoRequest) -> String {
    let link = app.base_url.join("/api/auth/login").map(|mut link| {
        link.query_pairs_mut()
            .append_pair("organization", request.tenant.id.as_str())
            .append_pair("connection", request.id.as_str());
        link.to_string()
    });
    link.unwrap_or_default()
}

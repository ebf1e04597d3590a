//! `/home/account/sessions`: where a person is signed in, and how that ends.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::MySession;
use tenantry_domain::{SessionHandle, Timestamp};

use crate::csrf::Form;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{Shared, flash, text};

const HERE: &str = "/home/account/sessions";

#[derive(Template)]
#[template(path = "pages/account_sessions.html")]
struct SessionsPage<'a> {
    frame: Frame<'a>,
    sessions: Vec<Shown<'a>>,
}

/// A session as people read it.
struct Shown<'a> {
    handle: &'a str,
    device: &'a str,
    network: Option<&'a str>,
    organization: Option<&'a str>,
    used: String,
    began_at: Timestamp,
    is_current: bool,
}

impl<'a> Shown<'a> {
    fn new(mine: &'a MySession, now: Timestamp) -> Self {
        let session = &mine.session;
        let device = session.device.as_ref();
        Self {
            handle: session.handle.as_str(),
            device: device.map_or("An unknown browser", |device| &device.name),
            network: device.and_then(|device| device.network.as_deref()),
            organization: session.tenant.as_ref().map(|tenant| tenant.name.as_str()),
            used: if mine.is_current { "now".to_owned() } else { text::when(session.used_at, now) },
            began_at: session.began_at,
            is_current: mine.is_current,
        }
    }
}

pub(crate) async fn show(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let (mine, now) = (app.use_cases.my_sessions.run(&person.session).await?, app.clock.now());
    let sessions = mine.iter().map(|one| Shown::new(one, now)).collect();
    page(StatusCode::OK, &SessionsPage { frame: person.frame(&app, HERE), sessions })
}

/// Ends one.
pub(crate) async fn end(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let which = SessionHandle::try_from(fields.text("session")?).map_err(|_| Problem::not_found())?;
    app.use_cases.end_sessions.one(&person.session, &which).await?;
    Ok(flash::tell(&app, &person.session.user, HERE, text::SIGNED_OUT_THERE))
}

/// Ends all but the one that asks.
pub(crate) async fn end_others(
    State(app): State<Shared>,
    person: SignedIn,
    _: Form,
) -> Result<Response, Problem> {
    app.use_cases.end_sessions.others(&person.session).await?;
    Ok(flash::tell(&app, &person.session.user, HERE, text::SIGNED_OUT_ELSEWHERE))
}

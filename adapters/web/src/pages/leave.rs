//! `/home/leave`: the end of one's own membership.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::LeavingView;
use tenantry_domain::TenantRef;
use tenantry_ports::Session;

use crate::csrf::Form;
use crate::frame::Frame;
use crate::pages::confirmation::Confirmation;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{App, Shared, flash, icon};

/// Where whoever has left goes on: outside of any organization.
const OUTSIDE: &str = "/api/auth/login?returnTo=/home";

/// What the only Administrator sees instead of the question.
#[derive(Template)]
#[template(path = "pages/only_administrator.html")]
struct OnlyAdministrator<'a> {
    frame: Frame<'a>,
    organization: &'a str,
}

pub(crate) async fn ask(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let LeavingView { tenant, is_last_administrator } =
        app.use_cases.leave_organization.view(&person.session).await?;
    if is_last_administrator {
        let frame = person.frame(&app, "/home/leave");
        let organization = tenant.name.as_str();
        return page(StatusCode::OK, &OnlyAdministrator { frame, organization });
    }
    let mut effects =
        vec![(icon::LOCK, "You are signed out of it at once, and its courses close to you.".to_owned())];
    if person.session.is_brought {
        effects.push(way_back(&app, &person.session, &tenant).await?);
    } else {
        effects.push((icon::USER, "You keep your own account, and your other organizations.".to_owned()));
        effects.push((icon::MAIL, "Only an invitation of its Administrators lets you in again.".to_owned()));
    }
    let question = Confirmation {
        frame: person.frame(&app, "/home/leave"),
        asks: "Leave",
        about: tenant.name.as_str(),
        lede: "Your membership ends now.",
        effects,
        action: "/home/leave",
        fields: Vec::new(),
        button: "Leave",
        is_end: true,
        back: "/home/profile".to_owned(),
        keep: "Stay",
    };
    page(StatusCode::OK, &question)
}

/// How whom a connection has brought comes in again.
async fn way_back(
    app: &App,
    session: &Session,
    tenant: &TenantRef,
) -> Result<(&'static str, String), Problem> {
    let name = app.use_cases.find_ways_in.bringing_back(&tenant.id, session.email.as_ref()).await?;
    Ok(match name {
        Some(name) => {
            (icon::ALERT, format!("Signing in with {name} makes you a member again, as a newcomer."))
        }
        None => (icon::MAIL, "Only an Administrator lets you in again.".to_owned()),
    })
}

/// Whoever has an account of their own goes on with it. Whom a connection has brought has none, and is signed out at the
/// provider, too: it would lead them into the organization again, as a newcomer.
pub(crate) async fn leave(State(app): State<Shared>, person: SignedIn, _: Form) -> Result<Response, Problem> {
    let session = &person.session;
    let left = app.use_cases.leave_organization.run(session).await?;
    let said = format!("You have left {}.", left.name);
    if !session.is_brought {
        return Ok(flash::tell(&app, &session.user, OUTSIDE, &said));
    }
    let url = app.use_cases.sign_out.run(session, app.base_url.clone()).await?;
    Ok(flash::tell_after(&app, &session.id, url.as_str(), &said))
}

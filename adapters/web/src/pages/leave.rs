//! `/home/leave`: the end of one's own membership.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::LeavingView;

use crate::csrf::Form;
use crate::frame::Frame;
use crate::pages::confirmation::Confirmation;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{Shared, flash, icon};

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
    let effects = vec![
        (icon::LOCK, "You are signed out of it at once, and its courses close to you.".to_owned()),
        (icon::USER, "You keep your own account, and your other organizations.".to_owned()),
        (icon::MAIL, "Only an invitation of its Administrators lets you in again.".to_owned()),
    ];
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

pub(crate) async fn leave(State(app): State<Shared>, person: SignedIn, _: Form) -> Result<Response, Problem> {
    let left = app.use_cases.leave_organization.run(&person.session).await?;
    let said = format!("You have left {}.", left.name);
    Ok(flash::tell(&app, &person.session.user, OUTSIDE, &said))
}

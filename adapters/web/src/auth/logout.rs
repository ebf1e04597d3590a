//! `/api/auth/logout`: asks on GET, because people have it in their bookmarks; signs out on POST.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;

use crate::Shared;
use crate::csrf::Form;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{Visitor, see_other};

#[derive(Template)]
#[template(path = "pages/logout.html")]
struct Logout<'a> {
    frame: Frame<'a>,
    name: &'a str,
}

/// Asks whoever is signed in; everybody else is signed out already.
pub(crate) async fn ask(State(app): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    match &visitor.session {
        Some(session) => {
            page(StatusCode::OK, &Logout { frame: visitor.frame(&app, ""), name: &session.name })
        }
        None => Ok(see_other("/")),
    }
}

/// Ends the session here and at the provider.
pub(crate) async fn sign_out(
    State(app): State<Shared>,
    visitor: Visitor,
    _: Form,
) -> Result<Response, Problem> {
    let url = match &visitor.session {
        Some(session) => app.use_cases.sign_out.run(session, app.base_url.clone()).await?,
        None => app.base_url.clone(),
    };
    let mut response = see_other(url.as_str());
    let cookie = app.cookies.clear(app.cookies.session_name());
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

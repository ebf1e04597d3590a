//! `/admin/sso/delete`: the end of a connection, and what it does to whom.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::SsoView;

use super::next_path;
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::confirmation::Confirmation;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::{Shared, flash, icon, text};

pub(crate) async fn ask(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let view = app.use_cases.sso.list.one(&person.session, query.text("connection")?).await?;
    page(StatusCode::OK, &question(person.frame(&app, "/admin/sso"), &view))
}

fn question<'a>(frame: Frame<'a>, view: &'a SsoView) -> Confirmation<'a> {
    let request = &view.kept.request;
    Confirmation {
        frame,
        asks: "Delete",
        about: request.display_name.as_str(),
        lede: "This can’t be undone: a new connection takes its set-up again.",
        effects: effects(view.people.all),
        action: "/admin/sso/delete",
        fields: vec![("connection", request.id.as_str())],
        button: "Delete the connection",
        is_end: true,
        back: next_path(request),
        keep: "Keep it",
    }
}

/// What it does to whom.
fn effects(people: u32) -> Vec<(&'static str, String)> {
    let who = if people == 0 {
        "Nobody has come in through it, so nobody loses anything.".to_owned()
    } else {
        format!("{} came in through it: those accounts end, with their memberships.", text::people(people))
    };
    let others = "Who signs in another way is not touched; an invitation lets the others in again.";
    let rest = "The client ID and the secret are deleted with it. Your domains stay proved.";
    vec![(icon::USERS, who), (icon::USER, others.to_owned()), (icon::LOCK, rest.to_owned())]
}

pub(crate) async fn delete(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let name = app.use_cases.sso.delete.run(&person.session, fields.text("connection")?).await?;
    Ok(flash::tell(&app, &person.session.user, "/admin/sso", &format!("{name} is deleted.")))
}

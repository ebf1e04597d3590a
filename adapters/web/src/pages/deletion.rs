//! `/admin/customization/delete`: the end of the organization, with a copy of it before; `/admin/customization/export`: the
//! copy.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream::try_unfold;
use tenantry_application::{DeleteOrganizationError, DeletionView, Export, Outage};
use tenantry_ports::Session;

use super::exported;
use crate::csrf::Form;
use crate::frame::{Frame, plan_name};
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, see_other};
use crate::text::sentence;
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/delete_organization.html")]
struct Delete<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    plan: Option<(&'a str, String)>,
    typed: &'a str,
    error: Option<String>,
}

pub(crate) async fn ask(State(app): State<Shared>, person: SignedIn) -> Result<Response, Problem> {
    let view = app.use_cases.delete_organization.view(&person.session)?;
    page(StatusCode::OK, &Delete::new(&app, &person, &view, "", None))
}

pub(crate) async fn delete(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = fields.text("organization")?;
    match app.use_cases.delete_organization.run(&person.session, typed).await {
        Ok(_) => {
            let mut response = see_other("/organizations/deleted");
            let cookie = app.cookies.clear(app.cookies.session_name());
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            Ok(response)
        }
        Err(error @ DeleteOrganizationError::NotConfirmed) => {
            let view = app.use_cases.delete_organization.view(&person.session)?;
            let error = Some(sentence(&error.to_string()));
            page(StatusCode::UNPROCESSABLE_ENTITY, &Delete::new(&app, &person, &view, typed, error))
        }
        Err(error) => Err(error.into()),
    }
}

/// Everything that belongs to the organization, a JSON object a line. The last line says that it is whole.
pub(crate) async fn export(
    State(app): State<Shared>,
    person: SignedIn,
    _: Form,
) -> Result<Response, Problem> {
    copy(&app, &person.session).await
}

pub(crate) async fn copy(app: &App, session: &Session) -> Result<Response, Problem> {
    let export = app.use_cases.export_organization.run(session).await?;
    let name = session.tenant.as_ref().map_or("organization", |tenant| tenant.name.as_str());
    let disposition = format!("attachment; filename=\"{name}.jsonl\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(Problem::internal)?),
    ];
    Ok((headers, Body::from_stream(try_unfold(export, line))).into_response())
}

/// The next line. When it can't be read the connection breaks, so that nobody takes a part for the whole.
async fn line(mut export: Export) -> Result<Option<(Bytes, Export)>, Outage> {
    let next =
        export.next().await.inspect_err(|outage| tracing::error!(%outage, "an export was cut short"))?;
    Ok(next.map(|exported| (format!("{}\n", exported::shown(&exported)).into(), export)))
}

impl<'a> Delete<'a> {
    fn new(
        app: &'a App,
        person: &'a SignedIn,
        view: &'a DeletionView,
        typed: &'a str,
        error: Option<String>,
    ) -> Self {
        let plan = view
            .subscription
            .map(|held| (plan_name(&app.catalogue, held.plan()), crate::text::date(held.ends())));
        let frame = person.frame(app, "/admin/customization/delete");
        Self { frame, organization: view.tenant.name.as_str(), plan, typed, error }
    }
}

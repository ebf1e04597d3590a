//! `/admin/sso/set-up`: one step a page. Each can be left and taken up again.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_domain::SsoStep;

use super::credentials::CredentialsForm;
use super::people::PeopleForm;
use super::saml::SamlForm;
use super::{credentials, domain, next_path, people, saml, test};
use crate::Shared;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::session::{SignedIn, see_other};

/// Shows the step that the address names, or leads to the first that is not done.
pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let view = app.use_cases.sso.list.one(&person.session, query.text("connection")?).await?;
    match SsoStep::named(query.text("step")?) {
        Some(SsoStep::Domain) => domain::page_of(&app, &person, &view, domain::DomainForm::default()),
        Some(SsoStep::Credentials) if view.saml.is_some() => {
            saml::page_of(&app, &person, &view, SamlForm::default())
        }
        Some(SsoStep::Credentials) => {
            credentials::page_of(&app, &person, &view, CredentialsForm::standing(&view.kept.request))
        }
        Some(SsoStep::Test) if view.kept.request.upstream.is_some() => test::page_of(&app, &person, &view),
        Some(SsoStep::People) => {
            people::page_of(StatusCode::OK, &app, &person, &view, PeopleForm::standing(&view.kept.request))
        }
        _ => Ok(see_other(&next_path(&view.kept.request))),
    }
}

//! Who has to come in through a connection, and who need not.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{EnforceSsoError, KeptOut};
use tenantry_domain::Enforcement;

use super::{connection, connection_path, consequences};
use crate::csrf::Form;
use crate::pages::confirmation::is_confirmed;
use crate::problem::Problem;
use crate::session::SignedIn;
use crate::text::{self, sentence};
use crate::{App, Shared, flash};

/// Changes the rule, or asks first when that keeps members out. Whoever changes it is the one who can still come in
/// another way.
pub(crate) async fn change(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = fields.text("connection")?;
    let enforcement: Enforcement =
        fields.text("enforcement")?.parse().map_err(|_| Problem::not_offered("enforcement"))?;
    let break_glass = [person.session.user.clone()].into();
    let enforce = &app.use_cases.sso.enforce;
    if enforcement != Enforcement::Off && !is_confirmed(&fields)? {
        match enforce.foresee(&person.session, id, enforcement, &break_glass).await {
            Ok(kept_out) if kept_out.all.is_nobody() => {}
            Ok(kept_out) => return ask(&app, &person, id, enforcement, &kept_out).await,
            Err(error) => return refuse(&app, &person, id, error).await,
        }
    }
    match enforce.run(&person.session, id, enforcement, break_glass).await {
        Ok(kept) => {
            let said = text::enforced(enforcement);
            Ok(flash::tell(&app, &person.session.user, &connection_path(&kept.request.id), said))
        }
        Err(error) => refuse(&app, &person, id, error).await,
    }
}

async fn ask(
    app: &App,
    person: &SignedIn,
    id: &str,
    enforcement: Enforcement,
    kept_out: &KeptOut,
) -> Result<Response, Problem> {
    let view = app.use_cases.sso.list.one(&person.session, id).await?;
    consequences::of_rule(app, person, &view.kept.request, enforcement, kept_out)
}

/// The page of the connection, with why the rule stays as it is.
async fn refuse(app: &App, person: &SignedIn, id: &str, error: EnforceSsoError) -> Result<Response, Problem> {
    if let EnforceSsoError::Sso(error) = error {
        return Err(error.into());
    }
    let view = app.use_cases.sso.list.one(&person.session, id).await?;
    connection::page_of(StatusCode::CONFLICT, app, person, &view, Some(sentence(&error.to_string())))
}

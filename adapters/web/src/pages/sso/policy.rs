//! Who has to come in through a connection, and who need not.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::EnforceSsoError;
use tenantry_domain::Enforcement;

use super::{connection, connection_path};
use crate::csrf::Form;
use crate::problem::Problem;
use crate::session::SignedIn;
use crate::text::{self, sentence};
use crate::{Shared, flash};

/// Changes the rule. Whoever changes it is the one who can still come in another way.
pub(crate) async fn change(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = fields.text("connection")?;
    let enforcement: Enforcement =
        fields.text("enforcement")?.parse().map_err(|_| Problem::not_offered("enforcement"))?;
    let break_glass = [person.session.user.clone()].into();
    let outcome = app.use_cases.sso.enforce.run(&person.session, id, enforcement, break_glass).await;
    match outcome {
        Ok(kept) => {
            let said = text::enforced(enforcement);
            Ok(flash::tell(&app, &person.session.user, &connection_path(&kept.request.id), said))
        }
        Err(EnforceSsoError::Sso(error)) => Err(error.into()),
        Err(error) => {
            let view = app.use_cases.sso.list.one(&person.session, id).await?;
            let said = Some(sentence(&error.to_string()));
            connection::page_of(StatusCode::CONFLICT, &app, &person, &view, said)
        }
    }
}

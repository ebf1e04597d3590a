//! `/orgprompt`: which organization do you want to sign in to?

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tenantry_application::{FindOrganization, FindOrganizationError, SignInWish, Under};

use crate::Shared;
use crate::auth::login::begin;
use crate::client_address::ClientAddress;
use crate::csrf::Form;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::return_to::ReturnTo;
use crate::session::Visitor;
use crate::text::sentence;

#[derive(Template)]
#[template(path = "pages/orgprompt.html")]
struct OrgPrompt<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    error: Option<String>,
}

pub(crate) async fn show(State(app): State<Shared>, visitor: Visitor) -> Result<Response, Problem> {
    let frame = visitor.frame(&app, "/orgprompt");
    page(StatusCode::OK, &OrgPrompt { frame, organization: "", error: None })
}

/// Looks the organization up and starts a login under it.
pub(crate) async fn look_up(
    State(app): State<Shared>,
    visitor: Visitor,
    client: ClientAddress,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let organization = fields.text("organization")?;
    let found = match FindOrganization::named(organization) {
        Ok(name) => {
            app.look_ups.admit(client, app.clock.now()).map_err(Problem::too_many_look_ups)?;
            app.use_cases.find_organization.run(&name).await
        }
        Err(error) => Err(error),
    };
    let error = match found {
        Ok(tenant) => {
            let return_to = ReturnTo::home().as_str().to_owned();
            let wish = SignInWish { under: Under::Tenant(tenant), return_to, ..SignInWish::default() };
            return begin(&app, &headers, wish).await;
        }
        Err(FindOrganizationError::Outage(outage)) => return Err(outage.into()),
        Err(error) => Some(sentence(&error.to_string())),
    };
    let frame = visitor.frame(&app, "/orgprompt");
    page(StatusCode::UNPROCESSABLE_ENTITY, &OrgPrompt { frame, organization, error })
}

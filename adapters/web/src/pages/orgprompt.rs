//! `/orgprompt`: which organization do you want to sign in to?

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tenantry_application::{FindOrganization, FindOrganizationError, SignInWish, Under};
use tenantry_domain::EmailAddress;

use crate::auth::login::{begin, leave_after_form};
use crate::client_address::ClientAddress;
use crate::csrf::Form;
use crate::frame::Frame;
use crate::pages::organizations::CHOICE;
use crate::problem::Problem;
use crate::respond::page;
use crate::return_to::ReturnTo;
use crate::session::Visitor;
use crate::text::sentence;
use crate::{App, Shared};

/// What an address has and no name: the sign, in full width and small too, as some keyboards write it.
const AT: [char; 3] = ['@', '＠', '﹫'];

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
    if organization.contains(AT) {
        let error = match EmailAddress::try_from(organization) {
            Ok(email) => return by_address(&app, &visitor, client, &headers, email).await,
            Err(error) => Some(sentence(&error.to_string())),
        };
        let frame = visitor.frame(&app, "/orgprompt");
        return page(StatusCode::UNPROCESSABLE_ENTITY, &OrgPrompt { frame, organization, error });
    }
    let found = match FindOrganization::named(organization) {
        Ok(name) => {
            app.look_ups.admit(client.network(), app.clock.now()).map_err(Problem::too_many_look_ups)?;
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

/// Starts the login that an address leads to: by its domain alone, so that nobody learns who has an account.
async fn by_address(
    app: &App,
    visitor: &Visitor,
    client: ClientAddress,
    headers: &HeaderMap,
    email: EmailAddress,
) -> Result<Response, Problem> {
    app.look_ups.admit(client.network(), app.clock.now()).map_err(Problem::too_many_look_ups)?;
    let found = app.use_cases.sso.find_login.run(&email).await?;
    let mut wish = SignInWish { email_hint: Some(email), ..SignInWish::default() };
    if let Some(found) = found {
        ReturnTo::home().as_str().clone_into(&mut wish.return_to);
        found.take(&mut wish);
    } else {
        // To which organizations somebody belongs is told to nobody before they have logged in.
        CHOICE.clone_into(&mut wish.return_to);
    }
    let started = app.use_cases.begin_sign_in.run(wish).await?;
    leave_after_form(app, visitor.frame(app, ""), headers, &started)
}

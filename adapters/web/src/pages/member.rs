//! `/admin/members/edit-member`: one member, and which roles they have.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{ChangeRolesError, MemberView};
use tenantry_domain::{EmailAddress, Member, Role};

use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::member_table::in_query;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::text::{self, sentence};
use crate::{App, Shared, flash};

/// What the name of each role's field begins with: the rest is the role's own name.
const ROLE_FIELD: &str = "role.";

#[derive(Template)]
#[template(path = "pages/member.html")]
struct MemberPage<'a> {
    frame: Frame<'a>,
    user: &'a str,
    /// The id as links carry it.
    id: String,
    name: &'a str,
    email: Option<&'a str>,
    roles: Vec<Choice>,
    is_you: bool,
    is_last_administrator: bool,
    error: Option<String>,
}

/// A role that can be given or taken.
struct Choice {
    role: Role,
    is_chosen: bool,
    means: &'static str,
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let view = app.use_cases.find_member.run(&person.session, query.text("user_id")?).await?;
    page(StatusCode::OK, &MemberPage::new(&app, &person, &view, None))
}

pub(crate) async fn change(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (user, roles) = (fields.text("user_id")?, fields.under(ROLE_FIELD));
    let error = match app.use_cases.change_roles.run(&person.session, user, &roles).await {
        Ok(member) => return Ok(changed(&app, &person, &member)),
        Err(error) => error,
    };
    let status = match error {
        ChangeRolesError::NoRole => StatusCode::UNPROCESSABLE_ENTITY,
        ChangeRolesError::LastAdministrator | ChangeRolesError::NoSeat => StatusCode::CONFLICT,
        error => return Err(error.into()),
    };
    let view = app.use_cases.find_member.run(&person.session, user).await?;
    page(status, &MemberPage::new(&app, &person, &view, Some(sentence(&error.to_string()))))
}

/// Whoever has changed their own roles has to log in anew: their sessions have ended.
fn changed(app: &App, person: &SignedIn, member: &Member) -> Response {
    let roles = text::roles(&member.roles);
    if member.user != person.session.user {
        let said = format!("{} is now {roles}.", member.name);
        return flash::tell(app, &person.session.user, "/admin/members", &said);
    }
    let said = format!("You are now {roles}.");
    let location =
        if member.roles == person.session.roles { "/admin/members" } else { &person.login_again() };
    flash::tell(app, &member.user, location, &said)
}

impl<'a> MemberPage<'a> {
    fn new(app: &'a App, person: &'a SignedIn, view: &'a MemberView, error: Option<String>) -> Self {
        let member = &view.member;
        let choice = |role| Choice { role, is_chosen: member.roles.contains(role), means: text::means(role) };
        Self {
            frame: person.frame(app, "/admin/members/edit-member"),
            user: member.user.as_str(),
            id: in_query(&member.user),
            name: &member.name,
            email: member.email.as_ref().map(EmailAddress::as_str),
            roles: Role::ALL.into_iter().map(choice).collect(),
            is_you: view.is_you,
            is_last_administrator: view.is_last_administrator,
            error,
        }
    }
}

//! Who asks to be let into the organization, above its members; and the answer.

use axum::extract::State;
use axum::response::Response;
use tenantry_domain::{AccessRequest, Role};
use tenantry_ports::Session;

use crate::csrf::Form;
use crate::problem::Problem;
use crate::session::SignedIn;
use crate::{App, Shared, flash};

const MEMBERS: &str = "/admin/members";

/// How many stand on the page. Once they are answered, the next ones do.
const MOST: usize = 20;

/// The part of a page that shows who asks.
pub(crate) struct AccessRequests {
    pub(crate) listed: Vec<AccessRequest>,
    /// How many more ask.
    pub(crate) others: usize,
}

impl AccessRequests {
    /// Who asks now.
    pub(crate) async fn load(app: &App, session: &Session) -> Result<Self, Problem> {
        let mut listed = app.use_cases.sso.list_access_requests.run(session).await?;
        let others = listed.len().saturating_sub(MOST);
        listed.truncate(MOST);
        Ok(Self { listed, others })
    }
}

pub(crate) async fn grant(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let role: Role = fields.text("role")?.parse().map_err(|_| Problem::not_offered("role"))?;
    let granted = app.use_cases.sso.grant_access.run(&person.session, fields.text("user_id")?, role).await?;
    let (name, roles) = (&granted.asked.name, granted.roles.iter().map(Role::name).collect::<Vec<_>>());
    let said = if granted.was_member {
        format!("{name} was a member already, as {}. Nothing was changed.", roles.join(" and "))
    } else {
        format!("{name} is a member now, as {role}.")
    };
    Ok(flash::tell(&app, &person.session.user, MEMBERS, &said))
}

pub(crate) async fn decline(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let declined = app.use_cases.sso.decline_access.run(&person.session, fields.text("user_id")?).await?;
    let said = format!("{} was not let in.", declined.name);
    Ok(flash::tell(&app, &person.session.user, MEMBERS, &said))
}

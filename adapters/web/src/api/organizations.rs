//! `/api/v1/organizations`: those to which the caller belongs, and a new one.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tenantry_application::{
    FindOrganization, FindOrganizationError, MyOrganization, RegisterOrganizationError,
};
use tenantry_domain::TenantId;
use utoipa::ToSchema;

use super::body;
use super::caller::Caller;
use super::operation::{Body, Operation, Parameter};
use super::organization::OrganizationRef;
use super::path::PathId;
use crate::client_address::ClientAddress;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::text::sentence;
use crate::{App, Shared};

pub(super) const LIST: Operation =
    Operation::new("listMyOrganizations", "The organizations to which you belong")
        .answering::<MyOrganizations>(200);

pub(super) const SWITCH: Operation = Operation {
    details: "A session is under one organization, for as long as it lasts: switching is a login, in a browser.",
    ..Operation::new("switchOrganization", "Tells where you log in under another of your organizations")
        .answering::<SwitchView>(200)
};

pub(super) const CREATE: Operation = Operation {
    details: "The plan for it has to be paid for first, on the pages. Whoever creates it is its Administrator, once \
              they have logged in at `login_url`.",
    body: Some(Body::of::<NewOrganization>()),
    refusals: &[(402, "No plan is paid for that waits for an organization.")],
    ..Operation::new("createOrganization", "Creates an organization").answering::<CreatedOrganization>(201)
};

pub(super) const LOOK_UP: Operation = Operation {
    details: "It says that there is one, and nothing more of it. Whoever looks up many names has to wait.",
    query: &[Parameter { name: "name", what: "Its name, as one types it to log in." }],
    refusals: &[
        (404, "No organization has this name."),
        (422, "No name was sent."),
        (429, "Too many names were looked up: ask after `Retry-After`."),
    ],
    ..Operation::new("lookUpOrganization", "Tells where one logs in under the organization of a name")
        .answering::<FoundOrganization>(200)
};

/// What a new organization needs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrganization {
    /// Its name: 3 to 50 small letters, digits, dashes and underscores.
    name: String,
}

/// An organization that is new.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedOrganization {
    organization: OrganizationRef,
    /// Where to log in under it.
    login_url: String,
}

/// An organization that was looked up.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundOrganization {
    /// Its name.
    name: String,
    /// Where its people log in under it.
    login_url: String,
}

/// All organizations of a person, in the order of their names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MyOrganizations {
    items: Vec<MyOrganizationView>,
    /// Always null: this is all of them.
    next: Option<String>,
}

/// An organization to which a person belongs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyOrganization)]
pub(super) struct MyOrganizationView {
    /// Its id.
    id: String,
    /// Its name, as one types it to log in.
    name: String,
    /// What people call it.
    display_name: String,
    /// Whether this session is under it.
    is_current: bool,
}

/// The way into another organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Switch)]
pub(super) struct SwitchView {
    /// Where to log in under it.
    login_url: String,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<MyOrganizations>, Problem> {
    let mine = app.use_cases.my_organizations.run(&session).await?;
    Ok(Json(MyOrganizations { items: mine.into_iter().map(MyOrganizationView::from).collect(), next: None }))
}

pub(super) async fn switch(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(wanted): PathId<TenantId>,
) -> Result<Json<SwitchView>, Problem> {
    let mine = app.use_cases.my_organizations.run(&session).await?;
    let found = mine.iter().find(|one| one.tenant.id == wanted).ok_or_else(Problem::not_found)?;
    Ok(Json(SwitchView { login_url: login_url(&app, &found.tenant.id) }))
}

pub(super) async fn look_up(
    State(app): State<Shared>,
    _: Caller,
    client: ClientAddress,
    RawQuery(query): RawQuery,
) -> Result<Json<FoundOrganization>, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let name = FindOrganization::named(query.text("name")?).map_err(unknown)?;
    app.look_ups.admit(client.network(), app.clock.now()).map_err(Problem::too_many_look_ups)?;
    let found = app.use_cases.find_organization.run(&name).await.map_err(unknown)?;
    Ok(Json(FoundOrganization { name: found.name.to_string(), login_url: login_url(&app, &found.id) }))
}

pub(super) async fn create(
    State(app): State<Shared>,
    Caller(session): Caller,
    body::Json(new): body::Json<NewOrganization>,
) -> Result<(StatusCode, Json<CreatedOrganization>), Problem> {
    let tenant = app.use_cases.register_organization.run(&session, &new.name).await.map_err(refusal)?;
    let login_url = login_url(&app, &tenant.id);
    Ok((StatusCode::CREATED, Json(CreatedOrganization { organization: (&tenant).into(), login_url })))
}

impl From<MyOrganization> for MyOrganizationView {
    fn from(mine: MyOrganization) -> Self {
        Self {
            id: mine.tenant.id.to_string(),
            name: mine.tenant.name.to_string(),
            display_name: mine.display_name,
            is_current: mine.is_current,
        }
    }
}

fn unknown(error: FindOrganizationError) -> Problem {
    match error {
        FindOrganizationError::Empty => Problem::wrong_value("name", sentence(&error.to_string())),
        FindOrganizationError::Unknown => Problem::unknown_organization(),
        FindOrganizationError::Outage(outage) => outage.into(),
    }
}

fn refusal(error: RegisterOrganizationError) -> Problem {
    let is_name =
        matches!(error, RegisterOrganizationError::InvalidName(_) | RegisterOrganizationError::NameTaken);
    Problem::from(error).in_field_if(is_name, "name")
}

/// Where a browser logs in under an organization.
pub(super) fn login_url(app: &App, tenant: &TenantId) -> String {
    let tenant = utf8_percent_encode(tenant.as_str(), NON_ALPHANUMERIC);
    format!("{}/api/auth/login?organization={tenant}&returnTo=/home", app.origin)
}

//! `/api/v1/organizations`: those to which the caller belongs, and a new one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tenantry_application::{MyOrganization, RegisterOrganizationError};
use tenantry_domain::TenantId;
use utoipa::ToSchema;

use super::body;
use super::caller::Caller;
use super::operation::{Body, Operation};
use super::organization::OrganizationRef;
use super::path::PathId;
use crate::problem::Problem;
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
            display_name: mine.display_name.to_string(),
            is_current: mine.is_current,
        }
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

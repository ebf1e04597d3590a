//! `/api/v1/me`: one's own account.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tenantry_application::DeleteAccountError;
use tenantry_domain::PersonName;
use tenantry_ports::Session;
use utoipa::openapi::schema::{Object, Schema};
use utoipa::openapi::{RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use super::body;
use super::caller::Caller;
use super::operation::{Body, Operation};
use super::organization::{OrganizationRef, RoleName, role_names};
use super::session::signed_out;
use super::subscription::SubscriptionView;
use crate::Shared;
use crate::pages::account::export;
use crate::problem::Problem;
use crate::text::sentence;

pub(super) const SHOW: Operation =
    Operation::new("getMe", "Your account, and your roles in the organization").answering::<MeView>(200);

pub(super) const EDIT: Operation = Operation {
    body: Some(Body::of::<ProfileChange>()),
    refusals: &[(409, "Your name comes from another provider.")],
    ..Operation::new("editMe", "Changes your name").answering::<MeView>(200)
};

pub(super) const CHANGE_PASSWORD: Operation = Operation {
    details: "It is chosen at the identity provider, by you and in a browser. You must have logged in just now.",
    refusals: &[(403, "You have to log in once more."), (409, "The account has no password here.")],
    ..Operation::new("changePassword", "Tells where you choose a new password").answering::<PasswordPage>(200)
};

pub(super) const EXPORT: Operation =
    Operation::new("exportMe", "A copy of what is known about you").answering::<AccountCopyView>(200);

pub(super) const DELETE: Operation = Operation {
    details: "You must have logged in just now. No organization is left without an Administrator.",
    body: Some(Body::of::<AccountDeletion>()),
    refusals: &[
        (403, "You have to log in once more."),
        (409, "Nobody else runs one of your organizations, or a payment of yours is just being completed."),
    ],
    ..Operation::new("deleteMe", "Deletes your account")
};

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub(super) struct MeView {
    /// The account at the identity provider.
    id: String,
    /// What to call you.
    name: String,
    /// Your address.
    email: Option<String>,
    /// Where your picture is.
    picture: Option<String>,
    /// The organization under which you are signed in.
    organization: Option<OrganizationRef>,
    /// Your roles there.
    roles: Vec<RoleName>,
    /// The organization's subscription under an organization; else your own, or what you have bought for an organization,
    /// as it was then.
    subscription: Option<SubscriptionView>,
}

/// What can be changed of an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileChange {
    /// What to call you: 1 to 150 characters.
    name: String,
}

/// Where a password is chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PasswordPage {
    /// Good for this person alone, for a while, once.
    url: String,
}

const WHICH_CONFIRMATION: &str =
    "Send your address, or your name when the account has none, as GET /api/v1/me tells them.";

/// Says that it is meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountDeletion {
    /// Your address, or your name when the account has none.
    confirmation: String,
}

/// What is known about a person, with parts that grow.
pub(super) struct AccountCopyView;

impl PartialSchema for AccountCopyView {
    fn schema() -> RefOr<Schema> {
        let known = ["exported_at", "account", "memberships", "sessions", "activity"];
        let all = known
            .into_iter()
            .fold(Object::builder().schema_type(Type::Object), utoipa::openapi::ObjectBuilder::required);
        all.description(Some("Everything that is known about you.")).into()
    }
}

impl ToSchema for AccountCopyView {
    fn name() -> std::borrow::Cow<'static, str> {
        "AccountCopy".into()
    }
}

pub(super) async fn show(Caller(session): Caller) -> Json<MeView> {
    Json(MeView::from(session))
}

pub(super) async fn edit(
    State(app): State<Shared>,
    Caller(session): Caller,
    body::Json(change): body::Json<ProfileChange>,
) -> Result<Json<MeView>, Problem> {
    let name = PersonName::try_from(change.name.as_str())
        .map_err(|why| Problem::wrong_value("name", sentence(&why.to_string())))?;
    app.use_cases.edit_profile.run(&session, &name).await?;
    Ok(Json(MeView::from(Session { name: name.to_string(), ..session })))
}

pub(super) async fn change_password(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<PasswordPage>, Problem> {
    let result_url = app.base_url.join("/home/account/password/result").map_err(Problem::internal)?;
    let url = app.use_cases.change_password.run(&session, &result_url).await?;
    Ok(Json(PasswordPage { url: url.to_string() }))
}

pub(super) async fn export(State(app): State<Shared>, Caller(session): Caller) -> Result<Response, Problem> {
    export::copy(&app, &session).await
}

pub(super) async fn delete(
    State(app): State<Shared>,
    Caller(session): Caller,
    body::Json(deletion): body::Json<AccountDeletion>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    app.use_cases.delete_account.run(&session, &deletion.confirmation).await.map_err(|error| {
        let is_typed = matches!(error, DeleteAccountError::NotConfirmed);
        let problem = Problem::from(error);
        if is_typed { problem.not_confirmed_by("confirmation", WHICH_CONFIRMATION) } else { problem }
    })?;
    Ok((StatusCode::NO_CONTENT, signed_out(&app)))
}

impl From<Session> for MeView {
    fn from(session: Session) -> Self {
        Self {
            id: session.user.to_string(),
            organization: session.tenant.as_ref().map(OrganizationRef::from),
            roles: role_names(&session.roles),
            subscription: session.subscription.map(SubscriptionView::from),
            email: session.email.map(|email| email.to_string()),
            picture: session.picture,
            name: session.name,
        }
    }
}

//! `/api/v1/me`: one's own account, as far as the session knows it.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::operation::Operation;
use super::organization::{OrganizationRef, RoleName, role_names};
use super::subscription::SubscriptionView;

pub(super) const SHOW: Operation =
    Operation::new("getMe", "Your account, and your roles in the organization").answering::<MeView>(200);

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
    /// The organization's subscription under an organization, else your own.
    subscription: Option<SubscriptionView>,
}

pub(super) async fn show(Caller(session): Caller) -> Json<MeView> {
    Json(MeView {
        id: session.user.to_string(),
        organization: session.tenant.as_ref().map(OrganizationRef::from),
        roles: role_names(&session.roles),
        subscription: session.subscription.map(SubscriptionView::from),
        email: session.email.map(|email| email.to_string()),
        picture: session.picture,
        name: session.name,
    })
}

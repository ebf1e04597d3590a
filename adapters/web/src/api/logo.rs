//! `/api/v1/organization/logo`: the organization's picture, sent as it is.

use axum::extract::State;
use axum::{Extension, Json};
use tenantry_application::LookChange;
use tenantry_domain::Logo;

use super::caller::Caller;
use super::customization::Customization;
use super::guard::Sent;
use super::operation::Operation;
use crate::Shared;
use crate::problem::Problem;
use crate::text::sentence;

pub(super) const UPLOAD: Operation = Operation {
    details: "The body is the picture itself: PNG, JPEG or WebP, at most 64 KiB and 2,048 by 2,048 pixels. Its type may \
              be said too: `image/png`, `image/jpeg` or `image/webp`. Whoever has the logo's address can see it.",
    takes_picture: true,
    ..Operation::new("uploadLogo", "Gives the organization another logo").answering::<Customization>(200)
};

pub(super) const REMOVE: Operation =
    Operation::new("removeLogo", "Takes the organization's logo away").answering::<Customization>(200);

pub(super) async fn upload(
    State(app): State<Shared>,
    Caller(session): Caller,
    Extension(Sent(picture)): Extension<Sent>,
) -> Result<Json<Customization>, Problem> {
    app.use_cases.customize_organization.may_look(&session)?;
    let logo = Logo::try_from(picture.to_vec());
    let logo = logo.map_err(|why| Problem::no_logo(sentence(&why.to_string())))?;
    let view = app.use_cases.customize_organization.run(&session, LookChange::Logo(logo)).await?;
    Ok(Json(Customization::new(&app, view)))
}

pub(super) async fn remove(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<Customization>, Problem> {
    let view = app.use_cases.customize_organization.run(&session, LookChange::NoLogo).await?;
    Ok(Json(Customization::new(&app, view)))
}

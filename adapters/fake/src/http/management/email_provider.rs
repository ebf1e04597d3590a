//! `/emails/provider`: who carries the mail. It is kept and shown; mail stays in the mailbox whatever it says.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::call::Call;
use super::error::ApiError;
use super::fields::{Fields, by_fields};
use super::operation::{Evidence, Operation};
use super::schema::{Property, Schema, flag, object, one_of, open_object, optional, required, text};
use super::{Answer, Reply};
use crate::document;
use crate::model::TenantSettings;
use crate::store::State;

const PATH: &str = "/emails/provider";
const NAMES: &[&str] =
    &["mailgun", "mandrill", "sendgrid", "resend", "ses", "sparkpost", "smtp", "azure_cs", "ms365", "custom"];
const NO_MAIL: &str = "No mail leaves the provider: what it would send is in its mailbox. Credentials are kept and \
    never shown, where Auth0 shows what of them is no secret.";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, "Get the e-mail provider", read)
            .scope(&["read:email_provider"])
            .query(by_fields())
            .answers(StatusCode::OK, shape())
            .refuses(not_configured()),
        Operation::write(Method::POST, PATH, "Configure the e-mail provider", create)
            .scope(&["create:email_provider"])
            .body(
                object(properties())
                    .with([required("name", one_of(NAMES)), required("credentials", open_object([]))]),
            )
            .answers(StatusCode::CREATED, shape())
            .refuses(configured())
            .evidence(Evidence::Documented)
            .note(NO_MAIL),
        Operation::write(Method::PATCH, PATH, "Change the e-mail provider", update)
            .scope(&["update:email_provider"])
            .body(
                object(properties())
                    .with([optional("name", one_of(NAMES)), optional("credentials", open_object([]))]),
            )
            .answers(StatusCode::OK, shape())
            .refuses(not_configured())
            .evidence(Evidence::Documented)
            .note(NO_MAIL),
        Operation::write(Method::DELETE, PATH, "Delete the e-mail provider", delete)
            .scope(&["delete:email_provider"])
            .answers_nothing(StatusCode::NO_CONTENT),
    ]
}

fn properties() -> [Property; 3] {
    [
        optional("enabled", flag()),
        optional("default_from_address", text(1, 320)),
        optional("settings", open_object([]).or_null()),
    ]
}

fn shape() -> Schema {
    object([
        optional("name", one_of(NAMES)),
        optional("enabled", flag()),
        optional("default_from_address", text(1, 320)),
        optional("settings", open_object([])),
    ])
}

fn not_configured() -> ApiError {
    ApiError::not_found(Some("inexistent_email_provider"), "There is not a configured email provider")
}

fn configured() -> ApiError {
    ApiError::conflict(None, "There is already a configured email provider")
}

/// Without the credentials; `None` when nothing is configured.
fn view(settings: &TenantSettings) -> Option<Value> {
    let mut view = settings.email_provider.clone()?;
    view.remove("credentials");
    Some(view.into())
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let view = view(state.settings()).ok_or_else(not_configured)?;
    Ok(Reply::ok(Fields::of(call).apply(view)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let mut settings = state.settings().clone();
    if settings.email_provider.is_some() {
        return Err(configured());
    }
    let provider = settings.email_provider.get_or_insert_default();
    provider.insert("enabled".to_owned(), true.into());
    document::replace(provider, call.body());
    let view = view(&settings).unwrap_or_default();
    state.settings.put(settings);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut settings = state.settings().clone();
    document::replace(settings.email_provider.as_mut().ok_or_else(not_configured)?, call.body());
    let view = view(&settings).unwrap_or_default();
    state.settings.put(settings);
    Ok(Reply::ok(view))
}

/// 204 whether it was there or not.
#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn delete(state: &mut State, _: &Call<'_>) -> Answer {
    if state.settings().email_provider.is_some() {
        state.settings.put(TenantSettings { email_provider: None, ..state.settings().clone() });
    }
    Ok(Reply::NoContent)
}

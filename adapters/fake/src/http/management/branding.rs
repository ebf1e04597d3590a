//! `/branding`: how the login pages look.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::call::Call;
use super::format::Format;
use super::operation::Operation;
use super::schema::{Schema, any, object, optional, text};
use super::{Answer, Reply};
use crate::document::{self, Document};
use crate::model::TenantSettings;
use crate::store::State;

const PATH: &str = "/branding";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(PATH, "Get the branding", read)
            .scope(&["read:branding"])
            .answers(StatusCode::OK, settings()),
        Operation::write(Method::PATCH, PATH, "Change the branding", update)
            .scope(&["update:branding"])
            .body(settings())
            .answers(StatusCode::OK, settings())
            .note("Kept and shown; the login pages keep their own look."),
    ]
}

fn settings() -> Schema {
    let https = || text(0, 2048).of_format(Format::HttpsUri).or_null();
    // The background is a colour, or an object that describes a gradient.
    let colors = object([
        optional("primary", text(1, 7).of_format(Format::HtmlColor).or_null()),
        optional("page_background", any()),
    ]);
    object([
        optional("colors", colors.or_null()),
        optional("favicon_url", https()),
        optional("logo_url", https()),
        optional("font", object([optional("url", https())]).or_null()),
    ])
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn read(state: &State, _: &Call<'_>) -> Answer {
    Ok(Reply::ok(state.settings().branding.clone().into()))
}

/// Takes over what the body says; of the colours, each by itself.
pub(crate) fn change(settings: &mut TenantSettings, body: Document<'_>) {
    let colors = settings.branding.get("colors").and_then(Value::as_object).cloned();
    document::replace(&mut settings.branding, body);
    if body.object("colors").is_some() {
        let mut colors = colors.unwrap_or_default();
        document::replace(&mut colors, body.document("colors"));
        settings.branding.insert("colors".to_owned(), colors.into());
    }
}

#[expect(clippy::unnecessary_wraps, reason = "all operations have this signature")]
fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut settings = state.settings().clone();
    change(&mut settings, call.body());
    let view = settings.branding.clone();
    state.settings.put(settings);
    Ok(Reply::ok(view.into()))
}

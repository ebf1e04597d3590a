//! Tenant settings, prompts and branding.

use axum::http::Method;
use serde_json::{Map, Value};

use super::document::SeedFile;
use super::place::{Place, SeedError};
use super::rules::told;
use crate::document::Document;
use crate::http::{change_branding, change_prompts, change_tenant_settings, check_body};
use crate::schema::Violation;
use crate::store::State;

/// Takes over what the file says; what it does not say stays.
pub(super) fn plant(file: &SeedFile, state: &mut State) -> Result<(), SeedError> {
    if file.tenant.is_empty() && file.prompts.is_empty() && file.branding.is_empty() {
        return Ok(());
    }
    check("tenant", "/tenants/settings", &file.tenant)?;
    check("prompts", "/prompts", &file.prompts)?;
    check("branding", "/branding", &file.branding)?;
    let mut settings = state.settings().clone();
    change_tenant_settings(&mut settings, Document::new(&file.tenant))
        .map_err(|broken| of("tenant", broken))?;
    change_prompts(&mut settings, Document::new(&file.prompts));
    change_branding(&mut settings, Document::new(&file.branding));
    state.settings.put(settings);
    Ok(())
}

/// Each stands at the top of the file under its name, as the operation at `path` takes it.
fn check(name: &str, path: &str, body: &Map<String, Value>) -> Result<(), SeedError> {
    check_body(&Method::PATCH, path, &Value::Object(body.clone())).map_err(|broken| of(name, broken))
}

fn of(name: &str, broken: Violation) -> SeedError {
    told(broken, &Place::top(name))
}

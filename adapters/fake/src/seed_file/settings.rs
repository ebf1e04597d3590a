//! Tenant settings, prompts and branding.

use super::document::SeedFile;
use crate::document::{self, Document};
use crate::store::State;

/// Takes over what the file says; what it does not say stays.
pub(super) fn plant(file: &SeedFile, state: &mut State) {
    if file.tenant.is_empty() && file.prompts.is_empty() && file.branding.is_empty() {
        return;
    }
    let mut settings = state.settings().clone();
    document::replace(&mut settings.tenant, Document::new(&file.tenant));
    document::replace(&mut settings.prompts, Document::new(&file.prompts));
    document::replace(&mut settings.branding, Document::new(&file.branding));
    state.settings.put(settings);
}

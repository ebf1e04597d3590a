//! What the tenant's logs say about logins.

use serde_json::{Map, Value};

use super::callback::CallbackError;
use super::{Browser, Context};
use crate::model::{AuthorizationRequest, Connection, LogEntry, Prompt, User};
use crate::store::State;

/// An entry about a login on its way.
pub(crate) fn entry(
    kind: &str,
    context: &Context<'_>,
    request: &AuthorizationRequest,
    browser: &Browser,
) -> LogEntry {
    LogEntry {
        client_id: Some(request.client_id.clone()),
        connection: request.connection.clone(),
        organization_id: request.organization.clone(),
        ip: Some(browser.ip.clone()),
        user_agent: browser.user_agent.clone(),
        ..LogEntry::new(kind, context)
    }
}

impl LogEntry {
    /// The same about this user.
    pub(crate) fn about(self, user: &User) -> Self {
        Self {
            user_id: Some(user.id.clone()),
            user_name: Some(user.email.clone().unwrap_or_else(|| user.display_name().to_owned())),
            connection: Some(user.connection.clone()),
            ..self
        }
    }

    pub(crate) fn saying(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }
}

/// A login came to its end: `s`, or `ssa` when no page could be shown.
pub(super) fn succeeded(
    state: &mut State,
    context: &Context<'_>,
    (request, browser): (&AuthorizationRequest, &Browser),
    (user_id, organization): (&str, Option<&str>),
    details: Map<String, Value>,
) {
    let kind = if request.prompt == Prompt::None { "ssa" } else { "s" };
    let entry = entry(kind, context, request, browser);
    let entry = LogEntry { organization_id: organization.map(str::to_owned), details, ..entry };
    let entry = match state.users.get(user_id) {
        Some(user) => entry.about(user),
        None => entry,
    };
    state.log(entry);
}

/// A login came to nothing: `f`, or `fsa` when no page could be shown.
pub(crate) fn failed(
    state: &mut State,
    context: &Context<'_>,
    (request, browser): (&AuthorizationRequest, &Browser),
    user_id: Option<&str>,
    error: &CallbackError,
) {
    let kind = if request.prompt == Prompt::None { "fsa" } else { "f" };
    let entry = entry(kind, context, request, browser).saying(error.to_string());
    let entry = match user_id.and_then(|id| state.users.get(id)) {
        Some(user) => entry.about(user),
        None => entry,
    };
    state.log(entry);
}

/// The issuer of an enterprise ended a login, or could not be believed: `f`, with what is known of the reason.
pub(crate) fn failed_upstream(
    state: &mut State,
    context: &Context<'_>,
    (request, browser): (&AuthorizationRequest, &Browser),
    connection: &Connection,
    error: &CallbackError,
    details: Map<String, Value>,
) {
    let entry = entry("f", context, request, browser).saying(error.to_string());
    state.log(LogEntry { connection: Some(connection.name.clone()), details, ..entry });
}

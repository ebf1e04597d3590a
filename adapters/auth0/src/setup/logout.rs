//! Back-channel logout: Auth0 tells the product of logouts elsewhere. Not every plan of Auth0's includes it.

use serde_json::{Map, Value, json};

use super::application::{Application, ApplicationPlan, Properties};
use super::error::{Doing, SetupError};
use super::mark::merged;
use super::plan::{Change, Line, differing, told};
use super::settings::SetupSettings;
use crate::ManagementError;
use crate::management::{Management, Operation};

pub(super) const STEP: &str = "backchannel_logout";

/// What is to be done about the logout URL.
#[derive(Debug)]
pub(super) struct LogoutPlan {
    pub(super) line: Line,
    patch: Properties,
}

pub(super) fn plan(web: &ApplicationPlan, settings: &SetupSettings) -> LogoutPlan {
    let name = web.line.name.as_str();
    if !settings.is_reachable() {
        let why = "left out: Auth0 tells logouts to products with https alone".to_owned();
        return LogoutPlan { line: Line::new(STEP, name, Change::None, vec![why]), patch: Map::new() };
    }
    let nothing = Map::new();
    let found = web.found.as_ref().unwrap_or(&nothing);
    let patch = differing(found, &wanted(found, settings));
    let mut line = Line::of_details(STEP, name, told(found, &patch));
    if line.change == Change::Update && web.line.change == Change::Create {
        line.change = Change::Create;
    }
    LogoutPlan { line, patch }
}

fn wanted(found: &Properties, settings: &SetupSettings) -> Properties {
    let logout = merged(
        found.get("oidc_logout"),
        [
            ("backchannel_logout_urls", json!([settings.at("api/auth/backchannel-logout")])),
            ("backchannel_logout_initiators", json!({ "mode": "all" })),
        ],
    );
    Map::from_iter([("oidc_logout".to_owned(), logout)])
}

/// Whether the application has it already.
pub(super) fn is_set(found: &Properties, settings: &SetupSettings) -> bool {
    let urls = found.get("oidc_logout").and_then(|logout| logout.get("backchannel_logout_urls"));
    let wanted = Value::from(settings.at("api/auth/backchannel-logout"));
    urls.and_then(Value::as_array).is_some_and(|urls| urls.contains(&wanted))
}

impl LogoutPlan {
    /// Registers the URL. What came of it is the line: a plan without it is no reason to stop.
    pub(super) async fn apply(&self, api: &Management, web: &Application) -> Result<Line, SetupError> {
        if self.patch.is_empty() {
            return Ok(self.line.clone());
        }
        match api.run(&Operation::patch(&["clients", &web.id], &self.patch)).await {
            // Of set-up's scopes none is for this alone: what is refused is the feature.
            Err(ManagementError::Forbidden { message } | ManagementError::BadRequest { message }) => {
                let why = format!("Auth0 refused it, and everything else works without it: {message}");
                Ok(Line::new(STEP, &self.line.name, Change::None, vec![why]))
            }
            outcome => {
                outcome.doing("registering the back-channel logout URL")?;
                Ok(self.line.clone())
            }
        }
    }
}

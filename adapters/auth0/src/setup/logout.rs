//! Back-channel logout: Auth0 tells the product of logouts elsewhere. Not every plan of Auth0's includes it.

use serde_json::{Map, Value, json};

use super::application::{Application, ApplicationPlan, Properties};
use super::error::{Doing, SetupError};
use super::mark::{Mark, merged};
use super::plan::{Change, Line, differing, told};
use super::settings::Addresses;
use crate::ManagementError;
use crate::management::{Management, Operation};

pub(super) const STEP: &str = "backchannel_logout";

/// What is to be done about the logout URL.
#[derive(Debug)]
pub(super) struct LogoutPlan {
    pub(super) line: Line,
    patch: Properties,
}

pub(super) fn plan(web: &ApplicationPlan, addresses: &Addresses<'_>) -> LogoutPlan {
    let name = web.line.name.as_str();
    let left_out = |why: String| LogoutPlan {
        line: Line::new(STEP, name, Change::None, vec![format!("left out: {why}")]),
        patch: Map::new(),
    };
    let Some(wanted) = addresses.backchannel_logout() else {
        return left_out("Auth0 tells logouts to products with https alone".to_owned());
    };
    let nothing = Map::new();
    let found = web.found.as_ref().unwrap_or(&nothing);
    let patch = match (web.mark, urls(found)) {
        (Mark::Adopted, [url, ..]) if *url == wanted => Map::new(),
        (Mark::Adopted, [url, ..]) => {
            return left_out(format!("Auth0 tells one address alone, and the application has {url}"));
        }
        _ => differing(found, &with(found, &wanted)),
    };
    let mut line = Line::of_details(STEP, name, told(found, &patch));
    if line.change == Change::Update && web.line.change == Change::Create {
        line.change = Change::Create;
    }
    LogoutPlan { line, patch }
}

fn with(found: &Properties, url: &str) -> Properties {
    let logout = merged(
        found.get("oidc_logout"),
        [
            ("backchannel_logout_urls", json!([url])),
            ("backchannel_logout_initiators", json!({ "mode": "all" })),
        ],
    );
    Map::from_iter([("oidc_logout".to_owned(), logout)])
}

/// The addresses that the application has: one at most.
fn urls(found: &Properties) -> &[Value] {
    let urls = found.get("oidc_logout").and_then(|logout| logout.get("backchannel_logout_urls"));
    urls.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether the application has the product's.
pub(super) fn is_set(found: &Properties, addresses: &Addresses<'_>) -> bool {
    addresses.backchannel_logout().is_some_and(|wanted| urls(found).iter().any(|url| *url == wanted))
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

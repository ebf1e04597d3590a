//! What the machine-to-machine application may do: the scopes that the product needs.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use super::application::Application;
use super::error::{Doing, SetupError};
use super::mark::Mark;
use super::plan::{Change, Line};
use crate::management::{Management, Operation};
use crate::{ManagementError, SCOPES};

const STEP: &str = "client_grant";
const NAME: &str = "Management API";

/// A client grant that is there.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Grant {
    id: String,
    #[serde(default)]
    scope: Vec<String>,
    subject_type: Option<String>,
}

/// What is to be done about the grant.
#[derive(Debug)]
pub(super) struct GrantPlan {
    pub(super) line: Line,
    found: Option<Grant>,
    scope: Vec<String>,
}

/// The application's grant for the Management API.
pub(super) async fn read(
    api: &Management,
    audience: &str,
    client_id: Option<&str>,
) -> Result<Option<Grant>, ManagementError> {
    let Some(client_id) = client_id else { return Ok(None) };
    let query = [("client_id", client_id), ("audience", audience), ("per_page", "100")];
    let grants: Vec<Grant> = api.call(&Operation::get(&["client-grants"], &query)).await?;
    Ok(grants.into_iter().find(|grant| grant.subject_type.as_deref() != Some("user")))
}

/// Exactly the scopes that are needed for an application that set-up made; one that was taken over keeps its others.
pub(super) fn plan(found: Option<Grant>, mark: Mark) -> GrantPlan {
    let needed: Vec<String> = SCOPES.iter().map(|(scope, _)| (*scope).to_owned()).collect();
    let Some(grant) = found else {
        let details = vec![format!("scope: {}", needed.join(" "))];
        return GrantPlan {
            line: Line::new(STEP, NAME, Change::Create, details),
            found: None,
            scope: needed,
        };
    };
    let has: BTreeSet<&String> = grant.scope.iter().collect();
    let needs: BTreeSet<&String> = needed.iter().collect();
    let mut details: Vec<String> =
        needs.difference(&has).map(|scope| format!("scope: adds {scope}")).collect();
    let mut scope = needed.clone();
    let extra = has.difference(&needs).map(|scope| (*scope).clone());
    match mark {
        Mark::Made => details.extend(extra.map(|scope| format!("scope: takes away {scope}"))),
        Mark::Adopted => scope.extend(extra),
    }
    GrantPlan { line: Line::of_details(STEP, NAME, details), found: Some(grant), scope }
}

impl GrantPlan {
    pub(super) async fn apply(
        &self,
        api: &Management,
        audience: &str,
        client: &Application,
    ) -> Result<(), SetupError> {
        let outcome = match (&self.found, self.line.change) {
            (_, Change::None | Change::Conflict) => Ok(()),
            (Some(grant), _) => {
                let body = json!({ "scope": self.scope });
                api.run(&Operation::patch(&["client-grants", &grant.id], &body)).await
            }
            (None, _) => {
                let body = json!({ "client_id": client.id, "audience": audience, "scope": self.scope });
                api.run(&Operation::post(&["client-grants"], &body)).await
            }
        };
        outcome.doing("granting the Management API's scopes")
    }
}

//! Making, changing and deploying a post-login Action.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::action_code::{ActionCode, PostLogin, is_ours, is_ours_for};
use super::error::{Doing, SetupError};
use super::plan::{Change, Line};
use super::settings::Adopt;
use crate::ManagementError;
use crate::management::{Management, Operation};

const STEP: &str = "action";
pub(super) const TRIGGER: &str = "post-login";
/// The trigger's current version.
const TRIGGER_VERSION: &str = "v3";
/// How often, and after which pauses, Auth0 is asked whether the code is built.
const LOOKS: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);

/// An Action that is there.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Found {
    pub(super) id: String,
    name: String,
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    dependencies: Value,
    runtime: Option<String>,
    #[serde(default)]
    secrets: Vec<SecretName>,
    #[serde(default)]
    pub(super) all_changes_deployed: bool,
    #[serde(default)]
    status: String,
    #[serde(default)]
    errors: Vec<BuildError>,
}

#[derive(Clone, Debug, Deserialize)]
struct SecretName {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct BuildError {
    msg: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    actions: Vec<Found>,
}

/// What is to be done with an Action.
#[derive(Debug)]
pub(super) struct ActionPlan {
    pub(super) line: Line,
    action: PostLogin,
    found: Option<Found>,
    /// Whether the draft has to be written, and not only deployed.
    is_rewritten: bool,
}

/// The Actions that can run after a login. A tenant has a hundred of all kinds at most: they are one page.
pub(super) async fn read(api: &Management) -> Result<Vec<Found>, ManagementError> {
    let query = [("triggerId", TRIGGER), ("per_page", "100")];
    let listed: Listed = api.call(&Operation::get(&["actions", "actions"], &query)).await?;
    Ok(listed.actions)
}

/// The one that carries this Action's mark, whatever it is called now; else the one that has its name.
pub(super) fn find(all: &[Found], action: PostLogin) -> Option<&Found> {
    let is_named = |found: &&Found| found.name == action.name();
    let is_marked = |found: &&Found| is_ours_for(action, &found.code);
    let ours = all.iter().find(|found| is_marked(found) && is_named(found));
    ours.or_else(|| all.iter().find(is_marked)).or_else(|| all.iter().find(is_named))
}

/// Settles what is to be done. `wanted` is not known as long as an application or a role has yet to be made.
pub(super) fn plan(
    action: PostLogin,
    found: Option<&Found>,
    wanted: Option<&ActionCode>,
    adopt: &Adopt,
) -> ActionPlan {
    let name = action.name();
    let (line, is_rewritten) = match found {
        None => (Line::new(STEP, name, Change::Create, vec![format!("deployed for {TRIGGER}")]), true),
        Some(found) if !is_ours(&found.code) && !adopt.includes(name) => {
            let what = "there is an Action of this name that set-up did not make; --adopt replaces its code";
            (Line::conflict(STEP, name, what), false)
        }
        Some(found) => {
            let mut details = wanted.map_or_else(
                || vec!["settings: of an application or role that has yet to be made".to_owned()],
                |wanted| differences(found, wanted),
            );
            // Auth0 builds again what is written again.
            let is_rewritten = !details.is_empty() || found.status == "failed";
            if !found.all_changes_deployed {
                details.push("not deployed yet".to_owned());
            }
            (Line::of_details(STEP, &found.name, details), is_rewritten)
        }
    };
    ActionPlan { line, action, found: found.cloned(), is_rewritten }
}

fn differences(found: &Found, wanted: &ActionCode) -> Vec<String> {
    let secrets: BTreeSet<&str> = found.secrets.iter().map(|secret| secret.name.as_str()).collect();
    let none = Value::Array(Vec::new());
    let dependencies = if found.dependencies.is_null() { &none } else { &found.dependencies };
    let mut details = Vec::new();
    if !is_ours(&found.code) {
        details.push("code: replaced by set-up's own".to_owned());
    } else if found.code != wanted.code() {
        details.push("code or settings: brought up to date".to_owned());
    }
    if !has_packages(dependencies, &wanted.packages()) {
        details.push(format!("dependencies: {}", wanted.packages()));
    }
    if found.runtime.as_deref() != Some(ActionCode::runtime()) {
        details.push(format!("runtime: {}", ActionCode::runtime()));
    }
    if secrets != wanted.secret_names().collect() {
        details.push("secrets: set anew".to_owned());
    }
    details
}

/// Auth0 shows more of a package than its name and version.
fn has_packages(found: &Value, wanted: &Value) -> bool {
    let named = |list: &Value| -> BTreeSet<(String, String)> {
        let text = |package: &Value, name: &str| {
            package.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let list = list.as_array().into_iter().flatten();
        list.map(|package| (text(package, "name"), text(package, "version"))).collect()
    };
    named(found) == named(wanted)
}

impl ActionPlan {
    /// The id of the one that is there.
    pub(super) fn id(&self) -> Option<&str> {
        self.found.as_ref().map(|found| found.id.as_str())
    }

    /// Makes or changes it, waits until it is built, deploys it, and answers with its id.
    pub(super) async fn apply(&self, api: &Management, wanted: &ActionCode) -> Result<String, SetupError> {
        let name = &self.line.name;
        let id = match &self.found {
            Some(found) if self.line.change == Change::None => return Ok(found.id.clone()),
            Some(found) => {
                if self.is_rewritten {
                    let path = ["actions", "actions", &found.id];
                    let changed = api.run(&Operation::patch(&path, &wanted.body())).await;
                    changed.doing(&format!("changing the Action {name}"))?;
                }
                found.id.clone()
            }
            None => {
                let mut body = wanted.body();
                if let Some(body) = body.as_object_mut() {
                    body.insert("name".to_owned(), self.action.name().into());
                    let trigger = json!([{ "id": TRIGGER, "version": TRIGGER_VERSION }]);
                    body.insert("supported_triggers".to_owned(), trigger);
                }
                let made: Result<Found, _> = api.call(&Operation::post(&["actions", "actions"], &body)).await;
                made.doing(&format!("making the Action {name}"))?.id
            }
        };
        self.wait_until_built(api, &id).await?;
        let deployed = api.run(&Operation::post(&["actions", "actions", &id, "deploy"], &json!({}))).await;
        deployed.doing(&format!("deploying the Action {name}"))?;
        Ok(id)
    }

    async fn wait_until_built(&self, api: &Management, id: &str) -> Result<(), SetupError> {
        let name = &self.line.name;
        let failed = |reason: String| SetupError::Build { name: name.clone(), reason };
        for _ in 0..LOOKS {
            let found: Result<Found, _> = api.call(&Operation::get(&["actions", "actions", id], &[])).await;
            let found = found.doing(&format!("waiting for the Action {name} to be built"))?;
            match found.status.as_str() {
                "built" => return Ok(()),
                "failed" => {
                    let reasons: Vec<String> =
                        found.errors.into_iter().filter_map(|error| error.msg).collect();
                    return Err(failed(reasons.join("; ")));
                }
                _ => sleep(PAUSE).await,
            }
        }
        Err(failed("it is still being built".to_owned()))
    }
}

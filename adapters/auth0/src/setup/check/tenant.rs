//! What the Management API shows of the tenant, as far as the scopes reach.

use tenantry_domain::Role;

use super::CheckSettings;
use super::report::Finding;
use crate::management::{Management, Operation};
use crate::setup::action_code::{PostLogin, bare, is_ours, without_settings};
use crate::setup::application::{FIELDS, Part, Properties};
use crate::setup::connections::{self, Shared};
use crate::setup::error::{Doing, SetupError};
use crate::setup::mark::Mark;
use crate::setup::plan::told;
use crate::setup::settings::{Addresses, Adopt};
use crate::setup::{actions, bindings, logout, needs, prompts, roles};
use crate::{ManagementError, SCOPES};

const SETUP: &str = "run tenantry auth0 setup";

/// What the token shows; nothing when a scope is missing.
fn seen<T>(outcome: Result<T, ManagementError>, what: &str) -> Result<Option<T>, SetupError> {
    match outcome {
        Err(ManagementError::Forbidden { .. }) => Ok(None),
        outcome => outcome.doing(what).map(Some),
    }
}

/// The scopes that are granted, and those that the product asks for.
pub(super) fn scopes(granted: &[String], settings: &CheckSettings) -> Vec<Finding> {
    const CHECK: &str = "scopes";
    let lacking = |has: &dyn Fn(&str) -> bool| -> Vec<&str> {
        SCOPES.iter().map(|(scope, _)| *scope).filter(|scope| !has(scope)).collect()
    };
    let mut findings = Vec::new();
    let missing = lacking(&|scope| granted.iter().any(|has| has == scope));
    findings.push(if missing.is_empty() {
        Finding::right(CHECK, format!("all {} that the product needs are granted", SCOPES.len()))
    } else {
        let found = format!("the machine-to-machine application lacks {}", missing.join(" "));
        Finding::wrong(CHECK, found, format!("{SETUP}, or grant them for the Auth0 Management API"))
    });
    if let Some(asked) = &settings.m2m_scopes {
        let missing = lacking(&|scope| asked.split_whitespace().any(|asked| asked == scope));
        if !missing.is_empty() {
            let found = format!("AUTH0_M2M_SCOPES leaves out {}", missing.join(" "));
            findings.push(Finding::wrong(CHECK, found, "add them there, or remove the variable"));
        }
    }
    findings
}

pub(super) async fn role(api: &Management, role: Role) -> Result<Finding, SetupError> {
    const CHECK: &str = "role";
    let Some(found) = seen(roles::read(api, role).await, "reading the roles")? else {
        return Ok(Finding::unseen(CHECK, "read:roles"));
    };
    Ok(match found {
        Some(found) if found.name != role.name() => {
            Finding::wrong(CHECK, format!("{role} is called {:?}", found.name), SETUP)
        }
        Some(_) => Finding::right(CHECK, format!("{role} is there")),
        None => Finding::wrong(CHECK, format!("there is no role {role}"), SETUP),
    })
}

pub(super) async fn connection(
    api: &Management,
    shared: &'static Shared,
    client_id: &str,
) -> Result<Finding, SetupError> {
    const CHECK: &str = "connection";
    let found = connections::read(api, shared, Some(client_id)).await;
    let Some(found) = seen(found, "reading the connections")? else {
        return Ok(Finding::unseen(CHECK, "read:connections"));
    };
    let is_there = found.is_some();
    let plan = connections::plan(shared, found, &Adopt::All);
    let name = shared.name;
    let missing = if shared.is_needed { Finding::wrong } else { Finding::note };
    Ok(match plan.line.details.is_empty() {
        true => Finding::right(CHECK, format!("{name} is enabled for the application")),
        false if is_there => missing(
            CHECK,
            format!("{name} is not enabled for the application"),
            format!("{SETUP} --adopt {name}"),
        ),
        false => missing(CHECK, format!("there is no connection {name}"), SETUP.to_owned()),
    })
}

pub(super) async fn prompts(api: &Management) -> Result<Finding, SetupError> {
    const CHECK: &str = "login prompts";
    let Some(found) = seen(prompts::read(api).await, "reading the login prompts")? else {
        return Ok(Finding::unseen(CHECK, "read:prompts"));
    };
    let differences = prompts::differences(&found);
    Ok(if differences.is_empty() {
        Finding::right(CHECK, "the address is asked for first")
    } else {
        Finding::wrong(CHECK, differences.join("; "), format!("{SETUP}, for all applications of the tenant"))
    })
}

/// The settings of one of the applications. Findings of its own are told as a list.
pub(super) async fn application(
    api: &Management,
    part: Part,
    client_id: &str,
    settings: &CheckSettings,
) -> Result<Vec<Finding>, SetupError> {
    let check = match part {
        Part::Web => "settings of the application",
        Part::Management => "settings of the machine-to-machine application",
    };
    let query = [("fields", FIELDS), ("include_fields", "true")];
    let found: Result<Properties, _> = api.call(&Operation::get(&["clients", client_id], &query)).await;
    let found = match found {
        Err(ManagementError::NotFound) => {
            return Ok(vec![Finding::wrong(check, format!("there is no application {client_id}"), SETUP)]);
        }
        found => seen(found, "reading an application")?,
    };
    // Of whoever may see names alone the rest is not missing.
    let Some(found) =
        found.filter(|found| found.contains_key("grant_types") || found.contains_key("callbacks"))
    else {
        return Ok(vec![Finding::unseen(check, "read:clients")]);
    };
    let addresses = settings.addresses();
    // What bears no mark was made by hand: it may have more than the product needs.
    let mark = Mark::of(found.get("client_metadata"), part.mark()).unwrap_or(Mark::Adopted);
    let needs = needs::of(part, &found, mark, &addresses);
    let todo = if needs.lacking.is_empty() { SETUP } else { "change it in the application's settings" };
    let differences = [told(&found, &needs.patch), needs.lacking].concat();
    let mut findings = vec![if differences.is_empty() {
        Finding::right(check, "as the product needs them")
    } else {
        Finding::wrong(check, differences.join("; "), todo)
    }];
    if part == Part::Web {
        findings.push(back_channel(&found, &addresses));
    }
    Ok(findings)
}

fn back_channel(found: &Properties, addresses: &Addresses<'_>) -> Finding {
    const CHECK: &str = "back-channel logout";
    if logout::is_set(found, addresses) {
        Finding::right(CHECK, "Auth0 tells the product of logouts elsewhere")
    } else {
        let todo = format!("{SETUP}, if the product has https and Auth0's plan includes it");
        Finding::note(CHECK, "Auth0 does not tell the product of logouts elsewhere", todo)
    }
}

pub(super) async fn actions(api: &Management) -> Result<Vec<Finding>, SetupError> {
    const CHECK: &str = "Action";
    const ORDER: &str = "Actions after a login";
    let Some(all) = seen(actions::read(api).await, "reading the Actions")? else {
        return Ok(vec![Finding::unseen("Actions", "read:actions")]);
    };
    let mut findings = Vec::new();
    let mut ids = Vec::new();
    for action in [PostLogin::Subscription, PostLogin::MemberRole] {
        let name = action.name();
        let found = actions::find(&all, action);
        findings.push(match found {
            None => Finding::wrong(CHECK, format!("there is no Action {name}"), SETUP),
            Some(found) if !is_ours(&found.code) => {
                let todo = format!("{SETUP} --adopt {name}, which replaces its code");
                Finding::wrong(CHECK, format!("{name} is not the one that set-up deploys"), todo)
            }
            Some(found) if without_settings(&found.code) != bare(action) => {
                Finding::wrong(CHECK, format!("the code of {name} is not this version's"), SETUP)
            }
            Some(found) if !found.all_changes_deployed => {
                Finding::wrong(CHECK, format!("{name} is not deployed"), SETUP)
            }
            Some(_) => Finding::right(CHECK, format!("{name} is deployed")),
        });
        ids.push(found.map(|found| found.id.as_str()));
    }
    let bound = bindings::read(api).await.doing("reading which Actions run after a login")?;
    let [subscription, member_role] = [ids.first(), ids.get(1)].map(|id| id.copied().flatten());
    let plan = bindings::plan(&bound, [subscription, member_role]);
    findings.push(if plan.line.details.is_empty() {
        Finding::right(ORDER, "both run, in order")
    } else {
        Finding::wrong(ORDER, format!("not as they should run ({})", plan.line.details.join("; ")), SETUP)
    });
    Ok(findings)
}

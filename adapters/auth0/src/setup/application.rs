//! The two applications: the one that people log in to, and the one that calls the Management API.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::{Doing, SetupError};
use super::mark::{KEY, Mark};
use super::needs;
use super::plan::{Change, Line, differing, told};
use super::settings::{Addresses, SetupSettings};
use crate::ManagementError;
use crate::management::{Management, Operation};

pub(super) const STEP: &str = "application";
/// The application that people log in to, by the guide's name for it.
pub const WEB: &str = "MyLearning SaaS";
/// The application that calls the Management API, by the guide's name for it.
pub const MANAGEMENT: &str = "My Learning M2M Service";
/// What is read of an application; never its secret.
pub(super) const FIELDS: &str = "client_id,name,app_type,callbacks,allowed_logout_urls,initiate_login_uri,grant_types,\
    token_endpoint_auth_method,client_authentication_methods,oidc_conformant,organization_usage,organization_require_behavior,client_metadata,\
    jwt_configuration,oidc_logout";

/// An application's properties, with Auth0's own names.
pub(super) type Properties = Map<String, Value>;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Web,
    Management,
}

impl Part {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Web => WEB,
            Self::Management => MANAGEMENT,
        }
    }

    /// The mark's value.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Management => "management",
        }
    }
}

/// What is to be done with an application.
#[derive(Debug)]
pub(super) struct ApplicationPlan {
    pub(super) line: Line,
    /// The one that is there.
    pub(super) found: Option<Properties>,
    /// The body of the change, or of a new one.
    patch: Properties,
    pub(super) mark: Mark,
}

/// An application with which something can be done.
#[derive(Clone, Debug)]
pub(super) struct Application {
    pub(super) id: String,
    pub(super) secret: SecretString,
}

/// All applications of the tenant, but for the one that stands for all of them.
pub(super) async fn read(api: &Management) -> Result<Vec<Properties>, ManagementError> {
    let filter = [("fields", FIELDS), ("include_fields", "true"), ("is_global", "false")];
    api.by_checkpoint(&["clients"], &filter, "clients").await
}

/// Settles what is to be done.
pub(super) fn plan(part: Part, all: &[Properties], settings: &SetupSettings) -> ApplicationPlan {
    let name = part.name();
    let mark_of = |client: &&Properties| Mark::of(client.get("client_metadata"), part.mark());
    let marked: Vec<&Properties> = all.iter().filter(|client| mark_of(client).is_some()).collect();
    let named: Vec<&Properties> =
        all.iter().filter(|client| text(client, "name") == Some(name) && mark_of(client).is_none()).collect();
    let ambiguous = |what: &str| {
        let todo = format!("{what}: delete or rename all but one, then run the same command again");
        conflict(Line::new(STEP, name, Change::Conflict, vec![todo]), None)
    };
    let addresses = settings.addresses();
    match (marked.as_slice(), named.as_slice()) {
        ([], []) => of_nothing(part, &addresses),
        ([one], _) => of_found(part, one, mark_of(one).unwrap_or(Mark::Made), &addresses),
        ([], [one]) if settings.adopt.includes(name) => of_found(part, one, Mark::Adopted, &addresses),
        ([], [one]) => {
            let what = "there is an application of this name that set-up did not make";
            let mut line = Line::conflict(STEP, name, what);
            line.details.extend(needs::of(part, one, Mark::Adopted, &addresses).lacking);
            conflict(line, Some(one))
        }
        ([], _) => ambiguous("several applications have this name"),
        _ => ambiguous(&format!("several applications have the mark {KEY}={}", part.mark())),
    }
}

fn conflict(line: Line, found: Option<&Properties>) -> ApplicationPlan {
    ApplicationPlan { line, found: found.cloned(), patch: Map::new(), mark: Mark::Adopted }
}

fn of_nothing(part: Part, addresses: &Addresses<'_>) -> ApplicationPlan {
    let nothing = Map::new();
    let mut patch = needs::of(part, &nothing, Mark::Made, addresses).patch;
    patch.extend(marked(part, &nothing, Mark::Made));
    let mut details = told(&nothing, &patch);
    if part == Part::Web && addresses.login().is_none() {
        let why = "initiate_login_uri is left out: Auth0 wants https there, so that invitations need a product with https";
        details.push(why.to_owned());
    }
    patch.insert("name".to_owned(), part.name().into());
    ApplicationPlan {
        line: Line::new(STEP, part.name(), Change::Create, details),
        found: None,
        patch,
        mark: Mark::Made,
    }
}

fn of_found(part: Part, found: &Properties, mark: Mark, addresses: &Addresses<'_>) -> ApplicationPlan {
    let name = text(found, "name").unwrap_or(part.name());
    let needs = needs::of(part, found, mark, addresses);
    if !needs.lacking.is_empty() {
        let mut details = needs.lacking;
        details.push(
            "set-up changes none of this in an application that it did not make: change it there, then run the same \
             command again"
                .to_owned(),
        );
        return conflict(Line::new(STEP, name, Change::Conflict, details), Some(found));
    }
    let mut patch = needs.patch;
    patch.extend(differing(found, &marked(part, found, mark)));
    let line = Line::of_details(STEP, name, told(found, &patch));
    ApplicationPlan { line, found: Some(found.clone()), patch, mark }
}

fn marked(part: Part, found: &Properties, mark: Mark) -> Properties {
    let metadata = mark.written(found.get("client_metadata"), part.mark());
    Map::from_iter([("client_metadata".to_owned(), metadata)])
}

/// The names of the applications that people log in to and that are not the product's: made by set-up, or taken over.
pub(super) fn of_others<'a>(all: &'a [Properties], ours: [&ApplicationPlan; 2]) -> Vec<&'a str> {
    let is_ours = |client: &Properties| {
        let (id, metadata) = (text(client, "client_id"), client.get("client_metadata"));
        let is_marked = |part: Part| Mark::of(metadata, part.mark()).is_some();
        [Part::Web, Part::Management].into_iter().any(is_marked)
            || ours.iter().any(|plan| plan.line.change != Change::Conflict && plan.id() == id)
    };
    // A machine logs nobody in, and neither does an application that has no address to come back to: a new tenant has one.
    let logs_people_in = |client: &Properties| {
        let callbacks = client.get("callbacks").and_then(Value::as_array);
        callbacks.is_some_and(|all| !all.is_empty()) && text(client, "app_type") != Some("non_interactive")
    };
    let others = all.iter().filter(|client| logs_people_in(client) && !is_ours(client));
    others.map(|client| text(client, "name").unwrap_or("one without a name")).collect()
}

pub(super) fn text<'a>(properties: &'a Properties, name: &str) -> Option<&'a str> {
    properties.get(name).and_then(Value::as_str)
}

#[derive(Deserialize)]
struct Secret {
    client_secret: Option<String>,
}

impl ApplicationPlan {
    /// The id of the one that is there.
    pub(super) fn id(&self) -> Option<&str> {
        self.found.as_ref().and_then(|found| text(found, "client_id"))
    }

    /// Makes it or changes it, and answers with its secret.
    pub(super) async fn apply(&self, api: &Management) -> Result<Application, SetupError> {
        let name = &self.line.name;
        let id = match self.id() {
            Some(id) => {
                if !self.patch.is_empty() {
                    let changed = api.run(&Operation::patch(&["clients", id], &self.patch)).await;
                    changed.doing(&format!("changing the application {name}"))?;
                }
                id.to_owned()
            }
            None => {
                let made: Result<Properties, _> = api.call(&Operation::post(&["clients"], &self.patch)).await;
                let made = made.doing(&format!("making the application {name}"))?;
                text(&made, "client_id").unwrap_or_default().to_owned()
            }
        };
        secret(api, name, id).await
    }
}

/// The application with its secret, which is read back so that no lost answer loses it.
pub(super) async fn secret(api: &Management, name: &str, id: String) -> Result<Application, SetupError> {
    let query = [("fields", "client_secret"), ("include_fields", "true")];
    let read: Result<Secret, _> = api.call(&Operation::get(&["clients", &id], &query)).await;
    let read = read.doing(&format!("reading the secret of the application {name}"))?;
    let secret = read.client_secret.filter(|secret| !secret.is_empty());
    let secret = secret.ok_or_else(|| SetupError::NoSecret(name.to_owned()))?;
    Ok(Application { id, secret: secret.into() })
}

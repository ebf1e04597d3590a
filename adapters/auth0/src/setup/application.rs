//! The two applications: the one that people log in to, and the one that calls the Management API.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::{Doing, SetupError};
use super::mark::{KEY, Mark, merged};
use super::plan::{Change, Line, differing, told};
use super::settings::SetupSettings;
use crate::ManagementError;
use crate::management::{Management, Operation};

pub(super) const STEP: &str = "application";
/// The application that people log in to, by the guide's name for it.
pub const WEB: &str = "MyLearning SaaS";
/// The application that calls the Management API, by the guide's name for it.
pub const MANAGEMENT: &str = "My Learning M2M Service";
/// What is read of an application; never its secret.
pub(super) const FIELDS: &str = "client_id,name,app_type,callbacks,allowed_logout_urls,initiate_login_uri,grant_types,\
    token_endpoint_auth_method,oidc_conformant,organization_usage,organization_require_behavior,client_metadata,\
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
    fn mark(self) -> &'static str {
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
        ApplicationPlan {
            line: Line::new(STEP, name, Change::Conflict, vec![todo]),
            found: None,
            patch: Map::new(),
            mark: Mark::Made,
        }
    };
    match (marked.as_slice(), named.as_slice()) {
        ([], []) => of_nothing(part, settings),
        ([one], _) => of_found(part, one, mark_of(one).unwrap_or(Mark::Made), settings),
        ([], [one]) if settings.adopt.includes(name) => of_found(part, one, Mark::Adopted, settings),
        ([], [one]) => ApplicationPlan {
            line: Line::conflict(STEP, name, "there is an application of this name that set-up did not make"),
            found: Some((*one).clone()),
            patch: Map::new(),
            mark: Mark::Adopted,
        },
        ([], _) => ambiguous("several applications have this name"),
        _ => ambiguous(&format!("several applications have the mark {KEY}={}", part.mark())),
    }
}

fn of_nothing(part: Part, settings: &SetupSettings) -> ApplicationPlan {
    let nothing = Map::new();
    let mut patch = wanted(part, &nothing, Mark::Made, settings);
    let mut details = told(&nothing, &patch);
    details.extend(left_out(part, settings));
    patch.insert("name".to_owned(), part.name().into());
    ApplicationPlan {
        line: Line::new(STEP, part.name(), Change::Create, details),
        found: None,
        patch,
        mark: Mark::Made,
    }
}

fn of_found(part: Part, found: &Properties, mark: Mark, settings: &SetupSettings) -> ApplicationPlan {
    let patch = differing(found, &wanted(part, found, mark, settings));
    let name = text(found, "name").unwrap_or(part.name());
    let line = Line::of_details(STEP, name, told(found, &patch));
    ApplicationPlan { line, found: Some(found.clone()), patch, mark }
}

/// What can't be registered for a product at this address.
fn left_out(part: Part, settings: &SetupSettings) -> Option<String> {
    let is_left_out = part == Part::Web && settings.base_url.scheme() != "https";
    is_left_out.then(|| {
        "initiate_login_uri is left out: Auth0 wants https there, so that invitations need a product with https".to_owned()
    })
}

/// What the application must have, given what it has. Addresses that others registered stay.
pub(super) fn wanted(part: Part, found: &Properties, mark: Mark, settings: &SetupSettings) -> Properties {
    let mut wanted = json!({
        "token_endpoint_auth_method": "client_secret_post",
        "oidc_conformant": true,
        "jwt_configuration": merged(found.get("jwt_configuration"), [("alg", "RS256".into())]),
        "client_metadata": mark.written(found.get("client_metadata"), part.mark()),
    });
    let more = match part {
        Part::Management => json!({ "app_type": "non_interactive", "grant_types": ["client_credentials"] }),
        Part::Web => json!({
            "app_type": "regular_web",
            "grant_types": grant_types(found),
            "callbacks": with(found, "callbacks", &settings.at("api/auth/callback")),
            "allowed_logout_urls": with(found, "allowed_logout_urls", &settings.at("")),
            "organization_usage": "allow",
            "organization_require_behavior": "no_prompt",
        }),
    };
    let (wanted_object, more) = (wanted.as_object_mut(), more.as_object().cloned().unwrap_or_default());
    let mut wanted = wanted_object.map(std::mem::take).unwrap_or_default();
    wanted.extend(more);
    if part == Part::Web && settings.base_url.scheme() == "https" {
        wanted.insert("initiate_login_uri".to_owned(), settings.at("api/auth/login").into());
    }
    wanted
}

/// Logins under organizations go by no other grant than the code; refreshing is harmless beside it.
fn grant_types(found: &Properties) -> Value {
    let list = found.get("grant_types").and_then(Value::as_array);
    let has_refresh = list.is_some_and(|list| list.iter().any(|grant| grant == "refresh_token"));
    if has_refresh { json!(["authorization_code", "refresh_token"]) } else { json!(["authorization_code"]) }
}

/// The list with one more address, unless it has it.
fn with(found: &Properties, name: &str, address: &str) -> Value {
    let mut list = found.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    if !list.iter().any(|known| known == address) {
        list.push(address.into());
    }
    list.into()
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

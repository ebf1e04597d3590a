//! A tenant of the fake with nothing but a client for the Management API, and what can be seen in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use tenantry_auth0::setup::{Access, Adopt, Change, Plan, Setup, SetupError, SetupSettings};
use tenantry_fake::{FakeAuth0, Seed};
use tenantry_oidc::{Issuer, http_client};
use tenantry_ports::Random;
use tenantry_ports::testkit::{FixedClock, SeededRandom};

pub(crate) const NOW: &str = "2026-03-02T10:00:00.000Z";
pub(crate) const BASE: &str = "http://localhost:3000/";

pub(crate) struct World {
    pub(crate) fake: FakeAuth0,
    token: String,
}

impl World {
    /// An empty tenant.
    pub(crate) async fn empty() -> Self {
        Self::with(Seed::empty()).await
    }

    pub(crate) async fn with(seed: Seed) -> Self {
        let fake = FakeAuth0::builder().seed(seed).clock(clock()).start().await.unwrap();
        let management = fake.management().unwrap();
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": management.client_id,
            "client_secret": management.client_secret.expose_secret(),
            "audience": format!("{}api/v2/", fake.issuer()),
        });
        let url = format!("{}oauth/token", fake.issuer());
        let answer = http_client().unwrap().post(url).json(&body).send().await.unwrap();
        let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        fake.clear_requests();
        Self { fake, token }
    }

    pub(crate) fn issuer(&self) -> Issuer {
        Issuer::try_from(self.fake.issuer().as_str()).unwrap()
    }

    pub(crate) fn access(&self) -> Access {
        let management = self.fake.management().unwrap();
        Access::Credentials { client_id: management.client_id, client_secret: management.client_secret }
    }

    pub(crate) fn settings(&self, adopt: &[&str]) -> SetupSettings {
        SetupSettings {
            issuer: self.issuer(),
            access: self.access(),
            base_url: BASE.parse().unwrap(),
            trial_days: 1,
            google: true,
            adopt: Adopt::Named(adopt.iter().map(|name| (*name).to_owned()).collect()),
        }
    }

    pub(crate) fn setup(&self, adopt: &[&str]) -> Setup {
        Setup::new(self.settings(adopt), clock(), random()).unwrap()
    }

    /// Plans and does it, as one run of the command.
    pub(crate) async fn run(&self, adopt: &[&str]) -> Result<Plan, SetupError> {
        let setup = self.setup(adopt);
        let plan = setup.plan().await?;
        setup.apply(&plan, &mut |_| {}).await?;
        Ok(plan)
    }

    /// A token with every scope.
    pub(crate) fn token(&self) -> String {
        self.token.clone()
    }

    /// A call of the Management API with every scope.
    pub(crate) async fn api(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}api/v2{path}", self.fake.issuer());
        let request = http_client().unwrap().request(method.parse().unwrap(), url).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.api("GET", path, Value::Null).await
    }

    /// The application of this name.
    pub(crate) async fn application(&self, name: &str) -> Value {
        let clients = self.get("/clients?per_page=100").await;
        let mut named = clients.as_array().unwrap().iter().filter(|client| client["name"] == name);
        let one = named.next().unwrap_or_else(|| panic!("no application {name}")).clone();
        assert!(named.next().is_none(), "several applications {name}");
        one
    }

    /// All that set-up could touch, with names in the place of ids and without what differs from one tenant to another.
    pub(crate) async fn snapshot(&self) -> Value {
        let lists = [
            ("clients", self.get("/clients?per_page=100").await),
            ("roles", self.get("/roles?per_page=100").await),
            ("connections", self.get("/connections?per_page=100").await),
            ("actions", self.get("/actions/actions?per_page=100").await["actions"].clone()),
            ("grants", self.get("/client-grants?per_page=100").await),
            ("prompts", json!([self.get("/prompts").await])),
            (
                "bindings",
                self.get("/actions/triggers/post-login/bindings?per_page=50").await["bindings"].clone(),
            ),
        ];
        let mut names = BTreeMap::new();
        for (list, items) in &lists {
            for item in items.as_array().unwrap() {
                let id = item.get("client_id").filter(|_| *list == "clients").or(item.get("id"));
                let name = item.get("name").or(item.get("display_name")).and_then(Value::as_str);
                if let (Some(id), Some(name)) = (id.and_then(Value::as_str), name) {
                    names.insert(id.to_owned(), format!("<{list} {name}>"));
                }
            }
        }
        let mut snapshot = Map::new();
        for (list, items) in lists {
            let items = items.as_array().unwrap().iter().map(|item| normal(item, &names));
            let mut items: Vec<Value> = items.collect();
            // The order of bindings means something.
            if list != "bindings" {
                items.sort_by_key(Value::to_string);
            }
            snapshot.insert(list.to_owned(), items.into());
        }
        let text = Value::from(snapshot).to_string().replace(self.fake.issuer().as_str(), "<issuer>/");
        serde_json::from_str(&text).unwrap()
    }
}

/// Without ids of its own, instants and secrets; the digest of an Action's settings is one of those.
fn normal(value: &Value, names: &BTreeMap<String, String>) -> Value {
    const OWN: [&str; 8] = [
        "client_secret",
        "created_at",
        "updated_at",
        "built_at",
        "build_time",
        "number",
        "current_version",
        "signing_keys",
    ];
    match value {
        Value::Object(object) => {
            let kept = object.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), normal(value, names))).collect()
        }
        Value::Array(list) => {
            let mut items: Vec<Value> = list.iter().map(|item| normal(item, names)).collect();
            // Lists of applications are in the order of their ids.
            if items.iter().all(|item| item.as_str().is_some_and(|text| text.starts_with("<clients "))) {
                items.sort_by_key(Value::to_string);
            }
            items.into()
        }
        Value::String(text) => match names.get(text) {
            Some(name) => name.clone().into(),
            None if text.len() == 36 && text.matches('-').count() == 4 => "<id>".into(),
            None if text.len() == 20 && text.starts_with("cgr_") => "<id>".into(),
            None => text
                .lines()
                .filter(|line| !line.starts_with("// Settings: "))
                .collect::<Vec<_>>()
                .join("\n")
                .into(),
        },
        other => other.clone(),
    }
}

pub(crate) fn random() -> Arc<dyn Random> {
    Arc::new(SeededRandom::new(7))
}

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(NOW))
}

/// Two snapshots are the same; of those that are not the first difference is told.
pub(crate) fn assert_same(found: &Value, wanted: &Value, when: &str) {
    for (list, wanted) in wanted.as_object().unwrap() {
        let (found, wanted) = (found[list].as_array().unwrap(), wanted.as_array().unwrap());
        assert_eq!(found.len(), wanted.len(), "{list}, {when}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert_eq!(found, wanted, "{list}, {when}");
        }
    }
}

/// What happens at each step.
pub(crate) fn changes(plan: &Plan) -> Vec<(&'static str, String, Change)> {
    plan.lines().iter().map(|line| (line.step, line.name.clone(), line.change)).collect()
}

/// The change of the step with this name.
pub(crate) fn change(plan: &Plan, step: &str, name: &str) -> Change {
    let line = plan.lines().into_iter().find(|line| line.step == step && line.name == name);
    line.unwrap_or_else(|| panic!("no step {step} {name}")).change
}

//! What a seed file says is there, and what is wrong in it is told with its place.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tenantry_fake::{Fake, FakeAuth0, Seed, SeedFile};
use tenantry_ports::Random;
use tenantry_ports::testkit::SeededRandom;
use tokio::sync::Notify;

use crate::support::{PASSWORD, clock, config};
use crate::wire::{Wire, client, read};

fn example() -> SeedFile {
    SeedFile::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/fake/seed.yaml")).unwrap()
}

/// The example on top of what `tenantry fake` begins with, and the client of these tests.
fn beginning() -> Seed {
    let mut seed = Seed { file: Some(example()), ..Seed::default() };
    seed.clients.extend(Seed::empty().clients);
    seed
}

/// What is said when a provider is to begin with this.
pub(crate) fn error(yaml: &str) -> String {
    match SeedFile::from_yaml(yaml) {
        Err(error) => error.to_string(),
        Ok(file) => {
            let seed = Seed { file: Some(file), ..Seed::default() };
            let config = config(seed);
            Fake::in_memory(config, clock(), Arc::new(SeededRandom::new(1))).unwrap_err().to_string()
        }
    }
}

#[tokio::test]
async fn the_example_of_the_documentation_is_planted() {
    let wire = Wire::of(FakeAuth0::builder().seed(beginning()).start().await.unwrap()).await;
    let learning = wire.fake.client("Learning").unwrap();
    assert_eq!(
        (learning.client_id.as_str(), learning.client_secret.expose_secret()),
        ("learning", "not-a-secret-in-a-test")
    );
    let (status, acme) = wire.api(Method::GET, "/organizations/name/acme", None).await;
    assert_eq!((status.as_u16(), &acme["id"]), (200, &json!("org_acme000000000001")));
    assert_eq!(acme["metadata"]["subscription"], "team;2027-03-02T10:00:00.000Z;active");
    let (_, members) =
        wire.api(Method::GET, "/organizations/org_acme000000000001/members?fields=user_id,roles", None).await;
    let ann = members.as_array().unwrap().iter().find(|member| member["user_id"] == "auth0|ann").unwrap();
    assert_eq!(ann["roles"][0]["name"], "Administrator");
    assert_eq!(members.as_array().unwrap().len(), 2);
    let (_, connections) =
        wire.api(Method::GET, "/organizations/org_acme000000000001/enabled_connections", None).await;
    let acme =
        connections.as_array().unwrap().iter().find(|each| each["connection_id"] == "con_acmeEntra0000001");
    assert_eq!(acme.unwrap()["assign_membership_on_login"], true);
    let (_, settings) = wire.api(Method::GET, "/tenants/settings", None).await;
    assert_eq!(settings["friendly_name"], "Learning, while we build it");
    // The other client's grants are in force.
    let token = async |audience: &str, scope: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "backend"),
            ("client_secret", "not-a-secret-either"),
            ("audience", audience),
            ("scope", scope),
        ];
        read(client().post(wire.url("/oauth/token")).form(&form).send().await.unwrap()).await
    };
    let management = format!("{}api/v2/", wire.fake.issuer());
    assert_eq!(token(&management, "read:users").await.0.as_u16(), 200);
    let (_, grants) = wire
        .api(Method::GET, "/client-grants?client_id=backend&audience=https://api.learning.example", None)
        .await;
    assert_eq!(grants[0]["scope"], json!(["read:courses"]));
    let (_, who) = wire.api(Method::GET, "/users/auth0%7Cann", None).await;
    assert_eq!(who["app_metadata"]["subscription"], "trial;2027-03-02T10:00:00.000Z;active");
}

#[tokio::test]
async fn a_seed_is_idempotent_and_a_reset_returns_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let start = |random| {
        let seed = Seed { file: Some(example()), ..Seed::empty() };
        let config = config(seed);
        Fake::open(folder.path(), config, clock(), Arc::new(SeededRandom::new(random))).unwrap()
    };
    let first = start(1);
    first.snapshot("first").unwrap();
    let bo = async |fake: &Fake| -> Value {
        let world = crate::support::World { router: fake.router(), fake: fake.clone(), clock: clock() };
        let fields = [("grant_type", "client_credentials"), ("audience", "http://127.0.0.1:4400/api/v2/")];
        let token = world.token("Backend", &fields).await.json()["access_token"].as_str().unwrap().to_owned();
        let found =
            world.api_with(&token, "GET", "/users-by-email?email=bo@acme.example", Value::Null).await.json();
        found[0].clone()
    };
    let before = bo(&first).await;
    assert_eq!(before["user_metadata"], json!({ "theme": "dark" }));
    drop(first);
    let second = start(2);
    assert_eq!(bo(&second).await, before, "the same account, under the same id, nothing touched");
    second
        .seed(&SeedFile::from_yaml("users: [{ email: bo@acme.example, name: Bo }]").unwrap())
        .await
        .unwrap();
    assert_eq!(bo(&second).await["name"], "Bo");
    second.reset().await.unwrap();
    assert_eq!(bo(&second).await["user_id"], before["user_id"]);
    assert_eq!(bo(&second).await["name"], before["name"], "what was added later is gone");
}

#[tokio::test]
async fn a_seed_by_the_control_api_is_taken_over_whole_or_not_at_all() {
    let wire = Wire::start().await;
    let seed = json!({
        "users": [{ "email": "ann@example.com", "password": PASSWORD }],
        "organizations": [{ "name": "acme", "members": ["ann@example.com", "nobody@example.com"] }],
    });
    let (status, problem) = wire.control(Method::POST, "/seed", Some(seed.clone())).await;
    assert_eq!(status.as_u16(), 400);
    assert_eq!(problem["property"], "organizations[0].members[1].user");
    assert_eq!(problem["detail"], "no user has this id or address");
    assert_eq!(wire.users().await, [""; 0], "nothing of it");
    let mut sound = seed;
    sound["organizations"][0]["members"] = json!(["ann@example.com"]);
    assert_eq!(
        wire.control(Method::POST, "/seed", Some(sound.clone())).await.0,
        StatusCode::NO_CONTENT.as_u16()
    );
    assert_eq!(wire.control(Method::POST, "/seed", Some(sound)).await.0.as_u16(), 204, "once more");
    assert_eq!(wire.users().await, ["ann@example.com"]);
    let actions = json!({ "actions": [{ "name": "spy", "file": "/etc/passwd" }] });
    let (status, problem) = wire.control(Method::POST, "/seed", Some(actions)).await;
    assert_eq!(
        (status.as_u16(), &problem["property"]),
        (400, &json!("actions[0].file")),
        "no file is read for a caller"
    );
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let base = "users: [{ email: ann@example.com }]\n";
    for (yaml, expected) in [
        (
            "organizations: [{ name: acme }, { name: beta, members: [nobody@example.com] }]",
            "organizations[1].members[0].user: no user has this id or address",
        ),
        (
            "organizations: [{ name: acme, members: [{ user: ann@example.com, roles: [Boss] }] }]",
            "organizations[0].members[0].roles[0]: no role has this name or id",
        ),
        (
            "organizations: [{ name: Acme }]",
            "organizations[0].name: has 1 to 50 lower-case letters, digits, - and _, with a letter or digit at both ends",
        ),
        (
            "organizations: [{ name: acme, id: acme }]",
            "organizations[0].id: an id is org_ and then letters or digits",
        ),
        (
            "organizations: [{ name: acme, connections: [nowhere] }]",
            "organizations[0].connections[0].connection: no connection has this name or id",
        ),
        (
            "organizations: [{ name: acme }, { name: acme }]",
            "organizations[1].name: acme stands here a second time",
        ),
        (
            "organizations: [{ name: acme, members: [ann@example.com, ann@example.com] }]",
            "organizations[0].members[1].user: is a member already",
        ),
        (
            "organizations: [{ name: acme, domains: [no domain] }]",
            "organizations[0].domains[0].domain: is not a domain such as acme.com",
        ),
        (
            "clients: [{ name: a, callbacks: [here] }]",
            "clients[0].callbacks[0]: is not an address such as http://localhost:3000/callback",
        ),
        (
            "clients: [{ name: a, app_type: web }]",
            "clients[0].app_type: is one of regular_web, spa, native, non_interactive",
        ),
        (
            "clients: [{ name: a, grants: [{ audience: nowhere, scope: [] }] }]",
            "clients[0].grants[0].audience: no resource server has this identifier",
        ),
        (
            "connections: [{ name: a, strategy: oidc, enabled_clients: [nobody] }]",
            "connections[0].enabled_clients[0]: no client has this name or id",
        ),
        (
            "roles: [{ name: a, permissions: [{ resource_server_identifier: x, permission_name: y }] }]",
            "roles[0].permissions[0].resource_server_identifier: no resource server has this identifier",
        ),
        ("actions: [{ name: a }]", "actions[0]: has code or a file"),
        (
            "actions: [{ name: a, code: x, trigger: pre-user-registration }]",
            "actions[0].trigger: is post-login: other triggers never come",
        ),
    ] {
        assert_eq!(error(&format!("{base}{yaml}")), expected, "{yaml}");
    }
    for (yaml, expected) in [
        ("users: [{ email: nowhere }]", "users[0].email: is not an address such as ann@example.com"),
        ("users: [{ name: Ann }]", "users[0]: an account has an email, a username or a user_id"),
        (
            "users: [{ email: a@b.example, connection: nowhere }]",
            "users[0].connection: no connection has the name nowhere",
        ),
        (
            "users: [{ email: a@b.example, connection: google-oauth2, password: x }]",
            "users[0].password: only accounts of a password database have one",
        ),
        (
            "users: [{ email: a@b.example }, { email: A@b.example }]",
            "users[1]: a@b.example of Username-Password-Authentication stands here a second time",
        ),
        ("users: [{ emial: a@b.example }]", "users[0].emial: unknown field"),
        (
            "organizations: [{ name: acme, members: [{ user: a, rolls: [] }] }]",
            "organizations[0].members[0].rolls: unknown field",
        ),
        ("users: [{ email: 7 }]", "users[0].email: invalid type"),
        ("actions: [{ name: a, code: 'exports.onExecutePostLogin = (' }]", "actions[0].code: SyntaxError"),
        ("actions: [{ name: a, code: 'exports.other = 1' }]", "actions[0].code: "),
        ("userz: []", "userz: unknown field"),
        ("users: [", ""),
        ("[]", ""),
    ] {
        let told = error(yaml);
        assert!(told.starts_with(expected) && !told.is_empty(), "{yaml}: {told}");
    }
}

#[test]
fn the_same_can_be_said_in_toml_and_code_can_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("claim.js"), "exports.onExecutePostLogin = async () => {};").unwrap();
    let toml = "[[users]]\nemail = \"ann@example.com\"\n[[actions]]\nname = \"Claim\"\nfile = \"claim.js\"\nbound = true\n";
    let path = folder.path().join("seed.toml");
    std::fs::write(&path, toml).unwrap();
    let file = SeedFile::read(&path).unwrap();
    assert_eq!(file.users, SeedFile::from_yaml("users: [{ email: ann@example.com }]").unwrap().users);
    assert_eq!(file.actions[0].code.as_deref(), Some("exports.onExecutePostLogin = async () => {};"));
    std::fs::write(&path, toml.replace("claim.js", "gone.js")).unwrap();
    assert_eq!(SeedFile::read(&path).unwrap_err().place(), "actions[0].file");
    let other = folder.path().join("seed.txt");
    std::fs::write(&other, "").unwrap();
    assert!(SeedFile::read(&other).unwrap_err().to_string().contains("does not end in"));
}

#[tokio::test]
async fn people_with_passwords_log_in_at_the_applications_of_a_file_that_says_nothing_of_connections() {
    let enabled = async |yaml: &str| {
        let seed = SeedFile::from_yaml(yaml).unwrap();
        let wire = Wire::of(FakeAuth0::builder().seed_file(seed).start().await.unwrap()).await;
        let (_, found) = wire.api(Method::GET, "/connections?strategy=auth0", None).await;
        found[0]["enabled_clients"].as_array().unwrap().contains(&json!("portal"))
    };
    let portal = "clients: [{ name: Portal, client_id: portal }]\n";
    assert!(enabled(portal).await);
    let named =
        "connections: [{ name: Username-Password-Authentication, strategy: auth0, enabled_clients: [] }]";
    assert!(!enabled(&format!("{portal}{named}")).await, "a file that says who may is taken at its word");
}

#[test]
fn a_seed_file_does_not_show_its_secrets() {
    let file = SeedFile::from_json(json!({
        "resource_servers": [{ "identifier": "https://a.example/", "settings": { "signing_secret": "hidden" } }],
        "clients": [{
            "name": "Portal",
            "client_secret": "hidden",
            "settings": { "encryption_key": { "pub": "hidden" } },
        }],
        "connections": [{ "name": "acme", "strategy": "oidc", "options": { "client_secret": "hidden" } }],
        "users": [{ "email": "ann@example.com", "password": "hidden", "app_metadata": { "key": "hidden" } }],
        "actions": [{ "name": "stamp", "code": "hidden", "secrets": { "key": "hidden" } }],
    }));
    let shown = format!("{:?}", file.unwrap());
    assert!(
        ["Portal", "acme", "ann@example.com", "stamp"].iter().all(|name| shown.contains(name)),
        "{shown}"
    );
    assert!(!shown.contains("hidden"), "{shown}");
}

/// Randomness that keeps whoever asks first waiting, once it is told to: a password's salt is drawn when it is hashed.
struct Door {
    random: SeededRandom,
    is_shut: AtomicBool,
    reached: Notify,
    opened: (Mutex<bool>, Condvar),
}

impl Random for Door {
    fn fill(&self, bytes: &mut [u8]) {
        if self.is_shut.swap(false, Ordering::SeqCst) {
            self.reached.notify_one();
            let (is_open, opened) = &self.opened;
            let waiting = opened.wait_timeout_while(is_open.lock().unwrap(), PATIENCE, |is_open| !*is_open);
            drop(waiting.unwrap());
        }
        self.random.fill(bytes);
    }
}

const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_seed_is_made_ready_everybody_else_is_answered() {
    let door = Arc::new(Door {
        random: SeededRandom::new(1),
        is_shut: AtomicBool::new(false),
        reached: Notify::new(),
        opened: (Mutex::new(false), Condvar::new()),
    });
    let wire = Wire::of(FakeAuth0::builder().random(door.clone()).start().await.unwrap()).await;
    let seed = json!({ "users": [{ "email": "ann@example.com", "password": PASSWORD }] });
    door.is_shut.store(true, Ordering::SeqCst);
    let plant = wire.control(Method::POST, "/seed", Some(seed));
    let meanwhile = async {
        door.reached.notified().await;
        let made = tokio::time::timeout(PATIENCE / 2, wire.add_user("bo@example.com")).await;
        *door.opened.0.lock().unwrap() = true;
        door.opened.1.notify_all();
        made.expect("nothing is locked meanwhile").unwrap().status().as_u16()
    };
    let ((planted, _), made) = tokio::join!(plant, meanwhile);
    assert_eq!((planted.as_u16(), made), (204, 201));
    assert_eq!(wire.users().await, ["ann@example.com", "bo@example.com"]);
}

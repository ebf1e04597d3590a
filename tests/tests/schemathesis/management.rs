//! The fake's Management API.

use std::process::Command;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tenantry_fake::{Fake, FakeConfig, Seed, SeedClient, SeedClientKind};
use tenantry_system::{SystemClock, SystemRandom};
use tenantry_tests::output;

/// What Auth0 has and the provider has not is answered 501 by design, with a body that says so.
const SETTINGS: &str =
    "[checks.not_a_server_error]\nexpected-statuses = [\"2xx\", \"3xx\", \"4xx\", \"501\"]\n";

/// Requests of each operation and phase. More find more, and take longer.
const EXAMPLES: &str = "60";

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_the_description_allows_or_forbids_is_answered_by_a_server_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer: url::Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let description = description(&issuer);
    let service = SeedClient {
        name: "Service".to_owned(),
        callbacks: Vec::new(),
        logout_urls: Vec::new(),
        initiate_login_uri: None,
        backchannel_logout_url: None,
        kind: SeedClientKind::MachineToMachine { scopes: scopes(&description) },
        client_id: None,
        client_secret: None,
    };
    let seed = Seed { clients: vec![service], ..Seed::default() };
    let config = FakeConfig {
        issuer: issuer.clone(),
        trial_days: 1,
        action_run_time: FakeConfig::ACTION_RUN_TIME,
        seed,
    };
    let fake = Fake::in_memory(config, Arc::new(SystemClock), Arc::new(SystemRandom)).unwrap();
    let serving = tokio::spawn(axum::serve(listener, fake.router()).into_future());
    let token = token(&fake, &issuer).await;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, description.to_string()).unwrap();
    std::fs::write(folder.path().join("schemathesis.toml"), SETTINGS).unwrap();
    let program = output::target().join("sdks/python/bin/schemathesis");
    let run = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(program);
        command
            .current_dir(folder.path())
            .args(["run", "openapi.json", "--max-examples", EXAMPLES, "--seed", "1", "--workers", "2"])
            // Its phase "coverage" ends in an error of its own now and then, when the machine is busy.
            .args(["--phases", "examples,fuzzing", "--no-color"])
            // Who revokes the key that signed the token is answered 401 from then on.
            .args(["--exclude-path-regex", "^/keys/signing"])
            .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"])
            .args(["--checks", "response_schema_conformance,ignored_auth"])
            .arg("--url")
            .arg(format!("{issuer}api/v2"))
            .arg("--header")
            .arg(format!("Authorization: Bearer {token}"));
        command.output()
    });
    let output = run.await.unwrap().expect("schemathesis runs: `cargo xtask test` installs it");
    serving.abort();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The description of what a provider at this address serves.
fn description(issuer: &url::Url) -> Value {
    let config = FakeConfig {
        issuer: issuer.clone(),
        trial_days: 1,
        action_run_time: FakeConfig::ACTION_RUN_TIME,
        seed: Seed::default(),
    };
    Fake::in_memory(config, Arc::new(SystemClock), Arc::new(SystemRandom)).unwrap().openapi()
}

/// Every scope that an operation asks for.
fn scopes(description: &Value) -> Vec<String> {
    let operations =
        description["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
    let mut scopes: Vec<String> = operations
        .flat_map(|(_, operation)| operation["x-scopes"].as_object().unwrap().values())
        .flat_map(|scopes| scopes.as_array().unwrap())
        .map(|scope| scope.as_str().unwrap().to_owned())
        .chain(["create:organization_connections", "read:organization_member_roles"].map(str::to_owned))
        .collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

async fn token(fake: &Fake, issuer: &url::Url) -> String {
    let client = fake.client("Service").unwrap();
    let body = json!({
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.client_secret.expose_secret(),
        "audience": format!("{issuer}api/v2/"),
    });
    let answer = reqwest::Client::builder().build().unwrap().post(format!("{issuer}oauth/token")).json(&body);
    let answer: Value = answer.send().await.unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

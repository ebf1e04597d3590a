//! The product's own API, as an Administrator's program calls it.

use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use tenantry::cli::ServeArguments;
use tenantry::{Product, Settings};
use tenantry_system::{SystemClock, SystemRandom};
use tenantry_tests::output;
use tenantry_tests::visitor::Visitor;
use url::Url;

/// Requests of each operation and phase. More find more, and take longer.
const EXAMPLES: &str = "30";

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_answered_by_what_the_description_does_not_say() {
    let arguments = ServeArguments {
        listen: Some("127.0.0.1:0".to_owned()),
        fake_listen: Some("127.0.0.1:0".to_owned()),
        ephemeral: true,
        ..ServeArguments::default()
    };
    let settings = Settings::read(&arguments, []).unwrap();
    let product = Product::start(settings, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap();
    let site = product.addresses().product.clone();
    let (mut ann, token) = administrator(&site).await;
    let cookie = ann.cookies.header(&site).unwrap().to_str().unwrap().to_owned();

    let folder = tempfile::tempdir().unwrap();
    let description = tenantry_web::description().to_string();
    std::fs::write(folder.path().join("openapi.json"), description).unwrap();
    let program = output::target().join("sdks/python/bin/schemathesis");
    let run = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(program);
        command
            .current_dir(folder.path())
            .args(["run", "openapi.json", "--max-examples", EXAMPLES, "--seed", "1", "--workers", "2"])
            .args(["--phases", "examples,fuzzing", "--no-color"])
            // It finds names and ids in answers and sends them back, and whoever has no session is answered 401
            // from then on.
            .args(["--exclude-operation-id", "endSession", "--exclude-operation-id", "deleteOrganization"])
            .args(["--exclude-operation-id", "deleteMe", "--exclude-operation-id", "endMySession"])
            .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"])
            .args(["--checks", "response_schema_conformance", "--url", site.as_str().trim_end_matches('/')])
            .arg("--header")
            .arg(format!("Cookie: {cookie}"))
            .arg("--header")
            .arg(format!("X-CSRF-Token: {token}"));
        command.output()
    });
    let output = run.await.unwrap().expect("schemathesis runs: `cargo xtask test` installs it");
    let is_signed_in = ann.go("/api/v1/session").await.unwrap().status.is_success();
    product.stop().await;
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(is_signed_in, "the session has ended on the way, so that little was tried");
}

/// Somebody who runs an organization, with the token of their session.
async fn administrator(site: &Url) -> (Visitor, String) {
    let mut ann = Visitor::new().unwrap();
    ann.sign_up(site, "ann@example.com").await.unwrap();
    ann.pay(site, "team").await.unwrap();
    ann.name_organization("acme").await.unwrap();
    let session: Value = serde_json::from_str(&ann.go("/api/v1/session").await.unwrap().body).unwrap();
    let token = session["csrf_token"].as_str().unwrap().to_owned();
    (ann, token)
}

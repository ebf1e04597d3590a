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

/// A product to try.
pub(super) struct Running {
    pub(super) site: Url,
    product: Product,
}

impl Running {
    pub(super) async fn start() -> Self {
        let arguments = ServeArguments {
            listen: Some("127.0.0.1:0".to_owned()),
            fake_listen: Some("127.0.0.1:0".to_owned()),
            ephemeral: true,
            ..ServeArguments::default()
        };
        let settings = Settings::read(&arguments, []).unwrap();
        let product = Product::start(settings, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap();
        Self { site: product.addresses().product.clone(), product }
    }

    pub(super) async fn stop(self) {
        self.product.stop().await;
    }

    /// Sends what the description allows and forbids, with the session of this person.
    pub(super) async fn try_out(
        &self,
        person: &Visitor,
        token: &str,
        description: &Value,
        arguments: &[&str],
    ) {
        let cookie = person.cookies.header(&self.site).unwrap().to_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("openapi.json"), description.to_string()).unwrap();
        let mut command = Command::new(output::target().join("sdks/python/bin/schemathesis"));
        command
            .current_dir(folder.path())
            .args(["run", "openapi.json", "--seed", "1", "--workers", "2", "--no-color"])
            .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"])
            .args([
                "--checks",
                "response_schema_conformance",
                "--url",
                self.site.as_str().trim_end_matches('/'),
            ])
            .args(["--header", &format!("Cookie: {cookie}"), "--header", &format!("X-CSRF-Token: {token}")])
            .args(arguments);
        let run = tokio::task::spawn_blocking(move || command.output());
        let output = run.await.unwrap().expect("schemathesis runs: `cargo xtask test` installs it");
        println!("{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_answered_by_what_the_description_does_not_say() {
    let running = Running::start().await;
    let mut ann = Visitor::new().unwrap();
    ann.sign_up(&running.site, "ann@example.com").await.unwrap();
    ann.pay(&running.site, "team").await.unwrap();
    ann.name_organization("acme").await.unwrap();
    let token = token(&mut ann).await;
    let description = tenantry_web::description();
    // It finds names and ids in answers and sends them back, and whoever has no session is answered 401 from then on:
    // these have tests of their own.
    let endings = ["endSession", "deleteOrganization", "deleteMe", "endMySession"];
    let mut arguments = vec!["--max-examples", EXAMPLES, "--phases", "examples,fuzzing"];
    arguments.extend(endings.iter().flat_map(|id| ["--exclude-operation-id", *id]));
    running.try_out(&ann, &token, &description, &arguments).await;
    let is_signed_in = ann.go("/api/v1/session").await.unwrap().status.is_success();
    assert!(is_signed_in, "the session has ended on the way, so that little was tried");
    running.stop().await;
}

/// The token of their session.
pub(super) async fn token(person: &mut Visitor) -> String {
    let session: Value = serde_json::from_str(&person.go("/api/v1/session").await.unwrap().body).unwrap();
    session["csrf_token"].as_str().unwrap().to_owned()
}

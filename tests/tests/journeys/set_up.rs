//! From an empty tenant to the whole journey: set-up writes the variables, the check is content, and people come.

use std::net::TcpListener;
use std::process::Output;

use tempfile::TempDir;
use tenantry_tests::product::{Product, command};
use tenantry_tests::provider::EmptyProvider;
use url::Url;

use crate::person::Person;

/// `tenantry auth0` with these arguments, in this folder.
fn auth0(folder: &TempDir, arguments: &[&str]) -> Output {
    let output = command(folder.path()).arg("auth0").args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tenantry auth0 {} ended with {}:\n{told}", arguments[0], output.status);
    output
}

#[tokio::test]
async fn an_empty_tenant_runs_the_whole_journey() {
    let (provider, folder) = (EmptyProvider::start(), TempDir::new().unwrap());
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base_url = format!("http://localhost:{port}");
    let variables = folder.path().join(".env");
    let file = variables.to_str().unwrap();
    let set_up = [
        "setup",
        "--domain",
        provider.issuer(),
        "--client-id",
        provider.client_id(),
        "--client-secret",
        provider.client_secret(),
        "--base-url",
        &base_url,
        "--yes",
        "--env-out",
        file,
    ];
    auth0(&folder, &set_up);
    auth0(&folder, &["check", "--env-file", file]);

    let product = Product::start_with_variables(&variables, &format!("127.0.0.1:{port}"));
    assert_eq!(product.site, Url::parse(&base_url).unwrap());
    let ann = Person::visits(&product.site, "ann@example.com").await;
    ann.browser.press("Start Free Trial").await;
    // Identifier first, as set-up has it: sign-up is a page of its own all the same.
    ann.signs_up().await;
    ann.browser.says("You have 1 day left on your trial subscription").await;
    let [plan, _, status] = ann.subscription().await;
    assert_eq!(
        [plan.as_str(), status.as_str()],
        ["trial", "active"],
        "the first Action put it into the token"
    );
    ann.buys("Team").await;
    ann.names_organization("acme-1").await;
    ann.browser.arrives_at("/home").await;
    ann.browser.says("You are learning with acme-1").await;
    let claims = ann.claims().await;
    assert_eq!(
        claims["member_roles"][0], "Administrator",
        "the second Action put it into the token: {claims}"
    );
    ann.opens("/admin/members").await;
    let row = ann.browser.find("main tbody tr").await.text().await.unwrap();
    assert!(row.contains("ann@example.com") && row.contains("Administrator"), "{row}");
    ann.signs_out().await;
    ann.browser.arrives_at("/").await;

    let again = auth0(&folder, &[&set_up[..], &["--json"]].concat());
    let lines = String::from_utf8(again.stdout).unwrap();
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            line.get("change").is_none_or(|change| change == "none"),
            "run again it changes nothing: {line}"
        );
    }
    auth0(&folder, &["check", "--env-file", file]);
}

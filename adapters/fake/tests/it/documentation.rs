//! The tables of docs/fake are what the provider says of itself.

use std::fmt::Write as _;
use std::path::Path;

use reqwest::Method;
use serde_json::Value;

use crate::wire::Wire;

/// What `cargo xtask docs` sets, to have the tables written.
const RENEW: &str = "TENANTRY_RENEW_DOCS";
const BEGIN: &str = "<!-- table: written by cargo xtask docs -->\n";
const END: &str = "<!-- end of table -->";

/// Holds the table of a page against what it must be, or writes it.
fn check(page: &str, table: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/fake").join(page);
    let committed = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = committed.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(&file, wanted).unwrap();
    } else {
        assert!(committed == wanted, "docs/fake/{page} is out of date: `cargo xtask docs` renews it");
    }
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

#[tokio::test]
async fn the_page_on_coverage_is_true() {
    let wire = Wire::start().await;
    let (_, coverage) = wire.control(Method::GET, "/coverage", None).await;
    let rows = coverage.as_array().unwrap();
    let mut table = String::new();
    let parts = [("Authentication API and pages", false), ("Management API", true)];
    for (title, is_management) in parts {
        let of_part = rows.iter().filter(|row| text(row, "route").starts_with("/api/v2/") == is_management);
        let of_part: Vec<&Value> = of_part.collect();
        let known = |evidence: &str| of_part.iter().filter(|row| row["evidence"] == evidence).count();
        write!(
            table,
            "\n## {title}\n\n{} in all: {} recorded, {} documented, {} assumed.\n\n| | what | known from | note |\n|---|---|---|---|\n",
            of_part.len(),
            known("recorded"),
            known("documented"),
            known("assumed")
        )
        .unwrap();
        for row in of_part {
            let [method, route, summary, evidence, note] = ["method", "route", "summary", "evidence", "note"]
                .map(|name| text(row, name).replace('|', "\\|"));
            writeln!(table, "| `{method} {route}` | {summary} | {evidence} | {note} |").unwrap();
        }
    }
    table.push('\n');
    check("coverage.md", &table);
}

#[tokio::test]
async fn the_page_on_the_control_api_is_true() {
    let wire = Wire::start().await;
    let (_, description) = wire.control(Method::GET, "", None).await;
    let mut table = String::from("\n| | what | query or body |\n|---|---|---|\n");
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let query = operation["parameters"].as_array().into_iter().flatten();
            let query = query.filter(|parameter| parameter["in"] == "query").map(|query| text(query, "name"));
            let body = &operation["requestBody"]["content"]["application/json"]["schema"]["properties"];
            let body = body.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
            let names: Vec<String> = query.chain(body).map(|name| format!("`{name}`")).collect();
            let (method, names) = (method.to_uppercase(), names.join(", "));
            writeln!(table, "| `{method} {path}` | {} | {names} |", text(operation, "summary")).unwrap();
        }
    }
    table.push('\n');
    check("control-api.md", &table);
}

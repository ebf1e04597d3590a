//! The shape of the house: dependencies point inward only. What a room may use is written here, and nowhere else.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each room may use of the others in what it ships. Its tests may look further.
const ROOMS: [(&str, &[&str]); 18] = [
    ("tenantry-domain", &[]),
    ("tenantry-ports", &["domain"]),
    ("tenantry-application", &["domain", "ports"]),
    ("tenantry-look", &[]),
    // The engine that runs Actions knows nothing of who starts it.
    ("tenantry-actions", &[]),
    ("tenantry-serving", &[]),
    // Outbound adapters see the ports that they implement. `oidc` is shared by those that verify another issuer's tokens.
    ("tenantry-oidc", &["domain", "ports"]),
    ("tenantry-auth0", &["domain", "ports", "oidc"]),
    ("tenantry-keycloak", &["domain", "ports", "oidc"]),
    // One that a test starts by itself brings its own clock and randomness.
    ("tenantry-fake", &["domain", "ports", "oidc", "look", "actions", "serving", "system"]),
    ("tenantry-sql", &["domain", "ports"]),
    ("tenantry-checkout", &["domain", "ports"]),
    ("tenantry-dns", &["ports"]),
    ("tenantry-system", &["domain", "ports"]),
    // The inbound adapter calls use cases.
    ("tenantry-web", &["domain", "ports", "application", "look"]),
    // The one place that knows all adapters, and the tests that start it.
    (
        "tenantry",
        &[
            "domain",
            "ports",
            "application",
            "oidc",
            "auth0",
            "keycloak",
            "fake",
            "sql",
            "checkout",
            "dns",
            "serving",
            "system",
            "web",
        ],
    ),
    ("tenantry-tests", &["domain", "ports", "application", "oidc", "fake", "sql", "system", ""]),
    ("xtask", &[]),
];

/// What does I/O, or drives it: the core must compile without any of these.
const OUTSIDE: [&str; 9] = ["axum", "hyper", "lettre", "mio", "redb", "reqwest", "socket2", "sqlx", "tokio"];

#[test]
fn rooms_use_only_what_is_further_in() {
    let rooms: BTreeMap<_, _> = ROOMS.into_iter().collect();
    let mut faults = Vec::new();
    for (room, uses) in dependencies_between_rooms() {
        let Some(may_use) = rooms.get(room.as_str()) else {
            faults.push(format!("{room} is a new room: say here what it may use"));
            continue;
        };
        let may_use: BTreeSet<_> = may_use.iter().map(|short| full_name(short)).collect();
        faults.extend(uses.difference(&may_use).map(|used| format!("{room} must not use {used}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_core_does_no_io() {
    for room in ["tenantry-domain", "tenantry-ports"] {
        let tree =
            cargo(&["tree", "--package", room, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
        let packages: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(packages.contains(room), "the tree of {room} does not start with it:\n{tree}");
        let found: Vec<_> = OUTSIDE.iter().filter(|name| packages.contains(*name)).collect();
        assert!(found.is_empty(), "{room} depends on {found:?}");
    }
}

fn full_name(short: &str) -> String {
    if short.is_empty() { "tenantry".to_owned() } else { format!("tenantry-{short}") }
}

fn dependencies_between_rooms() -> Vec<(String, BTreeSet<String>)> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let rooms: BTreeSet<_> = packages.iter().map(name).collect();
    assert!(rooms.contains("tenantry-domain"), "cargo metadata lists {rooms:?}");
    let uses = |package: &Value| -> BTreeSet<String> {
        let ships = |dependency: &&Value| dependency["kind"].as_str() != Some("dev");
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        dependencies.filter(ships).map(name).filter(|used| rooms.contains(used)).collect()
    };
    packages.iter().map(|package| (name(package), uses(package))).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .arg("--offline")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

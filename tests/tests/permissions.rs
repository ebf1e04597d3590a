//! docs/permissions.md is what `domain` says: every permission, what it is, and which role has it. Whoever changes the
//! table of permissions sees it in the diff of that page.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "helpers of a test")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tenantry_domain::{Permission, Role};

/// What `cargo xtask docs` sets, to have the table written.
const RENEW: &str = "TENANTRY_RENEW_DOCS";
const PAGE: &str = "docs/permissions.md";
const SOURCE: &str = "domain/src/role.rs";
const BEGIN: &str = "<!-- table: written by cargo xtask docs -->\n";
const END: &str = "<!-- end of table -->";

#[test]
fn the_page_on_permissions_is_true() {
    let source = fs::read_to_string(root().join(SOURCE)).unwrap();
    let mut table = String::from("\n| what one may do |");
    for role in Role::ALL {
        write!(table, " {role} |").unwrap();
    }
    table.push_str("\n|---|");
    table.push_str(&"---|".repeat(Role::ALL.len()));
    for permission in Permission::ALL {
        let name = format!("{permission:?}");
        write!(table, "\n| {} (`{name}`) |", said_of(&source, &name)).unwrap();
        for role in Role::ALL {
            table.push_str(if role.permits(permission) { " yes |" } else { " no |" });
        }
    }
    table.push_str("\n\n");
    check(&table);
}

#[test]
fn every_permission_is_in_the_table() {
    let source = fs::read_to_string(root().join(SOURCE)).unwrap();
    let (_, rest) = source.split_once("pub enum Permission {").unwrap();
    let (variants, _) = rest.split_once("\n}").unwrap();
    let declared: Vec<_> = variants.lines().filter_map(|line| line.trim().strip_suffix(',')).collect();
    let listed: Vec<_> = Permission::ALL.iter().map(|permission| format!("{permission:?}")).collect();
    assert_eq!(declared, listed);
}

/// The words above a permission, without the full stop.
fn said_of(source: &str, name: &str) -> String {
    let (before, _) = source.split_once(&format!("\n    {name},\n")).unwrap();
    let lines = before.lines().rev().map(str::trim).map_while(|line| line.strip_prefix("/// "));
    let mut lines: Vec<_> = lines.collect();
    lines.reverse();
    lines.join(" ").trim_end_matches('.').to_owned()
}

/// Holds the table of the page against what it must be, or writes it.
fn check(table: &str) {
    let file = root().join(PAGE);
    let committed = fs::read_to_string(&file).unwrap();
    let (before, rest) = committed.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os(RENEW).is_some() {
        fs::write(&file, wanted).unwrap();
    } else {
        assert!(committed == wanted, "{PAGE} is out of date: `cargo xtask docs` renews it");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

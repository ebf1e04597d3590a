//! The table as `docs/faults.md` has it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::cell::{Call, Outcome};
use super::fault::{KINDS, Kind, Often};
use super::use_case::UseCase;

/// What `cargo xtask docs` sets, to have the table written.
const RENEW: &str = "TENANTRY_RENEW_DOCS";
const BEGIN: &str = "<!-- table: written by cargo xtask docs -->\n";
const END: &str = "<!-- end of table -->";

/// What came of every fault.
pub(super) type Table = BTreeMap<(UseCase, Call), BTreeMap<(Kind, Often), Outcome>>;

/// Holds the page against what it must be, or writes it.
pub(super) fn check(table: &Table) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/faults.md");
    let committed = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = committed.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", written(table));
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(&file, wanted).unwrap();
        return;
    }
    for (line, (is, must_be)) in committed.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(is, must_be, "docs/faults.md, line {}: `cargo xtask docs` renews it", line + 1);
    }
    assert!(committed == wanted, "docs/faults.md is out of date: `cargo xtask docs` renews it");
}

pub(super) fn written(table: &Table) -> String {
    let mut text = String::from("\n| column | the call ends in |\n|---|---|\n");
    for (_, head, meaning) in KINDS {
        writeln!(text, "| {head} | {meaning} |").unwrap();
    }
    let mut latest = None;
    for ((use_case, call), outcomes) in table {
        if latest != Some(use_case) {
            latest = Some(use_case);
            writeln!(text, "\n## {}\n", use_case.title()).unwrap();
            let heads: Vec<_> = columns(*use_case).map(|(_, head)| head).collect();
            let rule = "---|".repeat(heads.len());
            writeln!(text, "| call | {} |\n|---|{rule}", heads.join(" | ")).unwrap();
        }
        let cells: Vec<_> = columns(*use_case).map(|(kind, _)| cell(kind, outcomes)).collect();
        writeln!(text, "| {} | {} |", name(call), cells.join(" | ")).unwrap();
    }
    text.push('\n');
    text
}

fn columns(use_case: UseCase) -> impl Iterator<Item = (Kind, &'static str)> {
    let tried = KINDS.into_iter().filter(move |(kind, ..)| !use_case.tries(*kind).is_empty());
    tried.map(|(kind, head, _)| (kind, head))
}

fn name(call: &Call) -> String {
    let is_again = call.number > 1 && call.purpose.is_empty();
    let again = if is_again { " again" } else { "" };
    format!("`{} {}`{}{again}", call.method, call.route, call.purpose)
}

/// Once, then for ever; one word when both are the same.
fn cell(kind: Kind, outcomes: &BTreeMap<(Kind, Often), Outcome>) -> String {
    let word = |often| outcomes.get(&(kind, often)).map(|outcome| word(*outcome));
    match (word(Often::Once), word(Often::Always)) {
        (Some(once), Some(always)) if once != always => format!("{once} / {always}"),
        (Some(once), _) => once,
        (None, always) => always.map(|always| format!("/ {always}")).unwrap_or_default(),
    }
}

fn word(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unnoticed => "·".to_owned(),
        Outcome::AsBefore => "before".to_owned(),
        Outcome::NextTime => "next".to_owned(),
        Outcome::Refused(status) => status.to_string(),
    }
}

//! `cargo xtask mutate`: is the isolation matrix worth its name? One guard or filter after the other is taken out of a
//! copy of the committed sources; at least one cell must fail each time.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::shell;

/// One guard, and the same place without it.
struct Mutant {
    name: &'static str,
    file: &'static str,
    guard: &'static str,
    without: &'static str,
}

/// Every guard that keeps one tenant from another, or one role from what is another's.
const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "an Employee has every permission",
        file: "domain/src/role.rs",
        guard: "            | Self::ViewAuditLog => &[Administrator],",
        without: "            | Self::ViewAuditLog => &[Administrator, Employee],",
    },
    Mutant {
        name: "no role is asked for",
        file: "domain/src/actor.rs",
        guard: "if self.roles.permit(permission) { Ok(Administrator(self)) } else { Err(NotPermitted::Role) }",
        without: "let _ = permission; Ok(Administrator(self))",
    },
    Mutant {
        name: "the plan may be over",
        file: "application/src/authorize.rs",
        guard: "if is_open { Ok(()) } else { Err(AuthorizeError::PlanEnded) }",
        without: "let _ = is_open; Ok(())",
    },
    Mutant {
        name: "a form may come from anywhere",
        file: "adapters/web/src/csrf.rs",
        guard: "    if !is_ours(&app, request.headers()) {",
        without: "    if false && !is_ours(&app, request.headers()) {",
    },
    Mutant {
        name: "a form needs no token",
        file: "adapters/web/src/csrf.rs",
        guard: "        && !app.keys.is_token(session.as_str(), fields.text(\"csrf\")?)",
        without: "        && false && !app.keys.is_token(session.as_str(), fields.text(\"csrf\")?)",
    },
    Mutant {
        name: "what changed at the provider is not read again",
        file: "application/src/keep_fresh.rs",
        guard: "        now >= session.refreshed_at + FRESH_FOR",
        without: "        false && now >= session.refreshed_at + FRESH_FOR",
    },
];

/// Runs every mutant; fails when one of them passes unnoticed.
pub(crate) fn run(only: Option<&str>) -> Result<ExitCode> {
    let place = shell::target().join("mutate");
    let tree = place.join("tree");
    copy(&tree)?;
    let chosen: Vec<_> =
        MUTANTS.iter().filter(|mutant| only.is_none_or(|text| mutant.name.contains(text))).collect();
    ensure!(!chosen.is_empty(), "no mutant has such a name");
    println!("\nFirst without any change:");
    ensure!(failures(&place)?.is_empty(), "the matrix fails before anything is taken out");
    let mut unnoticed = Vec::new();
    for mutant in chosen {
        let file = tree.join(mutant.file);
        let source = fs::read_to_string(&file).with_context(|| format!("{} is gone", mutant.file))?;
        let found = source.matches(mutant.guard).count();
        ensure!(found == 1, "{}: the guard is there {found} times in {}", mutant.name, mutant.file);
        fs::write(&file, source.replace(mutant.guard, mutant.without))?;
        let failed = failures(&place);
        fs::write(&file, source)?;
        match failed?.as_slice() {
            [] => {
                println!("UNNOTICED  {}", mutant.name);
                unnoticed.push(mutant.name);
            }
            [first, rest @ ..] => println!("noticed    {}: {first} (and {} more)", mutant.name, rest.len()),
        }
    }
    if unnoticed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nNo cell fails without: {}", unnoticed.join("; "));
    Ok(ExitCode::FAILURE)
}

/// Puts a copy of what is committed there.
fn copy(tree: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(tree);
    fs::create_dir_all(tree)?;
    let mut archive = shell::program("git").args(["archive", "HEAD"]).stdout(Stdio::piped()).spawn()?;
    let stream = archive.stdout.take().context("its output is piped")?;
    let unpacked = Command::new("tar").arg("-x").current_dir(tree).stdin(stream).status()?;
    ensure!(archive.wait()?.success() && unpacked.success(), "the sources can't be copied");
    Ok(())
}

/// The cells that fail in the copy as it is now.
fn failures(place: &Path) -> Result<Vec<String>> {
    let mut test = shell::cargo("test");
    test.args(["--workspace", "--features", "tenantry-tests/process", "--test", "http", "isolation::matrix"]);
    test.current_dir(place.join("tree"))
        .env("CARGO_TARGET_DIR", place.join("build"))
        .env("RUST_BACKTRACE", "0");
    let output = test.stderr(Stdio::piped()).stdout(Stdio::piped()).output()?;
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    if !text.contains("test result:") {
        bail!("it does not build:\n{text}");
    }
    let is_fault = |line: &&str| {
        line.contains(" is right. ") || line.contains(": it ") || line.contains("answer differently")
    };
    let faults: Vec<_> = text.lines().filter(is_fault).map(shortened).collect();
    if faults.is_empty() && !output.status.success() {
        return Ok(vec!["a test fails before its cells".to_owned()]);
    }
    Ok(faults)
}

fn shortened(line: &str) -> String {
    line.split(" http://").next().unwrap_or(line).chars().take(160).collect()
}

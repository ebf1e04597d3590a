//! `cargo xtask mutate`: are the tests of isolation worth their name? One guard or filter after the other is taken out of
//! a copy of the committed sources; a cell of the matrix, or the test that is named beside it, must fail each time.

mod mutants;
mod plant;
mod sso;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use self::mutants::{Mutant, Noticed};
use crate::{shell, test as chore};

/// What the copy reads: which guard is out, and which cells are enough to tell.
const MUTANT: &str = "TENANTRY_MUTANT";
const CELLS: &str = "TENANTRY_ISOLATION_ONLY";
const MATRIX: &str = "isolation::matrix";
/// How many of the failures are shown for each mutant.
const SHOWN: usize = 4;

/// Runs every mutant; fails when one of them passes unnoticed.
pub(crate) fn run(only: Option<&str>) -> Result<ExitCode> {
    let tree = shell::target().join("mutate/tree");
    copy(&tree)?;
    let chosen: Vec<_> =
        mutants::all().filter(|mutant| only.is_none_or(|text| mutant.name.contains(text))).collect();
    ensure!(!chosen.is_empty(), "no mutant has such a name");
    // All of them are planted at once, and asleep until one is named: the copy is built once.
    plant::all(&tree, &chosen)?;
    println!("\nFirst with every guard in its place:");
    let awake = failures(&tree, &chosen, only.is_some())?;
    ensure!(awake.is_empty(), "fails before anything is taken out: {}", awake.join("\n"));
    let mut unnoticed = Vec::new();
    for mutant in chosen {
        let failed = failures_without(&tree, mutant)?;
        if failed.is_empty() {
            println!("UNNOTICED  {}", mutant.name);
            unnoticed.push(mutant.name);
            continue;
        }
        println!("noticed    {}", mutant.name);
        failed.iter().take(SHOWN).for_each(|line| println!("             {line}"));
        if let Some(more @ 1..) = failed.len().checked_sub(SHOWN) {
            println!("             and {more} more");
        }
    }
    if unnoticed.is_empty() {
        println!("\nall noticed");
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nNothing fails without: {}", unnoticed.join("; "));
    Ok(ExitCode::FAILURE)
}

/// Puts a copy of what is committed there. It is as new as it is now: cargo goes by the time.
fn copy(tree: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(tree);
    fs::create_dir_all(tree)?;
    let mut archive = shell::program("git").args(["archive", "HEAD"]).stdout(Stdio::piped()).spawn()?;
    let stream = archive.stdout.take().context("its output is piped")?;
    let unpacked = Command::new("tar").arg("-xm").current_dir(tree).stdin(stream).status()?;
    ensure!(archive.wait()?.success() && unpacked.success(), "the sources can't be copied");
    Ok(())
}

/// What fails with all of them asleep: of the whole matrix, or of the cells that are needed when only some are chosen, and
/// of every test that is named beside one.
fn failures(tree: &Path, chosen: &[&Mutant], is_part: bool) -> Result<Vec<String>> {
    let (mut cells, mut http, mut contracts, mut sign_in) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for mutant in chosen {
        match mutant.noticed {
            Noticed::Cells(text) => cells.push(text),
            Noticed::Test(name) => http.push(name),
            Noticed::Contract(name) => contracts.push(name),
            Noticed::SignIn(name) => sign_in.push(name),
        }
    }
    if !cells.is_empty() {
        http.push(MATRIX);
    }
    let mut failed = Vec::new();
    if !http.is_empty() {
        let mut test = test(tree, "http", &http);
        if is_part {
            test.env(CELLS, cells.join("|"));
        }
        failed.extend(failed_lines(&mut test)?);
    }
    for (target, names) in [("contract", contracts), ("sign_in", sign_in)] {
        if !names.is_empty() {
            failed.extend(failed_lines(&mut test(tree, target, &names))?);
        }
    }
    Ok(failed)
}

/// What fails without one guard.
fn failures_without(tree: &Path, mutant: &Mutant) -> Result<Vec<String>> {
    let mut test = match mutant.noticed {
        Noticed::Cells(_) => test(tree, "http", &[MATRIX]),
        Noticed::Test(name) => test(tree, "http", &[name]),
        Noticed::Contract(name) => test(tree, "contract", &[name]),
        Noticed::SignIn(name) => test(tree, "sign_in", &[name]),
    };
    if let Noticed::Cells(cells) = mutant.noticed {
        test.env(CELLS, cells);
    }
    failed_lines(test.env(MUTANT, mutant.name))
}

fn test(tree: &Path, target: &str, names: &[&str]) -> Command {
    // The features and the folder are those of `cargo xtask test`: what it has built of other people's is not built again.
    let mut test = chore::long();
    test.args(["--test", target, "--"]).args(names);
    test.current_dir(tree)
        .env("CARGO_TARGET_DIR", shell::target())
        .env("RUST_BACKTRACE", "0")
        .env("CARGO_INCREMENTAL", "0")
        .env_remove(MUTANT)
        .env_remove(CELLS);
    test
}

/// The cells that fail, or else the tests.
fn failed_lines(test: &mut Command) -> Result<Vec<String>> {
    let output = test.stderr(Stdio::piped()).stdout(Stdio::piped()).output()?;
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    if !text.contains("test result:") {
        bail!("it does not build:\n{text}");
    }
    ensure!(text.lines().any(|line| line.starts_with("test ")), "no test has such a name:\n{text}");
    let is_cell = |line: &&str| {
        line.contains(" is right. ") || line.contains(": it ") || line.contains("answer differently")
    };
    let cells: Vec<_> = text.lines().filter(is_cell).map(shortened).collect();
    if !cells.is_empty() {
        return Ok(cells);
    }
    let failed = text.lines().filter(|line| line.starts_with("test ") && line.ends_with("FAILED"));
    Ok(failed.map(str::to_owned).collect())
}

fn shortened(line: &str) -> String {
    line.split(" http://").next().unwrap_or(line).chars().take(160).collect()
}

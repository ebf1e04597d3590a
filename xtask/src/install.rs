//! Installing what the tests need and the toolchain does not bring.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell;

/// The one version of cargo-deny that deny.toml is written for.
const CARGO_DENY: &str = "0.20.2";

/// Debian's Chromium with the driver of the same version, and the font of the pictures (tests/fonts.conf).
pub(crate) fn chromium() -> Result<()> {
    let inter = "/usr/share/fonts/opentype/inter/Inter-Regular.otf";
    debian(&[("chromium", "chromium"), ("chromedriver", "chromium-driver"), (inter, "fonts-inter")])
}

/// The load generator of the benchmarks.
pub(crate) fn wrk() -> Result<()> {
    debian(&[("wrk", "wrk")])
}

/// The accessibility rules, at the version that tests/package-lock.json pins.
pub(crate) fn axe() -> Result<()> {
    let tests = shell::root().join("tests");
    if is_current(&tests)? {
        return Ok(());
    }
    debian(&[("npm", "npm")])?;
    let mut npm = shell::program("npm");
    npm.current_dir(&tests).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    shell::run(&mut npm)
}

// npm keeps its own copy of the lock file beside what it installed.
fn is_current(tests: &std::path::Path) -> Result<bool> {
    let wanted =
        std::fs::read_to_string(tests.join("package-lock.json")).context("tests/package-lock.json")?;
    let installed =
        std::fs::read_to_string(tests.join("node_modules/.package-lock.json")).unwrap_or_default();
    let integrity =
        |lock: &str| lock.lines().filter(|line| line.contains("\"integrity\"")).map(str::to_owned).collect();
    let (wanted, installed): (Vec<String>, Vec<String>) = (integrity(&wanted), integrity(&installed));
    Ok(wanted == installed)
}

/// cargo-deny, built once into the target directory unless it is there or installed already.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    if let Some(deny) = installed_cargo_deny() {
        return Ok(deny);
    }
    let package = format!("cargo-deny@{CARGO_DENY}");
    let mut install = shell::program("cargo");
    // Without optimization it is built in half the time, and still checks this workspace in seconds.
    install
        .args(["install", "--locked", "--debug", "--root"])
        .arg(shell::target().join("tools"))
        .arg(&package);
    shell::run(&mut install)?;
    installed_cargo_deny().with_context(|| format!("{package} was installed but does not run"))
}

/// cargo-deny of the right version, if it is there already.
pub(crate) fn installed_cargo_deny() -> Option<PathBuf> {
    let own = shell::target().join("tools/bin/cargo-deny");
    [Some(own), shell::find("cargo-deny")].into_iter().flatten().find(|deny| {
        deny.is_file()
            && shell::read(shell::program(deny).arg("--version"))
                .is_ok_and(|text| text.trim().ends_with(CARGO_DENY))
    })
}

/// Installs the Debian packages whose command, or file, is missing.
fn debian(commands: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> = commands
        .iter()
        .filter(|(command, _)| shell::find(command).is_none())
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("install by hand what these Debian packages bring: {}", missing.join(" "));
    if shell::find("apt-get").is_none() {
        bail!("there is no apt-get here; {by_hand}");
    }
    let is_root = shell::read(shell::program("id").arg("-u"))?.trim() == "0";
    if !is_root && shell::find("sudo").is_none() {
        bail!("neither root nor sudo; {by_hand}");
    }
    let apt = || {
        let mut apt = shell::program(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            // Never waits for a password that nobody is there to type.
            apt.args(["--non-interactive", "apt-get"]);
        }
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    shell::run(apt().args(["update", "--quiet"])).with_context(|| by_hand.clone())?;
    shell::run(apt().args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing))
        .context(by_hand)
}

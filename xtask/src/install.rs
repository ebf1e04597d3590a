//! Installing what the tests need and the toolchain does not bring.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell;

/// The one version of cargo-deny that deny.toml is written for.
const CARGO_DENY: &str = "0.20.2";

/// Debian's Chromium with the driver of the same version, and the font of the pictures (tests/fonts.conf).
pub(crate) fn chromium() -> Result<()> {
    let inter = "/usr/share/fonts/opentype/inter/Inter-Regular.otf";
    debian(&[("chromium", "chromium"), ("chromedriver", "chromium-driver"), (inter, "fonts-inter")])
}

/// A PostgreSQL server, of which the tests start one of their own. Debian keeps its programs off the search path, but one.
pub(crate) fn postgres() -> Result<()> {
    let folder = Path::new("/usr/lib/postgresql");
    let is_installed = std::fs::read_dir(folder)
        .is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").is_file()));
    if is_installed { Ok(()) } else { debian(&[("initdb", "postgresql")]) }
}

/// The load generator of the benchmarks.
pub(crate) fn wrk() -> Result<()> {
    debian(&[("wrk", "wrk")])
}

/// The accessibility rules, at the version that tests/package-lock.json pins.
pub(crate) fn axe() -> Result<()> {
    packages_of_node(&shell::root().join("tests"))
}

/// The clients for Node.js, at the versions that tests/sdks/package-lock.json pins.
pub(crate) fn node_clients() -> Result<()> {
    debian(&[("node", "nodejs")])?;
    let version = shell::read(shell::program("node").arg("--version"))?;
    if node_is_recent(&version) {
        packages_of_node(&shell::root().join("tests/sdks"))
    } else {
        let version = version.trim();
        bail!(
            "Auth0's clients need Node.js 20.19 or later, and this is {version}; install a later one by hand"
        )
    }
}

// 20.19 is the first that loads modules of the newer kind from those of the older one.
fn node_is_recent(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(|number| number.parse().ok());
    let (major, minor): (Option<u32>, Option<u32>) = (numbers.next().flatten(), numbers.next().flatten());
    (major, minor) >= (Some(20), Some(19))
}

/// Auth0's client for Python, and what else tests/sdks/python/requirements.txt pins, in an environment of its own.
pub(crate) fn python_clients() -> Result<()> {
    let requirements = shell::root().join("tests/sdks/python/requirements.txt");
    let environment = shell::target().join("sdks/python");
    let installed = environment.join("installed-requirements.txt");
    let wanted = std::fs::read(&requirements).context("tests/sdks/python/requirements.txt")?;
    if std::fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    debian(&[("python3", "python3")])?;
    // Debian has the command without what it needs to make environments.
    if shell::read(shell::program("python3").args(["-m", "ensurepip", "--version"])).is_err() {
        debian(&[("ensurepip", "python3-venv")])?;
    }
    shell::run(shell::program("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    let mut pip = shell::program(environment.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    shell::run(pip.args(["--require-hashes", "--requirement"]).arg(&requirements))
        .context("the versions are pinned for Python 3.11 or later")?;
    std::fs::write(&installed, wanted).context("a note of what was installed")
}

// Nothing that a package wants to run while it is installed is run.
fn packages_of_node(folder: &Path) -> Result<()> {
    if is_current(folder)? {
        return Ok(());
    }
    debian(&[("npm", "npm")])?;
    let mut npm = shell::program("npm");
    npm.current_dir(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    shell::run(&mut npm)
}

// npm keeps its own copy of the lock file beside what it installed.
fn is_current(folder: &Path) -> Result<bool> {
    let lock = folder.join("package-lock.json");
    let wanted = std::fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    let installed =
        std::fs::read_to_string(folder.join("node_modules/.package-lock.json")).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_is_known_by_its_version() {
        for old in ["v18.20.4\n", "v20.18.9\n", "", "something else"] {
            assert!(!node_is_recent(old), "{old:?}");
        }
        for recent in ["v20.19.0\n", "v20.20.2\n", "v22.0.1\n", "v26.1.0\n"] {
            assert!(node_is_recent(recent), "{recent:?}");
        }
    }
}

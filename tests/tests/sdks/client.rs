//! A client's script as a program of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tenantry_tests::output;
use tokio::process::Command;
use tokio::time::timeout;

use crate::provider::Provider;

/// Longer than any of them takes on two busy cores.
const PATIENCE: Duration = Duration::from_mins(5);

/// Runs a script of `tests/sdks` with Node.js and the packages that are installed there.
pub(crate) async fn node(script: &str, provider: &Provider) {
    run(Command::new("node").arg(scripts().join(script)), script, provider).await;
}

/// Runs a script of `tests/sdks` with the Python, and its packages, that are installed in the target directory.
pub(crate) async fn python(script: &str, provider: &Provider) {
    let python = output::target().join("sdks/python/bin/python");
    run(Command::new(python).arg("-B").arg(scripts().join(script)), script, provider).await;
}

/// Runs a test of `docs/fake/examples` with Node.js' own runner, beside the packages that are installed for the scripts.
pub(crate) async fn node_example(example: &str, provider: &Provider) {
    let folder = tempfile::tempdir().unwrap();
    let test = folder.path().join("example.test.mjs");
    std::fs::copy(examples().join(example), &test).unwrap();
    // Node.js looks for packages in the folders above a module and nowhere else.
    std::os::unix::fs::symlink(scripts().join("node_modules"), folder.path().join("node_modules")).unwrap();
    run(Command::new("node").arg("--test").arg(test), example, provider).await;
}

/// Runs a test of `docs/fake/examples` with pytest.
pub(crate) async fn python_example(example: &str, provider: &Provider) {
    let python = output::target().join("sdks/python/bin/python");
    let mut command = Command::new(python);
    command.args(["-B", "-m", "pytest", "-p", "no:cacheprovider"]).arg(examples().join(example));
    run(&mut command, example, provider).await;
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/fake/examples")
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sdks")
}

// What it prints is shown by the test that fails, and by `--nocapture`.
async fn run(command: &mut Command, script: &str, provider: &Provider) {
    let child = command.envs(provider.environment()).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = timeout(PATIENCE, child)
        .await
        .unwrap_or_else(|_| panic!("{script} is not done after {PATIENCE:?}"))
        .unwrap_or_else(|error| panic!("{script} does not start: {error}. `cargo xtask test` installs it"));
    println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script} ended with {}", output.status);
}

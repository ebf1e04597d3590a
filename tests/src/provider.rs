//! The built `tenantry fake` as a process of its own.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use crate::product::{command, lines_of};

/// How long a start may take on a busy machine before it counts as hung.
const PATIENCE: Duration = Duration::from_secs(20);

/// A provider with nothing in it but one application that may call its whole Management API. Ends with the value.
#[derive(Debug)]
pub struct EmptyProvider {
    child: Child,
    variables: BTreeMap<String, String>,
    _directory: TempDir,
}

impl EmptyProvider {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let directory = TempDir::with_prefix("tenantry-").expect("a temporary directory");
        let mut command = command(directory.path());
        command.args(["fake", "--empty", "--listen", "127.0.0.1:0"]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the provider starts");
        let log = Arc::<Mutex<String>>::default();
        let output = lines_of(child.stdout.take().expect("its output is piped"), &log);
        let _ = lines_of(child.stderr.take().expect("its errors are piped"), &log);
        let mut variables = BTreeMap::new();
        while !variables.contains_key("AUTH0_M2M_CLIENT_SECRET") {
            let Ok(line) = output.recv_timeout(PATIENCE) else {
                let _ = child.kill();
                panic!("the provider did not say how to use it: {variables:?}");
            };
            variables.extend(line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        Self { child, variables, _directory: directory }
    }

    /// Where it is.
    pub fn issuer(&self) -> &str {
        self.variable("AUTH0_ISSUER_BASE_URL")
    }

    /// The id of its only application.
    pub fn client_id(&self) -> &str {
        self.variable("AUTH0_M2M_CLIENT_ID")
    }

    /// That application's secret.
    pub fn client_secret(&self) -> &str {
        self.variable("AUTH0_M2M_CLIENT_SECRET")
    }

    fn variable(&self, name: &str) -> &str {
        self.variables.get(name).map_or_else(|| panic!("it did not print {name}"), String::as_str)
    }
}

impl Drop for EmptyProvider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

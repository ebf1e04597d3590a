//! A company's own identity provider that is not ours: npm `oidc-provider`, as a process of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::product::lines_of;

/// How long a start may take on a busy machine before it counts as hung.
const PATIENCE: Duration = Duration::from_secs(20);

/// As whom the product comes to it.
pub const CLIENT: &str = "tenantry-at-acme";
/// What proves that.
pub const SECRET: &str = "the-secret-of-tenantry-at-acme";

/// Somebody who has an account there.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// Their address.
    pub email: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// Their password.
    pub password: &'static str,
}

/// A running provider. Ends with the value, and with this process in any case.
#[derive(Debug)]
pub struct Company {
    child: Child,
    /// Where it is.
    pub issuer: Url,
}

impl Company {
    /// Starts one on a free port that knows these people, and the product by this address to come back to.
    pub fn start(redirect_uri: &Url, people: &[Account]) -> Self {
        let person = |account: &Account| json!({ "email": account.email, "name": account.name, "password": account.password });
        let settings = json!({
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uri": redirect_uri,
            "people": people.iter().map(person).collect::<Vec<_>>(),
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdks/upstream/company.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(settings.to_string());
        // It reads until this process is gone.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("Node.js: `cargo xtask test` installs it");
        let log = Arc::<Mutex<String>>::default();
        let output = lines_of(child.stdout.take().expect("its output is piped"), &log);
        let _ = lines_of(child.stderr.take().expect("its errors are piped"), &log);
        let Some(issuer) = output.recv_timeout(PATIENCE).ok().and_then(|line| Url::parse(&line).ok()) else {
            let _ = child.kill();
            let log = log.lock().map(|log| log.clone()).unwrap_or_default();
            panic!(
                "the company's provider does not start; `cargo xtask test` installs its packages. It said:\n{log}"
            );
        };
        Self { child, issuer }
    }

    /// Where it describes itself.
    pub fn discovery(&self) -> Url {
        self.issuer.join(".well-known/openid-configuration").expect("a path")
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

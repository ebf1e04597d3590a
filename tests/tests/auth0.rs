//! `tenantry auth0` as people type it: from an empty tenant to a running product, with nothing but the command.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use reqwest::redirect::Policy;
use serde_json::Value;
use tempfile::TempDir;
use tenantry_tests::product::command;
use tenantry_tests::visitor::Visitor;
use url::Url;

/// How long a start may take on a busy machine before it counts as hung.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process of the command; ends with the value.
struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let output: Box<dyn Read + Send> = Box::new(child.stdout.take().unwrap());
        // Reads to the end of the process: a pipe that nobody empties would stop it.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { child, lines }
    }

    /// What follows this text at the beginning of a line.
    fn says(&self, beginning: &str) -> String {
        loop {
            let line =
                self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("it never said {beginning}"));
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.trim().to_owned();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An empty tenant, and a folder to work in.
struct Tenant {
    _fake: Running,
    issuer: String,
    client_id: String,
    client_secret: String,
    folder: TempDir,
    port: u16,
}

impl Tenant {
    fn empty() -> Self {
        let folder = TempDir::with_prefix("tenantry-").unwrap();
        let mut fake = command(folder.path());
        fake.args(["fake", "--empty", "--listen", "127.0.0.1:0"]);
        let fake = Running::start(fake);
        let issuer = fake.says("AUTH0_ISSUER_BASE_URL=");
        let client_id = fake.says("AUTH0_M2M_CLIENT_ID=");
        let client_secret = fake.says("AUTH0_M2M_CLIENT_SECRET=");
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        Self { _fake: fake, issuer, client_id, client_secret, folder, port }
    }

    /// `tenantry auth0 WHAT ...`, in the folder, by whom the environment says.
    fn auth0(&self, arguments: &[&str]) -> Output {
        let mut command = command(self.folder.path());
        command.arg("auth0").args(arguments);
        command.output().unwrap()
    }

    fn setup(&self, more: &[&str]) -> Output {
        let base_url = format!("http://localhost:{}", self.port);
        let arguments = ["setup", "--domain", &self.issuer, "--base-url", &base_url];
        let who = ["--client-id", &self.client_id, "--client-secret", &self.client_secret];
        self.auth0(&[&arguments[..], &who, more].concat())
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(file)).unwrap()
    }
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The objects of the standard output, one a line.
fn objects(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

/// Their changes, of the plan or of what was done.
fn changes(output: &Output, event: &str) -> Vec<String> {
    let objects = objects(output);
    let of = objects.iter().filter(|object| object["event"] == event);
    of.map(|object| {
        assert!(object["step"].is_string() && object["name"].is_string(), "{object}");
        object["change"].as_str().unwrap().to_owned()
    })
    .collect()
}

#[tokio::test]
async fn from_an_empty_tenant_to_a_running_product() -> Result<()> {
    let tenant = Tenant::empty();
    let plan = tenant.setup(&["--dry-run", "--json"]);
    assert_eq!(status(&plan), 0, "{}", said(&plan));
    let planned = changes(&plan, "plan");
    assert_eq!((planned.len(), planned.iter().filter(|change| *change == "create").count()), (12, 11));
    assert_eq!(objects(&plan).len(), 12, "nothing is said to be done");
    let again = tenant.setup(&["--dry-run", "--json"]);
    assert_eq!(again.stdout, plan.stdout, "nothing was done");

    let unasked = tenant.setup(&[]);
    assert_eq!(status(&unasked), 2, "{}", said(&unasked));
    assert!(said(&unasked).contains("--yes"));

    let made = tenant.setup(&["--yes", "--json", "--env-out", ".env"]);
    assert_eq!(status(&made), 0, "{}", said(&made));
    assert_eq!(changes(&made, "plan"), planned);
    let done = changes(&made, "done");
    assert_eq!((done.len(), done.iter().filter(|change| *change == "create").count()), (13, 12));
    assert!(String::from_utf8_lossy(&made.stderr).contains("[12/12]"), "there is progress");
    let env = tenant.read(".env");
    is_private(&tenant, ".env");
    for line in env.lines() {
        let (name, value) = line.split_once('=').unwrap();
        if name.ends_with("SECRET") {
            ensure!(value.len() >= 32 && !said(&made).contains(value), "{name} is shown");
        }
    }

    let check = tenant.auth0(&["check", "--env-file", ".env", "--json"]);
    assert_eq!(status(&check), 0, "{}", said(&check));
    ensure!(objects(&check).iter().all(|finding| finding["state"] != "wrong"));

    let again = tenant.setup(&["--yes", "--json", "--env-out", ".env"]);
    assert_eq!(status(&again), 0, "{}", said(&again));
    for event in ["plan", "done"] {
        ensure!(changes(&again, event).iter().all(|change| change == "none"), "{}", said(&again));
    }
    assert_eq!(tenant.read(".env"), env, "the secret for cookies stays, too");

    use_the_product(&tenant).await?;
    exported(&tenant);
    Ok(())
}

/// Somebody signs up, pays, and has an organization; the logins carry what the Actions found.
async fn use_the_product(tenant: &Tenant) -> Result<()> {
    let mut serve = command(tenant.folder.path());
    serve.args([
        "serve",
        "--env-file",
        ".env",
        "--ephemeral",
        "--listen",
        &format!("127.0.0.1:{}", tenant.port),
    ]);
    let product = Running::start(serve);
    product.says("Tenantry");
    let site = Url::parse(&format!("http://localhost:{}/", tenant.port))?;
    let mut ann = Visitor::new()?;
    ann.sign_up(&site, "ann@example.com").await?;
    ensure!(ann.page().says("trial"), "{}", ann.whereabouts());
    let calls = calls_about_users(tenant, &ann).await?;
    ensure!(calls == 0, "the Action has begun the trial; the product has asked {calls} times");
    ann.pay(&site, "team").await?;
    ann.name_organization("acme-1").await?;
    ensure!(ann.page().says("acme-1"), "{}", ann.whereabouts());
    ensure!(calls_about_users(tenant, &ann).await? > 0, "a purchase is written to the person");
    Ok(())
}

/// How often the provider was asked for one user's record, or to change it.
async fn calls_about_users(tenant: &Tenant, visitor: &Visitor) -> Result<usize> {
    let calls = Url::parse(&format!("{}/_tenantry/requests?route=/api/v2/users/{{id}}", tenant.issuer))?;
    let mut observer = visitor.elsewhere();
    let calls: Vec<Value> = serde_json::from_str(&observer.open(&calls).await?.body)?;
    Ok(calls.len())
}

fn exported(tenant: &Tenant) {
    let export = tenant.auth0(&["export", "--env-file", ".env"]);
    assert_eq!(status(&export), 0, "{}", said(&export));
    let records = objects(&export);
    let of = |kind: &str| -> Vec<&Value> { records.iter().filter(|record| record["type"] == kind).collect() };
    assert_eq!(of("organization")[0]["name"], "acme-1");
    assert_eq!(of("member")[0]["email"], "ann@example.com");
    assert_eq!(of("member")[0]["roles"], serde_json::json!(["Administrator"]));
    let plans: Vec<&Value> = of("subscription").into_iter().map(|record| &record["plan"]).collect();
    assert_eq!(plans, ["team", "team"], "the organization's and the person's");
    assert_eq!(records.last().unwrap()["type"], "end");

    let to_file = tenant.auth0(&["export", "--env-file", ".env", "--out", "tenant.jsonl"]);
    assert_eq!((status(&to_file), to_file.stdout.len()), (0, 0), "{}", said(&to_file));
    assert_eq!(tenant.read("tenant.jsonl").as_bytes(), export.stdout);
    is_private(tenant, "tenant.jsonl");
}

#[cfg(unix)]
fn is_private(tenant: &Tenant, file: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(tenant.folder.path().join(file)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
}

#[cfg(not(unix))]
fn is_private(_: &Tenant, _: &str) {}

#[test]
fn a_check_ends_with_what_it_found() {
    let tenant = Tenant::empty();
    let made = tenant.setup(&["--yes", "--env-out", "product.env"]);
    assert_eq!(status(&made), 0, "{}", said(&made));
    let env = tenant.read("product.env");
    let spoiled: String = env
        .lines()
        .map(|line| {
            if line.starts_with("AUTH0_CLIENT_SECRET=") {
                "AUTH0_CLIENT_SECRET=wrong\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    std::fs::write(tenant.folder.path().join("spoiled.env"), spoiled).unwrap();
    let check = tenant.auth0(&["check", "--env-file", "spoiled.env"]);
    assert_eq!(status(&check), 1, "{}", said(&check));
    assert!(said(&check).contains("WRONG   credentials of the application"), "{}", said(&check));
    assert!(said(&check).contains("-> run tenantry auth0 setup with --env-out"), "{}", said(&check));
    for (arguments, wanted) in [
        (&["check", "--env-file", "product.env"][..], 0),
        (&["check", "--env-file", "nowhere.env"], 1),
        (&["check", "--envfile", "product.env"], 2),
        (&["check", "--env-file", "product.env", "--client-id", "without-a-secret"], 2),
        (&["export", "--env-file", "spoiled.env"], 0),
        (&["setup", "--domain", "https://acme.example", "--base-url", "https://app.example.com"], 2),
        (&["setup", "--domain", "http://acme.example", "--base-url", "https://a.example", "--token", "t"], 2),
    ] {
        let output = tenant.auth0(arguments);
        assert_eq!(status(&output), wanted, "{arguments:?}: {}", said(&output));
    }
    let repaired = tenant.setup(&["--yes", "--env-out", "spoiled.env"]);
    assert_eq!(status(&repaired), 0, "{}", said(&repaired));
    assert_eq!(status(&tenant.auth0(&["check", "--env-file", "spoiled.env"])), 0);
}

#[test]
fn how_long_a_newcomer_may_try_stays_as_it_was_told() {
    let tenant = Tenant::empty();
    let made = tenant.setup(&["--yes", "--trial-days", "7", "--env-out", ".env"]);
    assert_eq!(status(&made), 0, "{}", said(&made));
    let env = tenant.read(".env");
    assert!(env.contains("TENANTRY_TRIAL_DAYS=7\n"), "the product gives as much");
    let again = tenant.setup(&["--yes", "--json", "--env-out", ".env"]);
    assert_eq!(status(&again), 0, "{}", said(&again));
    assert!(changes(&again, "plan").iter().all(|change| change == "none"), "{}", said(&again));
    assert_eq!(tenant.read(".env"), env);
    let longer = tenant.setup(&["--dry-run", "--json", "--trial-days", "8", "--env-out", ".env"]);
    assert_eq!(
        changes(&longer, "plan").iter().filter(|change| *change != "none").count(),
        1,
        "{}",
        said(&longer)
    );
}

#[tokio::test]
async fn what_somebody_writes_into_the_file_meanwhile_stays() -> Result<()> {
    let tenant = Tenant::empty();
    std::fs::write(tenant.folder.path().join(".env"), "# mine\r\nBEFORE=1\r\n")?;
    let slow = serde_json::json!({
        "kind": "delay", "delay_ms": 1500, "count": 1,
        "method": "PATCH", "path": "/api/v2/actions/triggers/post-login/bindings",
    });
    let url = format!("{}/_tenantry/faults", tenant.issuer);
    let client = reqwest::Client::builder().redirect(Policy::none()).timeout(PATIENCE).build()?;
    let answer = client.post(url).json(&slow).send().await?;
    ensure!(answer.status().is_success(), "{}", answer.status());
    let mut setup = command(tenant.folder.path());
    let base_url = format!("http://localhost:{}", tenant.port);
    setup.args(["auth0", "setup", "--domain", &tenant.issuer, "--base-url", &base_url]);
    setup.args(["--client-id", &tenant.client_id, "--client-secret", &tenant.client_secret]);
    setup.args(["--yes", "--json", "--env-out", ".env"]);
    let setup = Running::start(setup);
    setup.says(r#"{"event":"plan""#);
    std::fs::write(tenant.folder.path().join(".env"), "# mine\r\nMEANWHILE=1\r\n")?;
    setup.says(r#"{"event":"done","step":"env_file""#);
    let env = tenant.read(".env");
    ensure!(
        env.starts_with("# mine\r\nMEANWHILE=1\r\nAUTH0_BASE_URL=http://localhost:"),
        "what was written is lost"
    );
    is_private(&tenant, ".env");
    Ok(())
}

#[test]
fn a_token_that_nobody_gave_and_one_of_somebody_else_change_nothing() {
    let tenant = Tenant::empty();
    let base_url = format!("http://localhost:{}", tenant.port);
    let arguments =
        ["setup", "--domain", &tenant.issuer, "--base-url", &base_url, "--yes", "--token", "not-a-token"];
    let refused = tenant.auth0(&arguments);
    assert_eq!(status(&refused), 1, "{}", said(&refused));
    assert!(said(&refused).contains("Auth0 does not take these credentials"), "{}", said(&refused));
    assert!(!said(&refused).contains("not-a-token"));
    let plan = tenant.setup(&["--dry-run", "--json"]);
    assert_eq!(changes(&plan, "plan")[0], "create");
}

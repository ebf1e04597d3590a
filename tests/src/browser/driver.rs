//! Chromium and chromedriver as processes: started on a free port, ended with the value.

use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};

use crate::output;

/// What keeps the browser quiet, since nothing that it would fetch for itself belongs in a test, and awake: no window is
/// painted or timed less because nobody looks at it.
const ARGUMENTS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];

#[derive(Debug)]
pub(super) struct Driver {
    session: WebDriver,
    service: Child,
    _profile: TempDir,
}

impl Driver {
    pub(super) async fn start() -> Self {
        let profile = TempDir::with_prefix("tenantry-browser-").expect("a temporary directory");
        let (service, address) = start_service(profile.path());
        let mut capabilities = DesiredCapabilities::chrome();
        let profile_argument = format!("--user-data-dir={}", profile.path().join("profile").display());
        for argument in ARGUMENTS.into_iter().chain([profile_argument.as_str()]) {
            capabilities.add_arg(argument).expect("an argument");
        }
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).expect("a log level");
        let session = WebDriver::new(address, capabilities).await.expect("Chromium starts");
        Self { session, service, _profile: profile }
    }

    fn endpoint(&self) -> String {
        format!("{}session/{}", self.session.server_url(), self.session.session_id())
    }
}

impl Deref for Driver {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.session
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let endpoint = self.endpoint();
        // The library's own way out blocks the runtime and is silent about what was on the page.
        let _ = self.session.clone().leak();
        let failed = thread::panicking().then(|| output::file_of_failed_test("png"));
        let _ = thread::spawn(move || end_session(&endpoint, failed.as_deref())).join();
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

/// How often chromedriver may try to start.
const TRIES: usize = 5;

// It takes a free port of IPv4 and then wants the same of IPv6, which another one may have got meanwhile: it ends then.
fn start_service(directory: &Path) -> (Child, String) {
    let mut said = String::new();
    for _ in 0..TRIES {
        match try_to_start(directory) {
            Ok((service, port)) => return (service, format!("http://127.0.0.1:{port}")),
            Err(lines) => said = lines,
        }
    }
    panic!("chromedriver does not say on which port it listens, but: {said}")
}

// Or what it said instead of a port.
fn try_to_start(directory: &Path) -> Result<(Child, u16), String> {
    let mut service = Command::new("chromedriver")
        .arg("--port=0")
        // Chromium's own temporary files go where they are deleted with the profile.
        .env("TMPDIR", directory)
        .env("FONTCONFIG_FILE", Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts.conf"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("there is no chromedriver: `cargo xtask test` installs it");
    let output = BufReader::new(service.stdout.take().expect("its output is piped"));
    let mut lines = output.lines().map_while(Result::ok);
    let mut said = String::new();
    let port = lines.find_map(|line| {
        said.push_str(&line);
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse::<u16>().ok()
    });
    let Some(port) = port else {
        let _ = service.kill();
        let _ = service.wait();
        return Err(said);
    };
    thread::spawn(move || lines.for_each(drop));
    Ok((service, port))
}

// On a runtime of its own, because the test's may be the very thing that is being torn down.
fn end_session(endpoint: &str, failed: Option<&Path>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(client) = reqwest::Client::builder().timeout(Duration::from_secs(10)).build() else { return };
        if let Some(file) = failed
            && let Ok(response) = client.get(format!("{endpoint}/screenshot")).send().await
            && let Ok(screenshot) = response.json::<serde_json::Value>().await
            && let Some(Ok(picture)) = screenshot["value"].as_str().map(|text| BASE64_STANDARD.decode(text))
        {
            let _ = fs::write(file, picture);
            eprintln!("what the browser showed last is in {}", file.display());
        }
        let _ = client.delete(endpoint).send().await;
    });
}

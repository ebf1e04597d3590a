//! The built `tenantry` as a process of its own: started on free ports, killed without mercy, started again.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use url::Url;

use crate::output;

/// How long a start may take on a busy machine before it counts as hung.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running product with its identity provider. Ends with the value, even when a test panics.
#[derive(Debug)]
pub struct Product {
    child: Child,
    /// The product's own address.
    pub site: Url,
    /// The identity provider's address.
    pub identity: Url,
    directory: TempDir,
    /// Where it listens, when that is not what its addresses say.
    behind: Option<String>,
    more: Vec<String>,
    log: Arc<Mutex<String>>,
}

impl Product {
    /// Starts one that forgets everything when it ends.
    pub fn start() -> Self {
        Self::launch(temporary_directory(), ["127.0.0.1:0"; 2], &["--ephemeral"])
    }

    /// Starts one that keeps its data as it does by itself, in a directory that ends with the value.
    pub fn start_with_data() -> Self {
        // Without a word about data it is kept in the working directory: the way most people start it.
        Self::launch(temporary_directory(), ["127.0.0.1:0"; 2], &[])
    }

    /// Starts one that listens here, whose people log in where this file of variables says. It forgets everything when
    /// it ends.
    pub fn start_with_variables(file: &Path, listen: &str) -> Self {
        let file = file.to_str().expect("a path in UTF-8");
        Self::launch(temporary_directory(), [listen, "127.0.0.1:0"], &["--ephemeral", "--env-file", file])
    }

    /// Starts one of several instances: where its people log in and where its data is, this file of variables says.
    pub fn start_instance(file: &Path) -> Self {
        let file = file.to_str().expect("a path in UTF-8");
        let mut instance = Self::launch(temporary_directory(), ["127.0.0.1:0"; 2], &["--env-file", file]);
        instance.behind = Some(instance.listens_at().to_string());
        instance
    }

    /// Starts one that connects identity providers of this machine and looks domains up at this server. It forgets
    /// everything when it ends.
    pub fn start_for_sso(dns: SocketAddr) -> Self {
        let dns = dns.to_string();
        Self::launch(temporary_directory(), ["127.0.0.1:0"; 2], &["--ephemeral", "--dev-sso-dns", &dns])
    }

    fn launch(directory: TempDir, listen: [&str; 2], more: &[&str]) -> Self {
        let log = Arc::default();
        let more: Vec<String> = more.iter().map(|&argument| argument.to_owned()).collect();
        let (child, [site, identity]) = spawn(directory.path(), listen, &more, &log);
        Self { child, site, identity, directory, behind: None, more, log }
    }

    /// An address of the site.
    pub fn at(&self, path: &str) -> Url {
        self.site.join(path).expect("a path of the site")
    }

    /// Ends the process at once, as `kill -9` or a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process has ended");
    }

    /// Asks the process to end, as a service manager does, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(asked.expect("kill runs").success(), "the process can be asked to end");
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().expect("the process can be waited for") {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the product was asked to end and is still there after {PATIENCE:?}");
    }

    /// Starts it again at the same addresses, with what it has kept, once it has ended.
    pub fn restart(&mut self) {
        let [site, identity] = [&self.site, &self.identity].map(|url| url.authority().to_owned());
        let listen = [self.behind.as_ref().unwrap_or(&site), identity.as_str()];
        (self.child, [self.site, self.identity]) =
            spawn(self.directory.path(), listen, &self.more, &self.log);
    }

    /// Where it listens, whatever address browsers know it by. It says so in its log.
    pub fn listens_at(&self) -> SocketAddr {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let log = self.log();
            let listens = log.split_whitespace().filter_map(|word| word.strip_prefix("listen=")).next_back();
            if let Some(address) = listens.and_then(|address| address.parse().ok()) {
                return address;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the product did not say where it listens; it said:\n{}", self.log());
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().map(|log| log.clone()).unwrap_or_default()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let file = output::file_of_failed_test("log");
            let _ = fs::write(&file, self.log());
            eprintln!("what the product logged is in {}", file.display());
        }
    }
}

fn temporary_directory() -> TempDir {
    TempDir::with_prefix("tenantry-").expect("a temporary directory")
}

/// The product's command in a directory, untouched by what the developer has configured for themselves.
pub fn command(directory: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(directory).stdin(Stdio::null()).env("NO_COLOR", "1");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("TENANTRY_") || name.starts_with("AUTH0_")) {
            command.env_remove(name);
        }
    }
    command
}

fn spawn(
    directory: &Path,
    listen: [&str; 2],
    more: &[String],
    log: &Arc<Mutex<String>>,
) -> (Child, [Url; 2]) {
    let mut command = command(directory);
    command.args(["serve", "--listen", listen[0], "--fake-listen", listen[1]]).args(more);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the product starts");
    let output = lines_of(child.stdout.take().expect("its output is piped"), log);
    let _ = lines_of(child.stderr.take().expect("its errors are piped"), log);
    let addresses = ["Tenantry", "Identity"].map(|name| address(name, &output));
    match addresses {
        [Some(site), Some(identity)] => (child, [site, identity]),
        missing => {
            let _ = child.kill();
            let log = log.lock().map(|log| log.clone()).unwrap_or_default();
            panic!("the product did not say where it is: {missing:?}; it said:\n{log}");
        }
    }
}

fn address(name: &str, output: &Receiver<String>) -> Option<Url> {
    while let Ok(line) = output.recv_timeout(PATIENCE) {
        if let Some(url) = line.trim_start().strip_prefix(name) {
            return Url::parse(url.trim()).ok();
        }
    }
    None
}

// Reads to the end of the process: a pipe that nobody empties would stop it.
pub(crate) fn lines_of(stream: impl Read + Send + 'static, log: &Arc<Mutex<String>>) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    let log = Arc::clone(log);
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Ok(mut log) = log.lock() {
                log.push_str(&line);
                log.push('\n');
            }
            let _ = sender.send(line);
        }
    });
    receiver
}

/// The product that `cargo build` has built, or the one that `TENANTRY_BIN` names.
pub fn binary() -> PathBuf {
    let binary =
        env::var_os("TENANTRY_BIN").map_or_else(|| output::target().join("debug/tenantry"), PathBuf::from);
    binary
        .canonicalize()
        .unwrap_or_else(|_| panic!("there is no {}: run `cargo build` first", binary.display()))
}

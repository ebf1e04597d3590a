//! A PostgreSQL server for tests: started from nothing, reached through a socket in a directory of its own, and stopped.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use tempfile::TempDir;

use crate::Database;

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who owns the tables, and who uses them.
const ROLES: &str = "DO $$ BEGIN CREATE ROLE tenantry_owner LOGIN; CREATE ROLE tenantry LOGIN; \
                     EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
/// What the one lets the other do, with every table that it makes.
const GRANTS: &str = "ALTER DEFAULT PRIVILEGES FOR ROLE tenantry_owner \
                      GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tenantry";

/// What is only ever added to, and what is the owner's own.
const REVOKES: &str = "REVOKE UPDATE, DELETE ON audit_log FROM tenantry; \
                       REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations FROM tenantry";

/// A server with no data in it but that of the tests. It ends with the value, even when a test panics.
#[derive(Debug)]
pub struct PostgresServer {
    process: Mutex<Child>,
    directory: TempDir,
    databases: AtomicU32,
}

impl PostgresServer {
    /// The server that the tests of one process share. It ends with the last of those that use it.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Makes an empty server and waits until it answers.
    pub fn start() -> Self {
        let directory = TempDir::with_prefix("tenantry-postgres-").expect("a temporary directory");
        let user = user_of_the_server();
        chown(directory.path(), Some(user.0), Some(user.1))
            .expect("the directory can be given to the server");
        let mut make = program("initdb", user);
        make.arg("--pgdata").arg(directory.path().join("data"));
        make.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]);
        // A language sorts otherwise than bytes do: what counts on bytes says so.
        make.args(["--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8"]);
        let made = make.output().expect("initdb runs");
        assert!(made.status.success(), "initdb fails: {}", String::from_utf8_lossy(&made.stderr));
        let process = Mutex::new(launch(directory.path()));
        let server = Self { process, directory, databases: AtomicU32::new(0) };
        server.wait();
        server
    }

    /// The address of a new database for who owns nothing in it, as a product should be run: its tables are another's, who
    /// has made them.
    pub async fn database(&self) -> SecretString {
        let (name, owner) = self.empty_database().await;
        Database::connect(&owner).await.expect("the tables can be made").close().await;
        self.tell(&name, REVOKES).await;
        self.address(&name, "tenantry")
    }

    /// The name of a new database with nothing in it, and its address for who may make tables there.
    pub async fn empty_database(&self) -> (String, SecretString) {
        let name = format!("tenantry_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut server = self.connect("postgres").await;
        sqlx::raw_sql(ROLES).execute(&mut server).await.expect("the roles can be made");
        let make = AssertSqlSafe(format!("CREATE DATABASE {name} OWNER tenantry_owner"));
        sqlx::raw_sql(make).execute(&mut server).await.expect("a database can be made");
        server.close().await.expect("the connection can be closed");
        self.tell(&name, GRANTS).await;
        let address = self.address(&name, "tenantry_owner");
        (name, address)
    }

    /// The address of a database for this role.
    pub fn address(&self, database: &str, role: &str) -> SecretString {
        format!("postgres:///{database}?host={}&user={role}", self.directory.path().display()).into()
    }

    /// Where it is reached.
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join(".s.PGSQL.5432")
    }

    /// Carries out a statement of a test's own, which changes what the server does.
    pub async fn tell(&self, database: &str, statement: &'static str) {
        let mut connection = self.connect(database).await;
        sqlx::raw_sql(statement).execute(&mut connection).await.expect("the statement can be carried out");
    }

    /// Ends the server at once, as a power cut would.
    pub fn kill(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        // Its own processes end with it, and leave nothing behind that stops the next one.
        let mut stop = program("pg_ctl", user_of_the_server());
        stop.args(["stop", "--mode=immediate", "--silent", "--pgdata"])
            .arg(self.directory.path().join("data"));
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = process.kill();
        let _ = process.wait();
    }

    /// Starts it again, with what it has kept, once it has ended.
    pub fn restart(&self) {
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = launch(self.directory.path());
        self.wait();
    }

    async fn connect(&self, database: &str) -> PgConnection {
        let options = PgConnectOptions::new_without_pgpass();
        let options = options.socket(self.directory.path()).username("postgres").database(database);
        PgConnection::connect_with(&options).await.expect("the server can be connected to")
    }

    fn wait(&self) {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let mut ask = program("pg_isready", user_of_the_server());
            ask.args(["--quiet", "--host"]).arg(self.directory.path());
            if ask.status().is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        panic!("PostgreSQL does not start: {log}");
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn launch(directory: &Path) -> Child {
    let log = fs::File::create(directory.join("log")).expect("the log can be written");
    let mut serve = program("postgres", user_of_the_server());
    serve.arg("-D").arg(directory.join("data")).arg("-k").arg(directory);
    for setting in ["listen_addresses=", "max_connections=300", "shared_buffers=32MB", "fsync=off"] {
        serve.args(["-c", setting]);
    }
    let log_too = log.try_clone().expect("the log can be shared");
    serve.stdin(Stdio::null()).stdout(log).stderr(log_too).spawn().expect("PostgreSQL starts")
}

/// One of the server's programs, run by this user and group.
fn program(name: &str, (user, group): (u32, u32)) -> Command {
    let mut command = Command::new(programs().join(name));
    command.uid(user).gid(group).current_dir("/");
    for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(variable);
    }
    command
}

/// Where the newest server's programs are. Debian keeps them off the search path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse::<u32>().ok()?, version.path())))
        .max();
    let places = newest.map(|(_, folder)| folder.join("bin")).into_iter();
    let path = std::env::var_os("PATH").unwrap_or_default();
    places
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .expect("there is no PostgreSQL: `cargo xtask test` installs it")
}

/// The server refuses to be run by root: then it is run by its own user, or by nobody.
fn user_of_the_server() -> (u32, u32) {
    let me = fs::metadata("/proc/self").expect("this process is known");
    if me.uid() != 0 {
        return (me.uid(), me.gid());
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody")).unwrap_or((65534, 65534))
}

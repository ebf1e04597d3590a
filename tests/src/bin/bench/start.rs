//! From exec to the first answered request.

use std::env;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tenantry_tests::product;
use url::Url;

use crate::load;

/// How often each start is tried; the median counts.
pub(crate) const TIMES: usize = 9;

/// The fake in memory, which is how test suites start it.
pub(crate) fn fake() -> Result<Duration> {
    let times = (0..TIMES).map(|_| Ok(Fake::start()?.0.time)).collect::<Result<Vec<_>>>()?;
    Ok(median(&times))
}

/// A fake of its own that has just started.
pub(crate) struct Fake(Start);

impl Fake {
    pub(crate) fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(more: &[&str]) -> Result<Self> {
        let address = free_address()?;
        let listen = address.to_string();
        let arguments = [&["fake", "--listen", &listen], more].concat();
        Start::of(&env::temp_dir(), &arguments, address, "/").map(Self)
    }

    /// From exec to the first answer.
    pub(crate) fn time(&self) -> Duration {
        self.0.time
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.child.id()
    }

    pub(crate) fn at(&self, path: &str) -> Result<Url> {
        Ok(Url::parse(&format!("http://{}{path}", self.0.address))?)
    }
}

/// The product with its data on disk: in an empty directory, and where it ran before.
pub(crate) fn serve() -> Result<[Duration; 2]> {
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let directory = TempDir::new()?;
        for times in [&mut first, &mut again] {
            let (site, identity) = (free_address()?, free_address()?);
            let (listen, fake_listen) = (site.to_string(), identity.to_string());
            let arguments = ["serve", "--listen", &listen, "--fake-listen", &fake_listen, "--data", "data"];
            times.push(Start::of(directory.path(), &arguments, site, "/pricing")?.time);
        }
    }
    Ok([median(&first), median(&again)])
}

/// A process that has given its first answer. It is killed when this is dropped.
pub(crate) struct Start {
    pub(crate) time: Duration,
    pub(crate) address: SocketAddr,
    child: Child,
}

impl Start {
    fn of(directory: &Path, arguments: &[&str], address: SocketAddr, path: &str) -> Result<Self> {
        let mut command = product::command(directory);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        Self::wait(command, address, path).with_context(|| format!("tenantry {}", arguments.join(" ")))
    }

    /// Starts this, and waits until it answers 200 at `path`.
    pub(crate) fn wait(mut command: Command, address: SocketAddr, path: &str) -> Result<Self> {
        let begin = Instant::now();
        let mut start = Self { child: command.spawn()?, address, time: Duration::ZERO };
        while !answers(address, path) {
            if begin.elapsed() > Duration::from_secs(10) || start.child.try_wait()?.is_some() {
                bail!("there is no answer at http://{address}{path}");
            }
            thread::sleep(Duration::from_micros(500));
        }
        start.time = begin.elapsed();
        Ok(start)
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answers(address: SocketAddr, path: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut status = [0; 12];
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_exact(&mut status).is_ok()
        && &status == b"HTTP/1.1 200"
}

// The port is free again when the listener is dropped, and the kernel hands out others first.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

fn median(times: &[Duration]) -> Duration {
    Duration::from_secs_f64(load::median(times.iter().map(Duration::as_secs_f64)))
}

//! The TLS of `tenantry fake`: its certificate, and the file by which clients trust it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tenantry_fake::{Tls, address_of};
use tenantry_ports::Random;
use tokio::net::TcpListener;

use crate::cli::FakeArguments;

/// What the server uses, and where its authority's certificate is.
pub(crate) struct FakeTls {
    server: Tls,
    authority: Option<PathBuf>,
    is_temporary: bool,
}

/// The TLS that the arguments ask for.
pub(crate) fn open(
    arguments: &FakeArguments,
    listener: &TcpListener,
    random: &dyn Random,
) -> anyhow::Result<Option<FakeTls>> {
    if let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) {
        let server = Tls::of_files(certificate, key).context("--tls-cert")?;
        return Ok(Some(FakeTls { server, authority: None, is_temporary: false }));
    }
    if !arguments.tls {
        return Ok(None);
    }
    let folder = arguments.data.as_ref().map(|folder| folder.join("tls"));
    let server = Tls::own(folder.as_deref())?;
    if let Some(address) = address_of(listener, true)?.host_str() {
        server.add_name(address)?;
    }
    if let Some(domain) = &arguments.domain {
        server.add_name(domain).with_context(|| format!("--domain {domain}"))?;
    }
    let (authority, is_temporary) = match folder {
        Some(folder) => (folder.join("ca.pem"), false),
        None => (temporary(server.authority().unwrap_or_default(), random)?, true),
    };
    let authority = authority.canonicalize().unwrap_or(authority);
    Ok(Some(FakeTls { server, authority: Some(authority), is_temporary }))
}

impl FakeTls {
    pub(crate) fn server(&self) -> Tls {
        self.server.clone()
    }

    /// What a client must trust; `None` for a certificate that was given.
    pub(crate) fn authority_file(&self) -> Option<&Path> {
        self.authority.as_deref()
    }
}

impl Drop for FakeTls {
    fn drop(&mut self) {
        if let Some(file) = self.authority.as_ref().filter(|_| self.is_temporary) {
            // Nobody can use it any more; that it stays would be untidy and nothing else.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// A file that was not there before: whoever shares the folder for temporary files can't have put it there.
fn temporary(pem: &str, random: &dyn Random) -> anyhow::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("tenantry-ca-{}.pem", random.hex(8)));
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(&path);
    file.and_then(|mut file| std::io::Write::write_all(&mut file, pem.as_bytes()))
        .with_context(|| format!("{} can't be written", path.display()))?;
    Ok(path)
}

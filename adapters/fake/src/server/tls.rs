//! TLS: certificates of an authority made on the spot, or those of a file.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::authority::Authority;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate could not be made.
    #[error("a certificate can't be made: {0}")]
    Make(#[from] rcgen::Error),
    /// A file can't be read or written.
    #[error("{0}: {1}")]
    File(String, #[source] std::io::Error),
    /// A file holds something else.
    #[error("{0} does not hold what it should: {1}")]
    Content(String, #[source] rustls::pki_types::pem::Error),
    /// The certificate and the key can't be used together.
    #[error("the certificate and the key can't be used: {0}")]
    Use(#[from] rustls::Error),
}

/// What every server's certificate is for.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The server's side of TLS. Clones share certificates.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    certificates: Arc<Certificates>,
    authority: Option<Arc<Authority>>,
}

impl Tls {
    /// Certificates for this machine (`localhost` and its loopback addresses) by an authority of one's own, made now; with a
    /// folder, made once and kept there.
    pub fn own(folder: Option<&Path>) -> Result<Self, TlsError> {
        let authority = match folder {
            Some(folder) => Authority::kept_in(folder)?,
            None => Authority::new()?,
        };
        let key = authority.certificate(&LOOPBACK.map(str::to_owned))?;
        Self::with(key, Some(authority))
    }

    /// The certificate and the private key of two PEM files.
    pub fn of_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let content = |path: &Path| {
            let name = path.display().to_string();
            move |error| TlsError::Content(name, error)
        };
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(content(certificate))?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(content(key))?;
        let provider = aws_lc_rs::default_provider();
        Self::with(CertifiedKey::from_der(chain, private, &provider)?, None)
    }

    fn with(default: CertifiedKey, authority: Option<Authority>) -> Result<Self, TlsError> {
        let certificates =
            Arc::new(Certificates { default: RwLock::new(Arc::new(default)), by_name: RwLock::default() });
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificates) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self { acceptor, certificates, authority: authority.map(Arc::new) })
    }

    /// The authority's certificate in PEM: what a client must trust. `None` for a certificate of a file.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_ref().map(|authority| authority.pem())
    }

    /// Gets a certificate for another host name or address, when there is an authority that can give one.
    pub fn add_name(&self, name: &str) -> Result<(), TlsError> {
        let Some(authority) = &self.authority else { return Ok(()) };
        let address = name.trim_start_matches('[').trim_end_matches(']');
        if address.parse::<IpAddr>().is_ok() {
            // A client that connects to an address names nothing: one certificate has to do for all of them.
            let mut names = LOOPBACK.map(str::to_owned).to_vec();
            if !names.iter().any(|known| known == address) {
                names.push(address.to_owned());
            }
            let certificate = Arc::new(authority.certificate(&names)?);
            *self.certificates.default.write().unwrap_or_else(PoisonError::into_inner) = certificate;
            return Ok(());
        }
        let certificate = Arc::new(authority.certificate(&[name.to_owned()])?);
        let mut by_name = self.certificates.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.insert(name.to_ascii_lowercase(), certificate);
        Ok(())
    }

    /// Gives up the certificate for a host name.
    pub(crate) fn remove_name(&self, name: &str) {
        let mut by_name = self.certificates.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.remove(&name.to_ascii_lowercase());
    }

    pub(super) async fn accept(self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        match self.acceptor.accept(stream).await {
            Ok(stream) => Some(stream),
            Err(error) => {
                tracing::debug!(%error, "a TLS handshake failed");
                None
            }
        }
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("has_authority", &self.authority.is_some()).finish_non_exhaustive()
    }
}

/// The certificate for the name that the client asks for; clients that connect to an address ask for none.
#[derive(Debug)]
struct Certificates {
    default: RwLock<Arc<CertifiedKey>>,
    by_name: RwLock<HashMap<String, Arc<CertifiedKey>>>,
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let named = hello.server_name().and_then(|name| by_name.get(&name.to_ascii_lowercase()).cloned());
        let default = || Arc::clone(&self.default.read().unwrap_or_else(PoisonError::into_inner));
        Some(named.unwrap_or_else(default))
    }
}

/// Whether the name is an address of this machine alone.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

//! A certificate authority for development: whoever trusts its certificate trusts this provider's TLS.

use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData as _, SerialNumber, date_time_ymd,
};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::sign::CertifiedKey;

use super::tls::TlsError;
use crate::secrets::sha256;

const CERTIFICATE_FILE: &str = "ca.pem";
const KEY_FILE: &str = "ca-key.pem";

/// The authority: its certificate, and the key that signs.
pub(super) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// One key for all of its certificates.
    server_key: KeyPair,
}

impl Authority {
    /// A new one, which is gone with the process.
    pub(super) fn new() -> Result<Self, TlsError> {
        let key = KeyPair::generate()?;
        let pem = parameters(&key).self_signed(&key)?.pem();
        Self::of(pem, key)
    }

    /// The one whose files are in the folder; they are made when they are not there, the key for this user alone.
    pub(super) fn kept_in(folder: &Path) -> Result<Self, TlsError> {
        let (certificate_file, key_file) = (folder.join(CERTIFICATE_FILE), folder.join(KEY_FILE));
        let failed = |path: &Path| {
            let name = path.display().to_string();
            move |error| TlsError::File(name, error)
        };
        match (std::fs::read_to_string(&certificate_file), std::fs::read_to_string(&key_file)) {
            (Ok(pem), Ok(key)) => Self::of(pem, KeyPair::from_pem(&key)?),
            _ => {
                let key = KeyPair::generate()?;
                let authority = Self::of(parameters(&key).self_signed(&key)?.pem(), key)?;
                std::fs::create_dir_all(folder).map_err(failed(folder))?;
                let _ = std::fs::remove_file(&key_file);
                write_private(&key_file, &authority.issuer.key().serialize_pem())
                    .map_err(failed(&key_file))?;
                std::fs::write(&certificate_file, &authority.pem).map_err(failed(&certificate_file))?;
                Ok(authority)
            }
        }
    }

    fn of(pem: String, key: KeyPair) -> Result<Self, TlsError> {
        Ok(Self { pem, issuer: Issuer::new(parameters(&key), key), server_key: KeyPair::generate()? })
    }

    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// A server's certificate for host names and addresses.
    pub(super) fn certificate(&self, names: &[String]) -> Result<CertifiedKey, TlsError> {
        let mut parameters = CertificateParams::new(names)?;
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, "Tenantry development identity provider");
        parameters.distinguished_name = name;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        parameters.serial_number = Some(serial_of(&format!("{}{}", sha256(&self.pem), names.join(" "))));
        valid_for_long(&mut parameters);
        let certificate = parameters.signed_by(&self.server_key, &self.issuer)?;
        let key = PrivateKeyDer::try_from(self.server_key.serialize_der())
            .map_err(|error| tokio_rustls::rustls::Error::General(error.to_owned()))?;
        let provider = aws_lc_rs::default_provider();
        Ok(CertifiedKey::from_der(vec![certificate.der().clone()], key, &provider)?)
    }
}

/// The authority's own certificate. It follows from the key, so that a key that was kept signs under the same name.
fn parameters(key: &KeyPair) -> CertificateParams {
    let fingerprint = sha256(&String::from_utf8_lossy(key.der_bytes()));
    let mut name = DistinguishedName::new();
    name.push(
        DnType::CommonName,
        format!("Tenantry development CA {}", fingerprint.get(..8).unwrap_or_default()),
    );
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = name;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters.serial_number = Some(serial_of(&fingerprint));
    valid_for_long(&mut parameters);
    parameters
}

/// Two certificates of one authority must not have the same number.
fn serial_of(text: &str) -> SerialNumber {
    SerialNumber::from(sha256(text).bytes().take(16).collect::<Vec<u8>>())
}

/// Clients compare with their machine's clock, which is not the provider's: tests move that one by years.
fn valid_for_long(parameters: &mut CertificateParams) {
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(2099, 12, 31);
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, text.as_bytes())
}

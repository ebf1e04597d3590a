//! The self-signed certificate that a signing key is published with (RFC 7517 sections 4.7 and 4.8).

use std::time::Duration;

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};
use tenantry_domain::Timestamp;

use crate::der::Reader;
use crate::keys::KeyError;
use crate::model::SigningKey;
use crate::x509::Parts;

/// As long as Auth0's last.
const LIFETIME: Duration = Duration::from_hours(24 * 5000);
/// The width of a line of PEM (RFC 7468 section 2).
const LINE: usize = 64;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// A certificate in DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate(Vec<u8>);

impl Certificate {
    /// That of a key as it is kept.
    pub(crate) fn of_key(key: &SigningKey, host: &str) -> Result<Self, KeyError> {
        let pkcs8 = URL_SAFE_NO_PAD.decode(key.pkcs8.expose()).map_err(|_| KeyError::Cryptography)?;
        Self::of(&pkcs8, host, key.created_at)
    }

    /// Signs the key of `pkcs8` with itself. The same key gives the same certificate.
    pub(crate) fn of(pkcs8: &[u8], host: &str, created_at: Timestamp) -> Result<Self, KeyError> {
        let key = KeyPair::try_from(pkcs8).map_err(|_| KeyError::Cryptography)?;
        let mut parameters =
            CertificateParams::new(Vec::<String>::new()).map_err(|_| KeyError::Cryptography)?;
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, host);
        parameters.distinguished_name = name;
        let since = u64::try_from(created_at.as_seconds()).unwrap_or_default();
        parameters.not_before = date_time_ymd(1970, 1, 1) + Duration::from_secs(since);
        parameters.not_after = parameters.not_before + LIFETIME;
        let certificate = parameters.self_signed(&key).map_err(|_| KeyError::Cryptography)?;
        Ok(Self(certificate.der().to_vec()))
    }

    /// The certificates of a text: PEM of one or several, such PEM in base64 once more, or DER in base64. `None` when it
    /// is neither, or holds none.
    pub(crate) fn read(text: &str) -> Option<Vec<Self>> {
        if text.contains(BEGIN) {
            return Self::of_pem(text);
        }
        let decoded = decoded(text)?;
        match std::str::from_utf8(&decoded) {
            Ok(pem) if pem.contains(BEGIN) => Self::of_pem(pem),
            _ => Self::of_der(decoded).map(|certificate| vec![certificate]),
        }
    }

    fn of_pem(pem: &str) -> Option<Vec<Self>> {
        let blocks = pem.split(BEGIN).skip(1);
        blocks.map(|block| Self::of_der(decoded(block.split_once(END)?.0)?)).collect()
    }

    /// `None` for what is none.
    fn of_der(der: Vec<u8>) -> Option<Self> {
        let certificate = Self(der);
        certificate.parts().is_some().then_some(certificate)
    }

    fn parts(&self) -> Option<Parts<'_>> {
        Parts::of(Reader::new(&self.0).sequence()?)
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.0
    }

    /// From then on it is no longer good.
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        self.parts().map(|parts| parts.not_after)
    }

    /// The subject's.
    pub(crate) fn common_name(&self) -> Option<String> {
        self.parts()?.common_name()
    }

    /// `x5c`: standard base64.
    pub(crate) fn x5c(&self) -> String {
        STANDARD.encode(&self.0)
    }

    /// `x5t`: the SHA-1 thumbprint in base64url.
    pub(crate) fn x5t(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.0))
    }

    pub(crate) fn pem(&self) -> String {
        let encoded = self.x5c();
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(LINE).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        format!("-----BEGIN CERTIFICATE-----\r\n{}\r\n-----END CERTIFICATE-----\r\n", lines.join("\r\n"))
    }

    /// The SHA-256 digest: hexadecimal pairs with colons between them.
    pub(crate) fn fingerprint(&self) -> String {
        self.hex(&SHA256).join(":")
    }

    /// The SHA-1 digest in hexadecimal.
    pub(crate) fn thumbprint(&self) -> String {
        self.hex(&SHA1_FOR_LEGACY_USE_ONLY).concat()
    }

    fn hex(&self, algorithm: &'static Algorithm) -> Vec<String> {
        digest(algorithm, &self.0).as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

/// What base64 on one or several lines holds.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty())
}

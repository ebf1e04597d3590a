//! Keys with their certificates, and what is signed with them.

use std::sync::OnceLock;
use std::time::Duration;

use bergshamra_dsig::{DsigContext, sign};
use bergshamra_keys::KeysManager;
use bergshamra_keys::loader::load_pem_auto;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize, date_time_ymd};
use tenantry_domain::Timestamp;

pub(super) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A private key and the certificate that goes with it, in PEM.
#[derive(Clone, Debug)]
pub struct Key {
    private: String,
    pub certificate: String,
}

impl Key {
    /// The company's, with a certificate until then.
    pub fn of_the_company(until: Timestamp) -> Self {
        static PAIR: OnceLock<KeyPair> = OnceLock::new();
        Self::certified(PAIR.get_or_init(generate), until)
    }

    /// Somebody else's.
    pub fn of_a_stranger(until: Timestamp) -> Self {
        static PAIR: OnceLock<KeyPair> = OnceLock::new();
        Self::certified(PAIR.get_or_init(generate), until)
    }

    fn certified(pair: &KeyPair, until: Timestamp) -> Self {
        let mut parameters = CertificateParams::new(Vec::<String>::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "idp.corp.example");
        parameters.not_before = date_time_ymd(2020, 1, 1);
        let until = Duration::from_secs(until.as_seconds().try_into().unwrap());
        parameters.not_after = date_time_ymd(1970, 1, 1) + until;
        let certificate = parameters.self_signed(pair).unwrap().pem();
        Self { private: pair.serialize_pem(), certificate }
    }

    /// The certificate as XML has it: base64 without lines.
    pub fn x509(&self) -> String {
        self.certificate.lines().filter(|line| !line.starts_with("-----")).collect()
    }
}

/// One pair for each of the two, made once: RSA takes its time.
fn generate() -> KeyPair {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()
}

/// Fills in the first signature.
pub(super) fn signed(xml: &str, key: &Key) -> String {
    let mut keys = KeysManager::new();
    keys.add_key(load_pem_auto(key.private.as_bytes(), None).unwrap());
    sign::sign(&DsigContext::new(keys), xml).unwrap()
}

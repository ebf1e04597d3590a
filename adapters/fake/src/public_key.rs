//! A client's public RSA key: read from PEM, named by its thumbprint, and what verifies signatures.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use crate::der::Reader;
use crate::secrets::sha256;
use crate::x509::Parts;

/// What a client may sign with. Auth0 takes these three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum SignatureAlgorithm {
    #[default]
    Rs256,
    Rs384,
    Ps256,
}

impl SignatureAlgorithm {
    pub(crate) const NAMES: &'static [&'static str] = &["RS256", "RS384", "PS256"];

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Rs384, Self::Ps256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Its name in `alg` (RFC 7518 section 3.1).
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Ps256 => "PS256",
        }
    }

    fn parameters(self) -> &'static RsaParameters {
        match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
        }
    }
}

/// Modulus and exponent in base64url, as a JSON Web Key has them (RFC 7518 section 6.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PublicKey {
    n: String,
    e: String,
}

/// The object identifier 1.2.840.113549.1.1.1: rsaEncryption.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// Shorter keys can be factored, and longer ones make every verification expensive.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

impl PublicKey {
    /// From a public key (SPKI or PKCS #1) or an X.509 certificate, and when the certificate expires. `None` for anything
    /// else, and for a key of less than 2048 bits.
    pub(crate) fn of_pem(pem: &str) -> Option<(Self, Option<Timestamp>)> {
        let (label, der) = decode(pem)?;
        let mut document = Reader::new(&der);
        match label {
            "PUBLIC KEY" => Some((Self::of_spki(document.sequence()?)?, None)),
            "RSA PUBLIC KEY" => Some((Self::of_pkcs1(document.sequence()?)?, None)),
            "CERTIFICATE" => Self::of_certificate(document.sequence()?),
            _ => None,
        }
    }

    fn of_certificate(certificate: Reader<'_>) -> Option<(Self, Option<Timestamp>)> {
        let parts = Parts::of(certificate)?;
        Some((Self::of_spki(parts.public_key)?, Some(parts.not_after)))
    }

    /// RFC 5280 section 4.1.2.7, RFC 3279 section 2.3.1.
    fn of_spki(mut spki: Reader<'_>) -> Option<Self> {
        let (_, algorithm) = spki.sequence()?.element()?;
        let mut key = spki.bits()?;
        if algorithm == RSA { Self::of_pkcs1(key.sequence()?) } else { None }
    }

    /// RFC 8017 appendix A.1.1.
    fn of_pkcs1(mut key: Reader<'_>) -> Option<Self> {
        let (n, e) = (key.natural()?, key.natural()?);
        let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
        let is_sound = MODULUS_BITS.contains(&bits) && !e.is_empty();
        is_sound.then(|| Self { n: URL_SAFE_NO_PAD.encode(n), e: URL_SAFE_NO_PAD.encode(e) })
    }

    /// RFC 7638: what Auth0 names a key by that has got no other name.
    pub(crate) fn thumbprint(&self) -> String {
        sha256(&format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, self.e, self.n))
    }

    /// Whether the signature over the text is this key's.
    pub(crate) fn verifies(&self, algorithm: SignatureAlgorithm, text: &str, signature: &[u8]) -> bool {
        let (Ok(n), Ok(e)) = (URL_SAFE_NO_PAD.decode(&self.n), URL_SAFE_NO_PAD.decode(&self.e)) else {
            return false;
        };
        let key = RsaPublicKeyComponents { n, e };
        key.verify(algorithm.parameters(), text.as_bytes(), signature).is_ok()
    }
}

/// The label of the first block, and what is in it (RFC 7468).
fn decode(pem: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let body: String = body.split_ascii_whitespace().collect();
    Some((label, STANDARD.decode(body).ok()?))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
    use jsonwebtoken::{Algorithm, EncodingKey};

    use super::*;
    use crate::certificate::Certificate;

    fn pem(label: &str, der: &[u8]) -> String {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
    }

    #[test]
    fn the_same_key_is_read_from_each_of_its_forms() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let (key, expires_at) = PublicKey::of_pem(&pem("PUBLIC KEY", spki.as_ref())).unwrap();
        assert_eq!((expires_at, key.thumbprint().len()), (None, 43));
        let pkcs1 = pem("RSA PUBLIC KEY", pair.public_key().as_ref());
        assert_eq!(PublicKey::of_pem(&pkcs1).unwrap(), (key.clone(), None));
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let now = Timestamp::from_seconds(1_772_445_600);
        let certificate = Certificate::of(pkcs8.as_ref(), "acme.example", now).unwrap();
        let expires_at = now.plus_days(5000);
        assert_eq!(PublicKey::of_pem(&certificate.pem()).unwrap(), (key, Some(expires_at)));
    }

    #[test]
    fn a_signature_belongs_to_one_key_one_algorithm_and_one_text() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let other = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = |pair: &RsaKeyPair| {
            PublicKey::of_pem(&pem("RSA PUBLIC KEY", pair.public_key().as_ref())).unwrap().0
        };
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let key = EncodingKey::from_rsa_pem(pem("PRIVATE KEY", pkcs8.as_ref()).as_bytes()).unwrap();
        let algorithms = [
            (SignatureAlgorithm::Rs256, Algorithm::RS256),
            (SignatureAlgorithm::Rs384, Algorithm::RS384),
            (SignatureAlgorithm::Ps256, Algorithm::PS256),
        ];
        for (signed_with, algorithm) in algorithms {
            let signature = jsonwebtoken::crypto::sign(b"text", &key, algorithm).unwrap();
            let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
            for (read_as, _) in algorithms {
                let holds = public(&pair).verifies(read_as, "text", &signature);
                assert_eq!(holds, read_as == signed_with, "{signed_with:?} {read_as:?}");
            }
            assert!(!public(&pair).verifies(signed_with, "Text", &signature));
            assert!(!public(&other).verifies(signed_with, "text", &signature));
        }
    }

    #[test]
    fn what_is_no_key_of_this_kind_is_refused() {
        let elliptic = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHwr3h6mQqnl8ovZuOhMj0tCA0sUo\nL+9pmNAEJSJbVn4AfqEPTVbtC3CUvmGKGXSZKgd8I3q1Fky3hdz5fKPCGw==\n-----END PUBLIC KEY-----";
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let mut broken = pair.public_key().as_ref().to_vec();
        broken.truncate(100);
        // One bit less than 2048.
        let short =
            [&[0x30, 0x82, 0x01, 0x09, 0x02, 0x82, 0x01, 0x00][..], &[0x7f; 256], &[2, 3, 1, 0, 1]].concat();
        let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let texts = [
            "",
            "nothing",
            "-----BEGIN PUBLIC KEY-----\n%%%\n-----END PUBLIC KEY-----",
            elliptic,
            &pem("RSA PUBLIC KEY", &broken),
            &pem("PRIVATE KEY", private.as_ref()),
            &pem("RSA PUBLIC KEY", &short),
        ];
        for text in texts {
            assert!(PublicKey::of_pem(text).is_none(), "{text}");
        }
    }
}

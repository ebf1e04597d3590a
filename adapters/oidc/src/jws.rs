//! Signed tokens: the compact form, a header that may decide nothing, and the signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;

use crate::TokenRejected;
use crate::claims::Claims;
use crate::keys::VerificationKey;

/// The largest token that is looked at. Auth0 allows 100 KB of payload; what we ask for stays far below.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// Headers that bring a key along, or that change what the token means.
const FORBIDDEN_HEADERS: [&str; 4] = ["jku", "x5u", "jwk", "crit"];

/// A signature algorithm that can be pinned. Only asymmetric ones are here, so that no configuration can let a
/// public key be taken for a shared secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what OpenID Connect requires of every provider.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
}

impl SigningAlgorithm {
    /// Its name in `alg` (RFC 7518, section 3.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
        }
    }

    pub(crate) fn among(allowed: &[Self], name: &str) -> Option<Self> {
        allowed.iter().copied().find(|algorithm| algorithm.name() == name)
    }
}

impl From<SigningAlgorithm> for Algorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Rs256 => Self::RS256,
            SigningAlgorithm::Rs384 => Self::RS384,
            SigningAlgorithm::Rs512 => Self::RS512,
            SigningAlgorithm::Ps256 => Self::PS256,
            SigningAlgorithm::Ps384 => Self::PS384,
            SigningAlgorithm::Ps512 => Self::PS512,
        }
    }
}

/// A token in compact form whose header is acceptable, and whose signature isn't verified yet: no claim can be read.
pub(crate) struct UnverifiedToken<'a> {
    pub(crate) algorithm: SigningAlgorithm,
    pub(crate) key_id: Option<String>,
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> UnverifiedToken<'a> {
    /// Reads the header. `typ` must be absent or one of `types`.
    pub(crate) fn parse(
        token: &'a str,
        allowed: &[SigningAlgorithm],
        types: &[&str],
    ) -> Result<Self, TokenRejected> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRejected::TooLarge);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenRejected::Malformed)?;
        // A token with more than three parts has its other dots in the payload, where base64url refuses them.
        let (header, payload) = signed.split_once('.').ok_or(TokenRejected::Malformed)?;
        let header = Claims::parse(&decode(header)?)?;
        if let Some(name) = FORBIDDEN_HEADERS.into_iter().find(|name| header.contains(name)) {
            return Err(TokenRejected::Header(name));
        }
        let name = header.get("alg").and_then(|name| name.as_str()).ok_or(TokenRejected::Algorithm)?;
        let algorithm = SigningAlgorithm::among(allowed, name).ok_or(TokenRejected::Algorithm)?;
        if let Some(stated) = header.get("typ") {
            let stated = stated.as_str().ok_or(TokenRejected::Type)?;
            if !types.iter().any(|known| known.eq_ignore_ascii_case(stated)) {
                return Err(TokenRejected::Type);
            }
        }
        let key_id = match header.get("kid") {
            Some(id) => Some(id.as_str().ok_or(TokenRejected::Malformed)?.to_owned()),
            None => None,
        };
        Ok(Self { algorithm, key_id, signed, payload, signature })
    }

    /// The claims, once the signature is known to be the key's.
    pub(crate) fn verify(&self, key: &VerificationKey) -> Result<Claims, TokenRejected> {
        let genuine = jsonwebtoken::crypto::verify(
            self.signature,
            self.signed.as_bytes(),
            key.decoding_key(),
            self.algorithm.into(),
        );
        if !genuine.unwrap_or(false) {
            return Err(TokenRejected::Signature);
        }
        Claims::parse(&decode(self.payload)?)
    }
}

fn decode(part: &str) -> Result<Vec<u8>, TokenRejected> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRejected::Malformed)
}

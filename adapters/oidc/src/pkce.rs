//! Unguessable values: state, nonce, and the proof key that binds a code to the browser that asked for it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use tenantry_ports::Random;

/// A proof key for code exchange (RFC 7636), always by the method S256.
#[derive(Debug)]
pub struct Pkce {
    verifier: SecretString,
    challenge: String,
}

impl Pkce {
    /// A new key.
    pub fn generate(random: &dyn Random) -> Self {
        Self::from_verifier(random_token(random))
    }

    /// The key of a verifier that was kept from earlier.
    pub fn from_verifier(verifier: String) -> Self {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        Self { verifier: verifier.into(), challenge }
    }

    /// What proves, at the token endpoint, that the code is ours. A secret until then.
    pub fn verifier(&self) -> &str {
        self.verifier.expose_secret()
    }

    /// What goes into the authorization request.
    pub fn challenge(&self) -> &str {
        &self.challenge
    }
}

/// A value that nobody can guess: 32 random bytes as 43 characters of base64url, for `state`, `nonce` and the like.
pub fn random_token(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts up, so that every byte asked for is distinct and known.
    struct Counting(std::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let pkce = Pkce::from_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(pkce.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn values_are_new_each_time_and_fit_a_url() {
        let random = Counting(0.into());
        let first = Pkce::generate(&random);
        let second = random_token(&random);
        assert_eq!(first.verifier(), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        assert_eq!(second, "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8");
    }

    #[test]
    fn debug_hides_the_verifier() {
        let pkce = Pkce::generate(&Counting(0.into()));
        assert!(!format!("{pkce:?}").contains(pkce.verifier()));
    }
}

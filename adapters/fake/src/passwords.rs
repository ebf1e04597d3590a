//! Passwords of the database connection: how they are kept, and which are too weak.

use std::fmt;
use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::ids::Ids;

/// Few, so that a test suite that logs in all day stays fast: this is a development provider, and its accounts are
/// not real people's. A provider for real people takes 600,000.
const ROUNDS: NonZeroU32 = NonZeroU32::new(1_000).unwrap();
const ALGORITHM: pbkdf2::Algorithm = pbkdf2::PBKDF2_HMAC_SHA256;

/// A password as it is kept: salted PBKDF2-HMAC-SHA256.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PasswordHash {
    salt: String,
    hash: String,
}

impl PasswordHash {
    pub(crate) fn of(password: &str, ids: &Ids) -> Self {
        let salt: [u8; 16] = ids.bytes();
        let mut hash = [0; 32];
        pbkdf2::derive(ALGORITHM, ROUNDS, &salt, password.as_bytes(), &mut hash);
        Self { salt: STANDARD_NO_PAD.encode(salt), hash: STANDARD_NO_PAD.encode(hash) }
    }

    pub(crate) fn matches(&self, password: &str) -> bool {
        let (Ok(salt), Ok(hash)) = (STANDARD_NO_PAD.decode(&self.salt), STANDARD_NO_PAD.decode(&self.hash))
        else {
            return false;
        };
        pbkdf2::verify(ALGORITHM, ROUNDS, &salt, password.as_bytes(), &hash).is_ok()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

/// What Auth0's password policy `good`, its default, asks for.
pub(crate) struct Strength {
    pub(crate) long_enough: bool,
    pub(crate) lower_case: bool,
    pub(crate) upper_case: bool,
    pub(crate) digit: bool,
    pub(crate) special: bool,
}

impl Strength {
    pub(crate) fn of(password: &str) -> Self {
        Self {
            long_enough: password.chars().count() >= 8,
            lower_case: password.chars().any(|letter| letter.is_ascii_lowercase()),
            upper_case: password.chars().any(|letter| letter.is_ascii_uppercase()),
            digit: password.chars().any(|letter| letter.is_ascii_digit()),
            special: password.chars().any(|letter| !letter.is_ascii_alphanumeric()),
        }
    }

    pub(crate) fn has_enough_kinds(&self) -> bool {
        let kinds = [self.lower_case, self.upper_case, self.digit, self.special];
        kinds.into_iter().filter(|present| *present).count() >= 3
    }

    pub(crate) fn is_good(&self) -> bool {
        self.long_enough && self.has_enough_kinds()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use tenantry_ports::testkit::SeededRandom;

    #[test]
    fn only_the_same_password_matches() {
        let ids = Ids::new(Arc::new(SeededRandom::new(1)));
        let kept = PasswordHash::of("correct Horse 1", &ids);
        assert!(kept.matches("correct Horse 1"));
        assert!(!kept.matches("correct horse 1") && !kept.matches(""));
        assert_ne!(kept.hash, PasswordHash::of("correct Horse 1", &ids).hash, "the salt differs");
        assert!(!serde_json::to_string(&kept).unwrap().contains("Horse"));
    }

    #[test]
    fn the_policy_wants_eight_characters_of_three_kinds() {
        for (password, good) in [
            ("Abcdef12", true),
            ("abcdef1!", true),
            ("Abcdef1", false),
            ("abcdefgh", false),
            ("abcdefg1", false),
            ("ÄÖÜäöüß1", false),
            ("", false),
        ] {
            assert_eq!(Strength::of(password).is_good(), good, "{password}");
        }
    }
}

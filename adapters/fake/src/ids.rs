//! New identifiers and secrets, in the forms that Auth0 gives them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_domain::Timestamp;
use tenantry_ports::Random;

/// Makes them from the injected randomness.
#[derive(Clone)]
pub(crate) struct Ids {
    random: Arc<dyn Random>,
    /// How many messages and log entries there were: it tells apart those of one millisecond.
    entries: Arc<AtomicU32>,
}

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8; 10] = b"0123456789";
const HEX: &[u8; 16] = b"0123456789abcdef";

impl Ids {
    pub(crate) fn new(random: Arc<dyn Random>) -> Self {
        Self { random, entries: Arc::default() }
    }

    /// What they are made from.
    pub(crate) fn random(&self) -> Arc<dyn Random> {
        Arc::clone(&self.random)
    }

    pub(crate) fn organization(&self) -> String {
        format!("org_{}", self.text(ALPHANUMERIC, 16))
    }

    pub(crate) fn connection(&self) -> String {
        format!("con_{}", self.text(ALPHANUMERIC, 16))
    }

    pub(crate) fn role(&self) -> String {
        format!("rol_{}", self.text(ALPHANUMERIC, 16))
    }

    pub(crate) fn client_grant(&self) -> String {
        format!("cgr_{}", self.text(ALPHANUMERIC, 16))
    }

    pub(crate) fn invitation(&self) -> String {
        format!("uinv_{}", self.text(ALPHANUMERIC, 16))
    }

    pub(crate) fn discovery_domain(&self) -> String {
        format!("ord_{}", self.text(ALPHANUMERIC, 22))
    }

    pub(crate) fn self_service_profile(&self) -> String {
        format!("ssp_{}", self.text(ALPHANUMERIC, 22))
    }

    /// What a link carries that lets its holder do one thing.
    pub(crate) fn ticket(&self) -> String {
        self.text(ALPHANUMERIC, 32)
    }

    /// What stands in the DNS record that proves a domain.
    pub(crate) fn verification_txt(&self) -> String {
        self.text(HEX, 32)
    }

    pub(crate) fn resource_server(&self) -> String {
        self.text(HEX, 24)
    }

    pub(crate) fn scim_token(&self) -> String {
        format!("tok_{}", self.text(ALPHANUMERIC, 16))
    }

    /// So many hexadecimal digits.
    pub(crate) fn hex(&self, length: usize) -> String {
        self.text(HEX, length)
    }

    /// A random UUID (RFC 9562 section 5.4).
    pub(crate) fn uuid(&self) -> String {
        let variant = self.text(b"89ab", 1);
        let [time, middle, version, sequence, node] = [8, 4, 3, 3, 12].map(|length| self.hex(length));
        format!("{time}-{middle}-4{version}-{variant}{sequence}-{node}")
    }

    pub(crate) fn client(&self) -> String {
        self.text(ALPHANUMERIC, 32)
    }

    pub(crate) fn client_credential(&self) -> String {
        format!("cred_{}", self.text(ALPHANUMERIC, 22))
    }

    pub(crate) fn client_secret(&self) -> String {
        self.text(ALPHANUMERIC, 64)
    }

    /// An account of the password database. The first eight digits are the time, so ids sort by age.
    pub(crate) fn database_user(&self, now: Timestamp) -> String {
        format!("auth0|{:08x}{}", now.as_seconds() & 0xffff_ffff, self.text(HEX, 16))
    }

    /// A `sub` as Google gives them: digits.
    pub(crate) fn digits(&self, length: usize) -> String {
        self.text(DIGITS, length)
    }

    pub(crate) fn job(&self) -> String {
        format!("job_{}", self.text(ALPHANUMERIC, 16))
    }

    /// An account of a passwordless connection.
    pub(crate) fn passwordless_user(&self, strategy: &str) -> String {
        format!("{strategy}|{}", self.text(HEX, 24))
    }

    pub(crate) fn key_id(&self) -> String {
        self.text(ALPHANUMERIC, 21)
    }

    /// Sorts by age, as ids of messages and log entries do.
    pub(crate) fn log_entry(&self, now: Timestamp) -> String {
        let place = self.entries.fetch_add(1, Ordering::Relaxed) % 1_000_000;
        format!("90{:013}{place:06}{}", now.as_millis(), self.text(DIGITS, 6))
    }

    /// As Auth0 has them: versioned.
    pub(crate) fn refresh_token(&self) -> String {
        format!("v1.{}", self.secret())
    }

    pub(crate) fn session(&self) -> String {
        self.secret()
    }

    /// What one message is followed by through logs.
    pub(crate) fn trace(&self) -> String {
        self.text(HEX, 16)
    }

    /// The handle of a login transaction. It starts with the time, so that handles sort by age.
    pub(crate) fn transaction(&self, now: Timestamp) -> String {
        format!("{:011x}{}", now.as_millis(), self.text(ALPHANUMERIC, 32))
    }

    /// 256 bits nobody can guess.
    pub(crate) fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }

    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    fn text(&self, alphabet: &[u8], length: usize) -> String {
        // Bytes beyond the last whole multiple of the alphabet would make its first letters likelier.
        let fair = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(length);
        while text.len() < length {
            for byte in self.bytes::<64>() {
                let letter = alphabet.get(usize::from(byte) % alphabet.len());
                if let Some(letter) = letter.filter(|_| usize::from(byte) < fair && text.len() < length) {
                    text.push(char::from(*letter));
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use tenantry_ports::testkit::SeededRandom;

    #[test]
    fn ids_have_the_forms_of_auth0() {
        let ids = Ids::new(Arc::new(SeededRandom::new(1)));
        let organization = ids.organization();
        assert_eq!((organization.len(), &organization[..4]), (20, "org_"));
        let user = ids.database_user(Timestamp::from_seconds(0x66f1_c0ff));
        assert_eq!((user.len(), &user[..14]), (30, "auth0|66f1c0ff"));
        assert!(user[6..].bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(ids.client().len(), 32);
        let uuid = ids.uuid();
        let dashes: Vec<usize> = uuid.match_indices('-').map(|(place, _)| place).collect();
        assert_eq!((uuid.len(), dashes), (36, vec![8, 13, 18, 23]));
        assert!(&uuid[14..15] == "4" && "89ab".contains(&uuid[19..20]), "{uuid}");
        assert_ne!(ids.organization(), organization);
    }

    #[test]
    fn entries_of_one_moment_keep_their_order() {
        let ids = Ids::new(Arc::new(SeededRandom::new(1)));
        let now = Timestamp::from_seconds(1_700_000_000);
        let made: Vec<String> = (0..20).map(|_| ids.log_entry(now)).collect();
        assert!(made.is_sorted() && made.iter().all(|id| id.len() == 27), "{made:?}");
    }

    #[test]
    fn transactions_sort_by_age() {
        let ids = Ids::new(Arc::new(SeededRandom::new(1)));
        let early = ids.transaction(Timestamp::from_seconds(1_700_000_000));
        assert!(early < ids.transaction(Timestamp::from_seconds(1_700_000_001)));
    }

    /// Every byte as often as any other.
    struct Counting(Mutex<u8>);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            let mut next = self.0.lock().unwrap();
            for byte in bytes {
                *byte = *next;
                *next = next.wrapping_add(1);
            }
        }
    }

    #[test]
    fn every_letter_is_as_likely_as_any_other() {
        let ids = Ids::new(Arc::new(Counting(Mutex::new(0))));
        let text = ids.text(DIGITS, 250 * 64);
        let count = |digit: char| text.chars().filter(|letter| *letter == digit).count();
        assert!(('0'..='9').all(|digit| count(digit) == 1600), "{text}");
    }
}

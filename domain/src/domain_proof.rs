//! The proof that a domain is an organization's own: a record in its DNS that nobody else can put there.

use std::time::Duration;

use crate::{EmailDomain, TenantId, Timestamp};

/// For how long the record may be gone before the proof counts no more: DNS has its bad days.
const GRACE: Duration = Duration::from_hours(72);

/// One tenant's claim to a domain. Many may claim the same; one at most has proved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainProof {
    /// Whose claim.
    pub tenant: TenantId,
    /// To what.
    pub domain: EmailDomain,
    /// What the record has to say: for this tenant and this domain alone.
    pub token: ProofToken,
    /// How it stands.
    pub state: ProofState,
    /// Since when the record of a proved domain is missing.
    pub missing_since: Option<Timestamp>,
    /// Since when it is claimed.
    pub claimed_at: Timestamp,
    /// When the record was last looked for.
    pub checked_at: Option<Timestamp>,
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofState {
    /// The record was never there. The claim opens nothing.
    Claimed,
    /// The record was there, and is or was until not long ago.
    Proved {
        /// Since when.
        since: Timestamp,
    },
    /// The record is gone. The domain opens nothing until it is there again.
    Lapsed {
        /// Since when.
        since: Timestamp,
    },
}

/// What the record says: 32 hexadecimal digits of randomness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofToken(Box<str>);

/// The text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is 32 hexadecimal digits")]
pub struct InvalidProofToken;

impl ProofToken {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for ProofToken {
    type Error = InvalidProofToken;

    fn try_from(text: &str) -> Result<Self, InvalidProofToken> {
        let is_token = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_token { Ok(Self(text.into())) } else { Err(InvalidProofToken) }
    }
}

impl DomainProof {
    /// A claim that begins.
    pub fn claim(tenant: TenantId, domain: EmailDomain, token: ProofToken, at: Timestamp) -> Self {
        let state = ProofState::Claimed;
        Self { tenant, domain, token, state, missing_since: None, claimed_at: at, checked_at: None }
    }

    /// For how long a claim waits for its record: then nobody looks for it any more but who asks for it.
    pub const WAITS: Duration = Duration::from_hours(7 * 24);

    /// Until when the record of a claim is looked for again and again; `None` once that is over, and of every other proof.
    pub fn waits_until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = self.claimed_at + Self::WAITS;
        (self.state == ProofState::Claimed && now < until).then_some(until)
    }

    /// The name of the record.
    pub fn record_name(&self) -> String {
        format!("_tenantry-challenge.{}", self.domain)
    }

    /// What the record has to say.
    pub fn record_value(&self) -> String {
        format!("tenantry-domain-verification={}", self.token.as_str())
    }

    /// Whether the domain is the tenant's.
    pub fn holds(&self) -> bool {
        matches!(self.state, ProofState::Proved { .. })
    }

    /// The claim after the record was looked for at `at`, and was `there` or not.
    #[must_use]
    pub fn looked(self, there: bool, at: Timestamp) -> Self {
        let (state, missing_since) = match (self.state, there) {
            (ProofState::Proved { since }, true) => (ProofState::Proved { since }, None),
            (ProofState::Claimed | ProofState::Lapsed { .. }, true) => {
                (ProofState::Proved { since: at }, None)
            }
            (ProofState::Proved { since }, false) => {
                let missing = self.missing_since.unwrap_or(at);
                if missing.until(at) >= GRACE {
                    (ProofState::Lapsed { since: at }, None)
                } else {
                    (ProofState::Proved { since }, Some(missing))
                }
            }
            (state @ (ProofState::Claimed | ProofState::Lapsed { .. }), false) => (state, None),
        };
        Self { state, missing_since, checked_at: Some(at), ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claimed() -> DomainProof {
        let token = ProofToken::try_from("0123456789abcdef0123456789abcdef").unwrap();
        let tenant = TenantId::try_from("acme").unwrap();
        DomainProof::claim(tenant, EmailDomain::try_from("acme.com").unwrap(), token, hours(0))
    }

    fn hours(count: u64) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000) + Duration::from_hours(count)
    }

    #[test]
    fn the_record_is_one_of_the_domain_alone() {
        assert_eq!(claimed().record_name(), "_tenantry-challenge.acme.com");
        let said = "tenantry-domain-verification=0123456789abcdef0123456789abcdef";
        assert_eq!(claimed().record_value(), said);
        for text in ["", "0123", "0123456789abcdef0123456789abcdeg"] {
            assert_eq!(ProofToken::try_from(text), Err(InvalidProofToken));
        }
    }

    #[test]
    fn s01_a_claim_opens_nothing_until_the_record_was_there() {
        let proof = claimed();
        assert!(!proof.holds());
        let proof = proof.looked(false, hours(1));
        assert_eq!((proof.state, proof.checked_at), (ProofState::Claimed, Some(hours(1))));
        let proof = proof.looked(true, hours(2));
        assert_eq!(proof.state, ProofState::Proved { since: hours(2) });
        assert!(proof.holds());
    }

    #[test]
    fn a_claim_waits_a_week() {
        let proof = claimed();
        assert_eq!(proof.waits_until(hours(7 * 24 - 1)), Some(hours(7 * 24)));
        assert_eq!(proof.waits_until(hours(7 * 24)), None);
        assert_eq!(proof.looked(true, hours(1)).waits_until(hours(2)), None);
    }

    #[test]
    fn s01_a_proof_lapses_when_the_record_is_gone_for_three_days() {
        let proof = claimed().looked(true, hours(0)).looked(false, hours(10));
        assert!(proof.holds());
        assert_eq!(proof.missing_since, Some(hours(10)));
        assert!(proof.clone().looked(false, hours(81)).holds());
        let lapsed = proof.clone().looked(false, hours(82));
        assert_eq!(lapsed.state, ProofState::Lapsed { since: hours(82) });
        assert_eq!(lapsed.looked(true, hours(90)).state, ProofState::Proved { since: hours(90) });
        let back = proof.looked(true, hours(50)).looked(false, hours(100));
        assert_eq!((back.holds(), back.missing_since), (true, Some(hours(100))));
    }

    proptest! {
        #[test]
        fn no_sequence_of_looks_proves_what_was_never_there(
            looks in proptest::collection::vec((any::<bool>(), 0_u64..100), 0..30),
        ) {
            let (mut proof, mut now, mut was_there) = (claimed(), 0, false);
            let mut last_there = None;
            for (there, later) in looks {
                now += later;
                proof = proof.looked(there, hours(now));
                was_there |= there;
                if there {
                    last_there = Some(now);
                }
                prop_assert!(!proof.holds() || was_there);
                prop_assert!(!there || proof.holds());
                prop_assert_eq!(proof.checked_at, Some(hours(now)));
                if let Some(last) = last_there.filter(|_| !proof.holds()) {
                    prop_assert!(now - last >= 72);
                }
            }
        }
    }
}

//! The contract of [`DomainProofs`].

#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a contract case fails by panicking"
)]

use tenantry_domain::{DomainProof, EmailDomain, ProofState, ProofToken, TenantId, Timestamp};

use crate::DomainProofs;

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + second)
}

fn domain(text: &str) -> EmailDomain {
    EmailDomain::try_from(text).unwrap()
}

fn tenant(id: &str) -> TenantId {
    TenantId::try_from(id).unwrap()
}

fn claim(of: &str, text: &str, token: u128) -> DomainProof {
    let token = ProofToken::try_from(format!("{token:032x}").as_str()).unwrap();
    DomainProof::claim(tenant(of), domain(text), token, at(0))
}

/// What is claimed is found by its tenant alone, and claiming again keeps the token.
pub async fn a_claim_stays_as_it_was_made(proofs: &impl DomainProofs) {
    let first = claim("acme", "acme.com", 1);
    assert_eq!(proofs.claim(&first).await.unwrap(), first);
    assert_eq!(proofs.claim(&claim("acme", "acme.com", 2)).await.unwrap(), first);
    let other = claim("globex", "acme.com", 3);
    assert_eq!(proofs.claim(&other).await.unwrap(), other);
    proofs.claim(&claim("acme", "acme.at", 4)).await.unwrap();
    let of_acme: Vec<_> = proofs.of_tenant(&tenant("acme")).await.unwrap();
    assert_eq!(of_acme, [claim("acme", "acme.at", 4), first.clone()]);
    assert_eq!(proofs.find(&tenant("globex"), &domain("acme.com")).await.unwrap(), Some(other));
    assert_eq!(proofs.find(&tenant("globex"), &domain("acme.at")).await.unwrap(), None);
    assert_eq!(proofs.proved(&domain("acme.com")).await.unwrap(), None);
}

/// S02: of two tenants that prove the same domain at the same moment one has it, until it gives the domain up or its
/// proof lapses.
pub async fn s02_one_tenant_has_proved_a_domain(proofs: &impl DomainProofs) {
    let (acme, globex) = (claim("acme", "acme.com", 1), claim("globex", "acme.com", 2));
    proofs.claim(&acme).await.unwrap();
    proofs.claim(&globex).await.unwrap();
    let (of_acme, of_globex) = (acme.clone().looked(true, at(1)), globex.clone().looked(true, at(1)));
    let both = futures::join!(proofs.keep(&of_acme), proofs.keep(&of_globex));
    let (won, lost) = match (both.0.unwrap(), both.1.unwrap()) {
        (true, false) => (of_acme, of_globex),
        (false, true) => (of_globex, of_acme),
        both => panic!("one wins: {both:?}"),
    };
    assert_eq!(proofs.proved(&domain("acme.com")).await.unwrap(), Some(won.clone()));
    let unchanged = proofs.find(&lost.tenant, &lost.domain).await.unwrap().unwrap();
    assert_eq!(unchanged.state, ProofState::Claimed);
    assert!(proofs.keep(&won).await.unwrap());
    let lapsed = DomainProof { state: ProofState::Lapsed { since: at(9) }, ..won.clone() };
    assert!(proofs.keep(&lapsed).await.unwrap());
    assert_eq!(proofs.proved(&domain("acme.com")).await.unwrap(), None);
    assert!(proofs.keep(&lost).await.unwrap());
    assert!(!proofs.keep(&won).await.unwrap());
    proofs.release(&lost.tenant, &lost.domain).await.unwrap();
    assert!(!proofs.keep(&lost).await.unwrap(), "what was given up stays given up");
    assert!(proofs.keep(&won).await.unwrap());
    assert_eq!(proofs.proved(&domain("acme.com")).await.unwrap(), Some(won));
}

/// S03: a domain is found by the same bytes alone.
pub async fn s03_a_domain_is_found_exactly(proofs: &impl DomainProofs) {
    proofs.claim(&claim("acme", "corp.com", 1)).await.unwrap();
    proofs.keep(&claim("acme", "corp.com", 1).looked(true, at(1))).await.unwrap();
    for other in ["exploitcorp.com", "a.corp.com", "corp.com.evil.com", "corp.co"] {
        assert_eq!(proofs.proved(&domain(other)).await.unwrap(), None, "{other}");
    }
    assert!(proofs.proved(&domain("corp.com")).await.unwrap().is_some());
}

/// Of several who are about to look at what is due one looks, and what was seen meanwhile stays.
pub async fn a_look_is_taken_once(proofs: &impl DomainProofs) {
    let due = claim("acme", "corp.com", 1);
    proofs.claim(&due).await.unwrap();
    let (one, other) = futures::join!(proofs.take_look(&due, at(10)), proofs.take_look(&due, at(11)));
    assert_eq!(usize::from(one.unwrap()) + usize::from(other.unwrap()), 1);
    let seen = proofs.find(&due.tenant, &due.domain).await.unwrap().unwrap();
    let proved = DomainProof { checked_at: Some(at(20)), ..seen.clone() }.looked(true, at(20));
    assert!(proofs.keep(&proved).await.unwrap());
    assert!(!proofs.take_look(&seen, at(30)).await.unwrap());
    assert_eq!(proofs.find(&due.tenant, &due.domain).await.unwrap().unwrap(), proved);
    assert!(proofs.take_look(&proved, at(30)).await.unwrap());
    let taken = DomainProof { checked_at: Some(at(30)), ..proved };
    assert_eq!(proofs.find(&due.tenant, &due.domain).await.unwrap().unwrap(), taken);
    let anothers = DomainProof { tenant: TenantId::try_from("globex").unwrap(), ..taken };
    assert!(!proofs.take_look(&anothers, at(40)).await.unwrap());
}

/// What was looked at longest ago is due first; what is claimed and never proved is left alone after a while.
pub async fn what_is_due_comes_in_order(proofs: &impl DomainProofs) {
    for (name, token) in [("a.com", 1), ("b.com", 2), ("c.com", 3)] {
        proofs.claim(&claim("acme", name, token)).await.unwrap();
    }
    proofs.keep(&claim("acme", "b.com", 2).looked(true, at(10))).await.unwrap();
    proofs.keep(&claim("acme", "c.com", 3).looked(false, at(20))).await.unwrap();
    let due = async |proved, claimed, after, limit| {
        let due = proofs.due(at(proved), at(claimed), at(after), limit).await.unwrap();
        due.into_iter().map(|proof| proof.domain.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(due(11, 21, -1, 9).await, ["a.com", "b.com", "c.com"]);
    assert_eq!(due(11, 21, -1, 2).await, ["a.com", "b.com"]);
    assert_eq!(due(10, 20, -1, 9).await, ["a.com"]);
    assert_eq!(due(11, 21, 0, 9).await, ["b.com"]);
}

/// A tenant's claims go with it, and nobody else's.
pub async fn a_tenant_is_forgotten_alone(proofs: &impl DomainProofs) {
    proofs.claim(&claim("acme", "acme.com", 1)).await.unwrap();
    proofs.claim(&claim("globex", "acme.com", 2)).await.unwrap();
    proofs.release(&tenant("acme"), &domain("none.com")).await.unwrap();
    proofs.forget(&tenant("acme")).await.unwrap();
    proofs.forget(&tenant("nobody")).await.unwrap();
    assert_eq!(proofs.of_tenant(&tenant("acme")).await.unwrap(), []);
    assert_eq!(proofs.of_tenant(&tenant("globex")).await.unwrap(), [claim("globex", "acme.com", 2)]);
}

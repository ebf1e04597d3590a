//! The contract of [`AuditLog`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use std::time::Duration;

use tenantry_domain::{AuditAction, AuditEntry, TenantId, Timestamp, UserId};

use crate::{AuditLog, AuditLogError, Cursor, PageSize};

fn entry(number: u32, tenant: Option<&str>) -> AuditEntry {
    AuditEntry {
        at: Timestamp::from_seconds(1_700_000_000) + Duration::from_secs(number.into()),
        actor: UserId::try_from("ann").unwrap(),
        // Who has no name was noted before names were.
        actor_name: number.is_multiple_of(2).then(|| "Ann \"Lee\" – ≤".to_owned()),
        tenant: tenant.map(|id| TenantId::try_from(id).unwrap()),
        action: AuditAction::MemberRemoved,
        subject: format!("{number}; \"Bo\" – ≤"),
    }
}

/// What was done is read as it was remembered, the latest first, each once, in this tenant alone.
pub async fn pages_hold_every_entry_once(log: &impl AuditLog) {
    let acme = TenantId::try_from("org_acme").unwrap();
    let mut expected = Vec::new();
    for number in 0..7 {
        let done = entry(number, Some("org_acme"));
        log.record(&done).await.unwrap();
        log.record(&entry(number, Some("org_other"))).await.unwrap();
        log.record(&entry(number, None)).await.unwrap();
        expected.insert(0, done);
    }
    let (mut seen, mut from) = (Vec::new(), None);
    loop {
        let page = log.of_tenant(&acme, from, PageSize::at_most(3)).await.unwrap();
        seen.extend(page.items);
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    let nowhere = TenantId::try_from("org_nowhere").unwrap();
    assert_eq!(log.of_tenant(&nowhere, None, PageSize::SCREEN).await.unwrap().items, []);
}

/// What concerns an account alone is found for it, and nobody else's.
pub async fn an_account_has_entries_of_its_own(log: &impl AuditLog) {
    let (own, tenants) = (entry(1, None), entry(2, Some("org_acme")));
    let others = AuditEntry { actor: UserId::try_from("bo").unwrap(), ..own.clone() };
    for entry in [&own, &tenants, &others] {
        log.record(entry).await.unwrap();
    }
    let found = log.of_account(&own.actor, PageSize::SCREEN).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&own));
}

/// What is of one kind is found in this tenant alone, however much else was done since, and as long as it is recent.
pub async fn one_kind_is_found_among_all_others(log: &impl AuditLog) {
    let (acme, size) = (TenantId::try_from("org_acme").unwrap(), PageSize::at_most(2));
    let of = |number, tenant, action| AuditEntry { action, ..entry(number, Some(tenant)) };
    let broken = [1, 2, 3].map(|number| of(number, "org_acme", AuditAction::SsoGlassBroken));
    for entry in &broken {
        log.record(entry).await.unwrap();
    }
    log.record(&of(4, "org_other", AuditAction::SsoGlassBroken)).await.unwrap();
    for number in 5..30 {
        log.record(&of(number, "org_acme", AuditAction::InvitationSent)).await.unwrap();
    }
    let since = async |at| log.of_action(&acme, AuditAction::SsoGlassBroken, at, size).await.unwrap();
    let [first, second, third] = broken;
    assert_eq!(since(first.at - Duration::from_secs(1)).await, [third.clone(), second.clone()]);
    assert_eq!(
        since(second.at).await,
        std::slice::from_ref(&third),
        "what happened at that time is not after it"
    );
    assert_eq!(since(third.at).await, []);
}

/// A cursor from nowhere is refused.
pub async fn a_made_up_cursor_is_refused(log: &impl AuditLog) {
    let acme = TenantId::try_from("org_acme").unwrap();
    for text in ["", "x", "1 OR 1=1", "🦀", "9223372036854775808"] {
        let page = log.of_tenant(&acme, Some(Cursor::new(text)), PageSize::SCREEN).await;
        assert!(matches!(page, Err(AuditLogError::InvalidCursor)), "{text:?}: {page:?}");
    }
}

/// What is remembered once is not remembered again while it is recent, of the same actor, action, tenant and subject.
pub async fn the_same_is_remembered_once_in_its_time(log: &impl AuditLog) {
    let hour = Duration::from_hours(1);
    let said = |reference: &str, later: u64| AuditEntry {
        at: Timestamp::from_seconds(1_700_000_000) + Duration::from_secs(later),
        subject: format!("acme-okta: %gone_. Reference {reference}"),
        ..entry(0, Some("org_acme"))
    };
    let once = async |entry: AuditEntry| {
        log.record_once(&entry, "acme-okta: %gone_.", entry.at - hour).await.unwrap()
    };
    let first = said("1", 0);
    assert_eq!(once(first.clone()).await, first);
    assert_eq!(once(said("2", 1)).await, first);
    assert_eq!(once(said("3", 3599)).await, first);
    let elsewhere = AuditEntry { tenant: Some(TenantId::try_from("org_other").unwrap()), ..said("4", 2) };
    let anothers = AuditEntry { actor: UserId::try_from("bo").unwrap(), ..said("5", 2) };
    let other = AuditEntry { action: AuditAction::SeatRefused, ..said("6", 2) };
    for entry in [elsewhere, anothers, other] {
        assert_eq!(once(entry.clone()).await, entry);
    }
    let of_something_else =
        AuditEntry { subject: "acme-okta: Xgone_. Reference 7".to_owned(), ..said("", 3) };
    let kept = log.record_once(&of_something_else, "acme-okta: Xgone_.", first.at).await.unwrap();
    assert_eq!(kept, of_something_else);
    let later = said("8", 3601);
    assert_eq!(once(later.clone()).await, later);
    let page = log.of_tenant(&TenantId::try_from("org_acme").unwrap(), None, PageSize::SCREEN).await.unwrap();
    assert_eq!(page.items.len(), 5);
}

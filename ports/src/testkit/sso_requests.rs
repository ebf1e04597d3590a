//! The contract of [`SsoRequests`].

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract case fails by panicking")]

use std::collections::BTreeSet;

use tenantry_domain::{
    AdmissionRules, DisplayName, EmailAddress, Enforcement, SsoFault, SsoKind, SsoRequest, SsoRequestId,
    SsoState, TenantId, TenantName, TenantRef, Timestamp, Upstream, UpstreamTerms, UserId,
};

use crate::{Recognized, SsoArrival, SsoFailure, SsoPeople, SsoRequests, SsoRequestsError};

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + second)
}

fn tenant(name: &str) -> TenantRef {
    TenantRef { id: TenantId::try_from(name).unwrap(), name: TenantName::try_from(name).unwrap() }
}

pub(super) fn id(text: &str) -> SsoRequestId {
    SsoRequestId::try_from(text).unwrap()
}

/// A request that has just been made.
pub fn request(name: &str, of: &str, second: i64) -> SsoRequest {
    SsoRequest {
        id: id(name),
        tenant: tenant(of),
        kind: SsoKind::Okta,
        display_name: DisplayName::try_from("Staff").unwrap(),
        domains: BTreeSet::new(),
        upstream: None,
        test: None,
        test_begun: None,
        admission: AdmissionRules::default(),
        state: SsoState::SettingUp,
        enforcement: Enforcement::Off,
        break_glass: BTreeSet::new(),
        made_by: UserId::try_from("ann").unwrap(),
        made_at: at(second),
    }
}

fn connected(name: &str, of: &str, connection: &str) -> SsoRequest {
    let upstream = Upstream {
        connection: "con_1".try_into().unwrap(),
        name: connection.try_into().unwrap(),
        issuer: "https://idp.example".to_owned(),
        terms: UpstreamTerms::OpenIdConnect {
            discovery_url: "https://idp.example/.well-known/openid-configuration".try_into().unwrap(),
            client_id: "client".try_into().unwrap(),
            secret_expires_at: Some(at(99)),
        },
    };
    SsoRequest { upstream: Some(upstream), ..request(name, of, 0) }
}

fn failure(user: Option<&str>, fault: SsoFault, second: i64, reference: &str) -> SsoFailure {
    let user = user.map(|user| UserId::try_from(user).unwrap());
    SsoFailure { at: at(second), fault, user, reference: reference.to_owned(), times: 1 }
}

fn arrival(user: &str, email: &str, client: &str) -> SsoArrival {
    SsoArrival {
        user: UserId::try_from(user).unwrap(),
        email: EmailAddress::try_from(email).unwrap(),
        client: client.to_owned(),
        at: at(1),
    }
}

/// What is begun is found by its tenant, with everything that is in it, in the order in which it was made; beginning it
/// again changes nothing.
pub async fn is_found_as_it_was_kept(requests: &impl SsoRequests) {
    let acme = tenant("acme").id;
    assert_eq!(requests.of_tenant(&acme).await.unwrap(), []);
    requests.begin(&request("r2", "acme", 2)).await.unwrap();
    requests.begin(&request("r1", "acme", 1)).await.unwrap();
    let kept = requests.find(&acme, &id("r2")).await.unwrap().unwrap();
    assert_eq!((&kept.request, kept.last_login, kept.last_failure), (&request("r2", "acme", 2), None, None));
    let mut changed = connected("r2", "acme", "acme-r2");
    changed.domains = [tenantry_domain::EmailDomain::try_from("acme.example").unwrap()].into();
    changed.state = SsoState::On;
    requests.save(&changed, kept.revision).await.unwrap();
    requests.begin(&request("r2", "acme", 2)).await.unwrap();
    let listed: Vec<_> =
        requests.of_tenant(&acme).await.unwrap().into_iter().map(|kept| kept.request.id).collect();
    assert_eq!(listed, [id("r1"), id("r2")]);
    assert_eq!(requests.find(&acme, &id("r2")).await.unwrap().unwrap().request, changed);
}

/// Two who change the same request notice each other.
pub async fn of_two_changes_one_counts(requests: &impl SsoRequests) {
    let acme = tenant("acme").id;
    requests.begin(&request("r1", "acme", 0)).await.unwrap();
    let kept = requests.find(&acme, &id("r1")).await.unwrap().unwrap();
    let mut first = kept.request.clone();
    first.state = SsoState::On;
    let revision = requests.save(&first, kept.revision).await.unwrap();
    let late = requests.save(&kept.request, kept.revision).await;
    assert!(matches!(late, Err(SsoRequestsError::Conflict)), "{late:?}");
    assert_eq!(requests.find(&acme, &id("r1")).await.unwrap().unwrap().request, first);
    requests.save(&kept.request, revision).await.unwrap();
    requests.delete(&acme, &id("r1")).await.unwrap();
    let gone = requests.save(&first, revision).await;
    assert!(matches!(gone, Err(SsoRequestsError::Conflict)), "{gone:?}");
}

/// Whatever is another tenant's is found, changed, noted and deleted by nobody else, by id and by connection.
pub async fn belongs_to_one_tenant(requests: &impl SsoRequests) {
    let (acme, globex) = (tenant("acme").id, tenant("globex").id);
    requests.begin(&connected("r1", "acme", "acme-r1")).await.unwrap();
    let name = "acme-r1".try_into().unwrap();
    assert_eq!(requests.find(&globex, &id("r1")).await.unwrap(), None);
    assert_eq!(requests.of_connection(&globex, &name).await.unwrap(), None);
    assert_eq!(requests.of_tenant(&globex).await.unwrap(), []);
    assert_eq!(requests.owner(&name).await.unwrap(), Some(acme.clone()));
    assert_eq!(requests.owner(&"other".try_into().unwrap()).await.unwrap(), None);
    let kept = requests.of_connection(&acme, &name).await.unwrap().unwrap();
    let foreign = connected("r1", "globex", "globex-r1");
    assert!(matches!(requests.save(&foreign, kept.revision).await, Err(SsoRequestsError::Conflict)));
    requests.logged_in(&globex, &id("r1"), at(5)).await.unwrap();
    requests.failed(&globex, &id("r1"), &failure(None, SsoFault::Other, 5, "12345678")).await.unwrap();
    requests.failed(&acme, &id("r1"), &failure(None, SsoFault::Other, 6, "23456789")).await.unwrap();
    let counted = requests.failed(&globex, &id("r1"), &failure(None, SsoFault::Other, 7, "34567890")).await;
    assert_eq!(counted.unwrap(), "34567890", "the number of another tenant's is told to nobody");
    assert_eq!(requests.failures(&globex, &id("r1")).await.unwrap(), []);
    let kept = requests.of_connection(&acme, &name).await.unwrap().unwrap();
    let own = failure(None, SsoFault::Other, 6, "23456789");
    assert_eq!((kept.last_login, kept.last_failure.as_ref()), (None, Some(&own)));
    let came = arrival("oidc|1", "bo@acme.example", "c");
    assert_eq!(requests.recognize(&acme, &id("r1"), &came).await.unwrap(), Recognized::New);
    assert_eq!(requests.people(&globex, &id("r1"), "c").await.unwrap(), SsoPeople::default());
    assert_eq!(requests.let_in_again(&globex, &id("r1"), "d").await.unwrap(), 0);
    assert_eq!(requests.brought(&acme, &id("r1")).await.unwrap(), std::slice::from_ref(&came.user));
    assert_eq!(requests.brought(&globex, &id("r1")).await.unwrap(), []);
    assert!(requests.has_brought(&acme, &came.user).await.unwrap());
    assert!(!requests.has_brought(&globex, &came.user).await.unwrap());
    assert_eq!(requests.brought_by(&acme, &came.user).await.unwrap(), [id("r1")]);
    assert_eq!(requests.brought_by(&globex, &came.user).await.unwrap(), []);
    requests.delete(&globex, &id("r1")).await.unwrap();
    requests.forget(&globex).await.unwrap();
    assert_eq!(requests.of_connection(&acme, &name).await.unwrap(), Some(kept));
    requests.forget(&acme).await.unwrap();
    assert_eq!(requests.of_tenant(&acme).await.unwrap(), []);
    assert!(!requests.has_brought(&acme, &came.user).await.unwrap());
}

/// The last success and the last failure stand beside the request, and change nothing in it.
pub async fn notes_how_logins_go(requests: &impl SsoRequests) {
    let acme = tenant("acme").id;
    requests.begin(&request("r1", "acme", 0)).await.unwrap();
    let before = requests.find(&acme, &id("r1")).await.unwrap().unwrap();
    let failure = failure(None, SsoFault::OtherDomain, 3, "ab12cd34");
    requests.logged_in(&acme, &id("r1"), at(2)).await.unwrap();
    assert_eq!(requests.failed(&acme, &id("r1"), &failure).await.unwrap(), "ab12cd34");
    let after = requests.find(&acme, &id("r1")).await.unwrap().unwrap();
    assert_eq!((after.last_login, after.last_failure.as_ref()), (Some(at(2)), Some(&failure)));
    assert_eq!((after.request, after.revision), (before.request, before.revision));
    requests.logged_in(&acme, &id("none"), at(2)).await.unwrap();
    assert_eq!(requests.failed(&acme, &id("none"), &failure).await.unwrap(), "ab12cd34");
    assert_eq!(requests.failures(&acme, &id("none")).await.unwrap(), []);
}

/// Each failure is found by its number; the same of the same person within an hour has one.
pub async fn a_failure_is_found_by_its_number(requests: &impl SsoRequests) {
    let acme = tenant("acme").id;
    requests.begin(&request("r1", "acme", 0)).await.unwrap();
    let fail = async |user: Option<&str>, fault: SsoFault, second: i64, reference: &str| {
        requests.failed(&acme, &id("r1"), &failure(user, fault, second, reference)).await.unwrap()
    };
    assert_eq!(fail(Some("bo"), SsoFault::OtherDomain, 0, "bo-1").await, "bo-1");
    assert_eq!(fail(Some("cy"), SsoFault::OtherDomain, 1, "cy-1").await, "cy-1");
    assert_eq!(fail(None, SsoFault::OtherDomain, 2, "no-1").await, "no-1");
    assert_eq!(fail(Some("bo"), SsoFault::OtherDomain, 3599, "bo-2").await, "bo-1");
    assert_eq!(fail(Some("bo"), SsoFault::NoAddress, 3599, "bo-3").await, "bo-3");
    assert_eq!(
        fail(Some("bo"), SsoFault::OtherDomain, 3600, "bo-4").await,
        "bo-4",
        "an hour after the first"
    );
    let kept = requests.failures(&acme, &id("r1")).await.unwrap();
    let found: Vec<_> = kept.iter().map(|failure| (&*failure.reference, failure.at, failure.times)).collect();
    let expected = [
        ("bo-4", at(3600), 1),
        ("bo-3", at(3599), 1),
        ("bo-1", at(3599), 2),
        ("no-1", at(2), 1),
        ("cy-1", at(1), 1),
    ];
    assert_eq!(found, expected);
    let latest = requests.find(&acme, &id("r1")).await.unwrap().unwrap().last_failure;
    assert_eq!(latest.as_ref(), kept.first());
}

/// The latest 50 are kept, of each connection, and nobody pushes out another's by failing again and again.
pub async fn failures_do_not_grow_without_end(requests: &impl SsoRequests) {
    let acme = tenant("acme").id;
    for name in ["r1", "r2"] {
        requests.begin(&request(name, "acme", 0)).await.unwrap();
        requests.failed(&acme, &id(name), &failure(Some("bo"), SsoFault::Other, 0, "bo")).await.unwrap();
    }
    for second in 1..=100 {
        let again = failure(None, SsoFault::Cancelled, second, &format!("no-{second}"));
        assert_eq!(requests.failed(&acme, &id("r1"), &again).await.unwrap(), "no-1");
    }
    let numbers = async |name: &str| -> Vec<String> {
        let kept = requests.failures(&acme, &id(name)).await.unwrap();
        kept.into_iter().map(|failure| failure.reference).collect()
    };
    assert_eq!(numbers("r1").await, ["no-1", "bo"]);
    for person in 0..50 {
        let (user, second) = (format!("p{person}"), 200 + person);
        let once = failure(Some(&user), SsoFault::OtherDomain, second, &user);
        requests.failed(&acme, &id("r1"), &once).await.unwrap();
    }
    let left = numbers("r1").await;
    assert_eq!(left.len(), 50);
    assert_eq!((left.first().map(|it| &**it), left.last().map(|it| &**it)), (Some("p49"), Some("p0")));
    assert_eq!(numbers("r2").await, ["bo"], "another connection has its own");
}

/// Whoever comes is known by who they are, never by an address; another client's people are kept out until they are let
/// in again.
pub async fn s07_s08_people_are_known_by_who_they_are(requests: &impl SsoRequests) {
    let acme = tenant("acme").id;
    requests.begin(&request("r1", "acme", 0)).await.unwrap();
    let come = async |user: &str, email: &str, client: &str| {
        requests.recognize(&acme, &id("r1"), &arrival(user, email, client)).await.unwrap()
    };
    assert_eq!(come("oidc|1", "bo@acme.example", "old").await, Recognized::New);
    assert_eq!(come("oidc|1", "bo@acme.example", "old").await, Recognized::Known);
    assert_eq!(come("oidc|1", "robert@acme.example", "old").await, Recognized::Known);
    assert_eq!(come("oidc|2", "bo@acme.example", "old").await, Recognized::AddressOfAnother);
    assert_eq!(come("oidc|2", "bo@acme.example", "old").await, Recognized::Known);
    assert_eq!(come("oidc|1", "bo@acme.example", "new").await, Recognized::OtherClient);
    assert_eq!(come("oidc|3", "cy@acme.example", "new").await, Recognized::New);
    let people = requests.people(&acme, &id("r1"), "new").await.unwrap();
    assert_eq!(people, SsoPeople { all: 3, quarantined: 2 });
    let brought = ["oidc|1", "oidc|2", "oidc|3"].map(|user| UserId::try_from(user).unwrap());
    assert_eq!(requests.brought(&acme, &id("r1")).await.unwrap(), brought);
    assert_eq!(requests.let_in_again(&acme, &id("r1"), "new").await.unwrap(), 2);
    assert_eq!(come("oidc|1", "bo@acme.example", "new").await, Recognized::Known);
    assert_eq!(come("oidc|1", "bo@acme.example", "old").await, Recognized::OtherClient);
}

/// Whom the product knows as a member is known in this tenant alone, until they are none any more, or what brought them or
/// the tenant itself is gone.
pub async fn knows_whom_it_has_admitted(requests: &impl SsoRequests) {
    let (acme, globex) = (tenant("acme").id, tenant("globex").id);
    let user = |name: &str| UserId::try_from(name).unwrap();
    let is_known = async |of: &TenantId, name: &str| requests.is_admitted(of, &user(name)).await.unwrap();
    for name in ["oidc|1", "oidc|2", "oidc|3", "ann"] {
        assert!(!is_known(&acme, name).await);
        requests.admit(&acme, &user(name), at(1)).await.unwrap();
        requests.admit(&acme, &user(name), at(2)).await.unwrap();
        assert!(is_known(&acme, name).await && !is_known(&globex, name).await);
    }
    requests.dismiss(&globex, &user("ann")).await.unwrap();
    assert!(is_known(&acme, "ann").await);
    requests.dismiss(&acme, &user("ann")).await.unwrap();
    requests.dismiss(&acme, &user("ann")).await.unwrap();
    assert!(!is_known(&acme, "ann").await);

    requests.begin(&request("r1", "acme", 0)).await.unwrap();
    requests.begin(&request("r2", "acme", 0)).await.unwrap();
    requests.admit(&globex, &user("oidc|1"), at(1)).await.unwrap();
    for (through, name) in [("r1", "oidc|1"), ("r1", "oidc|2"), ("r2", "oidc|2")] {
        let came = arrival(name, "bo@acme.example", "c");
        requests.recognize(&acme, &id(through), &came).await.unwrap();
    }
    requests.delete(&globex, &id("r1")).await.unwrap();
    assert!(is_known(&acme, "oidc|1").await);
    requests.delete(&acme, &id("r1")).await.unwrap();
    assert!(!is_known(&acme, "oidc|1").await && is_known(&globex, "oidc|1").await);
    assert!(is_known(&acme, "oidc|2").await && is_known(&acme, "oidc|3").await, "they came another way, too");
    requests.forget_person(&user("oidc|2")).await.unwrap();
    requests.forget_person(&user("oidc|2")).await.unwrap();
    assert!(!is_known(&acme, "oidc|2").await && is_known(&acme, "oidc|3").await);
    assert!(!requests.has_brought(&acme, &user("oidc|2")).await.unwrap());
    requests.forget(&globex).await.unwrap();
    assert!(!is_known(&globex, "oidc|1").await && is_known(&acme, "oidc|3").await);
    requests.forget(&acme).await.unwrap();
    assert!(!is_known(&acme, "oidc|3").await);
}

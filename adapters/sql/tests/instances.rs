//! Two instances of a product on one PostgreSQL server: what each of them may count on of the other, at the very same moment.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Map;
use tenantry_domain::{
    AdmissionRules, AuditAction, AuditEntry, Device, Enforcement, SsoFault, SsoKind, SsoRequest,
    SsoRequestId, SsoState, TenantId, TenantRef, Timestamp, UserId,
};
use tenantry_ports::{
    AuditLog, Recognized, Session, Sessions, SessionsError, SessionsOf, SsoArrival, SsoFailure, SsoRequests,
    Turns, TurnsError,
};
use tenantry_sql::testkit::PostgresServer;
use tenantry_sql::{Database, SqlAuditLog, SqlSessions, SqlSsoRequests, SqlTurns};

/// The databases of two instances.
struct Two {
    first: Database,
    second: Database,
    address: SecretString,
    server: Arc<PostgresServer>,
}

impl Two {
    async fn open() -> Self {
        let server = PostgresServer::shared();
        let address = server.database().await;
        let (first, second) = tokio::join!(Database::connect(&address), Database::connect(&address));
        Self { first: first.unwrap(), second: second.unwrap(), address, server }
    }

    /// So many of something, by turns of the one and the other.
    fn both(&self, count: usize) -> impl Iterator<Item = &Database> {
        [&self.first, &self.second].into_iter().cycle().take(count)
    }

    /// The name of the database at its server.
    fn name(&self) -> String {
        let address = self.address.expose_secret();
        address.split(['/', '?']).find(|part| part.starts_with("tenantry_")).unwrap().to_owned()
    }

    async fn close(self) {
        self.first.close().await;
        self.second.close().await;
    }
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00.000Z".parse().unwrap()
}

fn acme() -> TenantRef {
    TenantRef { id: "org_acme".try_into().unwrap(), name: "acme".try_into().unwrap() }
}

fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

fn session(id: &str, of: &str) -> Session {
    Session {
        id: id.try_into().unwrap(),
        user: user(of),
        name: of.to_owned(),
        email: None,
        picture: None,
        tenant: Some(acme()),
        look: None,
        is_brought: false,
        roles: tenantry_domain::Roles::default(),
        subscription: None,
        provider_session: None,
        began_at: now(),
        refreshed_at: now(),
        idle_until: now().plus_days(3),
        ends_at: now().plus_days(7),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_is_one_instances_and_over_when_its_holder_is() {
    let two = Two::open().await;
    let (first, second) = (SqlTurns::new(&two.first), SqlTurns::new(&two.second));
    let tenant = acme().id;
    let wait = Duration::from_millis(300);
    let held = first.take(&tenant).await.unwrap();
    assert!(tokio::time::timeout(wait, second.take(&tenant)).await.is_err(), "both have it");
    let others = TenantId::try_from("org_globex").unwrap();
    drop(second.take(&others).await.unwrap());
    drop(held);
    let held = second.take(&tenant).await.unwrap();
    // The machine of whoever holds it is cut off: the server sees that, and the next one comes.
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE state = 'idle in transaction' AND datname = current_database()";
    let next = tokio::spawn(async move { first.take(&tenant).await.map(drop) });
    tokio::time::sleep(wait).await;
    assert!(!next.is_finished(), "both have it");
    two.server.tell(&two.name(), cut).await;
    next.await.unwrap().unwrap();
    drop(held);
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_too_long_for_another_instance_is_told_that_it_is_busy() {
    let two = Two::open().await;
    let held = SqlTurns::new(&two.first).take(&acme().id).await.unwrap();
    let refused = SqlTurns::new(&two.second).take(&acme().id).await;
    assert!(matches!(refused, Err(TurnsError::Busy)), "{refused:?}");
    drop(held);
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c07_no_login_slips_through_while_another_instance_ends_sessions() {
    let two = Two::open().await;
    let (logins, ends) = (SqlSessions::new(two.first.clone()), SqlSessions::new(two.second.clone()));
    let forget_at = now() + Duration::from_mins(15);
    let mut slipped = 0;
    for round in 0..200 {
        let session = session(&format!("s{round}"), &format!("user{round}"));
        let whose = SessionsOf::Member(acme().id, session.user.clone());
        let claims = Map::new();
        let (begun, ended) = tokio::join!(
            logins.begin(&session, &claims, now()),
            ends.end_all(&whose, None, now(), forget_at)
        );
        ended.unwrap();
        assert!(matches!(begun, Ok(()) | Err(SessionsError::LoggedOut)), "{begun:?}");
        for sessions in [&logins, &ends] {
            slipped += usize::from(sessions.find(&session.id, now()).await.unwrap().is_some());
        }
    }
    assert_eq!(slipped, 0, "sessions outlived their end");
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_once_is_told_by_one_instance() {
    let two = Two::open().await;
    for round in 0..20 {
        let said = |number: usize| AuditEntry {
            at: now(),
            actor: user("ann"),
            actor_name: None,
            tenant: Some(acme().id),
            action: AuditAction::SeatRefused,
            subject: format!("round {round}. Reference {number}"),
        };
        let telling = two.both(10).enumerate().map(|(number, database)| async move {
            let log = SqlAuditLog::new(database.clone());
            let about = format!("round {round}.");
            log.record_once(&said(number), &about, now() - Duration::from_hours(1)).await.unwrap()
        });
        let told: HashSet<String> = join_all(telling).await.into_iter().map(|entry| entry.subject).collect();
        assert_eq!(told.len(), 1, "{told:?}");
    }
    two.close().await;
}

fn request(id: &str) -> SsoRequest {
    SsoRequest {
        id: id.try_into().unwrap(),
        tenant: acme(),
        kind: SsoKind::Okta,
        display_name: "Staff".try_into().unwrap(),
        domains: BTreeSet::new(),
        upstream: None,
        test: None,
        test_begun: None,
        admission: AdmissionRules::default(),
        state: SsoState::SettingUp,
        enforcement: Enforcement::Off,
        break_glass: BTreeSet::new(),
        made_by: user("ann"),
        made_at: now(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_of_two_newcomers_with_one_address_one_is_new() {
    let two = Two::open().await;
    let requests = SqlSsoRequests::new(two.first.clone());
    let request = request("r1");
    requests.begin(&request).await.unwrap();
    let id: &SsoRequestId = &request.id;
    for round in 0..30 {
        let coming = two.both(4).enumerate().map(|(number, database)| async move {
            let arrival = SsoArrival {
                user: user(&format!("oidc|{round}-{number}")),
                email: format!("bo{round}@acme.example").as_str().try_into().unwrap(),
                client: "client".to_owned(),
                at: now(),
            };
            SqlSsoRequests::new(database.clone()).recognize(&acme().id, id, &arrival).await.unwrap()
        });
        let seen = join_all(coming).await;
        let new = seen.iter().filter(|seen| **seen == Recognized::New).count();
        assert_eq!(new, 1, "{seen:?}");
    }
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_failure_at_both_is_one_that_came_twice() {
    let two = Two::open().await;
    let requests = SqlSsoRequests::new(two.first.clone());
    let request = request("r1");
    requests.begin(&request).await.unwrap();
    let id: &SsoRequestId = &request.id;
    let failing = two.both(20).enumerate().map(|(number, database)| async move {
        let failure = SsoFailure {
            at: now(),
            fault: SsoFault::OtherDomain,
            user: None,
            reference: format!("no-{number}"),
            times: 1,
        };
        SqlSsoRequests::new(database.clone()).failed(&acme().id, id, &failure).await.unwrap()
    });
    join_all(failing).await;
    let kept = requests.failures(&acme().id, id).await.unwrap();
    assert_eq!(kept.iter().map(|failure| failure.times).collect::<Vec<_>>(), [20]);
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_noted_of_no_session_that_ends_meanwhile() {
    let two = Two::open().await;
    let (first, second) = (SqlSessions::new(two.first.clone()), SqlSessions::new(two.second.clone()));
    let device = Device { name: "Firefox on Linux".to_owned(), network: None };
    for round in 0..100 {
        let session = session(&format!("s{round}"), "ann");
        first.begin(&session, &Map::new(), now()).await.unwrap();
        let (noted, ended) =
            tokio::join!(first.note_device(&session.id, &device, now()), second.end(&session.id));
        noted.unwrap();
        ended.unwrap();
    }
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f06_when_every_connection_waits_the_others_are_told_in_time() {
    let two = Two::open().await;
    let sessions = SqlSessions::new(two.first.clone());
    let session = session("s1", "ann");
    sessions.begin(&session, &Map::new(), now()).await.unwrap();
    let name = two.name();
    let locked = {
        let server = Arc::clone(&two.server);
        tokio::spawn(async move {
            server.tell(&name, "BEGIN; LOCK TABLE sessions; SELECT pg_sleep(7); COMMIT").await;
        })
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    let finding = (0..60).map(|_| sessions.find(&session.id, now()));
    let found = join_all(finding).await;
    let refused = found.iter().filter(|found| matches!(found, Err(SessionsError::Unavailable(_)))).count();
    assert_eq!((found.len(), refused), (60, 60 - 16), "{found:?}");
    locked.await.unwrap();
    assert!(sessions.find(&session.id, now()).await.unwrap().is_some());
    two.close().await;
}

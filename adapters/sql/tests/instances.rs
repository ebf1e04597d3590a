//! Two instances of a product on one PostgreSQL server: what each of them may count on of the other, at the very same moment.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Map;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use tenantry_domain::{
    AuditAction, AuditEntry, Device, SsoFault, SsoRequest, SsoRequestId, TenantId, TenantRef, Timestamp,
    UserId,
};
use tenantry_ports::testkit;
use tenantry_ports::{
    AuditLog, Recognized, Session, Sessions, SessionsError, SessionsOf, SsoArrival, SsoFailure, SsoRequests,
    Turns, TurnsError,
};
use tenantry_sql::testkit::PostgresServer;
use tenantry_sql::{Database, SqlAuditLog, SqlSessions, SqlSsoRequests, SqlTurns};
use tokio::net::{UnixListener, UnixStream};

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

    /// A connection of the test's own, which may do anything.
    async fn connection(&self) -> PgConnection {
        let address = self.server.address(&self.name(), "postgres");
        PgConnection::connect(address.expose_secret()).await.unwrap()
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
    // The server sees that whoever holds it is gone, and the next one comes.
    let next = tokio::spawn(async move { first.take(&tenant).await.map(drop) });
    tokio::time::sleep(wait).await;
    assert!(!next.is_finished(), "both have it");
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted \
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    two.server.tell(&two.name(), cut).await;
    next.await.unwrap().unwrap();
    drop(held);
    // Whose line was cut takes turns again all the same.
    drop(second.take(&others).await.unwrap());
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_caller_may_hold_any_number_of_turns() {
    let two = Two::open().await;
    let (first, second) = (SqlTurns::new(&two.first), SqlTurns::new(&two.second));
    let mut held = Vec::new();
    for number in 0..60 {
        held.push(first.take(&TenantId::try_from(&*format!("org_{number}")).unwrap()).await.unwrap());
    }
    drop(second.take(&acme().id).await.unwrap());
    drop(held);
    drop(second.take(&TenantId::try_from("org_59").unwrap()).await.unwrap());
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_at_one_instance_keeps_nobody_waiting_at_the_other() {
    let two = Two::open().await;
    let (first, second) = (SqlTurns::new(&two.first), SqlTurns::new(&two.second));
    let mut crowd = tokio::task::JoinSet::new();
    let turns = Arc::new(AtomicU32::new(0));
    for _ in 0..6 {
        let (first, turns) = (first.clone(), Arc::clone(&turns));
        crowd.spawn(async move {
            loop {
                let turn = first.take(&acme().id).await;
                tokio::time::sleep(Duration::from_millis(2)).await;
                turns.fetch_add(1, Ordering::Relaxed);
                drop(turn);
            }
        });
    }
    while turns.load(Ordering::Relaxed) < 6 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for _ in 0..10 {
        drop(second.take(&acme().id).await.unwrap());
    }
    let theirs = turns.load(Ordering::Relaxed);
    assert!(theirs < 80, "{theirs} turns there, ten here");
    crowd.abort_all();
    while crowd.join_next().await.is_some() {}
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
        ..testkit::sso_requests::request("r", "acme", 0)
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
    let sessions = SqlSessions::new(two.first.clone());
    let session = session("s1", "ann");
    sessions.begin(&session, &Map::new(), now()).await.unwrap();
    let mut ending = two.connection().await;
    sqlx::raw_sql("BEGIN; DELETE FROM sessions").execute(&mut ending).await.unwrap();
    let noting = tokio::spawn(async move {
        let device = Device { name: "Firefox on Linux".to_owned(), network: None };
        sessions.note_device(&session.id, &device, now()).await
    });
    // It has seen the session, and waits for what becomes of it.
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO session_devices%'";
    let mut observer = two.connection().await;
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut observer).await.unwrap() == 0 {
        assert!(!noting.is_finished(), "it does not wait");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sqlx::raw_sql("COMMIT").execute(&mut ending).await.unwrap();
    noting.await.unwrap().unwrap();
    let noted = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM session_devices").fetch_one(&mut observer);
    assert_eq!(noted.await.unwrap(), 0);
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f06_when_every_connection_waits_the_others_are_told_in_time() {
    let two = Two::open().await;
    let sessions = SqlSessions::new(two.first.clone());
    let session = session("s1", "ann");
    sessions.begin(&session, &Map::new(), now()).await.unwrap();
    let mut locking = two.connection().await;
    sqlx::raw_sql("BEGIN; LOCK TABLE sessions").execute(&mut locking).await.unwrap();
    let mut finding: FuturesUnordered<_> = (0..60).map(|_| sessions.find(&session.id, now())).collect();
    for _ in 0..60 - 16 {
        let refused = finding.next().await.unwrap();
        assert!(matches!(refused, Err(SessionsError::Unavailable(_))), "{refused:?}");
    }
    sqlx::raw_sql("COMMIT").execute(&mut locking).await.unwrap();
    while let Some(found) = finding.next().await {
        assert!(found.unwrap().is_some());
    }
    drop(finding);
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f06_a_server_that_falls_silent_is_given_up_and_the_one_in_its_place_is_used() {
    let two = Two::open().await;
    let line = Line::to(&two.server.socket());
    let address =
        format!("postgres:///{}?host={}&user=tenantry", two.name(), line.directory.path().display());
    let sessions = SqlSessions::new(Database::connect(&address.into()).await.unwrap());
    let session = session("s1", "ann");
    sessions.begin(&session, &Map::new(), now()).await.unwrap();
    // Every connection waits for an answer when not a word comes through any more, and whoever asked goes away.
    let mut locking = two.connection().await;
    sqlx::raw_sql("BEGIN; LOCK TABLE sessions").execute(&mut locking).await.unwrap();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (sessions, id) = (sessions.clone(), session.id.clone());
        asking.spawn(async move { sessions.find(&id, now()).await.is_ok() });
    }
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND wait_event_type = 'Lock' AND application_name = 'tenantry'";
    let mut observer = two.connection().await;
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut observer).await.unwrap() < 16 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    line.falls_silent();
    asking.abort_all();
    while asking.join_next().await.is_some() {}
    sqlx::raw_sql("COMMIT").execute(&mut locking).await.unwrap();
    let found = tokio::time::timeout(Duration::from_secs(15), async {
        loop {
            if let Ok(found) = sessions.find(&session.id, now()).await {
                return found;
            }
        }
    });
    assert!(found.await.expect("it is used again").is_some());
    two.close().await;
}

/// A way to a server that can fall silent, as when its address moves: those who are connected hear nothing any more, not even
/// that it is over; whoever connects from then on is served.
struct Line {
    directory: tempfile::TempDir,
    silent: tokio::sync::watch::Sender<()>,
    _serving: tokio::task::JoinSet<()>,
}

impl Line {
    fn to(server: &std::path::Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join(".s.PGSQL.5432")).unwrap();
        let (silent, hears) = tokio::sync::watch::channel(());
        let (server, mut serving) = (server.to_owned(), tokio::task::JoinSet::new());
        serving.spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let (server, mut hears) = (server.clone(), hears.clone());
                hears.mark_unchanged();
                connections.spawn(async move {
                    let mut there = UnixStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut client, &mut there) => {}
                        _ = hears.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { directory, silent, _serving: serving }
    }

    fn falls_silent(&self) {
        self.silent.send(()).unwrap();
    }
}

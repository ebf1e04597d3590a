//! The ports' contracts, run on SQLite, in memory and in a file, and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use tempfile::TempDir;
use tenantry_domain::{Branding, Roles, TenantRef, Timestamp};
use tenantry_ports::testkit::FixedClock;
use tenantry_ports::{Readiness, Session, Sessions, TenantLooks};
use tenantry_sql::{
    Database, OpenError, SqlAccessRequests, SqlAuditLog, SqlCheckouts, SqlDomainProofs, SqlIdempotencyKeys,
    SqlJourneys, SqlLoginAttempts, SqlOffers, SqlSessions, SqlSsoRequests, SqlTenantLooks, SqlTurns,
};

#[cfg(feature = "testkit")]
use tenantry_sql::testkit::PostgresServer;

/// A port on a database in a file, which goes away with it.
struct InFile<T> {
    port: T,
    _folder: TempDir,
}

impl<T> std::ops::Deref for InFile<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.port
    }
}

async fn in_file<T>(port: impl FnOnce(Database) -> T) -> InFile<T> {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("tenantry.db")).await.unwrap();
    InFile { port: port(database), _folder: folder }
}

/// A port on a database of a server's, which the tests share.
#[cfg(feature = "testkit")]
struct OnServer<T> {
    port: T,
    _server: Arc<PostgresServer>,
}

#[cfg(feature = "testkit")]
async fn on_server<T>(port: impl FnOnce(Database) -> T) -> OnServer<T> {
    let server = PostgresServer::shared();
    let database = Database::connect(&server.database().await).await.unwrap();
    OnServer { port: port(database), _server: server }
}

async fn in_memory<T>(port: impl FnOnce(Database) -> T) -> T {
    port(Database::in_memory().await.unwrap())
}

fn attempts(database: Database) -> SqlLoginAttempts {
    SqlLoginAttempts::new(database, Arc::new(FixedClock::at("2026-01-01T00:00:00.000Z")))
}

macro_rules! on_each {
    ($suite:ident, $port:expr, [$($case:ident),+ $(,)?]) => {
        mod $suite {
            use super::*;
            mod memory {
                use super::*;
                tenantry_ports::contract_tests!(tenantry_ports::testkit::$suite, in_memory($port).await, [$($case),+]);
            }
            mod file {
                use super::*;
                $(
                    #[tokio::test(flavor = "multi_thread")]
                    async fn $case() {
                        let world = in_file($port).await;
                        tenantry_ports::testkit::$suite::$case(&world.port).await;
                    }
                )+
            }
            #[cfg(feature = "testkit")]
            mod postgres {
                use super::*;
                $(
                    #[tokio::test(flavor = "multi_thread")]
                    async fn $case() {
                        let world = on_server($port).await;
                        tenantry_ports::testkit::$suite::$case(&world.port).await;
                    }
                )+
            }
        }
    };
}

on_each!(
    offers,
    SqlOffers::new,
    [
        is_found_as_it_was_begun_and_opened,
        i4_one_is_pending_for_each_address,
        s14_ends_once,
        one_address_has_an_offer_of_each_tenant,
        belongs_to_one_tenant,
    ]
);

on_each!(
    domain_proofs,
    SqlDomainProofs::new,
    [
        a_claim_stays_as_it_was_made,
        s02_one_tenant_has_proved_a_domain,
        s03_a_domain_is_found_exactly,
        a_look_is_taken_once,
        what_is_due_comes_in_order,
        a_tenant_is_forgotten_alone,
    ]
);

on_each!(
    sso_requests,
    SqlSsoRequests::new,
    [
        is_found_as_it_was_kept,
        of_two_changes_one_counts,
        belongs_to_one_tenant,
        notes_how_logins_go,
        a_failure_is_found_by_its_number,
        failures_do_not_grow_without_end,
        s07_s08_people_are_known_by_who_they_are,
        knows_whom_it_has_admitted,
    ]
);

on_each!(
    access_requests,
    |database: Database| (SqlSsoRequests::new(database.clone()), SqlAccessRequests::new(database)),
    [is_kept_until_it_is_settled, is_one_tenants_alone, goes_with_the_connection]
);

on_each!(
    sessions,
    SqlSessions::new,
    [
        is_found_as_it_was_begun,
        begin_whatever_somebody_is_called,
        is_gone_when_ended,
        ends_by_itself,
        shows_a_changed_subscription_at_once,
        is_refreshed,
        forgets_what_is_over,
        c07_ends_with_the_providers_session,
        c07_ends_with_the_person,
        c07_a_logout_wins_against_a_login_that_is_under_way,
        c07_a_logout_is_forgotten_in_time,
        a_change_ends_what_it_concerns,
        people_of_a_domain_are_signed_out_of_what_is_their_own,
        a_change_wins_against_a_login_that_is_under_way,
        are_remembered_when_a_membership_ends_them,
        are_shown_to_their_owner,
        are_ended_by_their_owner_alone,
        call_a_person_by_their_name,
    ]
);
on_each!(
    journeys,
    SqlJourneys::new,
    [
        is_found_for_its_holder,
        a_tenant_has_a_purchase_of_its_own,
        two_writers_notice_each_other,
        nothing_is_saved_over_nothing,
        lists_what_waits_for_the_provider,
    ]
);
on_each!(checkouts, SqlCheckouts::new, [one_checkout_for_each_purchase, is_paid_once]);
on_each!(login_attempts, attempts, [is_spent_once]);
on_each!(
    audit_log,
    SqlAuditLog::new,
    [
        pages_hold_every_entry_once,
        one_kind_is_found_among_all_others,
        an_account_has_entries_of_its_own,
        a_made_up_cursor_is_refused,
        the_same_is_remembered_once_in_its_time
    ]
);
on_each!(
    idempotency_keys,
    SqlIdempotencyKeys::new,
    [
        an_answer_is_kept_for_its_request,
        a_key_belongs_to_its_person,
        a_key_can_be_taken_again,
        one_of_many_runs,
        who_was_given_up_is_out,
        forgets_what_is_over,
    ]
);
on_each!(
    tenant_looks,
    SqlTenantLooks::new,
    [is_found_as_it_was_shown, a_logo_stays_until_another_comes, is_forgotten_alone]
);
on_each!(turns, |database| SqlTurns::new(&database), [one_at_a_time, whoever_gives_up_is_passed_over]);

#[tokio::test]
async fn sessions_show_how_their_tenant_looks_at_once() {
    let database = Database::in_memory().await.unwrap();
    let (sessions, looks) = (SqlSessions::new(database.clone()), SqlTenantLooks::new(database));
    let now = "2026-01-01T00:00:00.000Z".parse().unwrap();
    let acme = TenantRef { id: "org_acme".try_into().unwrap(), name: "acme".try_into().unwrap() };
    let other = TenantRef { id: "org_other".try_into().unwrap(), name: "other".try_into().unwrap() };
    for (id, tenant) in [("s1", Some(&acme)), ("s2", Some(&other)), ("s3", None)] {
        let session = Session { tenant: tenant.cloned(), ..session(id, now) };
        sessions.begin(&session, &serde_json::Map::new(), now).await.unwrap();
    }
    let shown = async |id: &str| {
        let found = sessions.find(&id.try_into().unwrap(), now).await.unwrap().unwrap();
        found.look.map(|look| look.display_name)
    };
    assert_eq!((shown("s1").await, shown("s2").await, shown("s3").await), (None, None, None));
    for name in ["Acme", "Acme & Sons"] {
        looks.show(&acme.id, name, &Branding::default()).await.unwrap();
        let expected = (Some(name.to_owned()), None, None);
        assert_eq!((shown("s1").await, shown("s2").await, shown("s3").await), expected);
    }
    looks.forget(&acme.id).await.unwrap();
    assert_eq!(shown("s1").await, None);
}

#[tokio::test]
async fn is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenantry.db");
    let fresh = vec![1; 32].into();
    let first = Database::open(&file).await.unwrap();
    first.secret("cookies", &fresh).await.unwrap();
    first.close().await;
    drop(first);
    let second = Database::open(&file).await.unwrap();
    assert!(second.is_ready().await);
    let kept = second.secret("cookies", &vec![2; 32].into()).await.unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&kept), [1; 32]);
}

#[tokio::test]
async fn a_file_belongs_to_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenantry.db");
    let first = Database::open(&file).await.unwrap();
    assert!(matches!(Database::open(&file).await, Err(OpenError::InUse)));
    first.close().await;
    drop(first);
    assert!(Database::open(&file).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ended_is_not_kept_by_a_read_that_began_before() {
    let database = Database::in_memory().await.unwrap();
    let (sessions, now) = (SqlSessions::new(database), "2026-01-01T00:00:00.000Z".parse().unwrap());
    for round in 0..300 {
        let session = session(&format!("s{round}"), now);
        sessions.begin(&session, &serde_json::Map::new(), now).await.unwrap();
        let reads = (0..4).map(|_| {
            let (sessions, id) = (sessions.clone(), session.id.clone());
            tokio::spawn(async move { sessions.find(&id, now).await.map(|found| found.is_some()) })
        });
        let reads: Vec<_> = reads.collect();
        sessions.end(&session.id).await.unwrap();
        assert_eq!(sessions.find(&session.id, now).await.unwrap(), None, "round {round}");
        for read in reads {
            read.await.unwrap().unwrap();
        }
        assert_eq!(sessions.find(&session.id, now).await.unwrap(), None, "round {round}, after the reads");
    }
}

fn session(id: &str, now: Timestamp) -> Session {
    Session {
        id: id.try_into().unwrap(),
        user: "ann".try_into().unwrap(),
        name: "Ann".to_owned(),
        email: None,
        picture: None,
        tenant: None,
        look: None,
        is_brought: false,
        roles: Roles::default(),
        subscription: None,
        provider_session: None,
        began_at: now,
        refreshed_at: now,
        idle_until: now.plus_days(3),
        ends_at: now.plus_days(7),
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenantry.db");
    std::fs::write(&file, "not a database, but a letter to a friend").unwrap();
    assert!(Database::open(&file).await.is_err());
}

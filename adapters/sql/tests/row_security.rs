//! PostgreSQL keeps tenants apart beneath the statements: whatever a query forgets to ask for, it sees one tenant's rows.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use tenantry_domain::{
    AccessRequest, AuditAction, AuditEntry, DomainProof, Offer, OfferState, Role, Roles, SsoFault,
    SsoRequest, TenantId, Timestamp,
};
use tenantry_ports::testkit;
use tenantry_ports::{AccessRequests, AuditLog, DomainProofs, Offers, SsoArrival, SsoFailure, SsoRequests};
use tenantry_sql::testkit::PostgresServer;
use tenantry_sql::{
    Database, OpenError, SqlAccessRequests, SqlAuditLog, SqlDomainProofs, SqlOffers, SqlSsoRequests,
};

/// Tables whose rows belong to a tenant.
const BOUND: [&str; 8] = [
    "access_requests",
    "admitted_members",
    "audit_log",
    "domain_proofs",
    "offers",
    "sso_failures",
    "sso_people",
    "sso_requests",
];
/// Those that say whose they are, and are everybody's to look for: sessions by their secrets, and how an organization looks
/// to whoever logs in.
const FOUND_BY_ANYBODY: [&str; 4] = ["ended_sessions", "sessions", "tenant_logos", "tenant_looks"];
const TENANTS: [&str; 2] = ["org_acme", "org_globex"];

fn now() -> Timestamp {
    "2026-01-01T00:00:00.000Z".parse().unwrap()
}

/// A database in which both tenants have one row in each table.
struct Filled {
    name: String,
    server: Arc<PostgresServer>,
}

impl Filled {
    async fn new() -> Self {
        let server = PostgresServer::shared();
        let (name, owner) = server.empty_database().await;
        Database::connect(&owner).await.unwrap().close().await;
        let database = Database::connect(&server.address(&name, "tenantry")).await.unwrap();
        assert!(database.keeps_tenants_apart());
        for tenant in TENANTS {
            fill(&database, &TenantId::try_from(tenant).unwrap()).await;
        }
        database.close().await;
        Self { name, server }
    }

    async fn connect(&self, role: &str) -> PgConnection {
        PgConnection::connect(self.server.address(&self.name, role).expose_secret()).await.unwrap()
    }
}

async fn fill(database: &Database, tenant: &TenantId) {
    let requests = SqlSsoRequests::new(database.clone());
    let user = |name: &str| format!("{name}|{tenant}").as_str().try_into().unwrap();
    let request = SsoRequest {
        id: format!("r-{tenant}").as_str().try_into().unwrap(),
        tenant: tenantry_domain::TenantRef { id: tenant.clone(), name: "acme".try_into().unwrap() },
        ..testkit::sso_requests::request("r", "acme", 0)
    };
    requests.begin(&request).await.unwrap();
    let arrival = SsoArrival {
        user: user("bo"),
        email: "bo@acme.example".try_into().unwrap(),
        client: "client".to_owned(),
        at: now(),
    };
    requests.recognize(tenant, &request.id, &arrival).await.unwrap();
    let failure = SsoFailure {
        at: now(),
        fault: SsoFault::OtherDomain,
        user: None,
        reference: "no-1".to_owned(),
        times: 1,
    };
    requests.failed(tenant, &request.id, &failure).await.unwrap();
    requests.admit(tenant, &user("bo"), now()).await.unwrap();
    let access = AccessRequest {
        tenant: tenant.clone(),
        request: request.id.clone(),
        user: user("cy"),
        name: "Cy".to_owned(),
        email: "cy@acme.example".try_into().unwrap(),
        role: Role::Employee,
        asked_at: now(),
    };
    assert!(SqlAccessRequests::new(database.clone()).ask(&access).await.unwrap());
    let proof = DomainProof::claim(
        tenant.clone(),
        "acme.example".try_into().unwrap(),
        "0123456789abcdef0123456789abcdef".try_into().unwrap(),
        now(),
    );
    SqlDomainProofs::new(database.clone()).claim(&proof).await.unwrap();
    let offer = Offer {
        tenant: tenant.clone(),
        email: "dee@acme.example".try_into().unwrap(),
        invitation: None,
        inviter: user("ann"),
        inviter_name: "Ann".to_owned(),
        roles: Roles::default(),
        message: None,
        connection: None,
        state: OfferState::Sending,
        created_at: now(),
        expires_at: now().plus_days(7),
    };
    assert!(SqlOffers::new(database.clone()).begin(&offer).await.unwrap());
    let entry = AuditEntry {
        at: now(),
        actor: user("ann"),
        actor_name: None,
        tenant: Some(tenant.clone()),
        action: AuditAction::SeatRefused,
        subject: "x".to_owned(),
    };
    SqlAuditLog::new(database.clone()).record(&entry).await.unwrap();
}

async fn see(connection: &mut PgConnection, whose: &str) {
    let set = sqlx::query("SELECT set_config('tenantry.sees', $1, FALSE)").bind(whose);
    set.execute(connection).await.unwrap();
}

async fn count(connection: &mut PgConnection, table: &str) -> i64 {
    let all = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query_scalar(all).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn a_query_without_any_filter_sees_one_tenants_rows() {
    let filled = Filled::new().await;
    for role in ["tenantry", "tenantry_owner"] {
        let mut connection = filled.connect(role).await;
        for table in BOUND {
            for (whose, seen) in [("", 0), ("tenant:org_acme", 1), ("tenant:org_other", 0), ("every", 2)] {
                see(&mut connection, whose).await;
                assert_eq!(count(&mut connection, table).await, seen, "{role} sees {whose:?} in {table}");
            }
        }
        // What belongs to another can't be written to, nor brought in, nor given away.
        see(&mut connection, "tenant:org_acme").await;
        for (statement, changed) in [
            ("UPDATE offers SET message = 'mine'", 1),
            ("UPDATE offers SET message = 'mine' WHERE tenant_id = 'org_globex'", 0),
            ("DELETE FROM admitted_members WHERE tenant_id = 'org_globex'", 0),
        ] {
            let done = sqlx::query(statement).execute(&mut connection).await.unwrap();
            assert_eq!(done.rows_affected(), changed, "{statement}");
        }
        for statement in [
            "INSERT INTO admitted_members (tenant_id, user_id, admitted_at) VALUES ('org_globex', 'eve', 0)",
            "UPDATE admitted_members SET tenant_id = 'org_globex'",
            "INSERT INTO sso_people (request_id, user_id, email, client, first_at) \
             VALUES ('r-org_globex', 'eve', 'e', 'c', 0)",
        ] {
            let refused = sqlx::query(statement).execute(&mut connection).await.unwrap_err().to_string();
            assert!(refused.contains("row-level security"), "{statement}: {refused}");
        }
    }
}

#[tokio::test]
async fn every_table_that_belongs_to_tenants_is_bound_and_who_owns_nothing_can_not_change_that() {
    let filled = Filled::new().await;
    let mut connection = filled.connect("tenantry").await;
    let belonging: Vec<(String, bool)> = sqlx::query_as(
        "SELECT DISTINCT relname::text, relrowsecurity AND relforcerowsecurity FROM pg_class \
         JOIN pg_attribute ON attrelid = pg_class.oid AND attname IN ('tenant_id', 'request_id') \
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let (bound, free): (Vec<_>, Vec<_>) = belonging.into_iter().partition(|(_, is_bound)| *is_bound);
    let names = |tables: Vec<(String, bool)>| tables.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(
        (names(bound), names(free)),
        (BOUND.map(str::to_owned).into(), FOUND_BY_ANYBODY.map(str::to_owned).into())
    );
    for table in BOUND {
        let off = AssertSqlSafe(format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"));
        assert!(sqlx::query(off).execute(&mut connection).await.is_err(), "{table}");
    }
}

#[tokio::test]
async fn whoever_passes_by_the_servers_rules_is_told_apart() {
    let filled = Filled::new().await;
    for (role, is_kept) in [("tenantry", true), ("tenantry_owner", true), ("postgres", false)] {
        let address: SecretString = filled.server.address(&filled.name, role);
        let database = Database::connect(&address).await.unwrap();
        assert_eq!(database.keeps_tenants_apart(), is_kept, "{role}");
        database.close().await;
    }
    assert!(!Database::in_memory().await.unwrap().keeps_tenants_apart());
    // As after a table was restored without its rules.
    filled.server.tell(&filled.name, "ALTER TABLE offers NO FORCE ROW LEVEL SECURITY").await;
    let database = Database::connect(&filled.server.address(&filled.name, "tenantry")).await.unwrap();
    assert!(!database.keeps_tenants_apart());
    database.close().await;
}

#[tokio::test]
async fn f07_instances_start_together_beside_newer_ones_and_without_the_right_to_change_tables() {
    let server = PostgresServer::shared();
    let (name, owner) = server.empty_database().await;
    // Who may not make tables says so, and does not wait for ever.
    let user = server.address(&name, "tenantry");
    assert!(matches!(Database::connect(&user).await, Err(OpenError::Migrate(_))));
    let all = futures::future::join_all((0..4).map(|_| Database::connect(&owner))).await;
    for database in all {
        database.unwrap().close().await;
    }
    Database::connect(&user).await.unwrap().close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'what a newer version has added', TRUE, '\\x00', 0)";
    server.tell(&name, newer).await;
    for address in [&user, &owner] {
        Database::connect(address).await.unwrap().close().await;
    }
}

//! How fresh a session is: a change at the provider is seen within a minute, and an outage locks nobody out at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use tenantry_application::{KeepFresh, Remains};
use tenantry_domain::{
    Branding, Role, Roles, SessionId, Tenant, TenantId, TenantName, TenantRef, Timestamp, UserId,
};
use tenantry_ports::testkit::{FixedClock, without_sso};
use tenantry_ports::{
    Clock, MembersError, MockMembers, MockOffers, MockSessions, MockSsoConnections, MockTenantLooks,
    MockTenants, MockUsers, Session, SessionsOf, TenantsError,
};

const NOW: &str = "2026-01-02T03:04:05.678Z";
const TEAM: &str = "team;2027-01-01T00:00:00.000Z;active";
const ENTERPRISE: &str = "enterprise;2028-01-01T00:00:00.000Z;active";

fn acme() -> TenantRef {
    TenantRef { id: TenantId::try_from("org_acme").unwrap(), name: TenantName::try_from("acme").unwrap() }
}

fn session() -> Session {
    let now: Timestamp = NOW.parse().unwrap();
    Session {
        id: SessionId::try_from("s1").unwrap(),
        user: UserId::try_from("auth0|ann").unwrap(),
        name: "Ann".to_owned(),
        email: None,
        picture: None,
        tenant: Some(acme()),
        look: None,
        is_brought: false,
        roles: Roles::from(Role::Administrator),
        subscription: Some(TEAM.parse().unwrap()),
        provider_session: None,
        began_at: now,
        refreshed_at: now,
        idle_until: now.plus_days(3),
        ends_at: now.plus_days(7),
    }
}

fn keep_fresh(
    after: Duration,
    tenants: MockTenants,
    members: MockMembers,
    sessions: MockSessions,
) -> KeepFresh {
    let mut looks = MockTenantLooks::new();
    looks.expect_show().returning(|_, _, _| Ok(()));
    looks.expect_forget().returning(|_| Ok(()));
    let clock = FixedClock::at(NOW);
    clock.advance(after);
    let mut offers = MockOffers::new();
    offers.expect_forget().returning(|_| Ok(()));
    let remains = remains(sessions, looks, offers, Arc::new(clock));
    KeepFresh::new(Arc::new(MockUsers::new()), Arc::new(tenants), Arc::new(members), remains)
}

/// What is kept of a tenant here, which has no single sign-on.
fn remains(
    sessions: MockSessions,
    looks: MockTenantLooks,
    offers: MockOffers,
    clock: Arc<dyn Clock>,
) -> Remains {
    let (requests, proofs) = without_sso();
    Remains {
        sessions: Arc::new(sessions),
        looks: Arc::new(looks),
        offers: Arc::new(offers),
        requests: Arc::new(requests),
        connections: Arc::new(MockSsoConnections::new()),
        proofs: Arc::new(proofs),
        clock,
    }
}

#[tokio::test]
async fn within_a_minute_nobody_is_asked() {
    let nobody = keep_fresh(
        Duration::from_millis(59_999),
        MockTenants::new(),
        MockMembers::new(),
        MockSessions::new(),
    );
    assert_eq!(nobody.run(session()).await.unwrap(), Some(session()));
}

#[tokio::test]
async fn after_a_minute_the_provider_is_believed() {
    let (mut tenants, mut members, mut sessions) =
        (MockTenants::new(), MockMembers::new(), MockSessions::new());
    tenants.expect_find().once().returning(|_| {
        let subscription = Some(ENTERPRISE.to_owned());
        Ok(Some(Tenant {
            tenant: acme(),
            display_name: "Acme".to_owned(),
            branding: Branding::default(),
            subscription,
            made_in: None,
        }))
    });
    members.expect_roles().once().returning(|_, _| Ok(Roles::from(Role::Employee)));
    sessions.expect_refresh().once().returning(|_, _| Ok(()));
    let fresh = keep_fresh(Duration::from_mins(1), tenants, members, sessions).run(session()).await;
    let fresh = fresh.unwrap().unwrap();
    assert_eq!(fresh.roles, Roles::from(Role::Employee));
    assert_eq!(fresh.subscription, Some(ENTERPRISE.parse().unwrap()));
    assert_eq!(fresh.look.unwrap().display_name, "Acme");
    assert_eq!(fresh.refreshed_at, session().refreshed_at + Duration::from_mins(1));
}

#[tokio::test]
async fn a_session_under_a_tenant_that_is_gone_ends() {
    let (mut tenants, mut members, mut sessions) =
        (MockTenants::new(), MockMembers::new(), MockSessions::new());
    tenants.expect_find().once().returning(|_| Ok(None));
    members.expect_roles().returning(|_, _| Ok(Roles::default()));
    sessions.expect_end().once().returning(|_| Ok(()));
    // Whoever deleted it may have died before the end.
    let everybody = |whose: &SessionsOf| *whose == SessionsOf::Tenant(acme().id);
    sessions
        .expect_end_all()
        .withf(move |whose, spared, _, _| everybody(whose) && spared.is_none())
        .once()
        .returning(|_, _, _, _| Ok(1));
    let gone = keep_fresh(Duration::from_mins(1), tenants, members, sessions).run(session()).await;
    assert_eq!(gone.unwrap(), None);
}

#[tokio::test]
async fn f02_while_the_provider_is_down_people_go_on_and_it_is_left_alone() {
    let (mut tenants, mut members) = (MockTenants::new(), MockMembers::new());
    tenants.expect_find().once().returning(|_| Err(TenantsError::Unavailable("down".into())));
    members.expect_roles().once().returning(|_, _| Err(MembersError::Unavailable("down".into())));
    let kept = keep_fresh(Duration::from_hours(1), tenants, members, MockSessions::new());
    for _ in 0..3 {
        assert_eq!(kept.run(session()).await.unwrap(), Some(session()));
    }
}

#[tokio::test]
async fn f01_a_provider_that_asks_for_time_gets_it() {
    let clock = Arc::new(FixedClock::at(NOW));
    clock.advance(Duration::from_mins(1));
    let (mut tenants, mut members) = (MockTenants::new(), MockMembers::new());
    let retry_after = Some(Duration::from_secs(30));
    tenants.expect_find().times(2).returning(move |_| Err(TenantsError::RateLimited { retry_after }));
    members.expect_roles().times(2).returning(|_, _| Ok(Roles::default()));
    let remains = remains(MockSessions::new(), MockTenantLooks::new(), MockOffers::new(), clock.clone());
    let kept = KeepFresh::new(Arc::new(MockUsers::new()), Arc::new(tenants), Arc::new(members), remains);
    for (seconds, asked) in [(0, true), (29, false), (1, true)] {
        clock.advance(Duration::from_secs(seconds));
        assert_eq!(kept.is_due(&session()), asked);
        kept.run(session()).await.unwrap();
    }
}

//! Signing in: what is believed, what is written, and how often the provider is called.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use mockall::predicate::{always, eq};
use secrecy::SecretString;
use tenantry_application::{Arrival, Conversions, SessionLimits, SignIn, SignInError, SignedIn};
use tenantry_domain::{
    Role, Roles, SessionId, Subscription, Tenant, TenantId, TenantName, TenantRef, User, UserId,
};
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tenantry_ports::{
    Callback, Clock, IdentityProviderError, Login, LoginAttempt, MockBilling, MockIdentityProvider,
    MockJourneys, MockLoginAttempts, MockMembers, MockSessions, MockTenants, MockUsers, SessionsError,
    UsersError,
};

const NOW: &str = "2026-01-02T03:04:05.678Z";
const TRIAL: &str = "trial;2026-01-03T03:04:05.678Z;active";

/// Mocks that refuse every call that a test did not announce.
struct World {
    provider: MockIdentityProvider,
    users: MockUsers,
    tenants: MockTenants,
    members: MockMembers,
    sessions: MockSessions,
    attempts: MockLoginAttempts,
    clock: Arc<FixedClock>,
}

impl World {
    /// A world in which the provider completes this login, and the session is kept.
    fn with(login: Login) -> Self {
        let mut world = Self::that_is_asked();
        world.provider.expect_redeem().once().return_once(|_, _| Ok(login));
        world.sessions.expect_begin().returning(|_, _, _| Ok(()));
        world
    }

    fn that_is_asked() -> Self {
        let mut attempts = MockLoginAttempts::new();
        attempts.expect_spend().returning(|_, _| Ok(true));
        Self {
            provider: provider_named("https://id.example/"),
            users: MockUsers::new(),
            tenants: MockTenants::new(),
            members: MockMembers::new(),
            sessions: MockSessions::new(),
            attempts,
            clock: Arc::new(FixedClock::at(NOW)),
        }
    }

    async fn sign_in(self, arrival: Arrival) -> Result<SignedIn, SignInError> {
        let mut journeys = MockJourneys::new();
        journeys.expect_find().returning(|_| Ok(None));
        let clock: Arc<dyn Clock> = self.clock;
        let conversions = Conversions {
            journeys: Arc::new(journeys),
            users: Arc::new(MockUsers::new()),
            tenants: Arc::new(MockTenants::new()),
            members: Arc::new(MockMembers::new()),
            billing: Arc::new(MockBilling::new()),
            sessions: Arc::new(MockSessions::new()),
            clock: Arc::clone(&clock),
            random: Arc::new(SeededRandom::new(1)),
        };
        let use_case = SignIn {
            provider: Arc::new(self.provider),
            users: Arc::new(self.users),
            tenants: Arc::new(self.tenants),
            members: Arc::new(self.members),
            sessions: Arc::new(self.sessions),
            attempts: Arc::new(self.attempts),
            conversions: Arc::new(conversions),
            clock,
            trial_days: 1,
            limits: SessionLimits::default(),
        };
        use_case.run(arrival).await
    }
}

fn provider_named(issuer: &str) -> MockIdentityProvider {
    let mut provider = MockIdentityProvider::new();
    provider.expect_issuer().return_const(issuer.to_owned());
    provider
}

fn ann() -> UserId {
    UserId::try_from("auth0|ann").unwrap()
}

fn acme() -> TenantRef {
    TenantRef { id: TenantId::try_from("org_acme").unwrap(), name: TenantName::try_from("acme").unwrap() }
}

fn session_id(text: &str) -> SessionId {
    SessionId::try_from(text).unwrap()
}

fn login(tenant: Option<TenantRef>) -> Login {
    Login {
        user: ann(),
        name: "Ann".to_owned(),
        email: None,
        email_verified: false,
        picture: None,
        tenant,
        roles: None,
        subscription: None,
        federated: false,
        provider_session: None,
        claims: serde_json::Map::new(),
    }
}

fn arrival() -> Arrival {
    Arrival {
        callback: Callback::Code { code: SecretString::from("code"), issuer: None },
        attempt: LoginAttempt {
            issuer: "https://id.example/".to_owned(),
            state: "state".to_owned(),
            nonce: "nonce".to_owned(),
            code_verifier: "verifier".to_owned(),
            tenant: None,
            invitation: None,
            return_to: "/home".to_owned(),
            started_at: NOW.parse().unwrap(),
        },
        session: session_id("new"),
        previous: None,
    }
}

fn subscription(text: &str) -> Subscription {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_token_that_carries_the_claims_needs_no_call() {
    let team = "team;2027-01-01T00:00:00.000Z;active";
    let carried = Login {
        subscription: Some(team.to_owned()),
        roles: Some(Roles::from(Role::Administrator)),
        ..login(Some(acme()))
    };
    let signed_in = World::with(carried).sign_in(arrival()).await.unwrap();
    assert_eq!(signed_in.session.subscription, Some(subscription(team)));
    assert_eq!(signed_in.session.roles, Roles::from(Role::Administrator));
    assert_eq!(signed_in.session.tenant, Some(acme()));
    assert_eq!(signed_in.return_to, "/home");
}

#[tokio::test]
async fn a_newcomer_gets_a_trial_of_one_day() {
    let mut world = World::with(login(None));
    world.users.expect_find().once().returning(|_| Ok(None));
    let trial = TRIAL.parse::<Subscription>().unwrap();
    world.users.expect_set_subscription().with(eq(ann()), eq(trial)).once().returning(|_, _| Ok(()));
    let signed_in = world.sign_in(arrival()).await.unwrap();
    assert_eq!(signed_in.session.subscription, Some(trial));
    assert!(signed_in.session.roles.is_empty());
}

#[tokio::test]
async fn a_subscription_that_can_not_be_read_opens_nothing_and_is_not_overwritten() {
    let mut world = World::with(login(None));
    world.users.expect_find().once().returning(|user| {
        let subscription = Some("gold;whenever;yes".to_owned());
        Ok(Some(User { id: user.clone(), name: "Ann".into(), email: None, picture: None, subscription }))
    });
    let signed_in = world.sign_in(arrival()).await.unwrap();
    assert_eq!(signed_in.session.subscription, None);
}

#[tokio::test]
async fn under_a_tenant_its_subscription_and_the_roles_there_count() {
    let mut world = World::with(login(Some(acme())));
    let team = "team;2027-01-01T00:00:00.000Z;active";
    world.tenants.expect_find().with(eq(acme().id)).once().returning(move |_| {
        Ok(Some(Tenant {
            tenant: acme(),
            display_name: "Acme".to_owned(),
            branding: tenantry_domain::Branding::default(),
            subscription: Some(team.to_owned()),
            made_in: None,
        }))
    });
    let employee = || Roles::from(Role::Employee);
    world.members.expect_roles().with(eq(acme().id), eq(ann())).once().returning(move |_, _| Ok(employee()));
    let signed_in = world.sign_in(arrival()).await.unwrap();
    assert_eq!(signed_in.session.subscription, Some(subscription(team)));
    assert_eq!(signed_in.session.roles, employee());
}

#[tokio::test]
async fn a_federated_newcomer_of_a_tenant_becomes_an_employee() {
    let newcomer = Login {
        federated: true,
        roles: Some(Roles::default()),
        subscription: Some("team;2027-01-01T00:00:00.000Z;active".to_owned()),
        ..login(Some(acme()))
    };
    let mut world = World::with(newcomer);
    world
        .members
        .expect_assign()
        .with(eq(acme().id), eq(ann()), eq(Role::Employee))
        .once()
        .returning(|_, _, _| Ok(()));
    let signed_in = world.sign_in(arrival()).await.unwrap();
    assert_eq!(signed_in.session.roles, Roles::from(Role::Employee));
}

#[tokio::test]
async fn a_member_without_a_role_stays_without_one() {
    let member = Login { roles: Some(Roles::default()), ..login(Some(acme())) };
    let mut world = World::with(member);
    world.tenants.expect_find().once().returning(|_| Ok(None));
    let signed_in = world.sign_in(arrival()).await.unwrap();
    assert!(signed_in.session.roles.is_empty());
    assert_eq!(signed_in.session.subscription, None);
}

#[tokio::test]
async fn rp26_an_attempt_older_than_ten_minutes_is_refused_unasked() {
    let world = World::that_is_asked();
    world.clock.advance(Duration::from_secs(601));
    assert!(matches!(world.sign_in(arrival()).await, Err(SignInError::Expired)));
}

#[tokio::test]
async fn rp32_an_attempt_counts_once() {
    let mut world = World::that_is_asked();
    world.attempts = MockLoginAttempts::new();
    world.attempts.expect_spend().with(eq("state"), always()).once().returning(|_, _| Ok(false));
    assert!(matches!(world.sign_in(arrival()).await, Err(SignInError::AlreadyUsed)));
}

#[tokio::test]
async fn rp27_an_attempt_of_another_provider_is_spent_and_nobody_is_asked() {
    for other in ["https://other.example/", "https://id.example", "https://ID.example/", ""] {
        let mut world = World::that_is_asked();
        world.provider = provider_named(other);
        world.attempts = MockLoginAttempts::new();
        world.attempts.expect_spend().with(eq("state"), always()).once().returning(|_, _| Ok(true));
        let refused = world.sign_in(arrival()).await;
        assert!(matches!(refused, Err(SignInError::OtherProvider)), "{other}: {refused:?}");
    }
}

#[tokio::test]
async fn c07_who_is_logged_out_meanwhile_is_not_signed_in() {
    let carried = Login { subscription: Some(TRIAL.to_owned()), ..login(None) };
    let mut world = World::that_is_asked();
    world.provider.expect_redeem().once().return_once(|_, _| Ok(carried));
    let left_at = eq(arrival().attempt.started_at);
    let begin = world.sessions.expect_begin().with(always(), always(), left_at);
    begin.once().returning(|_, _, _| Err(SessionsError::LoggedOut));
    let arrival = Arrival { previous: Some(session_id("old")), ..arrival() };
    assert!(matches!(world.sign_in(arrival).await, Err(SignInError::LoggedOut)));
}

#[tokio::test]
async fn what_the_provider_refuses_begins_no_session() {
    type Expected = fn(&SignInError) -> bool;
    let refusals: [(IdentityProviderError, Expected); 3] = [
        (IdentityProviderError::NotAMember, |error| matches!(error, SignInError::NotAMember)),
        (IdentityProviderError::Rejected("forged".into()), |error| matches!(error, SignInError::Rejected(_))),
        (IdentityProviderError::Unavailable("down".into()), |error| matches!(error, SignInError::Outage(_))),
    ];
    for (refusal, is_expected) in refusals {
        let mut world = World::that_is_asked();
        world.provider.expect_redeem().once().return_once(|_, _| Err(refusal));
        let error = world.sign_in(arrival()).await.unwrap_err();
        assert!(is_expected(&error), "{error:?}");
    }
}

#[tokio::test]
async fn a_trial_that_can_not_be_written_begins_no_session() {
    let mut world = World::that_is_asked();
    world.provider.expect_redeem().once().return_once(|_, _| Ok(login(None)));
    world.users.expect_find().once().returning(|_| Ok(None));
    world
        .users
        .expect_set_subscription()
        .once()
        .returning(|_, _| Err(UsersError::Unavailable("down".into())));
    assert!(matches!(world.sign_in(arrival()).await, Err(SignInError::Outage(_))));
}

#[tokio::test]
async fn c03_the_session_before_ends() {
    let carried = Login { subscription: Some(TRIAL.to_owned()), ..login(None) };
    let mut world = World::with(carried);
    world.sessions.expect_end().with(eq(session_id("old"))).once().returning(|_| Ok(()));
    let arrival = Arrival { previous: Some(session_id("old")), ..arrival() };
    assert_eq!(world.sign_in(arrival).await.unwrap().session.id, session_id("new"));
}

#[tokio::test]
async fn a_session_is_never_idle_longer_than_it_lasts() {
    let carried = Login { subscription: Some(TRIAL.to_owned()), ..login(None) };
    let session = World::with(carried).sign_in(arrival()).await.unwrap().session;
    assert_eq!(session.idle_until, session.began_at + Duration::from_hours(72));
    assert_eq!(session.ends_at, session.began_at + Duration::from_hours(168));
}

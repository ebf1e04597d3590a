//! Signing in: what is believed, what is written, and how often the provider is called.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use mockall::predicate::{always, eq};
use secrecy::SecretString;
use tenantry_application::{
    Arrival, Conversions, Redeem, SeatCount, SessionLimits, SignIn, SignInError, SignedIn, SsoGate,
    SsoRefusal,
};
use tenantry_domain::{
    AuditAction, Catalogue, ConnectionName, Device, EmailAddress, InvitationId, Member, Offer, OfferState,
    Role, Roles, SessionId, Subscription, Tenant, TenantId, TenantName, TenantRef, User, UserId,
};
use tenantry_ports::testkit::{FixedClock, SeededRandom, without_sso};
use tenantry_ports::{
    Callback, Clock, IdentityProviderError, Login, LoginAttempt, MockAuditLog, MockBilling,
    MockIdentityProvider, MockInvitations, MockJourneys, MockLoginAttempts, MockMembers, MockOffers,
    MockSessions, MockSsoRequests, MockTenants, MockUsers, OffersError, Page, SessionsError, SsoAttempt,
    SsoPurpose, Turn, Turns, TurnsError, UpstreamFault, UsersError,
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
    offers: MockOffers,
    /// What counting seats asks.
    invitations: MockInvitations,
    pending: MockOffers,
    counted: MockMembers,
    audit_log: MockAuditLog,
    /// What is kept of single sign-on, where it matters.
    requests: Option<MockSsoRequests>,
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
        let mut sessions = MockSessions::new();
        sessions.expect_note_device().returning(|_, _, _| Ok(()));
        Self {
            provider: provider_named("https://id.example/"),
            users: MockUsers::new(),
            tenants: MockTenants::new(),
            members: MockMembers::new(),
            sessions,
            attempts,
            offers: MockOffers::new(),
            invitations: MockInvitations::new(),
            pending: MockOffers::new(),
            counted: MockMembers::new(),
            audit_log: MockAuditLog::new(),
            requests: None,
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
        let clock_of_seats = Arc::clone(&clock);
        let (nothing, proofs) = without_sso();
        let requests = self.requests.unwrap_or(nothing);
        let use_case = SignIn {
            redeem: Redeem { provider: Arc::new(self.provider), attempts: Arc::new(self.attempts) },
            sso: SsoGate {
                requests: Arc::new(requests),
                proofs: Arc::new(proofs),
                members: Arc::new(MockMembers::new()),
                audit_log: Arc::new(MockAuditLog::new()),
                random: Arc::new(SeededRandom::new(2)),
                catalogue: Arc::new(Catalogue::standard().unwrap()),
            },
            users: Arc::new(self.users),
            tenants: Arc::new(self.tenants),
            members: Arc::new(self.members),
            sessions: Arc::new(self.sessions),
            conversions: Arc::new(conversions),
            clock,
            offers: Arc::new(self.offers),
            turns: Arc::new(MyTurn),
            seats: SeatCount {
                invitations: Arc::new(self.invitations),
                offers: Arc::new(self.pending),
                members: Arc::new(self.counted),
                clock: clock_of_seats,
            },
            audit_log: Arc::new(self.audit_log),
            catalogue: Arc::new(Catalogue::standard().unwrap()),
            limits: SessionLimits::default(),
        };
        Box::pin(use_case.run(arrival)).await
    }
}

/// Nobody else wants a turn.
struct MyTurn;

#[async_trait::async_trait]
impl Turns for MyTurn {
    async fn take(&self, _: &TenantId) -> Result<Turn, TurnsError> {
        Ok(Turn::holding(()))
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
        connection: None,
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
            connection: None,
            invitation: None,
            sso: None,
            return_to: "/home".to_owned(),
            started_at: NOW.parse().unwrap(),
        },
        session: session_id("new"),
        previous: None,
        device: Device::seen(None, None),
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
    let signed_in = newcomer_among(1, world).await;
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
async fn fault13_who_is_removed_while_they_log_in_is_let_in_by_nobody() {
    let carried = Login {
        roles: Some(Role::Employee.into()),
        subscription: Some(TRIAL.to_owned()),
        ..login(Some(acme()))
    };
    let mut world = World::that_is_asked();
    world.provider.expect_redeem().once().return_once(|_, _| Ok(carried));
    world.sessions.expect_begin().once().returning(|_, _, _| Err(SessionsError::LoggedOut));
    let (mut requests, _) = without_sso();
    requests.checkpoint();
    let mut order = mockall::Sequence::new();
    requests.expect_of_tenant().returning(|_| Ok(Vec::new()));
    requests.expect_has_brought().returning(|_, _| Ok(false));
    requests.expect_is_admitted().returning(|_, _| Ok(false));
    let admitted = requests.expect_admit().with(eq(acme().id), eq(ann()), always());
    admitted.once().in_sequence(&mut order).returning(|_, _, _| Ok(()));
    let dismissed = requests.expect_dismiss().with(eq(acme().id), eq(ann()));
    dismissed.once().in_sequence(&mut order).returning(|_, _| Ok(()));
    world.requests = Some(requests);
    let refused = world.sign_in(arrival()).await;
    assert!(matches!(refused, Err(SignInError::LoggedOut)), "{refused:?}");
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
    let refusals: [(IdentityProviderError, Expected); 4] = [
        (IdentityProviderError::NotAMember, |error| matches!(error, SignInError::NotAMember)),
        (
            IdentityProviderError::Upstream {
                fault: UpstreamFault::WrongClient,
                error: "invalid_client".to_owned(),
                description: None,
            },
            |error| matches!(error, SignInError::Upstream { fault: UpstreamFault::WrongClient, .. }),
        ),
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

fn bo() -> EmailAddress {
    EmailAddress::try_from("bo@acme.example").unwrap()
}

fn invited() -> InvitationId {
    InvitationId::try_from("uinv_1").unwrap()
}

fn offer() -> Offer {
    Offer {
        tenant: acme().id,
        email: bo(),
        invitation: Some(invited()),
        inviter: UserId::try_from("auth0|admin").unwrap(),
        inviter_name: "Ann Lee".to_owned(),
        roles: Roles::from(Role::Employee),
        message: None,
        connection: None,
        state: OfferState::Open,
        created_at: NOW.parse().unwrap(),
        expires_at: "2026-01-09T03:04:05.678Z".parse().unwrap(),
    }
}

fn arrival_by_invitation() -> Arrival {
    let arrival = arrival();
    let attempt =
        LoginAttempt { tenant: Some(acme()), invitation: Some(invited()), ..arrival.attempt.clone() };
    Arrival { attempt, ..arrival }
}

/// A login of whoever has this address, as a member with a role.
fn login_of(email: EmailAddress, email_verified: bool) -> Login {
    let roles = Some(Roles::from(Role::Employee));
    let subscription = Some("team;2027-01-01T00:00:00.000Z;active".to_owned());
    Login { email: Some(email), email_verified, roles, subscription, ..login(Some(acme())) }
}

#[tokio::test]
async fn s14_an_acceptance_is_noted_once() {
    for is_first in [true, false] {
        let mut world = World::with(login_of(bo(), true));
        world.offers.expect_find().with(eq(acme().id), eq(invited())).returning(|_, _| Ok(Some(offer())));
        let ended = world.offers.expect_end_invitation();
        ended.with(eq(acme().id), eq(invited()), eq(OfferState::Accepted)).once();
        ended.returning(move |_, _, _| Ok(is_first));
        let noted = world.audit_log.expect_record().times(usize::from(is_first));
        noted.withf(|entry| entry.action == AuditAction::InvitationAccepted).returning(|_| Ok(()));
        let signed_in = world.sign_in(arrival_by_invitation()).await.unwrap();
        assert_eq!(signed_in.session.tenant, Some(acme()));
    }
}

#[tokio::test]
async fn s14_whoever_accepts_is_let_in_before_the_invitation_counts_no_more() {
    let mut world = World::with(login_of(bo(), true));
    world.offers.expect_find().returning(|_, _| Ok(Some(offer())));
    let cut = || OffersError::Unavailable("the process has ended".into());
    world.offers.expect_end_invitation().once().returning(move |_, _, _| Err(cut()));
    let mut requests = MockSsoRequests::new();
    requests.expect_of_tenant().returning(|_| Ok(Vec::new()));
    requests.expect_admit().once().returning(|_, _, _| Ok(()));
    world.requests = Some(requests);
    let broken = world.sign_in(arrival_by_invitation()).await;
    assert!(matches!(broken, Err(SignInError::Outage(_))), "{broken:?}");
}

/// A world in which the provider has made a member of whoever comes, by an invitation that is not for them.
fn with_a_member_to_be_removed(login: Login, was_let_in: bool) -> World {
    let mut world = World::that_is_asked();
    world.provider.expect_redeem().once().return_once(|_, _| Ok(login));
    let mut requests = MockSsoRequests::new();
    requests.expect_is_admitted().returning(move |_, _| Ok(was_let_in));
    world.requests = Some(requests);
    let removed = world.members.expect_remove().with(eq(acme().id), eq(ann()));
    removed.times(usize::from(!was_let_in)).returning(|_, _| Ok(()));
    world
}

#[tokio::test]
async fn adv09_neither_another_nor_an_unproved_address_accepts_an_invitation() {
    let other = EmailAddress::try_from("eve@evil.example").unwrap();
    for (login, was_let_in) in [
        (login_of(bo(), false), false),
        (login_of(other.clone(), true), false),
        (Login { email: None, ..login_of(bo(), true) }, false),
        // Who was a member before stays one.
        (login_of(other, true), true),
    ] {
        let mut world = with_a_member_to_be_removed(login, was_let_in);
        world.offers.expect_find().returning(|_, _| Ok(Some(offer())));
        let ended = world.offers.expect_end_invitation();
        ended
            .with(eq(acme().id), eq(invited()), eq(OfferState::Revoked))
            .once()
            .returning(|_, _, _| Ok(true));
        let refused = world.sign_in(arrival_by_invitation()).await;
        assert!(matches!(refused, Err(SignInError::InvitedOther)), "{refused:?}");
    }
}

#[tokio::test]
async fn s14_what_was_taken_back_while_the_login_was_under_way_makes_nobody_a_member() {
    let mut world = with_a_member_to_be_removed(login_of(bo(), true), false);
    let revoked = Offer { state: OfferState::Revoked, ..offer() };
    world.offers.expect_find().returning(move |_, _| Ok(Some(revoked.clone())));
    world.offers.expect_end_invitation().returning(|_, _, _| Ok(false));
    let refused = world.sign_in(arrival_by_invitation()).await;
    assert!(matches!(refused, Err(SignInError::InvitationSpent)), "{refused:?}");
}

#[tokio::test]
async fn s14_an_invitation_that_another_account_has_spent_is_over() {
    let mut world = World::that_is_asked();
    world.provider.expect_redeem().once().return_once(|_, _| Err(IdentityProviderError::InvitedOther));
    let ended = world.offers.expect_end_invitation();
    ended.with(eq(acme().id), eq(invited()), eq(OfferState::Revoked)).once().returning(|_, _, _| Ok(true));
    let refused = world.sign_in(arrival_by_invitation()).await;
    assert!(matches!(refused, Err(SignInError::InvitedOther)), "{refused:?}");
}

#[tokio::test]
async fn s14_an_invitation_is_taken_back_between_a_look_and_its_acceptance() {
    let mut world = with_a_member_to_be_removed(login_of(bo(), true), false);
    let mut looks = 0;
    world.offers.expect_find().times(2).returning(move |_, _| {
        looks += 1;
        let state = if looks == 1 { OfferState::Open } else { OfferState::Revoked };
        Ok(Some(Offer { state, ..offer() }))
    });
    let requests = world.requests.as_mut().unwrap();
    requests.expect_of_tenant().returning(|_| Ok(Vec::new()));
    world.offers.expect_end_invitation().returning(|_, _, _| Ok(false));
    let refused = world.sign_in(arrival_by_invitation()).await;
    assert!(matches!(refused, Err(SignInError::InvitationSpent)), "{refused:?}");
}

#[tokio::test]
async fn s13_an_invitation_that_was_to_lead_through_a_connection_gives_nothing_to_another_login() {
    let mut world = with_a_member_to_be_removed(login_of(bo(), true), false);
    world.offers.expect_find().returning(|_, _| Ok(Some(offer())));
    let ended = world.offers.expect_end_invitation();
    ended.with(eq(acme().id), eq(invited()), eq(OfferState::Revoked)).once().returning(|_, _, _| Ok(true));
    let requests = world.requests.as_mut().unwrap();
    requests.expect_find().returning(|_, _| Ok(None));
    requests.expect_failed().once().returning(|_, _, failure| Ok(failure.reference.clone()));
    let arrival = arrival_by_invitation();
    let sso =
        SsoAttempt { request: "0".repeat(32).as_str().try_into().unwrap(), purpose: SsoPurpose::SignIn };
    let connection = Some(ConnectionName::try_from("corp").unwrap());
    let attempt = LoginAttempt { connection, sso: Some(sso), ..arrival.attempt.clone() };
    let refused = world.sign_in(Arrival { attempt, ..arrival }).await;
    assert!(matches!(refused, Err(SignInError::Sso(SsoRefusal::Failed { .. }))), "{refused:?}");
}

/// A federated newcomer of an organization with twenty seats, of which so many are taken.
async fn newcomer_among(members: u32, mut world: World) -> SignedIn {
    world.pending.expect_pending().returning(|_, _| Ok(Vec::new()));
    world.invitations.expect_page().returning(|_, _, _| Ok(Page { items: Vec::new(), next: None }));
    let member = |number: u32, roles: Roles| Member {
        user: UserId::try_from(format!("auth0|{number}").as_str()).unwrap(),
        name: "Somebody".to_owned(),
        email: None,
        picture: None,
        roles,
    };
    let employee = || Roles::from(Role::Employee);
    let mut listed: Vec<Member> = (0..members).map(|number| member(number, employee())).collect();
    // Neither who has no role counts, nor the newcomer, to whom the provider has given one.
    listed.push(member(1000, Roles::default()));
    listed.push(Member { user: ann(), ..member(0, employee()) });
    world.counted.expect_page().returning(move |_, _, _| Ok(Page { items: listed.clone(), next: None }));
    world.sign_in(arrival()).await.unwrap()
}

#[tokio::test]
async fn a_federated_newcomer_takes_the_last_seat_and_no_other() {
    let newcomer = || Login { federated: true, roles: Some(Roles::default()), ..login_of(bo(), true) };
    let mut world = World::with(newcomer());
    world.members.expect_assign().once().returning(|_, _, _| Ok(()));
    let signed_in = newcomer_among(19, world).await;
    assert_eq!((signed_in.session.roles, signed_in.lacks_seat), (Roles::from(Role::Employee), false));

    let mut world = World::with(newcomer());
    let noted = world.audit_log.expect_record_once().once();
    noted
        .withf(|entry, _, _| entry.action == AuditAction::SeatRefused)
        .returning(|entry, _, _| Ok(entry.clone()));
    let taken = world.members.expect_unassign().with(eq(acme().id), eq(ann()), eq(Role::Employee)).once();
    taken.returning(|_, _, _| Ok(()));
    let signed_in = newcomer_among(20, world).await;
    assert_eq!((signed_in.session.roles, signed_in.lacks_seat), (Roles::default(), true));
}

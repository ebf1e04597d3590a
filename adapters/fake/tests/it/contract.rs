//! The contract of the ports, run on the in-process door.

use std::sync::Arc;

use crate::browser::Browser;
use crate::support::{APP, CALLBACK, PASSWORD, VERIFIER, World, parameter, seed, segment};
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Value, json};
use tenantry_domain::{Roles, Subscription, TenantRef, UserId};
use tenantry_fake::ports::{FakeIdentityProvider, FakeInvitations, FakeMembers, FakeTenants, FakeUsers};
use tenantry_fake::{Seed, SeedFile};
use tenantry_ports::testkit::provider::ProviderWorld;
use tenantry_ports::{
    Callback, Clock as _, IdentityProvider as _, IdentityProviderError, Intent, Invitations, Login,
    LoginAttempt, LoginRequest, LogoutRequest, Members, Tenants, Users,
};

/// Somebody who logs in through Google.
const ELSEWHERE: &str = "google-oauth2|117";

pub(crate) struct InProcess {
    pub(crate) world: World,
    users: FakeUsers,
    tenants: FakeTenants,
    members: FakeMembers,
    invitations: FakeInvitations,
}

impl InProcess {
    pub(crate) fn new() -> Self {
        let elsewhere =
            format!("users: [{{ user_id: {ELSEWHERE}, connection: google-oauth2, name: Goldie }}]");
        let file = Some(SeedFile::from_yaml(&elsewhere).unwrap());
        let world = World::with(Seed { file, ..seed() });
        let fake = world.fake.clone();
        let invitations = fake.invitations(&world.client(APP).0);
        Self { world, users: fake.users(), tenants: fake.tenants(), members: fake.members(), invitations }
    }
}

#[async_trait]
impl ProviderWorld for InProcess {
    fn users(&self) -> &dyn Users {
        &self.users
    }

    fn tenants(&self) -> &dyn Tenants {
        &self.tenants
    }

    fn members(&self) -> &dyn Members {
        &self.members
    }

    fn invitations(&self) -> &dyn Invitations {
        &self.invitations
    }

    async fn account(&self, email: &str) -> UserId {
        let user = self.world.user(email).await;
        let theme = json!({ "app_metadata": { "theme": "dark" } });
        self.world.api("PATCH", &format!("/users/{}", segment(&user)), theme).await;
        UserId::try_from(user.as_str()).unwrap()
    }

    async fn account_elsewhere(&self) -> UserId {
        UserId::try_from(ELSEWHERE).unwrap()
    }

    async fn theme_of(&self, user: &UserId) -> Option<String> {
        let path = format!("/users/{}", segment(user.as_str()));
        let user = self.world.api("GET", &path, Value::Null).await.json();
        user["app_metadata"]["theme"].as_str().map(str::to_owned)
    }
}

tenantry_ports::provider_contract!(InProcess::new());

pub(crate) fn provider(world: &World) -> FakeIdentityProvider {
    world.fake.identity_provider(&world.client(APP).0, CALLBACK.parse().unwrap())
}

pub(crate) fn attempt(world: &World, tenant: Option<TenantRef>) -> LoginAttempt {
    LoginAttempt {
        issuer: provider(world).issuer().to_owned(),
        state: "s1".to_owned(),
        nonce: "n1".to_owned(),
        code_verifier: VERIFIER.to_owned(),
        tenant,
        connection: None,
        invitation: None,
        sso: None,
        return_to: "/home".to_owned(),
        started_at: world.clock.now(),
    }
}

fn request(attempt: &LoginAttempt, intent: Intent) -> LoginRequest {
    LoginRequest {
        attempt: attempt.clone(),
        intent,
        invitation: None,
        email_hint: None,
        reauthenticate: false,
    }
}

/// Walks a browser through the login that the provider's own address begins.
async fn come_back(world: &World, browser: &mut Browser, request: &LoginRequest) -> Callback {
    let url = provider(world).authorization_url(request).await.unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let first = browser.get(world, &path).await;
    let fields = match request.intent {
        Intent::SignUp => [("email", "ann@example.com"), ("password", PASSWORD)],
        Intent::SignIn => [("username", "ann@example.com"), ("password", PASSWORD)],
    };
    let answer = if first.location.starts_with('/') {
        browser.post(world, &first.location, &fields).await
    } else {
        first
    };
    let callback = answer.callback();
    assert_eq!(parameter(&callback, "state").as_deref(), Some("s1"));
    match parameter(&callback, "code") {
        Some(code) => Callback::Code { code: SecretString::from(code), issuer: None },
        None => Callback::Error {
            error: parameter(&callback, "error").unwrap(),
            description: parameter(&callback, "error_description"),
            issuer: None,
        },
    }
}

#[tokio::test]
async fn a_login_is_redeemed_without_http() {
    let world = World::new();
    let mut browser = Browser::default();
    let attempt = attempt(&world, None);
    let callback = come_back(&world, &mut browser, &request(&attempt, Intent::SignUp)).await;
    world.fake.clear_requests();
    let login: Login = provider(&world).redeem(&callback, &attempt).await.unwrap();
    assert_eq!(world.fake.requests(), [], "in-process");
    assert_eq!((login.name.as_str(), login.email_verified), ("ann@example.com", false));
    assert_eq!(login.email.unwrap().as_str(), "ann@example.com");
    assert_eq!((login.tenant, login.roles, login.federated), (None, None, false));
    assert_eq!(login.subscription.as_deref(), Some("trial;2026-03-03T10:00:00.000Z;active"));
    assert_eq!(login.claims["sid"], json!(login.provider_session.clone().unwrap()));
    let again = provider(&world).redeem(&callback, &attempt).await;
    assert!(matches!(again, Err(IdentityProviderError::Rejected(_))), "{again:?}");

    let logout = LogoutRequest {
        provider_session: login.provider_session,
        return_to: "http://127.0.0.1:3000/".parse().unwrap(),
    };
    let url = provider(&world).logout_url(&logout).await.unwrap();
    let out = browser.get(&world, &format!("{}?{}", url.path(), url.query().unwrap())).await;
    assert_eq!(out.location, "http://127.0.0.1:3000/");
    assert_eq!(browser.cookie("auth0"), None);
}

#[tokio::test]
async fn a_login_that_answers_another_attempt_is_not_accepted() {
    let world = World::new();
    let mut browser = Browser::default();
    let attempt = attempt(&world, None);
    let mut callback = come_back(&world, &mut browser, &request(&attempt, Intent::SignUp)).await;
    for other in [
        LoginAttempt { nonce: "n2".to_owned(), ..attempt.clone() },
        LoginAttempt { code_verifier: "x".repeat(43), ..attempt.clone() },
    ] {
        let refused = provider(&world).redeem(&callback, &other).await;
        assert!(matches!(refused, Err(IdentityProviderError::Rejected(_))), "{refused:?}");
        callback = come_back(&world, &mut browser, &request(&attempt, Intent::SignIn)).await;
    }
    provider(&world).redeem(&callback, &attempt).await.unwrap();
}

#[tokio::test]
async fn a_login_under_a_tenant_says_which_or_not_a_member() {
    let world = World::new();
    let ann = UserId::try_from(world.user("ann@example.com").await.as_str()).unwrap();
    let tenants: Arc<dyn Tenants> = Arc::new(world.fake.tenants());
    let text = "team;2027-01-01T00:00:00.000Z;active";
    let made = tenants
        .create(&tenantry_ports::NewTenant {
            name: tenantry_domain::TenantName::try_from("acme").unwrap(),
            display_name: "Acme".to_owned(),
            subscription: text.parse::<Subscription>().unwrap(),
            created_by: ann.clone(),
            conversion: tenantry_domain::ConversionId::try_from("c1").unwrap(),
        })
        .await
        .unwrap();
    let attempt = attempt(&world, Some(made.tenant.clone()));
    let mut browser = Browser::default();
    let callback = come_back(&world, &mut browser, &request(&attempt, Intent::SignIn)).await;
    let refused = provider(&world).redeem(&callback, &attempt).await;
    assert!(matches!(refused, Err(IdentityProviderError::NotAMember)), "{refused:?}");

    world.fake.members().add(&made.tenant.id, &ann).await.unwrap();
    world.fake.members().assign(&made.tenant.id, &ann, tenantry_domain::Role::Administrator).await.unwrap();
    let callback = come_back(&world, &mut browser, &request(&attempt, Intent::SignIn)).await;
    let login = provider(&world).redeem(&callback, &attempt).await.unwrap();
    assert_eq!(login.tenant, Some(made.tenant));
    assert_eq!(login.roles, Some(Roles::from(tenantry_domain::Role::Administrator)));
    assert_eq!(login.subscription.as_deref(), Some(text));
}

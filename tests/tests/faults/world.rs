//! A product without its pages, wired over a line that can be cut: the provider is the fake, the store is SQLite.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{LOCATION, SET_COOKIE};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenantry_application::{
    CardPayment, ChoosePlan, ChoosePlanError, ConfirmCheckout, Conversions, FinishConversions, Next,
    PayByCard, RegisterOrganization, RegisterPersonal, SeatCount,
};
use tenantry_checkout::TestCheckout;
use tenantry_domain::{
    CardNumber, Catalogue, Role, Roles, SessionId, Subscription, Tenant, TenantName, TenantRef, Timestamp,
    UserId,
};
use tenantry_fake::{Fake, FakeConfig, Seed, SeedClient, SeedClientKind};
use tenantry_ports::testkit::{FixedClock, MemoryCheckouts, SeededRandom};
use tenantry_ports::{
    Billing, CardPayments, Clock, IdentityProvider, Invitations, Journeys, Members, Offers, Random, Session,
    Sessions, Tenants, Users,
};
use tenantry_sql::{Database, SqlJourneys, SqlOffers, SqlSessions};

use tower::ServiceExt;
use url::Url;

use crate::wire::{Wire, Wired};

const NOW: &str = "2026-01-02T03:04:05.678Z";
/// What [`Running::buy`] answers when the person is asked to wait.
pub const WAIT: &str = "wait";
const ISSUER: &str = "http://127.0.0.1:4400/";

const PASSWORD: &str = "Correct-horse-battery-1";
const WEB: &str = "web";
const CALLBACK: &str = "http://127.0.0.1:4000/api/auth/callback";

/// What every crash leaves alone: a provider that is dear to start.
pub struct Provider {
    fake: Fake,
    token: String,
    clock: Arc<FixedClock>,
    random: Arc<dyn Random>,
}

/// What stays when the product dies: the provider, the store and the ledger. One person, and the name that they want
/// for their organization, are each world's own.
pub struct World {
    pub users: Arc<dyn Users>,
    pub tenants: Arc<dyn Tenants>,
    pub members: Arc<dyn Members>,
    pub invitations: Arc<dyn Invitations>,
    pub offers: Arc<dyn Offers>,
    pub ann: UserId,
    pub name: String,
    journeys: Arc<dyn Journeys>,
    pub sessions: Arc<dyn Sessions>,
    pub database: Database,
    ledger: Arc<MemoryCheckouts>,
    pub checkout: Arc<TestCheckout>,
    pub clock: Arc<FixedClock>,
    random: Arc<dyn Random>,
}

/// The use cases, wired over a line.
pub struct Running {
    pub choose: ChoosePlan,
    pub pay: PayByCard,
    pub register_organization: RegisterOrganization,
    register_personal: RegisterPersonal,
    pub sweep: FinishConversions,
}

impl Provider {
    /// The fake, with a machine that may make accounts.
    pub async fn start() -> Self {
        let clock = Arc::new(FixedClock::at(NOW));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(7));
        let arranger = SeedClient {
            name: "arranger".to_owned(),
            callbacks: Vec::new(),
            logout_urls: Vec::new(),
            initiate_login_uri: None,
            backchannel_logout_url: None,
            kind: SeedClientKind::MachineToMachine { scopes: vec!["create:users".to_owned()] },
            client_id: None,
            client_secret: None,
        };
        let web = SeedClient {
            name: WEB.to_owned(),
            callbacks: vec![CALLBACK.to_owned()],
            initiate_login_uri: Some("https://learn.example/api/auth/login".to_owned()),
            kind: SeedClientKind::RegularWeb,
            ..arranger.clone()
        };
        let config = FakeConfig {
            issuer: ISSUER.parse().unwrap(),
            trial_days: 1,
            action_run_time: FakeConfig::ACTION_RUN_TIME,
            seed: Seed { clients: vec![arranger, web], ..Seed::default() },
        };
        let fake = Fake::in_memory(config, clock.clone(), Arc::clone(&random)).unwrap();
        let client = fake.client("arranger").unwrap();
        let request = json!({
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.client_secret.expose_secret(),
            "audience": format!("{ISSUER}api/v2/"),
        });
        let granted = post(&fake, "/oauth/token", None, &request).await;
        let token = granted["access_token"].as_str().unwrap().to_owned();
        Self { fake, token, clock, random }
    }

    /// Makes an account.
    pub async fn account(&self, email: &str) -> UserId {
        let request = json!({
            "connection": "Username-Password-Authentication",
            "email": email,
            "password": PASSWORD,
        });
        let user = post(&self.fake, "/api/v2/users", Some(&self.token), &request).await;
        UserId::try_from(user["user_id"].as_str().unwrap()).unwrap()
    }

    /// The product's application there.
    pub fn web(&self) -> impl IdentityProvider + 'static {
        self.fake.identity_provider(&self.fake.client(WEB).unwrap().client_id, CALLBACK.parse().unwrap())
    }

    /// Goes to a page of the provider's, and answers where it leads and the cookies that it sets.
    pub async fn goes(&self, request: Request<Body>) -> (Url, Vec<String>) {
        let answer = self.fake.router().oneshot(request).await.unwrap();
        let headers = answer.headers();
        let location = headers.get(LOCATION).unwrap_or_else(|| panic!("leads nowhere: {}", answer.status()));
        let location = Url::parse(ISSUER).unwrap().join(location.to_str().unwrap()).unwrap();
        let cookies = headers.get_all(SET_COOKIE).iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        (location, cookies.collect())
    }

    /// Logs somebody in there with their password; answers the cookies of a browser that is known from then on.
    pub async fn known(&self, email: &str, url: &Url) -> String {
        let (page, cookies) = self.goes(Request::get(url.as_str()).body(Body::empty()).unwrap()).await;
        let form = format!("username={email}&password={PASSWORD}&action=default");
        let login = Request::post(page.as_str())
            .header("cookie", cookies.join("; "))
            .header("content-type", "application/x-www-form-urlencoded");
        self.goes(login.body(Body::from(form)).unwrap()).await.1.join("; ")
    }
}

/// Posts JSON through the fake's own door for the outside, without a socket.
async fn post(fake: &Fake, path: &str, token: Option<&str>, body: &Value) -> Value {
    let mut request = Request::post(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::from(body.to_string())).unwrap();
    let answer = fake.router().oneshot(request).await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

impl World {
    /// A person on trial, who has bought nothing yet; `number` tells this world from the provider's others.
    pub async fn new(provider: &Provider, number: usize) -> Self {
        let Provider { fake, clock, random, .. } = provider;
        let database = Database::in_memory().await.unwrap();
        let ledger = Arc::new(MemoryCheckouts::default());
        let ann = provider.account(&format!("ann{number}@example.com")).await;
        let users = fake.users();
        users.set_subscription(&ann, Subscription::trial(clock.now(), 1)).await.unwrap();
        Self {
            users: Arc::new(users),
            tenants: Arc::new(fake.tenants()),
            members: Arc::new(fake.members()),
            invitations: Arc::new(fake.invitations(&fake.client(WEB).unwrap().client_id)),
            offers: Arc::new(SqlOffers::new(database.clone())),
            ann,
            name: format!("acme-{number}"),
            journeys: Arc::new(SqlJourneys::new(database.clone())),
            sessions: Arc::new(SqlSessions::new(database.clone())),
            database,
            ledger: Arc::clone(&ledger),
            checkout: Arc::new(TestCheckout::new(ledger, clock.clone(), Arc::clone(random))),
            clock: Arc::clone(clock),
            random: Arc::clone(random),
        }
    }

    /// Starts the product over this line.
    pub fn run(&self, wire: &Arc<Wire>) -> Running {
        self.run_with(wire, Arc::clone(&self.checkout) as Arc<dyn CardPayments>)
    }

    /// Starts the product over this line, with another way to charge cards.
    pub fn run_with(&self, wire: &Arc<Wire>, cards: Arc<dyn CardPayments>) -> Running {
        let catalogue = Arc::new(Catalogue::standard().unwrap());
        let members: Arc<dyn Members> = Wired::new(wire, Arc::clone(&self.members));
        let cards: Arc<dyn CardPayments> = Wired::new(wire, cards);
        let conversions = self.conversions(wire);
        let confirm = Arc::new(ConfirmCheckout { conversions: Arc::clone(&conversions) });
        Running {
            choose: ChoosePlan { catalogue: Arc::clone(&catalogue), conversions: Arc::clone(&conversions) },
            pay: PayByCard { catalogue, conversions: Arc::clone(&conversions), cards, members, confirm },
            register_organization: RegisterOrganization { conversions: Arc::clone(&conversions) },
            register_personal: RegisterPersonal { conversions: Arc::clone(&conversions) },
            sweep: FinishConversions { conversions },
        }
    }

    /// What purchases share, over this line.
    pub fn conversions(&self, wire: &Arc<Wire>) -> Arc<Conversions> {
        Arc::new(Conversions {
            journeys: Wired::new(wire, Arc::clone(&self.journeys)),
            users: Wired::new(wire, Arc::clone(&self.users)),
            tenants: Wired::new(wire, Arc::clone(&self.tenants)),
            members: Wired::new(wire, Arc::clone(&self.members)),
            billing: Wired::new(wire, Arc::clone(&self.checkout) as Arc<dyn Billing>),
            sessions: Wired::new(wire, Arc::clone(&self.sessions)),
            clock: self.clock.clone(),
            random: Arc::clone(&self.random),
        })
    }

    /// Counts seats over this line.
    pub fn seats(&self, wire: &Arc<Wire>) -> SeatCount {
        SeatCount {
            invitations: Wired::new(wire, Arc::clone(&self.invitations)),
            offers: Wired::new(wire, Arc::clone(&self.offers)),
            members: Wired::new(wire, Arc::clone(&self.members)),
            clock: self.clock.clone(),
        }
    }

    /// Signs Ann in under an organization: with the subscription and the roles that the provider knows now.
    pub async fn session_under(&self, tenant: &TenantRef) -> Session {
        let found = self.tenants.find(&tenant.id).await.unwrap().unwrap();
        Session {
            tenant: Some(tenant.clone()),
            roles: self.members.roles(&tenant.id, &self.ann).await.unwrap(),
            subscription: found.subscription.map(|text| text.parse().unwrap()),
            ..self.session().await
        }
    }

    /// Signs Ann in: what her session shows comes from the provider, now.
    pub async fn session(&self) -> Session {
        let now = self.clock.now();
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        let session = Session {
            id: SessionId::try_from(format!("{bytes:?}").as_str()).unwrap(),
            user: self.ann.clone(),
            name: "Ann".to_owned(),
            email: None,
            picture: None,
            tenant: None,
            look: None,
            is_brought: false,
            roles: Roles::default(),
            subscription: self.subscription().await,
            provider_session: None,
            began_at: now,
            refreshed_at: now,
            idle_until: now.plus_days(3),
            ends_at: now.plus_days(7),
        };
        self.sessions.begin(&session, &serde_json::Map::new(), now).await.unwrap();
        session
    }

    /// What a session that was begun shows by now.
    pub async fn again(&self, session: &Session) -> Session {
        self.sessions.find(&session.id, self.clock.now()).await.unwrap().unwrap()
    }

    /// Ann's own subscription at the provider.
    pub async fn subscription(&self) -> Option<Subscription> {
        let ann = self.users.find(&self.ann).await.unwrap().unwrap();
        ann.subscription.map(|text| text.parse().unwrap())
    }

    /// When cards were charged, in the order of the checkouts.
    pub fn charges(&self) -> Vec<Timestamp> {
        self.ledger.records().iter().filter_map(|record| record.paid_at).collect()
    }

    /// The organization of the name that Ann wants.
    pub async fn organization(&self) -> Option<Tenant> {
        self.tenants.find_by_name(&TenantName::try_from(self.name.as_str()).unwrap()).await.unwrap()
    }

    /// Whether Ann runs the organization.
    pub async fn ann_runs(&self, tenant: &Tenant) -> bool {
        let roles = self.members.roles(&tenant.tenant.id, &self.ann).await.unwrap();
        roles.contains(Role::Administrator)
    }
}

impl Running {
    /// Does what a person does until the plan is theirs: looks at the plan, pays when it is asked for, and then names the
    /// organization or goes on. Stops at the first thing that fails.
    pub async fn buy(&self, session: &Session, plan: &str, name: &str) -> Result<(), String> {
        let next = match self.choose.run(session, plan).await {
            Ok(choice) => {
                let card = CardNumber::try_from("4242424242424242").unwrap();
                let payment = CardPayment { plan: plan.to_owned(), purchase: choice.purchase, card };
                self.pay.run(session, payment).await.map_err(|error| format!("{error:?}"))?
            }
            Err(ChoosePlanError::Unfinished(next)) => next,
            Err(error) => return Err(format!("{error:?}")),
        };
        match next {
            Next::NameOrganization => {
                self.register_organization.run(session, name).await.map_err(|error| format!("{error:?}"))?;
            }
            Next::Welcome => {
                self.register_personal.run(session).await.map_err(|error| format!("{error:?}"))?;
            }
            Next::Wait => return Err(WAIT.to_owned()),
            Next::Pay | Next::Done(_) => {}
        }
        Ok(())
    }
}

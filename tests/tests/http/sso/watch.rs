//! The records of domains are looked for in the background.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenantry::{DataPlace, IdentitySettings};
use tenantry_application::{Authorize, SsoParts, WatchDomains};
use tenantry_domain::{
    AdmissionRules, AuditAction, Catalogue, DomainProof, EmailDomain, Enforcement, ProofState, ProofToken,
    SsoKind, SsoRequest, SsoState, TenantId, TenantRef, Upstream, UpstreamTerms,
};
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tenantry_ports::{
    AuditLog, Clock, DomainProofs, MockMembers, MockSsoConnections, PageSize, SsoConnectionsError,
    SsoRequests, TxtRecords, TxtRecordsError,
};
use tenantry_sql::{Database, SqlAuditLog, SqlDomainProofs, SqlSessions, SqlSsoRequests, SqlTurns};
use tenantry_tests::dns::Dns;

use crate::site::{NOW, Site, free_port};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const HOUR: Duration = Duration::from_hours(1);

/// What DNS says: 0 that there is no record, 1 that it is there, 2 nothing.
#[derive(Default)]
struct Records(AtomicU8);

#[async_trait::async_trait]
impl TxtRecords for Records {
    async fn look_up(&self, _: &str) -> Result<Vec<String>, TxtRecordsError> {
        match self.0.load(Ordering::SeqCst) {
            0 => Ok(vec!["v=spf1 -all".to_owned()]),
            1 => Ok(vec![format!("tenantry-domain-verification={TOKEN}")]),
            _ => Err(TxtRecordsError::Unavailable("no answer".into())),
        }
    }
}

/// What the provider was told of where addresses lead.
#[derive(Default)]
struct Told {
    /// The domains that lead to the connection now.
    domains: Mutex<Vec<String>>,
    /// Whether it answers.
    is_down: AtomicBool,
}

impl Told {
    fn connections(told: &Arc<Self>) -> MockSsoConnections {
        let (told, mut connections) = (told.clone(), MockSsoConnections::new());
        connections.expect_open().returning(move |_, _, _, domains| {
            if told.is_down.load(Ordering::SeqCst) {
                return Err(SsoConnectionsError::Unavailable("no answer".into()));
            }
            *told.domains.lock().unwrap() = domains.iter().map(ToString::to_string).collect();
            // Nobody reads what else is answered.
            Err(SsoConnectionsError::UnknownConnection)
        });
        connections
    }
}

struct World {
    records: Arc<Records>,
    proofs: Arc<SqlDomainProofs>,
    requests: Arc<SqlSsoRequests>,
    told: Arc<Told>,
    audit_log: Arc<SqlAuditLog>,
    clock: Arc<FixedClock>,
    watch: WatchDomains,
}

impl World {
    async fn with_claim() -> Self {
        let database = Database::in_memory().await.unwrap();
        let records = Arc::<Records>::default();
        let proofs = Arc::new(SqlDomainProofs::new(database.clone()));
        let audit_log = Arc::new(SqlAuditLog::new(database.clone()));
        let requests = Arc::new(SqlSsoRequests::new(database.clone()));
        let clock = Arc::new(FixedClock::at(NOW));
        let told = Arc::<Told>::default();
        let parts = SsoParts {
            authorize: Authorize {
                members: Arc::new(MockMembers::new()),
                sessions: Arc::new(SqlSessions::new(database.clone())),
                clock: clock.clone(),
            },
            requests: requests.clone(),
            proofs: proofs.clone(),
            connections: Arc::new(Told::connections(&told)),
            turns: Arc::new(SqlTurns::new(&database)),
            audit_log: audit_log.clone(),
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            catalogue: Arc::new(Catalogue::standard().unwrap()),
        };
        let watch = WatchDomains { parts, records: records.clone() };
        let token = ProofToken::try_from(TOKEN).unwrap();
        proofs.claim(&DomainProof::claim(acme(), domain(), token, clock.now())).await.unwrap();
        Self { records, proofs, requests, told, audit_log, clock, watch }
    }

    /// DNS says this from now on, and so much later it is looked: how many were, and how the domain stands then.
    async fn later(&self, time: Duration, says: u8) -> (usize, ProofState) {
        self.records.0.store(says, Ordering::SeqCst);
        self.clock.advance(time);
        let looked = self.watch.run().await.unwrap();
        (looked, self.proofs.find(&acme(), &domain()).await.unwrap().unwrap().state)
    }

    /// A connection for the domain is on.
    async fn is_connected(&self) {
        self.is_connected_for([domain()].into()).await;
    }

    /// The same for these.
    async fn is_connected_for(&self, domains: BTreeSet<EmailDomain>) {
        let upstream = Upstream {
            connection: "con_1".try_into().unwrap(),
            name: "acme-r1".try_into().unwrap(),
            issuer: "https://idp.example".to_owned(),
            terms: UpstreamTerms::OpenIdConnect {
                discovery_url: "https://idp.example/.well-known/openid-configuration".try_into().unwrap(),
                client_id: "client".try_into().unwrap(),
                secret_expires_at: None,
            },
        };
        let request = SsoRequest {
            id: "r1".try_into().unwrap(),
            tenant: TenantRef { id: acme(), name: "acme".try_into().unwrap() },
            kind: SsoKind::Okta,
            display_name: "Acme staff".try_into().unwrap(),
            domains,
            upstream: Some(upstream),
            test: None,
            test_begun: None,
            admission: AdmissionRules::default(),
            state: SsoState::On,
            enforcement: Enforcement::Off,
            break_glass: BTreeSet::new(),
            made_by: "ann".try_into().unwrap(),
            made_at: self.clock.now(),
        };
        self.requests.begin(&request).await.unwrap();
    }

    /// Whether the provider leads people with addresses in the domain to the connection.
    fn is_led(&self) -> bool {
        *self.told.domains.lock().unwrap() == ["acme.example"]
    }

    async fn noted(&self) -> Vec<AuditAction> {
        let page = self.audit_log.of_tenant(&acme(), None, PageSize::SCREEN).await.unwrap();
        page.items.into_iter().rev().map(|entry| entry.action).collect()
    }
}

fn acme() -> TenantId {
    TenantId::try_from("org_acme").unwrap()
}

fn domain() -> EmailDomain {
    EmailDomain::try_from("acme.example").unwrap()
}

fn holds((_, state): (usize, ProofState)) -> bool {
    matches!(state, ProofState::Proved { .. })
}

#[tokio::test]
async fn s01_a_proof_is_looked_at_daily_lapses_after_three_days_and_comes_back_by_itself() {
    let world = World::with_claim().await;
    assert!(!holds(world.later(HOUR, 0).await));
    assert!(holds(world.later(HOUR, 1).await), "it is found without anybody asking");
    assert_eq!(world.later(HOUR, 1).await.0, 0, "and then looked at once a day");
    assert!(holds(world.later(25 * HOUR, 0).await), "one bad day is no end");
    assert!(holds(world.later(25 * HOUR, 1).await));
    for _ in 0..4 {
        assert!(holds(world.later(25 * HOUR, 2).await), "an answer that does not come takes nothing away");
    }
    for _ in 0..3 {
        assert!(holds(world.later(25 * HOUR, 0).await));
    }
    assert!(!holds(world.later(25 * HOUR, 0).await), "three days without it");
    assert!(!holds(world.later(25 * HOUR, 2).await));
    assert!(holds(world.later(25 * HOUR, 1).await));
    let proved = AuditAction::DomainProved;
    assert_eq!(world.noted().await, [proved, AuditAction::DomainLapsed, proved]);
}

#[tokio::test]
async fn s01_a_claim_whose_record_never_comes_is_given_up_after_a_week() {
    let world = World::with_claim().await;
    assert_eq!(world.later(HOUR, 0).await.0, 1);
    assert_eq!(world.later(7 * 24 * HOUR, 1).await.0, 0, "a click looks for it again");
}

#[tokio::test]
async fn s01_what_the_provider_leads_people_by_follows_the_proof_and_what_was_lost_is_done_minutes_later() {
    const MINUTES: Duration = Duration::from_mins(3);
    let world = World::with_claim().await;
    world.is_connected().await;
    world.later(HOUR, 1).await;
    assert!(world.is_led());
    world.later(25 * HOUR, 0).await;
    world.told.is_down.store(true, Ordering::SeqCst);
    world.later(73 * HOUR, 0).await;
    assert!(!holds(world.later(MINUTES, 0).await), "here it counts at once");
    assert!(world.is_led(), "the provider has not heard of it");
    world.told.is_down.store(false, Ordering::SeqCst);
    world.later(MINUTES, 0).await;
    assert!(!world.is_led());
    assert_eq!(world.later(MINUTES, 0).await.0, 0, "and then it is left alone for a day");

    world.told.is_down.store(true, Ordering::SeqCst);
    assert!(holds(world.later(25 * HOUR, 1).await));
    assert!(!world.is_led());
    world.told.is_down.store(false, Ordering::SeqCst);
    world.later(MINUTES, 1).await;
    assert!(world.is_led());
    let proved = AuditAction::DomainProved;
    assert_eq!(world.noted().await, [proved, AuditAction::DomainLapsed, proved], "each once");
}

#[tokio::test]
async fn domains_of_which_the_provider_cannot_be_told_keep_no_other_waiting() {
    let world = World::with_claim().await;
    let named = |name: String| EmailDomain::try_from(name.as_str()).unwrap();
    let many: BTreeSet<_> = (0..50).map(|number| named(format!("d{number}.example"))).collect();
    let claims = async |domain: EmailDomain| {
        let token = ProofToken::try_from(TOKEN).unwrap();
        world.proofs.claim(&DomainProof::claim(acme(), domain, token, world.clock.now())).await.unwrap();
    };
    world.proofs.release(&acme(), &domain()).await.unwrap();
    for domain in &many {
        claims(domain.clone()).await;
    }
    world.is_connected_for(many).await;
    world.told.is_down.store(true, Ordering::SeqCst);
    world.records.0.store(1, Ordering::SeqCst);
    world.clock.advance(HOUR);
    assert_eq!(world.watch.run().await.unwrap(), 50, "as many as are looked at in one go");
    claims(domain()).await;
    world.clock.advance(Duration::from_mins(1));
    world.watch.run().await.unwrap();
    assert!(world.proofs.proved(&domain()).await.unwrap().is_some(), "its turn has come");
}

#[tokio::test]
async fn the_running_product_looks_by_itself() {
    let dns = Dns::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (listen, fake) = (free_port(), free_port());
    let start = || {
        Site::with(|settings| {
            settings.listen = format!("127.0.0.1:{listen}");
            settings.identity = IdentitySettings::Embedded { listen: format!("127.0.0.1:{fake}") };
            settings.data = DataPlace::Folder(folder.path().to_owned());
            settings.dev_sso_dns = Some(dns.address);
        })
    };
    let site = start().await;
    let mut ann = site.administrator("ann@nowhere.example", "acme").await;
    let begun = ann.post("/admin/sso", &[("kind", "oidc")]).await.is(303).location();
    let id = begun.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned();
    let fields = [("connection", &*id), ("domain", "acme.example")];
    ann.post("/admin/sso/domain", &fields).await.is(303);
    let path = format!("/admin/sso/set-up?connection={id}&step=domain");
    let page = ann.get(&path).await;
    let value = page.is(200).body.split("tenantry-domain-verification=").nth(1).unwrap().get(..32).unwrap();
    dns.publish("_tenantry-challenge.acme.example", &format!("tenantry-domain-verification={value}"));
    assert!(ann.get("/admin/sso").await.says("Waiting for the record"));
    site.stop().await;

    // It looks when it starts, and then every minute.
    let site = start().await;
    for _ in 0..200 {
        if ann.get("/admin/sso").await.is(200).says("Proved") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(ann.get("/admin/sso").await.says("Proved"));
    assert!(ann.get("/admin/activity").await.says("DNS"), "nobody's doing");
    site.stop().await;
}

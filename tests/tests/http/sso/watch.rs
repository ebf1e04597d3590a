//! The records of domains are looked for in the background.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tenantry::{DataPlace, IdentitySettings};
use tenantry_application::WatchDomains;
use tenantry_domain::{AuditAction, DomainProof, EmailDomain, ProofState, ProofToken, TenantId};
use tenantry_ports::testkit::FixedClock;
use tenantry_ports::{AuditLog, Clock, DomainProofs, PageSize, TxtRecords, TxtRecordsError};
use tenantry_sql::sqlite::{Database, SqlAuditLog, SqlDomainProofs};
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

struct World {
    records: Arc<Records>,
    proofs: Arc<SqlDomainProofs>,
    audit_log: Arc<SqlAuditLog>,
    clock: Arc<FixedClock>,
    watch: WatchDomains,
}

impl World {
    async fn with_claim() -> Self {
        let database = Database::in_memory().await.unwrap();
        let records = Arc::<Records>::default();
        let proofs = Arc::new(SqlDomainProofs::new(database.clone()));
        let audit_log = Arc::new(SqlAuditLog::new(database));
        let clock = Arc::new(FixedClock::at(NOW));
        let watch = WatchDomains {
            proofs: proofs.clone(),
            records: records.clone(),
            audit_log: audit_log.clone(),
            clock: clock.clone(),
        };
        let token = ProofToken::try_from(TOKEN).unwrap();
        proofs.claim(&DomainProof::claim(acme(), domain(), token, clock.now())).await.unwrap();
        Self { records, proofs, audit_log, clock, watch }
    }

    /// DNS says this from now on, and so much later it is looked: how many were, and how the domain stands then.
    async fn later(&self, time: Duration, says: u8) -> (usize, ProofState) {
        self.records.0.store(says, Ordering::SeqCst);
        self.clock.advance(time);
        let looked = self.watch.run().await.unwrap();
        (looked, self.proofs.find(&acme(), &domain()).await.unwrap().unwrap().state)
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
    // An answer that does not come takes nothing away, and does not count as a look that found something.
    assert!(holds(world.later(25 * HOUR, 2).await));
    assert!(holds(world.later(25 * HOUR, 0).await));
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

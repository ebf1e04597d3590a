//! A provider with its own fault switches, and products that are started cold in front of it, each on a copy of the same
//! prepared data.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use tempfile::TempDir;
use tenantry::DataPlace;
use tenantry_auth0::Limits;
use tenantry_domain::Timestamp;
use tenantry_fake::{Fake, FakeConfig, Seed};
use tenantry_ports::Clock;
use tenantry_ports::testkit::FixedClock;
use tenantry_system::SystemRandom;
use tenantry_tests::dns::Dns;
use tenantry_tests::saml::{Key, SamlIdp};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;

use super::own_clock::OwnClock;
use super::use_case::{Person, UseCase};
use crate::browser::Browser;
use crate::management::Management;
use crate::provider::{M2M, RIG, WEB, clients, settings_for};
use crate::site::{NOW, Site, client, free_port};
use crate::sso::corp::{BO, Company};

/// The address that browsers know the products by, wherever they listen.
const PRODUCT: &str = "http://localhost/";
/// The product's own, but for the time that it takes: there is a second for `Retry-After: 1`, and hardly any for pauses
/// of its own choice.
pub(super) const PATIENCE: Limits = Limits {
    one_try: Duration::from_secs(2),
    whole_call: Duration::from_secs(4),
    tries: 3,
    refused_tries: 8,
    first_pause: Duration::from_millis(10),
    longest_pause: Duration::from_millis(20),
    faults_until_open: 5,
    open_for: Duration::from_secs(1),
};
/// Longer than an open circuit, and than a refused token is not asked for again.
const SPARED: Duration = Duration::from_millis(2_500);
/// Longer than the product leaves a provider alone, whatever that asks for.
const LONG: Duration = Duration::from_mins(61);
/// Less than a token of the Management API lives.
const TOKEN_LIFETIME: Duration = Duration::from_hours(20);
/// The provider as nobody has used it.
const UNTOUCHED: &str = "untouched";

/// A provider, what was prepared for each use case, and the latest product.
pub(super) struct World {
    pub(super) fake: Fake,
    pub(super) clock: Arc<FixedClock>,
    /// The products'.
    pub(super) own_clock: Arc<OwnClock>,
    url: Url,
    http: Client,
    folder: TempDir,
    management: Mutex<Option<(Timestamp, Arc<Management>)>>,
    prepared: HashMap<UseCase, Person>,
    products: usize,
    site: Option<Site>,
    /// Where domains are looked up.
    pub(super) dns: Dns,
    company: OnceCell<Company>,
    saml: OnceCell<[SamlIdp; 2]>,
    _server: JoinSet<()>,
}

impl World {
    pub(super) async fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let clock = Arc::new(FixedClock::at(NOW));
        let config = FakeConfig {
            issuer: url.clone(),
            trial_days: 1,
            action_run_time: FakeConfig::ACTION_RUN_TIME,
            seed: Seed { clients: clients(PRODUCT), ..Seed::default() },
        };
        let fake =
            Fake::in_memory(config, Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(SystemRandom)).unwrap();
        fake.snapshot(UNTOUCHED).unwrap();
        let mut server = JoinSet::new();
        // Only this way of serving can cut connections.
        server.spawn(fake.serve(listener, None, std::future::pending::<()>()));
        let own_clock = Arc::new(OwnClock::new(Arc::clone(&clock), fake.clone()));
        Self {
            fake,
            clock,
            own_clock,
            url,
            http: client(),
            folder: folder(),
            management: Mutex::new(None),
            prepared: HashMap::new(),
            products: 0,
            site: None,
            dns: Dns::start().await,
            company: OnceCell::new(),
            saml: OnceCell::new(),
            _server: server,
        }
    }

    /// The person of a use case just before it, in front of a product that has not asked the provider anything yet.
    pub(super) async fn begin(&mut self, use_case: UseCase) -> Person {
        self.site = None;
        if !self.prepared.contains_key(&use_case) {
            let person = self.prepare(use_case).await;
            self.prepared.insert(use_case, person);
        }
        self.fake.faults().clear();
        self.fake.restore(use_case.code()).await.unwrap();
        self.clock.set(NOW.parse().unwrap());
        self.clock.advance(use_case.later());
        let (from, to) = (self.data(use_case), self.next_data());
        std::fs::create_dir(&to).unwrap();
        std::fs::copy(from.join("tenantry.db"), to.join("tenantry.db")).unwrap();
        let mut person = self.prepared.get(&use_case).unwrap().clone();
        if !use_case.starts_the_product() {
            self.start(&mut person).await;
        }
        self.fake.clear_requests();
        person
    }

    async fn prepare(&mut self, use_case: UseCase) -> Person {
        self.fake.restore(UNTOUCHED).await.unwrap();
        self.clock.set(NOW.parse().unwrap());
        let site = self.product(self.data(use_case)).await;
        let person = use_case.prepare(self, &site).await;
        site.stop().await;
        self.fake.faults().clear();
        self.fake.snapshot(use_case.code()).unwrap();
        person
    }

    /// Starts a product on the data of the latest one, which is over.
    pub(super) async fn start(&mut self, person: &mut Person) {
        if let Some(site) = self.site.take() {
            site.stop().await;
        }
        let site = self.product(self.latest_data()).await;
        person.browser = Browser { site: site.address.clone(), cookies: person.browser.cookies.clone() };
        self.site = Some(site);
    }

    /// Time goes by.
    pub(super) fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// So much time goes by that the provider is not spared any more: by the clock that the product goes by, and by the
    /// machine's own, by which its circuit and its token source go.
    pub(super) async fn wait_long(&self) {
        self.wait(LONG);
        sleep(SPARED).await;
    }

    /// What the rig looks behind the pages with, and arranges what pages can't.
    pub(super) async fn management(&self) -> Arc<Management> {
        let now = self.clock.now();
        let mut held = self.management.lock().await;
        if let Some((since, management)) = &*held
            && *since <= now
            && since.until(now) < TOKEN_LIFETIME
        {
            return Arc::clone(management);
        }
        let client = self.fake.client(RIG).unwrap();
        let fresh = Arc::new(Management::over(self.http.clone(), &self.url, &client).await);
        *held = Some((now, Arc::clone(&fresh)));
        fresh
    }

    /// The identity provider of a company.
    pub(super) async fn company(&self) -> &Company {
        let people = [("bo", BO, true)];
        self.company.get_or_init(|| Company::before(&self.url, Arc::clone(&self.clock), &people)).await
    }

    /// Two identity providers that speak SAML.
    pub(super) async fn saml(&self) -> &[SamlIdp; 2] {
        let until = NOW.parse::<Timestamp>().unwrap().plus_days(3650);
        let start = |key| {
            let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
            SamlIdp::with_key(clock, Vec::new(), key)
        };
        let both = async || [start(Key::of_the_company(until)).await, start(Key::of_a_stranger(until)).await];
        self.saml.get_or_init(both).await
    }

    async fn product(&self, data: PathBuf) -> Site {
        for _ in 0..20 {
            let credentials = [WEB, M2M].map(|name| self.fake.client(name));
            let mut settings = settings_for(&self.url, free_port(), credentials);
            settings.base_url = Some(Url::parse(PRODUCT).unwrap());
            settings.data = DataPlace::Folder(data.clone());
            settings.limits = PATIENCE;
            settings.dev_sso_dns = Some(self.dns.address);
            let (clock, own) = (Arc::clone(&self.clock), Arc::clone(&self.own_clock) as Arc<dyn Clock>);
            if let Some(site) = Site::try_start_for(settings, clock, own, self.http.clone()).await {
                return site;
            }
        }
        panic!("no port is free")
    }

    fn data(&self, use_case: UseCase) -> PathBuf {
        self.folder.path().join(use_case.code())
    }

    fn latest_data(&self) -> PathBuf {
        self.folder.path().join(self.products.to_string())
    }

    fn next_data(&mut self) -> PathBuf {
        self.products += 1;
        self.latest_data()
    }
}

/// A folder in memory where there is one: nothing in it has to outlive this machine.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

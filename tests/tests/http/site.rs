//! A whole product in this process: on free ports, with a clock that tests move.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HOST;
use reqwest::{Client, Method, RequestBuilder, redirect};
use tenantry::cli::ServeArguments;
use tenantry::{Addresses, DataPlace, Product, Settings};
use tenantry_fake::Fake;
use tenantry_ports::Clock;
use tenantry_ports::testkit::FixedClock;
use tenantry_sql::testkit::PostgresServer;
use tenantry_system::SystemRandom;
use url::Url;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::management::Management;

/// When every test begins.
pub(crate) const NOW: &str = "2026-01-02T03:04:05.678Z";

/// Longer than the product may take for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running product.
pub(crate) struct Site {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) address: Address,
    /// The identity provider.
    pub(crate) identity: Url,
    product: Product,
    _server: Option<Arc<PostgresServer>>,
}

/// Where the product is: the address that browsers know, and where it really listens.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) url: Url,
    socket: SocketAddr,
    http: Client,
}

impl Site {
    /// One that forgets everything, with its own identity provider, over plain http.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same over https, as far as the product can tell: a proxy in front of it would speak TLS.
    pub(crate) async fn over_https() -> Self {
        Self::with(|settings| settings.base_url = Some(Url::parse("https://learn.example/").unwrap())).await
    }

    /// One with settings of its own.
    pub(crate) async fn with(change: impl Fn(&mut Settings)) -> Self {
        for _ in 0..20 {
            let mut settings = settings(free_port());
            change(&mut settings);
            if let Some(site) = Self::try_start(settings, Arc::new(FixedClock::at(NOW))).await {
                return site;
            }
        }
        panic!("no port is free")
    }

    /// Starts one; `None` when somebody else has taken its port meanwhile.
    pub(crate) async fn try_start(settings: Settings, clock: Arc<FixedClock>) -> Option<Self> {
        let own = Arc::clone(&clock) as Arc<dyn Clock>;
        Self::try_start_for(settings, clock, own, client()).await
    }

    /// The same with a clock of the product's own, and for browsers that share an HTTP client: making one takes longer than
    /// a product.
    pub(crate) async fn try_start_for(
        settings: Settings,
        clock: Arc<FixedClock>,
        own: Arc<dyn Clock>,
        http: Client,
    ) -> Option<Self> {
        let socket = settings.listen.parse().unwrap();
        let (settings, server) = on_the_chosen_database(settings).await;
        match Product::start(settings, own, Arc::new(SystemRandom)).await {
            Ok(product) => {
                let Addresses { product: url, identity } = product.addresses().clone();
                Some(Self {
                    clock,
                    address: Address { url, socket, http },
                    identity,
                    product,
                    _server: server,
                })
            }
            Err(error) => {
                let why = format!("{error:#}");
                assert!(why.contains("in use"), "the product does not start: {why}");
                None
            }
        }
    }

    /// The product's own identity provider.
    pub(crate) fn fake(&self) -> &Fake {
        self.product.fake().expect("this product has a provider of its own")
    }

    /// Where metrics are collected.
    pub(crate) fn metrics(&self) -> Option<SocketAddr> {
        self.product.metrics()
    }

    /// Looks up beforehand what purchases need, as the command does.
    pub(crate) fn warm_up(&mut self) {
        self.product.warm_up();
    }

    /// The provider's Management API, as a test looks behind the pages.
    pub(crate) async fn management(&self) -> Management {
        Management::at(&self.identity, &self.fake().client("My Learning M2M Service").unwrap()).await
    }

    /// Somebody who has just opened their browser.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.address.clone())
    }

    /// A request without cookies, and its answer.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.address.send(self.address.request(Method::GET, path), path).await
    }

    /// Ends it gracefully.
    pub(crate) async fn stop(self) {
        self.product.stop().await;
    }
}

impl Address {
    pub(crate) fn at(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    /// The address as browsers write an origin.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Where it really listens.
    pub(crate) fn socket(&self) -> SocketAddr {
        self.socket
    }

    /// The same product, reached through something in front of it.
    pub(crate) fn behind(&self, proxy: SocketAddr) -> Self {
        Self { socket: proxy, ..self.clone() }
    }

    pub(crate) fn is_home_of(&self, url: &Url) -> bool {
        url.origin() == self.url.origin()
    }

    /// A request to the product as it comes out of a proxy.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let host = self.url.authority().to_owned();
        self.http.request(method, format!("http://{}{path}", self.socket)).header(HOST, host)
    }

    /// A request to somewhere else.
    pub(crate) fn elsewhere(&self, method: Method, url: &Url) -> RequestBuilder {
        self.http.request(method, url.clone())
    }

    /// Sends a request to the product: `path` is what was asked for.
    pub(crate) async fn send(&self, request: RequestBuilder, path: &str) -> Answer {
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let answer = Answer::read(self.at(path), response).await;
        answer.is_one_of_ours();
        answer
    }
}

/// Data in memory is in a PostgreSQL server instead when `TENANTRY_TEST_DATABASE=postgres` says so.
async fn on_the_chosen_database(mut settings: Settings) -> (Settings, Option<Arc<PostgresServer>>) {
    let is_chosen = std::env::var_os("TENANTRY_TEST_DATABASE").is_some_and(|name| name == "postgres");
    if !is_chosen || settings.data != DataPlace::Memory || settings.database_url.is_some() {
        return (settings, None);
    }
    let server = PostgresServer::shared();
    settings.database_url = Some(server.database().await);
    (settings, Some(server))
}

/// A port on which nobody listens.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn settings(port: u16) -> Settings {
    let arguments = ServeArguments {
        listen: Some(format!("127.0.0.1:{port}")),
        fake_listen: Some("127.0.0.1:0".to_owned()),
        ephemeral: true,
        ..ServeArguments::default()
    };
    Settings::read(&arguments, []).unwrap()
}

pub(crate) fn client() -> Client {
    Client::builder().redirect(redirect::Policy::none()).no_proxy().timeout(PATIENCE).build().unwrap()
}

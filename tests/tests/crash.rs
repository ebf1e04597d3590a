//! The process ends at any moment, politely or by `kill -9`: what was acknowledged is there when it starts again, and
//! what was under way can be finished.

#![allow(clippy::panic, reason = "the product's log is shown when a test panics")]

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tenantry_sql::testkit::PostgresServer;
use tenantry_tests::balancer::Balancer;
use tenantry_tests::html;
use tenantry_tests::product::{Product, command};
use tenantry_tests::provider::EmptyProvider;
use tenantry_tests::visitor::Visitor;
use url::Url;

/// How often the conversion is shot down, at moments spread over all of it.
const ROUNDS: u32 = 16;
/// The same, where another instance goes on.
const SHARED_ROUNDS: u32 = 8;
/// How long it may take until a person can go on.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a payment may be in doubt, as the page says that asks people to wait.
const IN_DOUBT: Duration = Duration::from_mins(3);

#[tokio::test]
async fn a_restart_keeps_accounts_organizations_and_sessions() -> Result<()> {
    for is_polite in [true, false] {
        let mut product = Product::start_with_data();
        let mut ann = Visitor::new()?;
        ann.sign_up(&product.site, "ann@example.com").await?;
        ann.pay(&product.site, "team").await?;
        ann.name_organization("acme-1").await?;
        if is_polite {
            let status = product.stop();
            assert!(status.success(), "the product ends with {status}");
        } else {
            product.kill();
        }
        product.restart();

        ann.open(&product.at("/api/auth/me")).await?;
        ensure!(
            ann.page().status.is_success() && ann.page().body.contains("ann@example.com"),
            "{}",
            ann.whereabouts()
        );
        only_administrator(&mut ann, &product.site, "ann@example.com").await?;
        let mut elsewhere = ann.elsewhere();
        by_organization_name(&mut elsewhere, &product.site, "acme-1", "ann@example.com").await?;
        only_administrator(&mut elsewhere, &product.site, "ann@example.com").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_conversion_survives_being_killed_at_any_moment() -> Result<()> {
    let mut product = Product::start_with_data();
    let (site, identity) = (product.site.clone(), product.identity.clone());
    shoot_down(&mut product, &site, ROUNDS, Meanwhile::NobodyElseServes).await?;
    let organizations = organizations(&mut Visitor::new()?, &identity).await?;
    assert_eq!(organizations, ROUNDS + 1, "one organization for each person, no more and no less");
    Ok(())
}

#[tokio::test]
async fn what_a_killed_instance_had_begun_goes_on_at_the_other() -> Result<()> {
    let mut instances = Instances::start().await?;
    let site = instances.site.clone();
    shoot_down(&mut instances.first, &site, SHARED_ROUNDS, Meanwhile::AnotherServes).await?;
    let identity = Url::parse(instances.provider.issuer())?;
    let organizations = organizations(&mut Visitor::new()?, &identity).await?;
    assert_eq!(organizations, SHARED_ROUNDS + 1, "one organization for each person, no more and no less");
    Ok(())
}

/// Who serves people while a product is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meanwhile {
    /// They wait until it is started again.
    NobodyElseServes,
    /// They go on before anybody starts it again.
    AnotherServes,
}

/// Shoots a product down in the middle of so many conversions, at moments spread over all of it, and sees that everybody
/// gets what they have paid for.
async fn shoot_down(product: &mut Product, site: &Url, rounds: u32, meanwhile: Meanwhile) -> Result<()> {
    let (whole, mut in_doubt) = (uninterrupted(site).await?, Vec::new());
    for round in 0..rounds {
        let moment = whole.mul_f64((f64::from(round) + fraction()) / f64::from(rounds));
        let mut buyer = Buyer::new(round)?;
        buyer.visitor.sign_up(site, &buyer.email).await?;
        let there = site.clone();
        let conversion = tokio::spawn(async move {
            buyer.convert(&there).await;
            buyer
        });
        tokio::time::sleep(moment).await;
        product.kill();
        let mut buyer = conversion.await?;
        if meanwhile == Meanwhile::NobodyElseServes {
            product.restart();
        }
        let context =
            format!("killed after {moment:?} of {whole:?}, when {:?} was acknowledged", buyer.reached);
        match buyer.finish(site, PATIENCE).await {
            Ok(Step::Wait) => in_doubt.push(buyer),
            Ok(_) => buyer.is_alone_at_the_top(site).await?,
            Err(error) => panic!("{context}: {error:#}"),
        }
        if meanwhile == Meanwhile::AnotherServes {
            product.restart();
        }
    }
    // Restarted again and again meanwhile: whoever was asked to wait gets an answer all the same.
    for mut buyer in in_doubt {
        let start = Instant::now();
        while buyer.finish(site, PATIENCE).await? == Step::Wait {
            assert!(start.elapsed() < IN_DOUBT, "still in doubt: {}", buyer.visitor.whereabouts());
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        buyer.is_alone_at_the_top(site).await?;
    }
    Ok(())
}

/// Two instances behind one address, on one PostgreSQL server, for people of one identity provider.
struct Instances {
    first: Product,
    site: Url,
    provider: EmptyProvider,
    _second: Product,
    _balancer: Balancer,
    _server: Arc<PostgresServer>,
    _folder: TempDir,
}

impl Instances {
    async fn start() -> Result<Self> {
        let (folder, balancer) = (TempDir::with_prefix("tenantry-")?, Balancer::start().await);
        let site = Url::parse(&format!("http://localhost:{}/", balancer.address.port()))?;
        let provider = EmptyProvider::start();
        let run = |arguments: &[&str], database: &SecretString| {
            let mut command = command(folder.path());
            command.args(arguments).env("TENANTRY_DATABASE_URL", database.expose_secret()).output()
        };
        let server = PostgresServer::shared();
        let (name, owner) = server.empty_database().await;
        for _ in 0..2 {
            let migrated = run(&["migrate"], &owner)?;
            ensure!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        }
        let who = ["--client-id", provider.client_id(), "--client-secret", provider.client_secret()];
        let setup = [
            "auth0",
            "setup",
            "--yes",
            "--env-out",
            "product.env",
            "--base-url",
            site.as_str().trim_end_matches('/'),
        ];
        let made = run(&[&setup[..], &["--domain", provider.issuer()], &who].concat(), &owner)?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let file = folder.path().join("product.env");
        let database = server.address(&name, "tenantry");
        let variables = std::fs::read_to_string(&file)?;
        std::fs::write(
            &file,
            [&variables, "TENANTRY_DATABASE_URL=", database.expose_secret(), "\n"].concat(),
        )?;
        let [first, second] = [(), ()].map(|()| Product::start_instance(&file));
        balancer.passes_to(vec![first.listens_at(), second.listens_at()]);
        Ok(Self {
            first,
            site,
            provider,
            _second: second,
            _balancer: balancer,
            _server: server,
            _folder: folder,
        })
    }
}

/// What a person had seen with their own eyes before the lights went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Trial,
    Paid,
    Named,
}

/// Where a step has led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    GoOn,
    /// A page asks for patience: whether a payment went through is not known yet.
    Wait,
    Done,
}

/// Somebody who buys a plan and names an organization.
struct Buyer {
    visitor: Visitor,
    email: String,
    organization: String,
    reached: Reached,
}

impl Buyer {
    fn new(round: u32) -> Result<Self> {
        let (email, organization) = (format!("person{round}@example.com"), format!("acme-{round}"));
        Ok(Self { visitor: Visitor::new()?, email, organization, reached: Reached::Trial })
    }

    /// Goes as far as it goes.
    async fn convert(&mut self, site: &Url) {
        if self.visitor.pay(site, "team").await.is_ok() {
            self.reached = Reached::Paid;
            if self.visitor.name_organization(&self.organization).await.is_ok() {
                self.reached = Reached::Named;
            }
        }
    }

    /// Goes on from wherever the pages lead, with no more knowledge than a person has. What the product finishes by
    /// itself after a start may take it a moment.
    async fn finish(&mut self, site: &Url, patience: Duration) -> Result<Step> {
        let start = Instant::now();
        loop {
            match self.go_on(site).await {
                Ok(Step::GoOn) => {}
                Ok(step) => return Ok(step),
                Err(_) if self.visitor.page().says("Your payment is being completed") => {
                    return Ok(Step::Wait);
                }
                Err(error) if start.elapsed() > patience => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    async fn go_on(&mut self, site: &Url) -> Result<Step> {
        let Self { visitor, email, organization, reached } = self;
        visitor.open(&site.join("/home")?).await?;
        let page = visitor.page();
        if page.url.path() == "/u/login" {
            visitor.log_in(&site.join("/api/auth/login")?, email).await?;
        } else if page.says(&format!("You are learning with {organization}")) {
            return Ok(Step::Done);
        } else if page.says("Log in with your organization account") {
            by_organization_name(visitor, site, organization, email).await?;
        } else if html::forms(&page.body).iter().any(|form| form.has("organization")) {
            ensure!(*reached <= Reached::Paid, "the organization is gone: {}", visitor.whereabouts());
            visitor.name_organization(organization).await?;
        } else {
            ensure!(*reached == Reached::Trial, "the payment is gone: {}", visitor.whereabouts());
            visitor.pay(site, "team").await?;
        }
        Ok(Step::GoOn)
    }

    async fn is_alone_at_the_top(&mut self, site: &Url) -> Result<()> {
        only_administrator(&mut self.visitor, site, &self.email).await
    }
}

async fn uninterrupted(site: &Url) -> Result<Duration> {
    let mut first = Buyer::new(ROUNDS)?;
    first.visitor.sign_up(site, &first.email).await?;
    let start = Instant::now();
    first.convert(site).await;
    ensure!(
        first.reached == Reached::Named,
        "nothing interrupts it, and yet it ends {}",
        first.visitor.whereabouts()
    );
    Ok(start.elapsed())
}

async fn by_organization_name(person: &mut Visitor, site: &Url, name: &str, email: &str) -> Result<()> {
    person.open(&site.join("/orgprompt")?).await?;
    person.fill(&[("organization", name)]).await?;
    if person.page().url.path() == "/u/login" {
        person.fill(&[("username", email), ("password", tenantry_tests::steps::PASSWORD)]).await?;
    }
    person.is_at("/home")
}

async fn only_administrator(person: &mut Visitor, site: &Url, email: &str) -> Result<()> {
    person.open(&site.join("/admin/members")?).await?;
    let page = person.page();
    let rows = page.body.matches("<tr>").count();
    ensure!(
        rows == 2 && page.says(email) && page.says("Administrator"),
        "not one member who is Administrator, but {}",
        person.whereabouts()
    );
    Ok(())
}

/// How many organizations the identity provider knows, as its own front page says.
async fn organizations(visitor: &mut Visitor, identity: &Url) -> Result<u32> {
    let page = visitor.open(identity).await?;
    let text = page.text();
    let words: Vec<_> = text.split(' ').collect();
    let counted = words.windows(2).find_map(|pair| match pair {
        ["Organizations", number] => number.parse().ok(),
        _ => None,
    });
    counted.ok_or_else(|| anyhow::anyhow!("no count of organizations {}", visitor.whereabouts()))
}

fn fraction() -> f64 {
    let random = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default();
    f64::from(random) / f64::from(u32::MAX)
}

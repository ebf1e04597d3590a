//! The process ends at any moment, politely or by `kill -9`: what was acknowledged is there when it starts again, and
//! what was under way can be finished.

#![allow(clippy::panic, reason = "the product's log is shown when a test panics")]

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tenantry_tests::html;
use tenantry_tests::product::Product;
use tenantry_tests::visitor::Visitor;

/// How often the conversion is shot down, at moments spread over all of it.
const ROUNDS: u32 = 24;
/// How long it may take until a person can go on.
const PATIENCE: Duration = Duration::from_secs(5);

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
        only_administrator(&mut ann, &product, "ann@example.com").await?;
        let mut elsewhere = ann.elsewhere();
        by_organization_name(&mut elsewhere, &product, "acme-1", "ann@example.com").await?;
        only_administrator(&mut elsewhere, &product, "ann@example.com").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_conversion_survives_being_killed_at_any_moment() -> Result<()> {
    let mut product = Product::start_with_data();
    let whole = uninterrupted(&product).await?;
    for round in 0..ROUNDS {
        let moment = whole.mul_f64((f64::from(round) + fraction()) / f64::from(ROUNDS));
        let (email, name) = (format!("person{round}@example.com"), format!("acme-{round}"));
        let mut person = Visitor::new()?;
        person.sign_up(&product.site, &email).await?;
        let (site, wanted) = (product.site.clone(), name.clone());
        let conversion = tokio::spawn(async move {
            let mut reached = Reached::Trial;
            if person.pay(&site, "team").await.is_ok() {
                reached = Reached::Paid;
                if person.name_organization(&wanted).await.is_ok() {
                    reached = Reached::Named;
                }
            }
            (person, reached)
        });
        tokio::time::sleep(moment).await;
        product.kill();
        let (mut person, reached) = conversion.await?;
        product.restart();

        let context = format!("killed after {moment:?} of {whole:?}, when {reached:?} was acknowledged");
        if let Err(error) = finish(&mut person, &product, &email, &name, reached).await {
            panic!("{context}: {error:#}");
        }
        only_administrator(&mut person, &product, &email).await?;
        let organizations = organizations(&mut person.elsewhere(), &product).await?;
        assert_eq!(
            organizations,
            round + 2,
            "{context}: one organization for each person, no more and no less"
        );
    }
    Ok(())
}

/// What a person had seen with their own eyes before the lights went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Trial,
    Paid,
    Named,
}

async fn uninterrupted(product: &Product) -> Result<Duration> {
    let mut person = Visitor::new()?;
    person.sign_up(&product.site, "first@example.com").await?;
    let start = Instant::now();
    person.pay(&product.site, "team").await?;
    person.name_organization("first").await?;
    Ok(start.elapsed())
}

/// Goes on from wherever the pages lead, with no more knowledge than a person has. What the product finishes by itself
/// after a start may take it a moment.
async fn finish(
    person: &mut Visitor,
    product: &Product,
    email: &str,
    name: &str,
    reached: Reached,
) -> Result<()> {
    let start = Instant::now();
    loop {
        match go_on(person, product, email, name, reached).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) if start.elapsed() > PATIENCE => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// One step; says whether it was the last.
async fn go_on(
    person: &mut Visitor,
    product: &Product,
    email: &str,
    name: &str,
    reached: Reached,
) -> Result<bool> {
    person.open(&product.at("/home")).await?;
    let page = person.page();
    if page.url.path() == "/u/login" {
        person.log_in(&product.at("/api/auth/login"), email).await?;
    } else if page.says(&format!("You are learning with {name}")) {
        return Ok(true);
    } else if page.says("Log in with your organization account") {
        by_organization_name(person, product, name, email).await?;
    } else if html::forms(&page.body).iter().any(|form| form.has("organization")) {
        ensure!(reached <= Reached::Paid, "the organization is gone: {}", person.whereabouts());
        person.name_organization(name).await?;
    } else {
        ensure!(reached == Reached::Trial, "the payment is gone: {}", person.whereabouts());
        person.pay(&product.site, "team").await?;
    }
    Ok(false)
}

async fn by_organization_name(
    person: &mut Visitor,
    product: &Product,
    name: &str,
    email: &str,
) -> Result<()> {
    person.open(&product.at("/orgprompt")).await?;
    person.fill(&[("organization", name)]).await?;
    if person.page().url.path() == "/u/login" {
        person.fill(&[("username", email), ("password", tenantry_tests::steps::PASSWORD)]).await?;
    }
    person.is_at("/home")
}

async fn only_administrator(person: &mut Visitor, product: &Product, email: &str) -> Result<()> {
    person.open(&product.at("/admin/members")).await?;
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
async fn organizations(visitor: &mut Visitor, product: &Product) -> Result<u32> {
    let page = visitor.open(&product.identity).await?;
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

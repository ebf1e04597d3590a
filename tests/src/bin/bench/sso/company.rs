//! A company whose people come in through its own identity provider, connected as its administrator would.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tenantry_tests::dns::Dns;
use tenantry_tests::product::Product;
use tenantry_tests::steps::PASSWORD;
use tenantry_tests::visitor::Visitor;
use url::Url;

use crate::logins;
use crate::start::Fake;

const CLIENT: &str = "tenantry-at-bench";
const SECRET: &str = "the-secret-of-tenantry-at-bench";
const DOMAIN: &str = "bench.example";
const RECORD: &str = "_tenantry-challenge.bench.example";

/// The company, and the product that it uses.
pub(crate) struct Company {
    pub(crate) product: Product,
    login: Url,
    _provider: Fake,
    _dns: Dns,
}

impl Company {
    /// Connects the company's provider, and turns it on.
    pub(crate) async fn connect() -> Result<Self> {
        let dns = Dns::start().await;
        let product = Product::start_for_sso(dns.address);
        let provider = Fake::start()?;
        seed(&product, &provider).await?;
        let mut ann = Visitor::new()?;
        ann.sign_up(&product.site, "ann@nowhere.example").await?;
        ann.pay(&product.site, "team").await?;
        ann.name_organization("bench").await?;
        let login = set_up(&mut ann, &product, &provider, &dns).await?;
        Ok(Self { product, login, _provider: provider, _dns: dns })
    }

    /// Who works there.
    pub(crate) fn people() -> Vec<String> {
        logins::addresses(DOMAIN).collect()
    }

    /// Where they log in.
    pub(crate) fn login(&self) -> Url {
        self.login.clone()
    }
}

/// Plants the company's people at its provider, which knows the product's.
async fn seed(product: &Product, provider: &Fake) -> Result<()> {
    let users = logins::addresses(DOMAIN)
        .map(|email| json!({ "email": email, "email_verified": true, "password": PASSWORD }));
    let seed = json!({
        "clients": [{
            "name": "Tenantry",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "callbacks": [product.identity.join("login/callback")?],
            "settings": { "grant_types": ["authorization_code"] },
        }],
        "users": users.collect::<Vec<_>>(),
    });
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?;
    let response = client.post(provider.at("/_tenantry/seed")?).json(&seed).send().await?;
    let status = response.status();
    ensure!(status.is_success(), "the seed is answered {status}: {}", response.text().await?);
    Ok(())
}

/// Every step of the set-up, as its pages lead from one to the next. Answers where the company's people log in.
async fn set_up(ann: &mut Visitor, product: &Product, provider: &Fake, dns: &Dns) -> Result<Url> {
    ann.open(&product.at("/admin/sso")).await?;
    ann.fill(&[("kind", "oidc")]).await?;
    let connection = ann.page().url.query_pairs().find(|(name, _)| name == "connection");
    let connection = connection.context("no connection")?.1.into_owned();
    let step = |step: &str| product.at(&format!("/admin/sso/set-up?connection={connection}&step={step}"));
    ann.fill(&[("domain", DOMAIN)]).await?;
    let value = ann.page().body.split("tenantry-domain-verification=").nth(1).and_then(|rest| rest.get(..32));
    dns.publish(RECORD, &format!("tenantry-domain-verification={}", value.context("no record")?));
    ann.press("/admin/sso/domain/check").await?;
    ann.open(&step("credentials")).await?;
    let issuer = provider.at("/")?;
    ann.fill(&[("discovery_url", issuer.as_str()), ("client_id", CLIENT), ("client_secret", SECRET)]).await?;
    ensure!(ann.page().status.is_success(), "the credentials are not taken {}", ann.page().text());
    ann.press("/admin/sso/test").await?;
    let there = ann.page().body.split("content=\"0; url=").nth(1).and_then(|rest| rest.split('"').next());
    let there = there.with_context(|| format!("no test {}", ann.whereabouts()))?;
    let there = Url::parse(&there.replace("&#38;", "&").replace("&amp;", "&"))?;
    ann.open(&there).await?;
    let person = logins::addresses(DOMAIN).next().context("nobody works there")?;
    ann.fill(&[("username", &person), ("password", PASSWORD)]).await?;
    ann.open(&step("people")).await?;
    ann.fill(&[("display_name", "Bench"), ("turn_on", "yes")]).await?;
    let link = ann.page().body.split("id=\"start-link\">").nth(1).and_then(|rest| rest.split('<').next());
    let link = link.with_context(|| format!("no login {}", ann.whereabouts()))?;
    Ok(Url::parse(&link.replace("&#38;", "&").replace("&amp;", "&"))?)
}

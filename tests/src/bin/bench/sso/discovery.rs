//! Home-realm discovery: the domain of an address leads to its organization's login, as fast among a hundred thousand
//! proved domains as among ten.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;
use tenantry_application::FindLogin;
use tenantry_domain::{
    AdmissionRules, DisplayName, EmailAddress, Enforcement, SsoKind, SsoRequest, SsoState, TenantName,
    TenantRef, Timestamp, Upstream, UpstreamTerms,
};
use tenantry_sql::{Database, SqlDomainProofs, SqlSsoRequests};

use crate::load::median;
use crate::table::{Budget, Table};

/// Two products: the larger one must not take longer.
const SIZES: [u32; 2] = [10, 100_000];
/// How often each is asked, one after the other.
const TURNS: u32 = 5;

/// Measures how many addresses find their login in a second, in databases on disk.
pub(crate) async fn measure(table: &mut Table, each: Duration) -> Result<()> {
    let folder = TempDir::new()?;
    let mut finders = Vec::new();
    for domains in SIZES {
        finders.push(finder(&folder.path().join(format!("{domains}.db")), domains).await?);
    }
    let mut figures = [Vec::new(), Vec::new()];
    for turn in 0..=TURNS {
        for ((domains, finder), figures) in SIZES.iter().zip(&finders).zip(&mut figures) {
            let figure = load(finder, *domains, each / TURNS).await?;
            // The first turn warms up.
            if turn > 0 {
                figures.push(figure);
            }
        }
    }
    let [few, many] = figures.map(|figures| median(figures.into_iter()));
    for (domains, figure) in SIZES.iter().zip([few, many]) {
        let name = format!("home-realm discovery among {domains} proved domains");
        table.row(&name, &format!("{figure:.0} a second"), Budget::None, 0.0);
    }
    let ratio = few / many;
    let name = format!("  time among {}, times that among {}", SIZES[1], SIZES[0]);
    table.row(&name, &format!("{ratio:.2}"), Budget::AtMost(1.5), ratio);
    Ok(())
}

/// Asks for the login of one address after the other, evenly over all domains.
async fn load(finder: &FindLogin, domains: u32, time: Duration) -> Result<f64> {
    let (begin, mut asked) = (Instant::now(), 0_u32);
    while begin.elapsed() < time {
        // A prime step meets domains that are far from each other.
        let number = asked.wrapping_mul(7919) % domains;
        let email = EmailAddress::try_from(format!("anybody@company-{number}.example").as_str())?;
        let found = finder.run(&email).await?;
        ensure!(found.is_some(), "nothing is found for {email}");
        asked += 1;
    }
    Ok(f64::from(asked) / begin.elapsed().as_secs_f64())
}

/// A database in which so many organizations have a domain and a connection that is on.
async fn finder(file: &Path, domains: u32) -> Result<FindLogin> {
    let database = Database::open(file).await?;
    // One statement for all: acknowledged one by one they would take minutes.
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await?;
    let numbers = "WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?)";
    let proofs = format!(
        "{numbers} INSERT INTO domain_proofs (tenant_id, domain, token, state, since, claimed_at) \
         SELECT 'org_' || n, 'company-' || n || '.example', printf('%032x', n), 'proved', 0, 0 FROM number"
    );
    let requests = format!(
        "{numbers} INSERT INTO sso_requests (id, tenant_id, connection, request, revision, made_at) \
         SELECT printf('%032x', n), 'org_' || n, 'company-' || n, replace(replace(replace(?, 'NUMBER', n), \
         printf('%032x', 0), printf('%032x', n)), 'company-0.example', 'company-' || n || '.example'), 1, 0 FROM number"
    );
    sqlx::query(sqlx::AssertSqlSafe(proofs)).bind(domains).execute(&pool).await?;
    let template = serde_json::to_string(&request()?).context("a request as it is kept")?;
    sqlx::query(sqlx::AssertSqlSafe(requests)).bind(domains).bind(template).execute(&pool).await?;
    pool.close().await;
    Ok(FindLogin {
        proofs: Arc::new(SqlDomainProofs::new(database.clone())),
        requests: Arc::new(SqlSsoRequests::new(database)),
    })
}

/// What one of them has asked for, with its number to be filled in.
fn request() -> Result<SsoRequest> {
    Ok(SsoRequest {
        id: "0".repeat(32).as_str().try_into()?,
        tenant: TenantRef { id: "org_NUMBER".try_into()?, name: TenantName::try_from("company")? },
        kind: SsoKind::OpenIdConnect,
        display_name: DisplayName::try_from("Company")?,
        domains: ["company-0.example".try_into()?].into(),
        upstream: Some(Upstream {
            connection: "con_NUMBER".try_into()?,
            name: "company-NUMBER".try_into()?,
            issuer: "https://login.example".to_owned(),
            terms: UpstreamTerms::OpenIdConnect {
                discovery_url: "https://login.example/.well-known/openid-configuration".try_into()?,
                client_id: "tenantry".try_into()?,
                secret_expires_at: None,
            },
        }),
        test: None,
        test_begun: None,
        admission: AdmissionRules::default(),
        state: SsoState::On,
        enforcement: Enforcement::Off,
        break_glass: [].into(),
        made_by: "ann".try_into()?,
        made_at: Timestamp::from_seconds(0),
    })
}

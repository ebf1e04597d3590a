//! An organization's people: the page and the list of members, of ten and of ten thousand.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tenantry_tests::product::Product;
use tenantry_tests::steps::PASSWORD;
use tenantry_tests::visitor::Visitor;
use url::Url;

use crate::bare::Bare;
use crate::load::{self, Subject};
use crate::table::{Budget, Table};

/// Two organizations: the page of the larger one must not take much longer.
const SIZES: [usize; 2] = [10, 10_000];
const PAGE: &str = "/admin/members";
const LISTS: [&str; 3] =
    [PAGE, "/api/v1/organization/members", "/api/v1/organization/members?search=person-9"];
/// How long whom the provider shows are looked for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Measures the pages of members, each beside a bare handler of the same bytes, and the two sizes beside each other.
pub(crate) async fn measure(table: &mut Table, each: Duration) -> Result<()> {
    let product = Product::start_with_data();
    seed(&product).await?;
    let mut cookies = Vec::new();
    for members in SIZES {
        cookies.push(administrator(&product, members).await?);
    }
    for (members, cookies) in SIZES.iter().zip(&cookies) {
        for list in LISTS {
            beside_the_floor(table, &product.at(list), cookies, &format!("{list} of {members}"), each)
                .await?;
        }
    }
    let page = product.at(PAGE);
    let subjects: Vec<_> = cookies.iter().map(|cookies| Subject { url: &page, cookies }).collect();
    let [small, large] = subjects.as_slice() else { return Ok(()) };
    let [few, many] = load::in_turns([*small, *large], each)?;
    let ratio = few.per_second / many.per_second;
    let name = format!("  time of {PAGE} of {}, times that of {}", SIZES[1], SIZES[0]);
    table.row(&name, &format!("{ratio:.2}"), Budget::AtMost(1.5), ratio);
    Ok(())
}

async fn beside_the_floor(
    table: &mut Table,
    url: &Url,
    cookies: &str,
    name: &str,
    each: Duration,
) -> Result<()> {
    let page = load::fetch(url, cookies).await?;
    let bare = Bare::start(&page)?;
    let [yardstick, figure] = load::side_by_side(&bare.url, url, cookies, each)?;
    let floor = format!("bare axum handler, the {} bytes of {name}", page.body.len());
    table.row(&floor, &yardstick.to_string(), Budget::None, 0.0);
    table.row(name, &figure.to_string(), Budget::None, 0.0);
    let ratio = figure.per_second / yardstick.per_second;
    table.row("  throughput, of the bare handler's", &format!("{ratio:.2}"), Budget::None, ratio);
    Ok(())
}

/// Plants both organizations in the product's own provider.
async fn seed(product: &Product) -> Result<()> {
    let parts = SIZES.map(organization);
    let all = |name: &str| -> Value {
        parts.iter().filter_map(|part| part.get(name)?.as_array()).flatten().cloned().collect()
    };
    let seed = json!({ "users": all("users"), "organizations": all("organizations") });
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let response = client.post(product.identity.join("/_tenantry/seed")?).json(&seed).send().await?;
    let status = response.status();
    ensure!(status.is_success(), "the seed is answered {status}: {}", response.text().await?);
    Ok(())
}

/// So many members: one who runs it and can log in, and Employees.
fn organization(members: usize) -> Value {
    let administrator = email_of(members);
    let employees: Vec<_> = (1..members).map(|number| format!("person-{number}@{members}.example")).collect();
    let users = employees.iter().map(|email| json!({ "email": email }));
    let runs_it = json!({ "email": administrator, "email_verified": true, "password": PASSWORD });
    let belong = employees.iter().map(|email| json!({ "user": email, "roles": ["Employee"] }));
    let leads = json!({ "user": administrator, "roles": ["Administrator"] });
    json!({
        "users": users.chain([runs_it]).collect::<Vec<_>>(),
        "organizations": [{
            "name": name_of(members),
            "id": id_of(members),
            "display_name": format!("{members} members"),
            "metadata": { "subscription": "enterprise;2099-01-01T00:00:00.000Z;active" },
            "connections": ["Username-Password-Authentication"],
            "members": belong.chain([leads]).collect::<Vec<_>>(),
        }],
    })
}

fn name_of(members: usize) -> String {
    format!("members-{members}")
}

fn id_of(members: usize) -> String {
    format!("org_{members:016}")
}

fn email_of(members: usize) -> String {
    format!("administrator@{members}.example")
}

/// The cookies of whoever runs the organization of so many.
async fn administrator(product: &Product, members: usize) -> Result<String> {
    let mut visitor = Visitor::new()?;
    let login = product.at(&format!("/api/auth/login?organization={}", id_of(members)));
    visitor.log_in(&login, &email_of(members)).await?;
    let cookies = visitor.cookies.header(&product.at("/home")).context("signed in, but no cookie")?;
    Ok(cookies.to_str()?.to_owned())
}

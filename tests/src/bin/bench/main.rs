//! Measures the product as people would run it, each figure beside its yardstick and its budget. Started by
//! `cargo xtask bench`. All traffic stays on the loopback interface and every measurement ends by itself.

#![allow(clippy::print_stdout, reason = "its table is its purpose")]

mod bare;
mod drive;
mod fake;
mod load;
mod logins;
mod memory;
mod paced;
mod people;
mod sso;
mod start;
mod table;
mod verifications;
mod wire;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tenantry_tests::product::Product;
use tenantry_tests::visitor::Visitor;

use crate::bare::Bare;
use crate::memory::{Megabytes, resident};
use crate::table::{Budget, Table};

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["bare", file, media_type] => bare::serve(file, media_type).await,
        [seconds] => {
            let each = Duration::from_secs(seconds.parse()?);
            let mut table = measure(each).await?;
            people::measure(&mut table, each).await?;
            sso::measure(&mut table, each).await?;
            let outcome = fake::measure(&mut table, each).await;
            println!("\n{table}");
            outcome
        }
        [seconds, part @ ("fake" | "people" | "sso")] => {
            let (mut table, each) = (Table::default(), Duration::from_secs(seconds.parse()?));
            let outcome = match *part {
                "people" => people::measure(&mut table, each).await,
                "sso" => sso::measure(&mut table, each).await,
                _ => fake::measure(&mut table, each).await,
            };
            println!("\n{table}");
            outcome
        }
        _ => bail!("usage: bench SECONDS [fake|people|sso]"),
    }
}

async fn measure(each: Duration) -> Result<Table> {
    let mut table = Table::default();
    start_up(&mut table)?;

    let product = Product::start_with_data();
    let idle = resident(product.id())?;
    let mut ann = Visitor::new()?;
    ann.sign_up(&product.site, "ann@example.com").await?;
    let cookies = ann.cookies.header(&product.at("/home")).context("signed in, but no cookie")?;
    let cookies = cookies.to_str()?;

    for (path, cookies, budget) in
        [("/pricing", "", [Budget::None; 2]), ("/home", cookies, [Budget::AtLeast(0.4), Budget::AtMost(2.0)])]
    {
        let url = product.at(path);
        let page = load::fetch(&url, cookies).await?;
        let bare = Bare::start(&page)?;
        let [yardstick, figure] = load::side_by_side(&bare.url, &url, cookies, each)?;
        let name = if cookies.is_empty() { path.to_owned() } else { format!("{path}, signed in") };
        let size = page.body.len();
        table.row(
            &format!("bare axum handler, the {size} bytes of {path}"),
            &yardstick.to_string(),
            Budget::None,
            0.0,
        );
        table.row(&name, &figure.to_string(), Budget::None, 0.0);
        let ratio = figure.per_second / yardstick.per_second;
        table.row("  throughput, of the bare handler's", &format!("{ratio:.2}"), budget[0], ratio);
        let ratio = figure.p99.as_secs_f64() / yardstick.p99.as_secs_f64();
        table.row("  p99, times the bare handler's", &format!("{ratio:.2}"), Budget::None, ratio);
        let rate = figure.per_second * paced::SHARE;
        let [yardstick, figure] = paced::side_by_side(&bare.url, &url, cookies, rate, each)?;
        for (name, figure) in
            [("  the bare handler at 30% of the page's rate", yardstick), ("  the page at 30%", figure)]
        {
            table.row(name, &figure.to_string(), Budget::None, 0.0);
        }
        let ratio = figure.p99.as_secs_f64() / yardstick.p99.as_secs_f64();
        table.row("  p99 at 30%, times the bare handler's", &format!("{ratio:.2}"), budget[1], ratio);
    }

    let logins = logins::run(&product, each).await?;
    table.row("complete logins through the fake", &logins.to_string(), Budget::None, 0.0);
    verifications::measure(&mut table, each).await?;
    memory(&mut table, "serve, idle", idle, 30.0);
    memory(&mut table, "serve, after these loads", resident(product.id())?, 80.0);
    drop(product);
    fake_memory(&mut table, each).await?;
    Ok(table)
}

fn start_up(table: &mut Table) -> Result<()> {
    milliseconds(table, "start of fake until its first answer", start::fake()?, 50.0);
    let [first, again] = start::serve()?;
    milliseconds(table, "start of serve in an empty directory", first, 150.0);
    milliseconds(table, "start of serve with its data", again, 150.0);
    Ok(())
}

async fn fake_memory(table: &mut Table, each: Duration) -> Result<()> {
    let fake = start::Fake::start()?;
    // Signing keys are made in the background: count what stays, not what that takes.
    tokio::time::sleep(Duration::from_secs(1)).await;
    memory(table, "fake, idle", resident(fake.id())?, 30.0);
    load::run(&fake.at("/.well-known/openid-configuration")?, each)?;
    memory(table, "fake, after a load", resident(fake.id())?, 80.0);
    Ok(())
}

fn milliseconds(table: &mut Table, name: &str, time: Duration, budget: f64) {
    let figure = time.as_secs_f64() * 1000.0;
    table.row(name, &format!("{figure:.0} ms (median of {})", start::TIMES), Budget::AtMost(budget), figure);
}

fn memory(table: &mut Table, name: &str, Megabytes(figure): Megabytes, budget: f64) {
    table.row(
        &format!("resident memory of {name}"),
        &format!("{figure:.1} MB"),
        Budget::AtMost(budget),
        figure,
    );
}

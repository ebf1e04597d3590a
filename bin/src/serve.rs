//! `tenantry serve`: the product.

use std::sync::Arc;

use tenantry_ports::{Clock, Random};

use crate::cli::ServeArguments;
use crate::{Product, Settings, shutdown};

/// Serves the product until the process is asked to end.
#[expect(clippy::print_stdout, reason = "a command says where to go")]
pub async fn run(
    arguments: ServeArguments,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> anyhow::Result<()> {
    let settings = Settings::read(&arguments, std::env::vars())?;
    let mut product = Product::start(settings, clock, random).await?;
    product.warm_up();
    let addresses = product.addresses();
    println!("Tenantry   {}", addresses.product.as_str().trim_end_matches('/'));
    println!("Identity   {}", addresses.identity.as_str().trim_end_matches('/'));
    if let Some(address) = product.metrics() {
        println!("Metrics    http://{address}/metrics");
    }
    shutdown::requested().await;
    tracing::info!("ending: what is under way completes");
    product.stop().await;
    Ok(())
}

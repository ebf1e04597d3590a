//! A product whose time the test moves.

use std::sync::Arc;

use tenantry::cli::ServeArguments;
use tenantry::{Product, Settings};
use tenantry_ports::Clock;
use tenantry_ports::testkit::{FixedClock, SeededRandom};
use tenantry_system::SystemClock;

/// A product in this process, and the clock that it looks at.
pub(crate) async fn product_with_clock() -> (Product, Arc<FixedClock>) {
    let somewhere = || Some("127.0.0.1:0".to_owned());
    let arguments = ServeArguments {
        listen: somewhere(),
        fake_listen: somewhere(),
        ephemeral: true,
        ..ServeArguments::default()
    };
    let settings = Settings::read(&arguments, []).unwrap();
    // Near the browser's own time, which decides when its cookies expire.
    let clock = Arc::new(FixedClock::at(&SystemClock.now().to_string()));
    let product =
        Product::start(settings, Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(SeededRandom::new(1))).await;
    (product.unwrap(), clock)
}

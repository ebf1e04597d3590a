//! What those who operate the product see of it, and what it does beforehand.

use std::time::Duration;

use reqwest::Client;
use tenantry_ports::testkit::FixedClock;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::provider::{Provider, settings_for};
use crate::site::{NOW, Site, free_port};

#[tokio::test]
async fn metrics_are_on_a_port_of_their_own_and_nowhere_else() {
    let site = Site::with(|settings| settings.metrics_listen = Some("127.0.0.1:0".to_owned())).await;
    site.administrator("ann@example.com", "acme").await;
    let metrics = site.metrics().unwrap();
    let http = Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
    let answer = http.get(format!("http://{metrics}/metrics")).send().await.unwrap();
    assert!(answer.status().is_success());
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let page = answer.text().await.unwrap();
    for line in [
        "tenantry_auth0_requests_total{operation=\"POST /organizations\",outcome=\"ok\"} ",
        "tenantry_auth0_request_seconds_bucket{operation=\"POST /organizations\",le=\"0.1\"} ",
        "# TYPE tenantry_auth0_request_seconds histogram",
        "tenantry_auth0_tokens_total{outcome=\"ok\"} ",
        "tenantry_auth0_circuit 0",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    assert!(!page.contains("acme") && !page.contains("org_"), "nobody is named:\n{page}");
    for path in ["/metrics", "/admin/metrics"] {
        assert_ne!(site.get(path).await.status, 200, "{path}");
    }
    assert_eq!(Site::start().await.metrics(), None, "and off by default");
}

#[tokio::test]
async fn what_a_purchase_needs_is_looked_up_before_anybody_buys() {
    let (provider, mut site) = Provider::with_site().await;
    provider.fake.clear_requests();
    site.warm_up();
    let looked_up = async {
        while provider.fake.requests().iter().filter(|call| call.path.starts_with("/api/v2/")).count() < 2 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), looked_up).await.expect("it is looked up");
    provider.fake.clear_requests();
    site.administrator("ann@example.com", "acme").await;
    let again: Vec<_> = provider
        .fake
        .requests()
        .into_iter()
        .filter(|call| ["/api/v2/roles", "/api/v2/connections"].contains(&call.path.as_str()))
        .collect();
    assert!(again.is_empty(), "{again:?}");
}

#[tokio::test]
async fn a_provider_that_is_down_does_not_keep_the_product_from_starting() {
    let dead = Url::parse(&format!("http://127.0.0.1:{}/", free_port())).unwrap();
    for _ in 0..20 {
        let settings = settings_for(&dead, free_port(), [None, None]);
        let clock = std::sync::Arc::new(FixedClock::at(NOW));
        if let Some(mut site) = Site::try_start(settings, clock).await {
            site.warm_up();
            site.get("/").await.is(200);
            site.get("/readyz").await.is(200);
            return site.stop().await;
        }
    }
    panic!("no port is free")
}

//! Checks that the rig itself can go red.

use tenantry_tests::browser::Browser;
use url::Url;

/// A page that breaks rules of every kind that we look for.
const BAD: &str = "data:text/html,<title>x</title><img src='http://127.0.0.1:9/x.png'><p style='color:%23bbb;width:3000px'>Pale</p>\
    <input name=field value=old>";

#[tokio::test]
async fn a_bad_page_is_found_out() {
    let browser = Browser::start().await;
    browser.open(&Url::parse(BAD).unwrap()).await;
    browser.says("pale").await;
    browser.fill(&[("field", "new")]).await;
    assert_eq!(browser.value_of("field").await, "new");
    let faults = browser.inspect("rig").await.concat();
    for fault in ["image-alt", "color-contrast", "label", "pixels wider than the window", "net::ERR"] {
        assert!(faults.contains(fault), "{fault} is missing in:\n{faults}");
    }
}

//! C12: whatever a link asks for, a login ends inside the product.

use url::Url;

use crate::site::Site;

/// What a link may ask for, and where it leads.
const WISHES: [(&str, &str); 32] = [
    ("/home/profile", "/home/profile"),
    ("/home/confirm-plan?plan=team", "/home/confirm-plan?plan=team"),
    ("/", "/"),
    ("", "/home"),
    ("//e.example", "/"),
    ("///e.example", "/"),
    ("/\\e.example", "/"),
    ("\\\\e.example", "/"),
    ("\\/e.example", "/"),
    ("/\t/e.example", "/"),
    ("/%09/e.example", "/"),
    ("/%2f/e.example", "/"),
    ("/%5ce.example", "/"),
    ("https://e.example", "/"),
    ("https:e.example", "/"),
    ("http:///e.example", "/"),
    ("javascript:alert(1)", "/"),
    ("data:text/html,x", "/"),
    ("@e.example", "/"),
    ("/@e.example", "/"),
    ("user:pass@e.example", "/"),
    (".e.example", "/"),
    ("/home&organization=org_evil", "/"),
    ("/home?plan=team&organization=org_evil", "/"),
    ("/home#//e.example", "/"),
    ("/../..//e.example", "/"),
    ("/home/../admin", "/"),
    ("/home\r\nSet-Cookie: sid=evil", "/"),
    ("/home\0", "/"),
    ("/api/auth/logout", "/"),
    ("/\u{2044}e.example", "/"),
    ("/home?next=https://e.example", "/"),
];

#[tokio::test]
async fn c12_a_login_ends_inside_the_product() {
    let site = Site::start().await;
    let mut ann = site.newcomer("ann@example.com").await;
    for (wish, leads_to) in WISHES {
        let mut link = Url::parse("http://localhost/api/auth/login").unwrap();
        link.query_pairs_mut().append_pair("returnTo", wish);
        let begun = ann.get(&format!("{}?{}", link.path(), link.query().unwrap())).await;
        let authorize = begun.is(303).location();
        assert_eq!(authorize.origin(), site.identity.origin(), "{wish:?}");
        assert!(authorize.query_pairs().all(|(name, _)| name != "organization"), "{wish:?}: {authorize}");
        let arrived = ann.hop(&authorize).await;
        let answer = ann.hop(&arrived.location()).await;
        answer.leads_to(leads_to);
        assert_eq!(answer.location().origin(), site.address.url.origin(), "{wish:?}");
    }
}

#[tokio::test]
async fn c12_a_protected_page_is_found_again_after_the_login() {
    let site = Site::start().await;
    let mut ann = site.newcomer("ann@example.com").await;
    ann.post("/api/auth/logout", &[]).await;
    for (path, found) in [
        ("/home/confirm-plan?plan=team", "/home/confirm-plan?plan=team"),
        ("/home/profile?x=1&organization=org_evil", "/"),
        ("/home?q=%2F%2Fe.example", "/"),
    ] {
        let mut browser = ann.clone();
        let answer = browser.get(path).await;
        let begun = browser.hop(&answer.is(303).location()).await;
        let arrived = browser.hop(&begun.location()).await;
        browser.hop(&arrived.location()).await.leads_to(found);
    }
}

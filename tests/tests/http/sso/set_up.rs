//! A provider is connected, used and given up.

use super::corp::{BO, Corp, DOMAIN, SECRET, step};

#[tokio::test]
async fn an_administrator_connects_a_provider_from_nothing_to_a_colleagues_first_login() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    corp.proves(&id).await;
    corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
    let report = corp.tests_as(&id, BO).await;
    assert_eq!(report.url.path(), "/admin/sso/set-up", "{}", report.summary());
    assert!(report.is(200).says("It works") && report.says(BO), "{}", report.summary());
    assert!(corp.admin.is_signed_in().await, "a test signs nobody in or out");
    let next = corp.admin.clone().open("/api/auth/login").await;
    assert_eq!(next.url.origin(), corp.site.identity.origin(), "the provider has forgotten who was tested");
    assert!(corp.admin.get("/admin/members").await.says("ann@nowhere.example"));
    assert!(!corp.admin.get("/admin/members").await.says(BO), "and makes nobody a member");
    corp.turns_on(&id).await;

    let (mut bo, end) = corp.comes(BO).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    assert!(bo.get("/home/profile").await.says("Role Employee"));
    assert!(corp.admin.get("/admin/members").await.says(BO));
    assert!(corp.connection(&id).await.says("Last login"));
    let page = corp.connection(&id).await;
    assert!(page.says("1 person") && !page.body.contains(SECRET), "{}", page.summary());
}

#[tokio::test]
async fn a_domain_that_is_given_up_leads_nowhere_any_more() {
    let (mut corp, _) = Corp::connected().await;
    let (_, page) = corp.enters_address(BO).await;
    assert_eq!(page.url.origin(), corp.issuer.origin(), "{}", page.summary());
    corp.admin.post("/admin/sso/domain/release", &[("domain", DOMAIN)]).await.leads_to("/admin/sso");
    let (_, page) = corp.enters_address(BO).await;
    assert_eq!(page.url.origin(), corp.site.identity.origin(), "{}", page.summary());
}

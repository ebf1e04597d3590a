//! New credentials of a connection: tried before they count, and untested until somebody tests them.

use super::corp::{BO, CLIENT, CONFIRMED, Corp, SECRET, step};

const NEW: &str = "the-next-secret-of-tenantry-at-corp";

#[tokio::test]
async fn a_secret_that_the_company_does_not_know_is_refused_and_the_old_one_goes_on() {
    let (mut corp, id) = Corp::connected().await;
    for (client, secret) in [(CLIENT, NEW), ("nobody-at-corp", SECRET)] {
        let page = corp.enters_client(&id, client, secret).await;
        assert!(
            page.is(422).says("Your provider does not know this client ID with this secret"),
            "{}",
            page.summary()
        );
        assert!(page.body.contains("id=\"client_secret-error\""), "beside its field: {}", page.summary());
        assert!(!page.body.contains(secret), "{}", page.summary());
    }
    corp.is_let_in(BO).await;
    assert!(!corp.connection(&id).await.says("Changed since the last successful test"));
    // Nor does a first one make a connection.
    let first = corp.begins().await;
    corp.enters(&first, NEW).await.is(422);
    assert_eq!(corp.connections().await, 1);
}

#[tokio::test]
async fn nobody_is_locked_out_while_a_secret_is_replaced_and_the_new_one_is_untested() {
    let (mut corp, id) = Corp::connected().await;
    corp.company.registers(CLIENT, NEW).await;
    corp.enters(&id, NEW).await.leads_to(&step(&id, "test"));
    corp.is_let_in(BO).await;
    for path in ["/admin/sso".to_owned(), format!("/admin/sso/connection?connection={id}")] {
        let page = corp.admin.get(&path).await;
        assert!(page.is(200).says("Changed since the last successful test"), "{path}: {}", page.summary());
        let there = step(&id, "test").replace('&', "&amp;");
        assert!(
            page.body.contains(&format!("<a href=\"{there}\">test it</a>")),
            "{path}: {}",
            page.summary()
        );
    }
    assert!(!corp.admin.get(&step(&id, "test")).await.says("It works"));

    // Turned off, it can't be turned on before a test.
    let (on, off) =
        ([("connection", &*id), ("turn", "on")], [("connection", &*id), ("turn", "off"), CONFIRMED]);
    corp.admin.post("/admin/sso/turn", &off).await.is(303);
    let refused = corp.admin.post("/admin/sso/turn", &on).await;
    assert!(refused.is(409).says("Test the connection first"), "{}", refused.summary());
    assert!(corp.tests_as(&id, BO).await.says("It works"));
    corp.admin.post("/admin/sso/turn", &on).await.is(303);
    assert!(!corp.connection(&id).await.says("Changed since the last successful test"));
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn what_is_entered_once_more_without_a_secret_is_as_tested_as_it_was() {
    let (mut corp, id) = Corp::connected().await;
    corp.enters(&id, "").await.leads_to(&step(&id, "test"));
    assert!(corp.admin.get(&step(&id, "test")).await.says("It works"));
    assert!(!corp.admin.get("/admin/sso").await.says("Changed since the last successful test"));
}

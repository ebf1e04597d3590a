//! Whether somebody's address is theirs: by Auth0's word alone, and only by a plain one.

use serde_json::json;

use crate::tenant::Tenant;

#[tokio::test]
async fn rp39_an_address_is_verified_by_nothing_but_true() {
    let tenant = Tenant::start().await;
    for (claim, is_verified) in [
        (json!(true), true),
        (json!(false), false),
        (json!(null), false),
        (json!("true"), false),
        (json!("TRUE"), false),
        (json!(1), false),
        (json!([true]), false),
        (json!({ "value": true }), false),
    ] {
        let login = tenant.login(None, &json!({ "email_verified": claim })).await.unwrap();
        assert_eq!(login.email.unwrap().as_str(), "ana@acme.example");
        assert_eq!(login.email_verified, is_verified, "{claim}");
    }
}

#[tokio::test]
async fn rp39_what_is_no_address_is_no_verified_one() {
    let tenant = Tenant::start().await;
    for email in [json!(null), json!(""), json!("not an address"), json!(7), json!(["ana@acme.example"])] {
        let login = tenant.login(None, &json!({ "email": email, "email_verified": true })).await.unwrap();
        assert_eq!((login.email, login.email_verified), (None, false), "{email}");
    }
}

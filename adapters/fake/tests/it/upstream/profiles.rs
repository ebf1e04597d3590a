//! What becomes of the issuer's claims.

use serde_json::{Value, json};

use super::{BO, EMAIL, Pair, SUBJECT, given};
use crate::browser::Browser;
use crate::support::segment;
use tenantry_fake::SeedFile;

impl Pair {
    /// Bo gets another name at the issuer.
    async fn rename(&self, name: &str) {
        let file = format!(
            "users: [{{ user_id: '{SUBJECT}', email: {EMAIL}, name: {name}, email_verified: false }}]"
        );
        self.issuer.fake.seed(&SeedFile::from_yaml(&file).unwrap()).await.unwrap();
    }

    async fn logged_in(&self) -> Value {
        let answer = self.log_in(&mut Browser::default(), &[]).await;
        answer.callback();
        self.user(BO).await
    }
}

#[tokio::test]
async fn the_profile_is_brought_up_to_date_when_the_connection_says_so() {
    for (setting, first, later) in [
        (None, json!("Bo Ek"), json!("Bosse")),
        (Some("on_each_login"), json!("Bo Ek"), json!("Bosse")),
        (Some("on_first_login"), json!("Bo Ek"), json!("Bo Ek")),
        (Some("never_on_login"), json!(BO), json!(BO)),
    ] {
        let pair = Pair::new().await;
        pair.connect(&json!({ "set_user_root_attributes": setting })).await;
        let user = pair.logged_in().await;
        assert_eq!(user["name"], first, "{setting:?}");
        pair.rename("Bosse").await;
        let user = pair.logged_in().await;
        assert_eq!(user["name"], later, "{setting:?}");
        if later == "Bosse" {
            assert_eq!(user["email_verified"], false, "as the issuer says now");
        }
    }
}

#[tokio::test]
async fn a_map_takes_what_it_names_from_the_token_and_from_userinfo() {
    let pair = Pair::new().await;
    pair.connect(&json!({ "attribute_map": {
        "mapping_mode": "use_map",
        "attributes": {
            "email": "${context.tokenset.email}",
            "nickname": "${context.userinfo.given_name} (${context.connection.strategy})",
            "department": "${context.userinfo.name}",
            "app_metadata": { "admin": true },
            "user_id": "auth0|somebody-else",
        },
    } }))
    .await;
    let user = pair.logged_in().await;
    assert_eq!((&user["nickname"], &user["department"]), (&json!("Bo (oidc)"), &json!("Bo Ek")));
    assert_eq!((&user["name"], &user["given_name"]), (&json!(EMAIL), &Value::Null), "not in the map");
    assert_eq!(user["user_id"], BO);
    assert_eq!(user["app_metadata"]["admin"], Value::Null, "an issuer sets no metadata");
    let userinfo = pair.issuer.fake.requests().into_iter().filter(|call| call.path == "/userinfo").count();
    assert_eq!(userinfo, 1);
}

#[tokio::test]
async fn userinfo_is_asked_for_when_the_map_has_a_scope_for_it() {
    let pair = Pair::new().await;
    let asked =
        |pair: &Pair| pair.issuer.fake.requests().iter().filter(|call| call.path == "/userinfo").count();
    let connection = pair.connect(&json!({ "scope": "openid email" })).await;
    assert_eq!(pair.logged_in().await["given_name"], Value::Null);
    assert_eq!(asked(&pair), 0);
    let map = json!({ "mapping_mode": "bind_all", "userinfo_scope": "openid profile" });
    pair.set_options(&connection, |options| drop(options.insert("attribute_map".into(), map))).await;
    let request = pair.leave(&mut Browser::default(), &[]).await;
    assert_eq!(given(&request, "scope"), "openid email profile");
    assert_eq!(pair.logged_in().await["given_name"], "Bo");
    assert_eq!(asked(&pair), 1);
}

#[tokio::test]
async fn attributes_that_are_not_to_persist_are_not_kept() {
    let pair = Pair::new().await;
    pair.connect(&json!({ "non_persistent_attrs": ["given_name"] })).await;
    let user = pair.logged_in().await;
    assert_eq!((&user["given_name"], &user["name"]), (&Value::Null, &json!("Bo Ek")));
}

#[tokio::test]
async fn a_linked_account_logs_in_to_the_one_that_it_was_linked_to() {
    let pair = Pair::new().await;
    pair.connect(&json!({})).await;
    pair.logged_in().await;
    let main = pair.world.user("bo@home.example").await;
    let path = format!("/users/{}/identities", segment(&main));
    let body = json!({ "provider": "oidc", "user_id": BO.strip_prefix("oidc|") });
    let linked = pair.world.api("POST", &path, body).await;
    assert_eq!(linked.status.as_u16(), 201, "{}", linked.body);
    pair.rename("Bosse").await;
    let claims = pair.id_token(&pair.log_in(&mut Browser::default(), &[]).await).await;
    assert_eq!((&claims["sub"], &claims["email"]), (&json!(main), &json!("bo@home.example")));
    let user = pair.user(&main).await;
    assert_eq!(user["identities"][1]["profileData"]["name"], "Bosse");
}

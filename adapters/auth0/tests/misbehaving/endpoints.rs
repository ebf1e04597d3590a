//! Where Auth0's endpoints may be: nowhere but where the tenant itself is.

use serde_json::json;
use tenantry_ports::{IdentityProvider, IdentityProviderError, LogoutRequest};

use crate::provider::{CLIENT_SECRET, DISCOVERY, Provider, Reply, TOKEN, with};
use crate::signing::CURRENT;
use crate::tenant::Tenant;

/// The endpoints that a product uses or could come to use.
const ENDPOINTS: [&str; 5] =
    ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"];

#[tokio::test]
async fn rp24_an_endpoint_at_another_origin_than_the_tenants_is_refused() {
    let thief = Provider::start().await;
    thief.reply(TOKEN, Reply::json(&thief.tokens(&CURRENT)));
    for endpoint in ENDPOINTS {
        for elsewhere in [thief.url(TOKEN), "https://login.example/x".to_owned()] {
            let tenant = Tenant::start().await;
            let document = with(tenant.provider.document(), endpoint, elsewhere);
            tenant.provider.reply(DISCOVERY, Reply::json(&document));
            let refused = tenant.login(None, &json!({})).await;
            assert!(matches!(refused, Err(IdentityProviderError::Unavailable(_))), "{endpoint}: {refused:?}");
            let return_to = "https://product.example/".parse().unwrap();
            let request = LogoutRequest { return_to, provider_session: Some("session-1".to_owned()) };
            assert!(tenant.product().logout_url(&request).await.is_err(), "{endpoint}");
            let said = format!("{:?}", tenant.provider.requests());
            assert!(!said.contains(CLIENT_SECRET), "{endpoint}: {said}");
        }
    }
    assert_eq!(thief.requests(), []);
}

#[tokio::test]
async fn rp24_another_path_or_an_endpoint_less_is_the_tenants_own_affair() {
    let tenant = Tenant::start().await;
    let mut document = tenant.provider.document();
    document["userinfo_endpoint"] = json!(tenant.provider.url("/elsewhere/userinfo"));
    document.as_object_mut().unwrap().remove("end_session_endpoint");
    tenant.provider.reply(DISCOVERY, Reply::json(&document));
    tenant.login(None, &json!({})).await.unwrap();
}

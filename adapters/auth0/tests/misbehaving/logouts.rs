//! Logout tokens: whom they log out here.

use serde_json::{Value, json};
use tenantry_domain::UserId;
use tenantry_ports::{IdentityProvider, IdentityProviderError, LoggedOut};

use crate::provider::{DISCOVERY, KEYS, Reply, with, without};
use crate::signing::{CURRENT, STRANGER};
use crate::tenant::Tenant;

async fn verdict(tenant: &Tenant, claims: &Value) -> Result<LoggedOut, IdentityProviderError> {
    tenant.product().verify_logout_token(&CURRENT.token(claims).into()).await
}

#[tokio::test]
async fn rp45_a_session_is_meant_before_its_person() {
    let tenant = Tenant::start().await;
    let claims = tenant.provider.logout_claims();
    let session = LoggedOut::ProviderSession("session-1".to_owned());
    assert_eq!(verdict(&tenant, &claims).await.unwrap(), session);
    assert_eq!(verdict(&tenant, &without(claims.clone(), "sub")).await.unwrap(), session);
    let person = LoggedOut::User(UserId::try_from("auth0|66f1c0ffee1234567890abcd").unwrap());
    assert_eq!(verdict(&tenant, &without(claims, "sid")).await.unwrap(), person);
}

#[tokio::test]
async fn rp45_what_is_forged_is_refused_and_what_fails_is_an_outage() {
    let tenant = Tenant::start().await;
    let claims = tenant.provider.logout_claims();
    let forged = STRANGER.token_with(&json!({ "alg": "RS256", "kid": CURRENT.id }), &claims);
    let refused = tenant.product().verify_logout_token(&forged.into()).await;
    assert!(matches!(refused, Err(IdentityProviderError::Rejected(_))), "{refused:?}");
    for wrong in [with(claims.clone(), "aud", "another"), without(claims.clone(), "events")] {
        let refused = verdict(&tenant, &wrong).await;
        assert!(matches!(refused, Err(IdentityProviderError::Rejected(_))), "{refused:?}");
    }
    for broken in [KEYS, DISCOVERY] {
        tenant.provider.reply(broken, Reply::text(503, ""));
        let failed = verdict(&tenant, &claims).await;
        assert!(matches!(failed, Err(IdentityProviderError::Unavailable(_))), "{broken}: {failed:?}");
    }
}

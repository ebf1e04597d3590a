//! Under which organization a login is: the one that was asked for, or one that is known (Auth0's `org_id`).

use serde_json::{Value, json};
use tenantry_ports::{IdentityProviderError, Login};

use crate::tenant::{Tenant, acme, tenant};

#[tokio::test]
async fn rp42_the_organization_that_was_asked_for() {
    let auth0 = Tenant::start().await;
    let login = auth0.login(Some(acme()), &json!({ "org_id": "org_acme" })).await.unwrap();
    assert_eq!(login.tenant, Some(acme()));
    // The name is for people; whatever it says, the id counts.
    let claims = json!({ "org_id": "org_acme", "org_name": "other" });
    assert_eq!(auth0.login(Some(acme()), &claims).await.unwrap().tenant, Some(acme()));
}

#[tokio::test]
async fn rp42_another_organization_than_was_asked_for() {
    let auth0 = Tenant::start().await;
    for claims in [
        json!({ "org_id": "org_other" }),
        json!({ "org_id": "org_other", "org_name": "acme" }),
        json!({ "org_id": "ORG_ACME" }),
        json!({ "org_id": "acme" }),
        json!({ "org_id": "" }),
        json!({ "org_id": 7 }),
        json!({ "org_id": ["org_acme"] }),
    ] {
        rejected(&auth0.login(Some(acme()), &claims).await, &claims);
    }
    // One that is known is not the one that was asked for either.
    let claims = json!({ "org_id": "org_acme" });
    rejected(&auth0.login(Some(tenant("org_other", "other")), &claims).await, &claims);
}

#[tokio::test]
async fn rp42_no_organization_where_one_was_asked_for() {
    let auth0 = Tenant::start().await;
    for claims in [json!({}), json!({ "org_name": "acme" }), json!({ "organization": "org_acme" })] {
        let refused = auth0.login(Some(acme()), &claims).await;
        assert!(matches!(refused, Err(IdentityProviderError::NotAMember)), "{claims}: {refused:?}");
    }
}

#[tokio::test]
async fn rp42_an_organization_that_nobody_asked_for() {
    let auth0 = Tenant::start().await;
    let known = auth0.login(None, &json!({ "org_id": "org_acme" })).await.unwrap();
    assert_eq!(known.tenant, Some(acme()), "the person has chosen it there, and it is one of ours");
    for claims in [
        json!({ "org_id": "org_other" }),
        json!({ "org_id": "org_other", "org_name": "acme" }),
        json!({ "org_id": "" }),
        json!({ "org_id": 7 }),
        json!({ "org_id": "../users" }),
    ] {
        rejected(&auth0.login(None, &claims).await, &claims);
    }
    let alone = auth0.login(None, &json!({ "org_name": "acme", "member_roles": ["Administrator"] })).await;
    let alone = alone.unwrap();
    assert_eq!((alone.tenant, alone.roles), (None, None), "a name is no organization, and gives no role");
}

fn rejected(outcome: &Result<Login, IdentityProviderError>, claims: &Value) {
    assert!(matches!(outcome, Err(IdentityProviderError::Rejected(_))), "{claims}: {outcome:?}");
}

//! Logins through an organization's own identity provider: which it was, and what is told of one that failed.

use serde_json::json;
use tenantry_domain::ConnectionName;
use tenantry_ports::{Callback, IdentityProvider, IdentityProviderError, LoginAttempt, UpstreamFault};

use crate::tenant::{Tenant, acme};

fn connection() -> ConnectionName {
    ConnectionName::try_from("acme-1").unwrap()
}

#[tokio::test]
async fn s05_the_connection_of_a_login_stands_in_the_id_of_the_person() {
    let auth0 = Tenant::start().await;
    for (subject, federated, name) in [
        ("oidc|acme-1|bo", true, Some("acme-1")),
        ("oidc|acme-1|auth0|other|bo", true, Some("acme-1")),
        ("samlp|acme-1|bo@acme.com", true, Some("acme-1")),
        ("waad|bo", true, None),
        ("oidc|acme_1|bo", true, None),
        ("oidc||bo", true, None),
        ("auth0|acme-1|bo", false, None),
        ("google-oauth2|117", false, None),
        ("bo", false, None),
    ] {
        let login = auth0.login(None, &json!({ "sub": subject })).await.unwrap();
        assert_eq!(login.connection.as_ref().map(ConnectionName::as_str), name, "{subject}");
        assert_eq!(login.federated, federated, "{subject}");
    }
}

async fn refused(auth0: &Tenant, attempt: &LoginAttempt, error: &str, said: &str) -> IdentityProviderError {
    let callback = Callback::Error {
        error: error.to_owned(),
        description: Some(said.to_owned()).filter(|said| !said.is_empty()),
        issuer: None,
    };
    auth0.product().redeem(&callback, attempt).await.unwrap_err()
}

fn fault(error: &IdentityProviderError) -> Option<UpstreamFault> {
    match error {
        IdentityProviderError::Upstream { fault, .. } => Some(*fault),
        IdentityProviderError::Denied { .. } => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_failed_at_the_organizations_own_provider_is_told_apart_from_what_failed_at_auth0() {
    use UpstreamFault::{
        Cancelled, Certificate, NotAnswered, Other, Unreachable, WrongClient, WrongRedirect,
    };
    let auth0 = Tenant::start().await;
    let alone = auth0.attempt(None);
    let under = auth0.attempt(Some(acme()));
    let sent = LoginAttempt { connection: Some(connection()), ..auth0.attempt(Some(acme())) };
    let tested = LoginAttempt { connection: Some(connection()), ..auth0.attempt(None) };
    for (error, said, told_apart, told) in [
        ("access_denied", "End-User aborted interaction", None, Some(Cancelled)),
        ("access_denied", "", None, Some(Cancelled)),
        ("invalid_request", "who knows", None, Some(Other)),
        ("invalid_client", "client authentication failed", Some(WrongClient), Some(WrongClient)),
        ("invalid_request", "redirect_uri is not allowed", Some(WrongRedirect), Some(WrongRedirect)),
        ("invalid_request", "certificate has expired", Some(Certificate), Some(Certificate)),
        ("temporarily_unavailable", "", Some(Unreachable), Some(Unreachable)),
        ("invalid_request", "jwt expired", Some(NotAnswered), Some(NotAnswered)),
        // Auth0's own.
        ("unauthorized", "user is blocked", None, None),
        ("invalid_request", "the connection was not found", None, None),
        ("invalid_request", "no connections enabled for the client", None, None),
        ("unauthorized_client", "Grant type 'authorization_code' not allowed for the client.", None, None),
        ("invalid_request", "parameter organization is invalid: certificate", None, None),
    ] {
        for (attempt, expected) in
            [(&alone, told_apart), (&under, told_apart), (&sent, told), (&tested, told)]
        {
            let refused = refused(&auth0, attempt, error, said).await;
            assert_eq!(fault(&refused), expected, "{error} {said}: {refused:?}");
        }
    }
    let refused =
        refused(&auth0, &sent, "access_denied", "user u is not part of the org_acme organization").await;
    assert!(matches!(refused, IdentityProviderError::NotAMember), "{refused:?}");
}

/// The words of whoever failed are kept for those who can set it right, and stand in no text that others see.
#[tokio::test]
async fn what_the_other_side_said_is_kept_apart() {
    let auth0 = Tenant::start().await;
    let sent = LoginAttempt { connection: Some(connection()), ..auth0.attempt(Some(acme())) };
    let refused = refused(&auth0, &sent, "invalid_client", "<b>client authentication failed</b>").await;
    assert!(!refused.to_string().contains("<b>"), "{refused}");
    let IdentityProviderError::Upstream { error, description, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(
        (error.as_str(), description.as_deref()),
        ("invalid_client", Some("<b>client authentication failed</b>"))
    );
}

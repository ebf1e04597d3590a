//! What is wrong at an organization's own identity provider, by the little that comes back with a login that failed.
//!
//! An identity provider that leads to others tells what went wrong there in one code and one sentence, which may be its
//! own, the other's, or that of a library beneath. They are told apart by words that have stayed the same for years.

use tenantry_ports::UpstreamFault;

/// What each fault is told by, in lower case: the first that matches counts. Codes that start with AADSTS are Entra ID's.
const WORDS: [(UpstreamFault, &[&str]); 5] = [
    (
        UpstreamFault::Certificate,
        &[
            "certificate",
            "cert_has_expired",
            "cert_altname",
            "self_signed",
            "unable_to_verify_leaf",
            "ssl routines",
        ],
    ),
    (
        UpstreamFault::WrongRedirect,
        &["redirect_uri", "redirect uri", "reply url", "reply address", "callback url", "aadsts50011"],
    ),
    (
        UpstreamFault::WrongClient,
        &[
            "invalid_client",
            "unauthorized_client",
            "invalid client",
            "unknown client",
            "client is invalid",
            "client secret",
            "client_secret",
            "client authentication",
            "client credentials",
            "aadsts7000215",
            "aadsts7000222",
            "aadsts700016",
        ],
    ),
    (
        UpstreamFault::Unreachable,
        &[
            "temporarily_unavailable",
            "server_error",
            "econnrefused",
            "econnreset",
            "enotfound",
            "etimedout",
            "eai_again",
            "socket hang up",
            "timed out",
            "timeout",
            "in time",
            "unavailable",
            "can't be reached",
        ],
    ),
    (
        UpstreamFault::NotAnswered,
        &[
            "invalid_grant",
            "token was refused",
            "id_token",
            "id token",
            "nonce",
            "signature",
            "signing key",
            "jwks",
            "jwt",
            "issuer",
            "code verifier",
            "code_verifier",
            "answered wrongly",
            "answer lacks",
            "discovery document",
        ],
    ),
];

/// With which codes a login ends that the person did not go through with, or may not (RFC 6749 section 4.1.2.1, OpenID
/// Connect Core section 3.1.2.6).
const NOT_GONE_THROUGH: [&str; 5] = [
    "access_denied",
    "login_required",
    "consent_required",
    "interaction_required",
    "account_selection_required",
];

/// The whole of what some say when they do not know a client by its secret.
const UNAUTHORIZED: &str = "unauthorized";

/// What an error of a login through an organization's own identity provider is about.
pub(crate) fn upstream_fault(error: &str, description: Option<&str>) -> UpstreamFault {
    let description = description.unwrap_or_default().trim().to_lowercase();
    let of_words = |text: &str| {
        WORDS.iter().find(|(_, words)| words.iter().any(|word| text.contains(word))).map(|(fault, _)| *fault)
    };
    if description == UNAUTHORIZED {
        return UpstreamFault::WrongClient;
    }
    let by_words = of_words(&description);
    // Some things are told by words alone, whatever the code; the code tells the rest better than anybody's words.
    match by_words {
        Some(UpstreamFault::Certificate | UpstreamFault::WrongClient) => by_words,
        _ if NOT_GONE_THROUGH.contains(&error) => Some(UpstreamFault::Cancelled),
        Some(UpstreamFault::WrongRedirect) => by_words,
        _ => of_words(error).or(by_words),
    }
    .unwrap_or(UpstreamFault::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_is_told_apart() {
        use UpstreamFault::{
            Cancelled, Certificate, NotAnswered, Other, Unreachable, WrongClient, WrongRedirect,
        };
        for (error, description, fault) in [
            ("access_denied", Some("End-User aborted interaction"), Cancelled),
            ("access_denied", Some("User is not assigned to the client application."), Cancelled),
            ("access_denied", Some("AADSTS65004: User declined to consent to access the app."), Cancelled),
            ("access_denied", None, Cancelled),
            ("login_required", None, Cancelled),
            ("invalid_client", None, WrongClient),
            ("invalid_request", Some("client authentication failed"), WrongClient),
            ("invalid_request", Some("Unauthorized"), WrongClient),
            ("access_denied", Some("Unauthorized"), WrongClient),
            ("access_denied", Some("AADSTS7000215: Invalid client secret provided."), WrongClient),
            (
                "server_error",
                Some("AADSTS7000222: The provided client secret keys are expired."),
                WrongClient,
            ),
            ("unauthorized_client", Some("The client does not exist."), WrongClient),
            ("invalid_request", Some("AADSTS50011: The reply URL does not match."), WrongRedirect),
            ("invalid_request", Some("redirect_uri did not match any of the client's"), WrongRedirect),
            ("invalid_request", Some("certificate has expired"), Certificate),
            ("access_denied", Some("self-signed certificate in certificate chain"), Certificate),
            ("temporarily_unavailable", Some("invalid peer certificate: Expired"), Certificate),
            ("invalid_request", Some("CERT_HAS_EXPIRED"), Certificate),
            ("invalid_request", Some("connect ECONNREFUSED 203.0.113.7:443"), Unreachable),
            ("temporarily_unavailable", Some("The identity provider did not answer in time"), Unreachable),
            ("server_error", None, Unreachable),
            ("temporarily_unavailable", Some("the discovery document could not be used"), Unreachable),
            ("invalid_request", Some("the token was refused: its signature is wrong"), NotAnswered),
            (
                "invalid_request",
                Some("unexpected iss value, expected issuer https://a.example/"),
                NotAnswered,
            ),
            ("invalid_grant", None, NotAnswered),
            ("invalid_request", Some("something else"), Other),
            ("invalid_request", None, Other),
            ("", Some(""), Other),
        ] {
            assert_eq!(upstream_fault(error, description), fault, "{error}: {description:?}");
        }
    }
}

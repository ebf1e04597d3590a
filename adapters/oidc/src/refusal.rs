//! Why a login came back without a code: the provider's own refusal, or what went wrong at an organization's own identity
//! provider, to which it leads.

use tenantry_ports::{IdentityProviderError, LoginAttempt, UpstreamFault};

use crate::upstream_fault::upstream_fault;

/// Words of refusals that are the provider's own, whichever way people log in.
const OWN_WORDS: [&str; 7] = [
    "is not part of the",
    "invitation",
    "connection was not found",
    "no connections enabled",
    "not allowed for the client",
    "parameter organization",
    "user is blocked",
];

/// Why there is no code. Auth0, and whatever stands in for it, tells these apart by its words alone.
pub fn refusal(error: &str, description: Option<&str>, attempt: &LoginAttempt) -> IdentityProviderError {
    let says = |text: &str| description.is_some_and(|said| said.contains(text));
    if error == "access_denied" && attempt.tenant.is_some() && says("is not part of the") {
        return IdentityProviderError::NotAMember;
    }
    if attempt.invitation.is_some() && says("not allowed to accept the current invitation") {
        return IdentityProviderError::InvitedOther;
    }
    if attempt.invitation.is_some() && says("invitation not found") {
        return IdentityProviderError::InvitationSpent;
    }
    // Whose server it was, this code does not say: where people were sent nowhere else it is the provider's own.
    let code = if attempt.connection.is_none() && error == "server_error" { "" } else { error };
    let fault = upstream_fault(code, description);
    let is_own = OWN_WORDS.into_iter().any(says);
    let (error, description) = (error.to_owned(), description.map(str::to_owned));
    if !is_own && is_of_upstream(fault, attempt) {
        return IdentityProviderError::Upstream { fault, error, description };
    }
    IdentityProviderError::Denied { error, description }
}

/// Whether an error that is none of the provider's own is that of an identity provider to which it leads. A login that
/// was sent to one can end in no other way. On the login page people may have chosen one, by a button or by their address:
/// then it is told by what is wrong, and what is not told apart may be anybody's.
fn is_of_upstream(fault: UpstreamFault, attempt: &LoginAttempt) -> bool {
    attempt.connection.is_some() || !matches!(fault, UpstreamFault::Cancelled | UpstreamFault::Other)
}

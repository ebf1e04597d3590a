//! What goes back to the client's callback: a code, or an error (RFC 6749 section 4.1.2).

use url::Url;

/// Why the client gets no code; the texts are Auth0's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallbackError {
    #[error("Login required")]
    LoginRequired,
    #[error("Interaction required")]
    InteractionRequired,
    #[error("{0}")]
    InvalidRequest(String),
    #[error("Unsupported response type: {0}")]
    UnsupportedResponseType(String),
    #[error("Grant type '{0}' not allowed for the client.")]
    GrantNotAllowed(&'static str),
    #[error("parameter organization is required for this client")]
    OrganizationRequired,
    #[error("parameter organization is not allowed for this client")]
    OrganizationNotAllowed,
    #[error("parameter organization is invalid: {0}")]
    OrganizationInvalid(String),
    #[error("authorization request parameter organization must be an organization id")]
    OrganizationMustBeId,
    #[error("invitation not found or already used")]
    InvitationNotFound,
    #[error("the specified account is not allowed to accept the current invitation")]
    InvitationForAnother,
    #[error("no connections enabled for the client")]
    NoConnections,
    #[error("no connections enabled for the organization are visible")]
    NoVisibleConnections,
    #[error("the connection was not found")]
    ConnectionNotFound,
    #[error("Service not enabled within domain: {0}")]
    UnknownAudience(String),
    #[error("user {user} is not part of the {organization} organization")]
    NotAMember { user: String, organization: String },
    #[error("client requires organization membership, but user does not belong to any organization")]
    NoOrganization,
    #[error("user is blocked")]
    Blocked,
    #[error("User did not authorize the request")]
    Cancelled,
    /// The enterprise's own issuer ended the login, or was not to be believed.
    #[error("{description}")]
    Upstream { code: String, description: String },
    /// An Action refused the login.
    #[error("{reason}")]
    Denied { code: Option<String>, reason: String },
    /// An Action failed; its message goes to the client, as Auth0 sends it.
    #[error("{0}")]
    ActionFailed(String),
}

impl CallbackError {
    /// The value of the `error` parameter.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Denied { code: Some(code), .. } | Self::Upstream { code, .. } => code,
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::UnsupportedResponseType(_) => "unsupported_response_type",
            Self::InvalidRequest(_)
            | Self::OrganizationRequired
            | Self::OrganizationNotAllowed
            | Self::OrganizationInvalid(_)
            | Self::OrganizationMustBeId
            | Self::InvitationNotFound
            | Self::NoConnections
            | Self::NoVisibleConnections
            | Self::ConnectionNotFound => "invalid_request",
            Self::UnknownAudience(_)
            | Self::NotAMember { .. }
            | Self::NoOrganization
            | Self::InvitationForAnother
            | Self::Denied { code: None, .. }
            | Self::ActionFailed(_)
            | Self::Cancelled => "access_denied",
            Self::GrantNotAllowed(_) => "unauthorized_client",
            Self::Blocked => "unauthorized",
        }
    }
}

/// What the client gets.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Callback {
    /// A code to redeem.
    Code(String),
    /// Why there is none.
    Error(CallbackError),
}

impl Callback {
    /// What the client is told.
    pub(crate) fn parameters(&self, state: Option<&str>) -> Vec<(&'static str, String)> {
        let mut parameters = match self {
            Self::Code(code) => vec![("code", code.clone())],
            Self::Error(error) => {
                vec![("error", error.code().to_owned()), ("error_description", error.to_string())]
            }
        };
        parameters.extend(state.map(|state| ("state", state.to_owned())));
        parameters
    }
}

/// `base` with more query parameters; its own stay.
pub(crate) fn address(base: &str, parameters: &[(&str, Option<&str>)]) -> Option<Url> {
    let mut url = Url::parse(base).ok()?;
    let present = || parameters.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
    if present().next().is_some() {
        url.query_pairs_mut().extend_pairs(present());
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_keeps_its_own_parameters() {
        let url = address("https://app.example/cb?tenant=1", &[("code", Some("a b")), ("state", None)]);
        assert_eq!(url.unwrap().as_str(), "https://app.example/cb?tenant=1&code=a+b");
        assert_eq!(address("https://app.example/cb", &[]).unwrap().as_str(), "https://app.example/cb");
        assert_eq!(address("not an address", &[]), None);
    }
}

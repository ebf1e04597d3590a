//! Why a token isn't believed.

/// Why a token isn't believed. Never holds any of the token's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRejected {
    /// Larger than any honest token.
    #[error("it is too large")]
    TooLarge,
    /// Not three parts of base64url with JSON objects in the first two.
    #[error("it isn't a signed JSON Web Token")]
    Malformed,
    /// A member is named twice, so that two readers could understand two things.
    #[error("a member is named twice")]
    DuplicateMember,
    /// `alg` isn't one of the pinned algorithms.
    #[error("its algorithm isn't allowed")]
    Algorithm,
    /// `typ` says that this is another kind of token.
    #[error("it is of another type")]
    Type,
    /// The header brings its own key (`jku`, `x5u`, `jwk`) or an extension that must be understood (`crit`).
    #[error("its header holds `{0}`")]
    Header(&'static str),
    /// No key of the issuer has this `kid`.
    #[error("no key of the issuer has its key id")]
    UnknownKey,
    /// There is no `kid`, and the issuer doesn't have exactly one key that it could mean.
    #[error("it names no key and the issuer doesn't have exactly one")]
    AmbiguousKey,
    /// The signature doesn't verify.
    #[error("its signature is wrong")]
    Signature,
    /// A required claim is absent.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A claim is of the wrong type or shape.
    #[error("`{0}` is malformed")]
    Claim(&'static str),
    /// `iss` is someone else.
    #[error("it comes from another issuer")]
    Issuer,
    /// `aud` isn't this client alone.
    #[error("it isn't for this client alone")]
    Audience,
    /// `azp` is another client.
    #[error("it was issued to another client")]
    AuthorizedParty,
    /// `exp` has passed.
    #[error("it has expired")]
    Expired,
    /// `iat` lies in the future.
    #[error("it was issued in the future")]
    IssuedInFuture,
    /// `iat` is too long ago for a login that is happening now.
    #[error("it was issued too long ago")]
    IssuedLongAgo,
    /// `exp` isn't after `iat`.
    #[error("it expires before it was issued")]
    Lifetime,
    /// `nbf` lies in the future.
    #[error("it isn't valid yet")]
    NotYetValid,
    /// `nonce` belongs to another login attempt.
    #[error("its nonce belongs to another login")]
    Nonce,
    /// The person authenticated longer ago than this login allows.
    #[error("the authentication is too old")]
    AuthenticationTooOld,
    /// The person authenticated in a way that is not good enough for this login.
    #[error("the authentication is too weak")]
    AuthenticationTooWeak,
    /// A refreshed token is about another login than the first one: this claim of the two differs.
    #[error("`{0}` is not that of the login that is refreshed")]
    OtherLogin(&'static str),
    /// The claims of the userinfo endpoint are about somebody else than the ID token.
    #[error("the userinfo endpoint speaks of somebody else")]
    OtherSubject,
    /// A logout token where an ID token belongs.
    #[error("it is a logout token")]
    LogoutToken,
    /// A token where a logout token belongs, without the back-channel logout event.
    #[error("it doesn't announce a logout")]
    NoLogoutEvent,
    /// A logout token with a `nonce`, which the standard forbids so that no ID token can pass for one.
    #[error("a logout token must not hold a nonce")]
    NonceInLogoutToken,
    /// A logout token that names neither a session nor a subject.
    #[error("it doesn't say who is logged out")]
    NobodyLoggedOut,
}

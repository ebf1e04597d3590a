//! Typed identifiers: the provider's own string, with the kind of thing that it names in the type.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// The identifier of a `Kind`, as the outside gave it to us. Opaque: nothing may be read out of its text.
///
/// Two ids of different kinds don't compare, so a user's id can't be passed where a tenant's is meant.
pub struct Id<Kind> {
    text: Box<str>,
    kind: PhantomData<fn() -> Kind>,
}

/// The text can't be an identifier: empty, longer than 255 bytes, or with control characters in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is 1 to 255 bytes without control characters")]
pub struct InvalidId;

/// Identifies a person's account at the identity provider (`sub` in OpenID Connect).
pub type UserId = Id<kind::User>;
/// Identifies a tenant at the identity provider.
pub type TenantId = Id<kind::Tenant>;
/// Identifies a signed-in browser. Derived from the cookie's secret by hashing; it can't be turned back into it.
pub type SessionId = Id<kind::Session>;
/// Names a session to its owner, who ends it by this name. It stands for no cookie, and counts among their own sessions
/// alone.
pub type SessionHandle = Id<kind::SessionHandle>;
/// Identifies a checkout at the billing provider.
pub type CheckoutId = Id<kind::Checkout>;
/// Identifies one purchase, from choosing a plan to using it.
pub type ConversionId = Id<kind::Conversion>;
/// Identifies one payment form that was shown: sending it twice is one purchase.
pub type PurchaseId = Id<kind::Purchase>;
/// Identifies one picture that was uploaded as a logo: another picture is another id.
pub type LogoId = Id<kind::Logo>;
/// Identifies an invitation at the identity provider.
pub type InvitationId = Id<kind::Invitation>;
/// Identifies a way to log in at the identity provider: a user database, a social network, an enterprise.
pub type ConnectionId = Id<kind::Connection>;
/// Identifies an enterprise's own identity provider, as the identity provider keeps it for one tenant.
pub type SsoConnectionId = Id<kind::SsoConnection>;
/// Identifies a request for single sign-on, from choosing the provider to turning it on: 32 hexadecimal digits.
pub type SsoRequestId = Id<kind::SsoRequest>;

/// What an [`Id`] can name. These types have no values.
pub mod kind {
    /// A person's account.
    #[derive(Debug)]
    pub enum User {}
    /// A customer organization.
    #[derive(Debug)]
    pub enum Tenant {}
    /// A signed-in browser.
    #[derive(Debug)]
    pub enum Session {}
    /// A signed-in browser, as its owner names it.
    #[derive(Debug)]
    pub enum SessionHandle {}
    /// A payment in progress.
    #[derive(Debug)]
    pub enum Checkout {}
    /// A purchase.
    #[derive(Debug)]
    pub enum Conversion {}
    /// A payment form that was shown.
    #[derive(Debug)]
    pub enum Purchase {}
    /// A picture.
    #[derive(Debug)]
    pub enum Logo {}
    /// An offer of membership.
    #[derive(Debug)]
    pub enum Invitation {}
    /// A way to log in.
    #[derive(Debug)]
    pub enum Connection {}
    /// An enterprise's own identity provider.
    #[derive(Debug)]
    pub enum SsoConnection {}
    /// A request for single sign-on.
    #[derive(Debug)]
    pub enum SsoRequest {}
}

impl<Kind> Id<Kind> {
    /// The text of the identifier.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl SessionId {
    /// The name by which its owner knows the session: the first 16 characters, 96 bits of a hash.
    pub fn handle(&self) -> SessionHandle {
        let text: String = self.text.chars().take(16).collect();
        Id { text: text.into(), kind: PhantomData }
    }
}

impl<Kind> TryFrom<&str> for Id<Kind> {
    type Error = InvalidId;

    fn try_from(text: &str) -> Result<Self, InvalidId> {
        let fits = (1..=255).contains(&text.len()) && !text.chars().any(char::is_control);
        if fits { Ok(Self { text: text.into(), kind: PhantomData }) } else { Err(InvalidId) }
    }
}

impl<Kind> Clone for Id<Kind> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<Kind> PartialEq for Id<Kind> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<Kind> Eq for Id<Kind> {}

impl<Kind> PartialOrd for Id<Kind> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<Kind> Ord for Id<Kind> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<Kind> Hash for Id<Kind> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<Kind> fmt::Debug for Id<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

impl<Kind> fmt::Display for Id<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<Kind> serde::Serialize for Id<Kind> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, Kind> serde::Deserialize<'de> for Id<Kind> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::try_from(text.as_ref()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_no_provider_would_send() {
        for text in ["", "a\0b", "line\nbreak", &"x".repeat(256)] {
            assert!(UserId::try_from(text).is_err());
        }
        assert_eq!(
            UserId::try_from("auth0|66f1c0ffee1234567890abcd").unwrap().as_str(),
            "auth0|66f1c0ffee1234567890abcd"
        );
    }
}

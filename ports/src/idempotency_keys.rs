//! Requests that a program may send twice and that happen once.

use std::fmt;

use async_trait::async_trait;
use tenantry_domain::{Timestamp, UserId};

use crate::Source;

/// Remembers, for a while, what was answered to a request that came with a key of its sender's.
///
/// Whoever takes a key either keeps an answer under it or releases it. When neither happens, since whoever held it died,
/// it can be taken again once `gives_up_at` has passed.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait IdempotencyKeys: Send + Sync {
    /// Takes the key for one request: of several at the same time, on any instance, one alone gets [`Taken::Fresh`].
    async fn take(&self, request: &KeyedRequest, at: &KeyTimes) -> Result<Taken, IdempotencyKeysError>;

    /// Keeps what was answered, until the key's time is over, when the key is held as it was `taken`. One that is not, or that
    /// somebody else has taken since, stays as it is.
    async fn keep(
        &self,
        key: &IdempotencyKey,
        taken: &KeyTimes,
        answer: &KeptAnswer,
    ) -> Result<(), IdempotencyKeysError>;

    /// Lets the next one take the key, as if it had never been seen, when it is held as it was `taken`; one that has an answer
    /// keeps it.
    async fn release(&self, key: &IdempotencyKey, taken: &KeyTimes) -> Result<(), IdempotencyKeysError>;

    /// Forgets the keys whose time is over at `now`; answers how many.
    async fn forget_expired(&self, now: Timestamp) -> Result<u64, IdempotencyKeysError>;
}

/// A key, which means something for this person alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who has sent it.
    pub user: UserId,
    /// What they have made up.
    pub text: KeyText,
}

/// What somebody has made up as a key: 1 to 255 visible characters of ASCII.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(Box<str>);

/// The text can't be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 1 to 255 visible characters of ASCII")]
pub struct InvalidKeyText;

/// A request that came with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Its key.
    pub key: IdempotencyKey,
    /// Everything that makes the request what it is, as a hash.
    pub fingerprint: String,
}

/// The instants that count for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// When it is taken.
    pub now: Timestamp,
    /// From when on whoever has taken it, and has said nothing, counts as dead.
    pub gives_up_at: Timestamp,
    /// From when on it is as if the key had never been seen.
    pub forget_at: Timestamp,
}

/// Whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The key is new, or whoever held it died: the request is yours to run.
    Fresh,
    /// The same request was answered already.
    Answered(KeptAnswer),
    /// The same request is being answered.
    UnderWay,
    /// The key belongs to another request.
    OtherRequest,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status.
    pub status: u16,
    /// The type of the body.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// Why nothing can be taken or kept.
#[derive(Debug, thiserror::Error)]
pub enum IdempotencyKeysError {
    /// The store can't be reached, or holds something that it should not. Trying again later may help.
    #[error("the store can't be reached")]
    Unavailable(#[source] Source),
}

impl KeyText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for KeyText {
    type Error = InvalidKeyText;

    fn try_from(text: &str) -> Result<Self, InvalidKeyText> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(InvalidKeyText) }
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

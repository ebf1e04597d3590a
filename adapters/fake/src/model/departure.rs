//! Somebody who was sent to the provider of an enterprise, until they come back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::LoginTransaction;
use crate::secrets::{Secret, sha256, shown_by};
use crate::store::State;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Departure {
    /// The connection's id.
    pub(crate) connection: String,
    /// The hash of what stands behind the dot in the `state` that the provider sends back.
    pub(crate) state_hash: String,
    pub(crate) nonce: String,
    /// PKCE's, when there was a challenge.
    pub(crate) verifier: Option<Secret>,
    /// What the provider has sent in a form, until the browser shows its cookie.
    pub(crate) answer: Option<BTreeMap<String, String>>,
}

shown_by!(Departure: connection);

/// The length of a handle and of a secret.
const PART: usize = 43;

impl Departure {
    /// The `state` for a login with this handle.
    pub(crate) fn state(handle: &str, secret: &str) -> String {
        format!("{handle}.{secret}")
    }

    /// Whether it has the form of a `state` that was made here.
    pub(crate) fn is_state(text: &str) -> bool {
        let is_part = |part: &str| {
            let is_of_ids = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            part.len() == PART && part.bytes().all(is_of_ids)
        };
        Self::split(text).is_some_and(|(handle, secret)| is_part(handle) && is_part(secret))
    }

    /// The handle and the secret of a `state`.
    pub(crate) fn split(state: &str) -> Option<(&str, &str)> {
        state.split_once('.')
    }
}

impl State {
    /// The login that somebody left with this `state`, if they have not come back yet.
    pub(crate) fn departed(&self, state: &str) -> Option<(&LoginTransaction, &Departure)> {
        let (handle, secret) = Departure::split(state)?;
        let transaction = self.login_transactions.get(handle)?;
        let departure = transaction.departure.as_ref()?;
        (departure.state_hash == sha256(secret)).then_some((transaction, departure))
    }
}

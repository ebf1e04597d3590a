//! A person's account.

use crate::{EmailAddress, UserId};

/// A person's account, as the identity provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What to call them; the e-mail address when the provider knows no name.
    pub name: String,
    /// The address, when the account has one that mail can be sent to.
    pub email: Option<EmailAddress>,
    /// Where their picture is.
    pub picture: Option<String>,
    /// Their own subscription, as stored; `None` when the provider has no record of it.
    pub subscription: Option<String>,
}

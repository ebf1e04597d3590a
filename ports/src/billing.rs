//! Taking money.

use async_trait::async_trait;
use tenantry_domain::{CardNumber, CheckoutId, ConversionId, Payment, PlanId, TenantRef, UserId};
use url::Url;

use crate::Source;

/// The billing provider owns money: only it says what was paid.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Billing: Send + Sync {
    /// Opens a checkout. Repeatable: the same conversion of the same person answers the same checkout, so that a
    /// second click never charges twice.
    async fn start_checkout(&self, checkout: &NewCheckout) -> Result<Checkout, BillingError>;

    /// The payment of this checkout; `Ok(None)` while nothing is paid. [`BillingError::UnknownCheckout`] when there is
    /// no such checkout.
    async fn payment(&self, checkout: &CheckoutId) -> Result<Option<Payment>, BillingError>;
}

/// A billing provider whose payment form is our own page: the built-in test checkout.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait CardPayments: Send + Sync {
    /// Charges the card. A checkout that is paid already stays paid, and no card is charged again.
    ///
    /// [`BillingError::UnknownCheckout`] when there is no such checkout.
    async fn pay(&self, checkout: &CheckoutId, card: &CardNumber) -> Result<CardOutcome, BillingError>;
}

/// A purchase for which a checkout is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCheckout {
    /// Which purchase; with `user`, what makes a repetition recognizable.
    pub conversion: ConversionId,
    /// Who buys.
    pub user: UserId,
    /// What.
    pub plan: PlanId,
    /// For the tenant that exists already, rather than for themselves.
    pub buys_for: Option<TenantRef>,
    /// What it costs, in whole US dollars, paid at once.
    pub dollars: u32,
}

/// An open checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// Which.
    pub id: CheckoutId,
    /// Where the person pays.
    pub form: PaymentForm,
}

/// Where a person pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentForm {
    /// On our own page, through [`CardPayments`].
    Here,
    /// On the billing provider's.
    At(Url),
}

/// What became of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardOutcome {
    /// Charged.
    Paid,
    /// The bank said no; nothing was charged.
    Declined,
    /// The test checkout knows only the well-known test numbers; nothing was charged.
    NotATestCard,
}

/// Why the billing provider did not do it.
#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    /// There is no such checkout.
    #[error("there is no such checkout")]
    UnknownCheckout,
    /// The provider can't be reached, or does not answer as it should. Trying again later may help.
    #[error("the billing provider can't be reached")]
    Unavailable(#[source] Source),
}

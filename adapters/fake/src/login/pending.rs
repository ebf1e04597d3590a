//! A login between its two transactions of the store, while the team's Actions run.

use serde_json::{Map, Value};
use tenantry_actions::Suspended;

use crate::model::{Admitted, LoginTransaction};
use crate::secrets::shown_by;

/// Somebody who was let in, and whom the Actions have still to see.
#[derive(Clone)]
pub(crate) struct Pending {
    pub(crate) transaction: LoginTransaction,
    pub(crate) admitted: Admitted,
    /// Present when the person comes back from where an Action had sent them.
    pub(crate) suspended: Option<Suspended>,
    /// What came back with them: the query and the form.
    pub(crate) brought: Option<(Map<String, Value>, Map<String, Value>)>,
    /// What the transaction's cookie will hold, when the browser has not got it yet.
    pub(crate) new_transaction: Option<String>,
}

shown_by!(Pending: admitted);

impl Pending {
    pub(super) fn new(transaction: &LoginTransaction, admitted: Admitted) -> Self {
        Self {
            transaction: transaction.clone(),
            admitted,
            suspended: None,
            brought: None,
            new_transaction: None,
        }
    }
}

//! A login between its two transactions of the store, while the team's Actions run.

use serde_json::{Map, Value};
use tenantry_actions::Suspended;

use crate::model::{Admitted, Authenticated, LetIn, LoginTransaction};
use crate::secrets::shown_by;
use crate::store::State;

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

    /// The same login once more, for somebody who has lost the connection while its Actions ran and says again who they
    /// are: they were let in, and counted, before.
    pub(super) fn again(state: &State, transaction: &LoginTransaction, who: &Authenticated) -> Option<Self> {
        let kept = state.login_transactions.get(&transaction.handle)?;
        let LetIn { admitted, suspended: None } = kept.let_in.as_ref()? else { return None };
        let is_same = (&admitted.who.user_id, &admitted.who.connection) == (&who.user_id, &who.connection)
            && kept.request.organization == transaction.request.organization
            && kept.organization_is_settled == transaction.organization_is_settled;
        is_same.then(|| Self::new(kept, admitted.clone()))
    }

    /// Keeps the login for as long as its Actions run: whoever loses the connection meanwhile finds it where it was. A login
    /// that this very request began is asked for again as easily, and its browser knows no handle yet.
    pub(super) fn keep(&self, state: &mut State) {
        if self.new_transaction.is_none() {
            let let_in = Some(LetIn { admitted: self.admitted.clone(), suspended: self.suspended.clone() });
            state.login_transactions.put(LoginTransaction { let_in, ..self.transaction.clone() });
        }
    }

    /// Whether the login is still where its Actions began: of several runs of the same Actions one concludes it.
    pub(super) fn is_current(&self, state: &State) -> bool {
        let kept = || state.login_transactions.get(&self.transaction.handle)?.let_in.as_ref();
        self.new_transaction.is_some()
            || kept().is_some_and(|kept| {
                kept.admitted.sid == self.admitted.sid && kept.suspended == self.suspended
            })
    }
}

//! Begins and ends login transactions, and clears away what has expired.

use tenantry_domain::Timestamp;

use super::Context;
use crate::model::{AuthorizationRequest, LoginTransaction};
use crate::secrets::sha256;
use crate::store::State;

/// A new transaction and what its cookie holds.
pub(super) fn new(context: &Context<'_>, request: AuthorizationRequest) -> (LoginTransaction, String) {
    let cookie = context.ids.secret();
    let transaction = LoginTransaction {
        handle: context.ids.transaction(context.now),
        cookie_hash: sha256(&cookie),
        request,
        started_at: context.now,
        upstream: None,
        identifier: None,
        organization_is_settled: false,
        authenticated: None,
        let_in: None,
        departure: None,
    };
    (transaction, cookie)
}

/// Ends a transaction.
pub(crate) fn finish(state: &mut State, handle: &str) {
    state.login_transactions.remove(handle);
}

/// Clears away what nobody can use any more.
pub(crate) fn sweep(state: &mut State, now: Timestamp) {
    state.login_transactions.remove_where(|transaction| !transaction.is_live(now));
    state.authorization_codes.remove_where(|code| !code.is_live(now));
    state.tickets.remove_where(|ticket| ticket.is_forgotten(now));
    state.end_expired_sessions(now);
    state.access_tokens.remove_where(|token| !token.is_live(now));
    state.pushed_requests.remove_where(|request| !request.is_live(now));
    state.spent_assertions.remove_where(|assertion| !assertion.is_live(now));
}

//! Ends a login once it is known who the person is: membership, post-login steps, session, code.
//!
//! Actions that a team has bound take their time and call back into this provider, so they can't run inside a
//! transaction of the store: a login with Actions is admitted in one transaction, and concluded in another.

use super::actions::has_actions;
use super::admission::{Admission, admit};
use super::callback::{Callback, CallbackError};
use super::conclusion::{Steps, conclude};
use super::pending::Pending;
use super::{Browser, Context, logs, post_login_claims};
use crate::model::{Authenticated, LoginTransaction};
use crate::store::State;

/// Who logs in, where, and from where.
#[derive(Clone, Copy)]
pub(crate) struct Login<'a> {
    pub(crate) transaction: &'a LoginTransaction,
    pub(crate) who: &'a Authenticated,
    pub(crate) browser: &'a Browser,
}

/// How it ended.
pub(crate) enum Settled {
    /// Back to the client, and the cookie of a session that began.
    Done { callback: Callback, new_session: Option<String> },
    /// The person has to pick an organization first.
    Pick,
    /// The team's Actions have to run first.
    Actions(Box<Pending>),
}

impl Settled {
    pub(super) fn refused(error: CallbackError) -> Self {
        Self::Done { callback: Callback::Error(error), new_session: None }
    }
}

/// Ends a login, or says what it still needs.
pub(super) fn settle(state: &mut State, context: &Context<'_>, login: &Login<'_>) -> Settled {
    match admit(state, context, login) {
        Ok(Admission::Granted { admitted, connection }) => {
            if has_actions(state) {
                return Settled::Actions(Box::new(Pending::new(login.transaction, *admitted)));
            }
            let claims = post_login_claims(
                state,
                context,
                &admitted.who.user_id,
                &connection,
                admitted.organization.as_deref(),
            );
            let steps = Steps { id_token_claims: claims, ..Steps::default() };
            let (callback, new_session) = conclude(state, context, login, &admitted, steps);
            Settled::Done { callback, new_session }
        }
        Ok(Admission::Pick) => Settled::Pick,
        Err(error) => {
            let about = (&login.transaction.request, login.browser);
            logs::failed(state, context, about, Some(&login.who.user_id), &error);
            Settled::refused(error)
        }
    }
}

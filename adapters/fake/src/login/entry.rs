//! Where a login goes next: straight back to the client, or to which page.

use super::callback::{Callback, CallbackError};
use super::options::options;
use super::settle::{Settled, pickable, settle};
use super::{Context, Page, transactions};
use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::model::{Authenticated, AuthorizationRequest, LoginTransaction, Prompt};
use crate::store::State;

/// What the browser does next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Back to the client.
    Callback {
        /// The transaction that has ended.
        handle: String,
        redirect_uri: String,
        /// The client's own `state`.
        state: Option<String>,
        callback: Callback,
        /// The cookie of a session that began.
        new_session: Option<String>,
    },
    /// Show a page of the transaction.
    Page {
        page: Page,
        handle: String,
        /// The cookie of a transaction that began.
        new_transaction: Option<String>,
    },
}

impl Next {
    /// The end of a transaction.
    pub(crate) fn callback(
        transaction: &LoginTransaction,
        callback: Callback,
        new_session: Option<String>,
    ) -> Self {
        Self::Callback {
            handle: transaction.handle.clone(),
            redirect_uri: transaction.request.redirect_uri.clone(),
            state: transaction.request.state.clone(),
            callback,
            new_session,
        }
    }
}

/// Begins a login. `session` is the hash of the session cookie that the browser came with.
pub(crate) fn begin(
    state: &mut State,
    context: &Context<'_>,
    request: AuthorizationRequest,
    session: Option<&str>,
) -> Next {
    let (transaction, cookie) = transactions::new(context, request);
    match advance(state, context, &transaction, session) {
        Advance::Callback { callback, new_session } => Next::callback(&transaction, callback, new_session),
        Advance::Page { page, transaction } => {
            let handle = transaction.handle.clone();
            state.login_transactions.put(*transaction);
            Next::Page { page, handle, new_transaction: Some(cookie) }
        }
    }
}

/// Goes on with a login after the person has proved who they are.
pub(crate) fn resume(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    who: &Authenticated,
    session: Option<&str>,
) -> Next {
    let settled =
        settle(state, context, &transaction.request, who, session, transaction.organization_is_settled);
    match settled {
        Settled::Done { callback, new_session } => {
            transactions::finish(state, &transaction.handle);
            Next::callback(transaction, callback, new_session)
        }
        Settled::Pick => {
            let transaction = LoginTransaction { authenticated: Some(who.clone()), ..transaction.clone() };
            go_to(state, Page::OrganizationPicker, transaction)
        }
    }
}

/// What a person chose when asked for an organization.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Choice<'a> {
    /// The organization with this id.
    Organization(&'a str),
    /// To go on without one.
    Personal,
}

/// Goes on after the person has named their organization, before they log in. `None` when they may not choose that.
pub(crate) fn choose_organization(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    choice: Choice<'_>,
    session: Option<&str>,
) -> Option<Next> {
    let transaction = chosen(state, transaction, choice)?;
    Some(match advance(state, context, &transaction, session) {
        Advance::Callback { callback, new_session } => {
            transactions::finish(state, &transaction.handle);
            Next::callback(&transaction, callback, new_session)
        }
        Advance::Page { page, transaction } => go_to(state, page, *transaction),
    })
}

/// Goes on after the person has picked one of their organizations. `None` when they may not choose that.
pub(crate) fn pick_organization(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    choice: Choice<'_>,
    session: Option<&str>,
) -> Option<Next> {
    let who = transaction.authenticated.clone()?;
    if let Choice::Organization(id) = choice {
        let connection = state.connection_by_name(&who.connection)?;
        pickable(state, &who.user_id, connection).find(|organization| organization.id == id)?;
    }
    let transaction = chosen(state, transaction, choice)?;
    Some(resume(state, context, &transaction, &who, session))
}

fn chosen(state: &State, transaction: &LoginTransaction, choice: Choice<'_>) -> Option<LoginTransaction> {
    let client = state.clients.get(&transaction.request.client_id)?;
    let mut transaction = LoginTransaction { organization_is_settled: true, ..transaction.clone() };
    match choice {
        Choice::Personal if client.organization_usage() == OrganizationUsage::Require => return None,
        Choice::Personal => {}
        Choice::Organization(id) => {
            transaction.request.organization = Some(state.organizations.get(id)?.id.clone());
        }
    }
    Some(transaction)
}

fn go_to(state: &mut State, page: Page, transaction: LoginTransaction) -> Next {
    let handle = transaction.handle.clone();
    state.login_transactions.put(transaction);
    Next::Page { page, handle, new_transaction: None }
}

enum Advance {
    Callback { callback: Callback, new_session: Option<String> },
    Page { page: Page, transaction: Box<LoginTransaction> },
}

/// As far as a login comes without asking the person anything.
fn advance(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    session: Option<&str>,
) -> Advance {
    match try_advance(state, context, transaction, session) {
        Ok(advance) => advance,
        Err(error) => Advance::Callback { callback: Callback::Error(error), new_session: None },
    }
}

fn try_advance(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    session: Option<&str>,
) -> Result<Advance, CallbackError> {
    let request = &transaction.request;
    let silent = request.prompt == Prompt::None;
    let who = session.and_then(|hash| known(state, context, request, hash));
    let page =
        |page, transaction: LoginTransaction| Ok(Advance::Page { page, transaction: Box::new(transaction) });
    if asks_for_organization_first(state, transaction) {
        return match (silent, who) {
            (true, Some(_)) => Err(CallbackError::InteractionRequired),
            (true, None) => Err(CallbackError::LoginRequired),
            (false, _) => page(Page::OrganizationPrompt, transaction.clone()),
        };
    }
    let Some(who) = who else {
        if silent {
            return Err(CallbackError::LoginRequired);
        }
        let (first, transaction) = first_page(state, transaction)?;
        return page(first, transaction);
    };
    match settle(state, context, request, &who, session, transaction.organization_is_settled) {
        Settled::Done { callback, new_session } => Ok(Advance::Callback { callback, new_session }),
        Settled::Pick if silent => Err(CallbackError::InteractionRequired),
        Settled::Pick => page(
            Page::OrganizationPicker,
            LoginTransaction { authenticated: Some(who), ..transaction.clone() },
        ),
    }
}

fn asks_for_organization_first(state: &State, transaction: &LoginTransaction) -> bool {
    let client = state.clients.get(&transaction.request.client_id);
    let prompts = client.is_some_and(|client| {
        client.organization_usage() != OrganizationUsage::Deny
            && client.organization_require_behavior() == OrganizationRequireBehavior::PreLoginPrompt
    });
    prompts && transaction.request.organization.is_none() && !transaction.organization_is_settled
}

/// Who the session says it is, when the request lets that count.
fn known(
    state: &State,
    context: &Context<'_>,
    request: &AuthorizationRequest,
    cookie_hash: &str,
) -> Option<Authenticated> {
    let session = state.live_session(cookie_hash, context.now)?;
    let age = session.authenticated_at.until(context.now).as_secs();
    let connection = state.connection_by_name(&session.connection)?;
    let organization = request.organization.as_ref().and_then(|id| state.organizations.get(id));
    let counts = request.prompt != Prompt::Login
        && request.max_age.is_none_or(|max_age| age <= max_age)
        && request.connection.as_ref().is_none_or(|wanted| *wanted == session.connection)
        && organization.is_none_or(|organization| organization.enabled_connection(&connection.id).is_some());
    counts.then(|| Authenticated {
        user_id: session.user_id.clone(),
        connection: session.connection.clone(),
        at: session.authenticated_at,
        session: Some(cookie_hash.to_owned()),
    })
}

/// The first page for somebody who is not known.
fn first_page(
    state: &State,
    transaction: &LoginTransaction,
) -> Result<(Page, LoginTransaction), CallbackError> {
    let request = &transaction.request;
    let options = options(state, request)?;
    if request.connection.is_some() && options.database.is_none() {
        let transaction = LoginTransaction { upstream: request.connection.clone(), ..transaction.clone() };
        return Ok((Page::StandIn, transaction));
    }
    let page = if request.wants_sign_up && options.sign_up {
        Page::SignUp
    } else if state.settings().identifier_first && options.database.is_some() {
        Page::Identifier
    } else {
        Page::Login
    };
    Ok((page, transaction.clone()))
}

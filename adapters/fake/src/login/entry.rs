//! Where a login goes next: straight back to the client, or to which page.

use super::admission::pickable;
use super::callback::{Callback, CallbackError};
use super::pending::Pending;
use super::settle::{Login, Settled, settle};
use super::{Browser, Context, Page, first_page, logs, transactions};
use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::model::{Authenticated, AuthorizationRequest, LoginTransaction, Prompt, ResponseKind};
use crate::store::State;

/// What the browser does next.
pub(crate) enum Next {
    /// Back to the client.
    Callback {
        /// The transaction that has ended.
        handle: String,
        redirect_uri: String,
        /// The client's own `state`.
        state: Option<String>,
        response: ResponseKind,
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
    /// Run the team's Actions, and conclude the login with what they say.
    Actions(Box<Pending>),
    /// An Action sends the person elsewhere; they come back to `/continue`.
    Away {
        url: String,
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
            response: transaction.request.response,
            callback,
            new_session,
        }
    }
}

/// Begins a login.
pub(crate) fn begin(
    state: &mut State,
    context: &Context<'_>,
    request: AuthorizationRequest,
    browser: &Browser,
) -> Next {
    let (transaction, cookie) = transactions::new(context, request);
    let advance = advance(state, context, &transaction, browser);
    next(state, &transaction, advance, Some(cookie))
}

/// Goes on with a login after the person has proved who they are.
pub(crate) fn resume(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    who: &Authenticated,
    browser: &Browser,
) -> Next {
    if let Some(pending) = Pending::again(state, transaction, who) {
        return Next::Actions(Box::new(pending));
    }
    let settled = settle(state, context, &Login { transaction, who, browser });
    let advance = settled_to(settled, transaction, who);
    next(state, transaction, advance, None)
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
    browser: &Browser,
) -> Option<Next> {
    // Whoever came with an organization stays with it; who named one here may think again.
    if !prompts_before_login(state, transaction)
        || transaction.request.parameters.contains_key("organization")
    {
        return None;
    }
    let transaction = chosen(state, transaction, choice)?;
    let advance = advance(state, context, &transaction, browser);
    Some(next(state, &transaction, advance, None))
}

/// Goes on after the person has picked one of their organizations. `None` when they may not choose that.
pub(crate) fn pick_organization(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    choice: Choice<'_>,
    browser: &Browser,
) -> Option<Next> {
    let who = transaction.authenticated.clone()?;
    if let Choice::Organization(id) = choice {
        let connection = state.connection_by_name(&who.connection)?;
        pickable(state, &who.user_id, connection).find(|organization| organization.id == id)?;
    }
    let transaction = chosen(state, transaction, choice)?;
    Some(resume(state, context, &transaction, &who, browser))
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

/// As far as a login comes without asking the person anything.
enum Advance {
    Settled(Settled),
    Page { page: Page, transaction: Box<LoginTransaction> },
}

fn settled_to(settled: Settled, transaction: &LoginTransaction, who: &Authenticated) -> Advance {
    match settled {
        Settled::Pick => Advance::Page {
            page: Page::OrganizationPicker,
            transaction: Box::new(LoginTransaction {
                authenticated: Some(who.clone()),
                ..transaction.clone()
            }),
        },
        settled => Advance::Settled(settled),
    }
}

/// Keeps the transaction while the person has something to do, and ends it when they have not.
fn next(
    state: &mut State,
    transaction: &LoginTransaction,
    advance: Advance,
    new_transaction: Option<String>,
) -> Next {
    match advance {
        Advance::Settled(Settled::Done { callback, new_session }) => {
            transactions::finish(state, &transaction.handle);
            Next::callback(transaction, callback, new_session)
        }
        Advance::Settled(Settled::Pick) => {
            go_to(state, Page::OrganizationPicker, transaction.clone(), new_transaction)
        }
        Advance::Settled(Settled::Actions(pending)) => {
            let pending = Pending { new_transaction, ..*pending };
            pending.keep(state);
            Next::Actions(Box::new(pending))
        }
        Advance::Page { page, transaction } => go_to(state, page, *transaction, new_transaction),
    }
}

fn go_to(
    state: &mut State,
    page: Page,
    transaction: LoginTransaction,
    new_transaction: Option<String>,
) -> Next {
    let handle = transaction.handle.clone();
    state.login_transactions.put(transaction);
    Next::Page { page, handle, new_transaction }
}

fn advance(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    browser: &Browser,
) -> Advance {
    match try_advance(state, context, transaction, browser) {
        Ok(advance) => advance,
        Err(error) => {
            logs::failed(state, context, (&transaction.request, browser), None, &error);
            Advance::Settled(Settled::refused(error))
        }
    }
}

fn try_advance(
    state: &mut State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
    browser: &Browser,
) -> Result<Advance, CallbackError> {
    let request = &transaction.request;
    let silent = request.prompt == Prompt::None;
    let who = browser.session.as_deref().and_then(|hash| known(state, context, request, hash));
    if asks_for_organization_first(state, transaction) {
        return match (silent, who) {
            (true, Some(_)) => Err(CallbackError::InteractionRequired),
            (true, None) => Err(CallbackError::LoginRequired),
            (false, _) => {
                let transaction = Box::new(transaction.clone());
                Ok(Advance::Page { page: Page::OrganizationPrompt, transaction })
            }
        };
    }
    let Some(who) = who else {
        if silent {
            return Err(CallbackError::LoginRequired);
        }
        let (page, transaction) = first_page::first_page(state, context, transaction)?;
        return Ok(Advance::Page { page, transaction: Box::new(transaction) });
    };
    match settle(state, context, &Login { transaction, who: &who, browser }) {
        Settled::Pick if silent => Err(CallbackError::InteractionRequired),
        settled => Ok(settled_to(settled, transaction, &who)),
    }
}

fn asks_for_organization_first(state: &State, transaction: &LoginTransaction) -> bool {
    prompts_before_login(state, transaction)
        && transaction.request.organization.is_none()
        && !transaction.organization_is_settled
}

fn prompts_before_login(state: &State, transaction: &LoginTransaction) -> bool {
    state.clients.get(&transaction.request.client_id).is_some_and(|client| {
        client.organization_usage() != OrganizationUsage::Deny
            && client.organization_require_behavior() == OrganizationRequireBehavior::PreLoginPrompt
    })
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

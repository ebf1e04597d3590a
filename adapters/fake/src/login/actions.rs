//! The team's own Actions in a login: which ones run, and what comes of what they said.

use serde_json::{Map, Value, json};
use tenantry_actions::{Dependency, Effects, End, Execution, claims};

use super::callback::{Callback, CallbackError, address};
use super::conclusion::{SessionChanges, Steps, conclude, keep_session};
use super::settle::Login;
use super::{Browser, Context, Next, Pending, logs, transactions};
use crate::document::{self, Document};
use crate::model::{
    Admitted, AuthorizationRequest, LetIn, LogEntry, LoginTransaction, POST_LOGIN, Prompt, SessionEnd, User,
};
use crate::store::State;
use crate::tokens::management_audience;

/// The Actions that are bound to a login, in order.
pub(crate) fn bound(state: &State) -> Vec<tenantry_actions::Action> {
    state
        .bound_actions(POST_LOGIN)
        .map(|(action, version)| tenantry_actions::Action {
            id: action.id.clone(),
            name: action.name.clone(),
            code: version.code.code.clone(),
            secrets: (version.code.secrets.iter())
                .map(|(name, secret)| (name.clone(), secret.expose().to_owned()))
                .collect(),
            dependencies: (version.code.dependencies.iter())
                .map(|(name, version)| Dependency { name: name.clone(), version: version.clone() })
                .collect(),
        })
        .collect()
}

/// Whether there are Actions to run. Without any the built-in steps take their place, at no cost.
pub(crate) fn has_actions(state: &State) -> bool {
    state.bound_actions(POST_LOGIN).next().is_some()
}

/// Takes up a login whose person has come back: from where an Action had sent them, or after the connection was lost while
/// the Actions ran. `None` when they were not let in yet.
pub(crate) fn come_back(
    transaction: &LoginTransaction,
    brought: (Map<String, Value>, Map<String, Value>),
) -> Option<Next> {
    let LetIn { admitted, suspended } = transaction.let_in.clone()?;
    let brought = suspended.is_some().then_some(brought);
    let pending = Pending::new(transaction, admitted);
    Some(Next::Actions(Box::new(Pending { suspended, brought, ..pending })))
}

/// Ends the login as the Actions want it. Memberships and counts stand already; metadata is written here, also for a
/// login that is denied, and nothing at all when an Action has failed. `None` when the login has ended, or has gone on,
/// without these Actions: then nothing of what they want is done.
pub(crate) fn conclude_actions(
    state: &mut State,
    context: &Context<'_>,
    browser: &Browser,
    pending: Pending,
    execution: Execution,
) -> Option<Next> {
    if !pending.is_current(state) {
        return None;
    }
    transactions::finish(state, &pending.transaction.handle);
    let details = details(&execution);
    let Execution { end, effects, .. } = execution;
    let Pending { transaction, mut admitted, new_transaction, .. } = pending;
    let result = match end {
        End::Failed { action, message } => {
            log_failure(state, context, (&transaction.request, browser), &action, details.clone());
            Err(CallbackError::ActionFailed(message))
        }
        End::Redirected { url, suspended } => {
            write_metadata(state, context, &admitted.who.user_id, &effects);
            match away_to(&url, &transaction) {
                Ok(url) => {
                    let handle = transaction.handle.clone();
                    let let_in = Some(LetIn { admitted, suspended: Some(*suspended) });
                    state.login_transactions.put(LoginTransaction { let_in, ..transaction });
                    return Some(Next::Away { url, handle, new_transaction });
                }
                Err(error) => Err(error),
            }
        }
        End::Denied { reason, code } => {
            write_metadata(state, context, &admitted.who.user_id, &effects);
            Err(CallbackError::Denied { code, reason })
        }
        End::Completed => carry_out(state, context, &mut admitted, &effects)
            .and_then(|()| steps(context, transaction.request.audience.as_deref(), &effects)),
    };
    let login = Login { transaction: &transaction, who: &admitted.who.clone(), browser };
    let changes = session_changes(&effects);
    let revoked = revoke_session(state, &admitted.sid, &effects);
    Some(match result {
        Ok(steps) if !revoked => {
            let (callback, new_session) =
                conclude(state, context, &login, &admitted, Steps { details, ..steps });
            Next::callback(&transaction, callback, new_session)
        }
        outcome => {
            let error = outcome.err().unwrap_or(CallbackError::LoginRequired);
            let about = (&transaction.request, browser);
            logs::failed(state, context, about, Some(&admitted.who.user_id), &error);
            // The person has proved who they are, so the provider knows them from now on, whatever an Action says.
            let is_known = state.users.get(&admitted.who.user_id).is_some_and(|user| !user.is_blocked());
            let keeps = is_known && !revoked;
            let new_session = keeps.then(|| keep_session(state, context, &login, &admitted, &changes));
            Next::callback(&transaction, Callback::Error(error), new_session.flatten())
        }
    })
}

/// Whose exchange without a browser it is, and what for.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) user_id: &'a str,
    pub(crate) audience: Option<&'a str>,
    /// The browser's session, if there was one.
    pub(crate) sid: &'a str,
}

/// What the Actions want in the tokens of an exchange that shows no page. Metadata is written as it is in a login.
pub(crate) fn conclude_exchange(
    state: &mut State,
    context: &Context<'_>,
    exchange: Exchange<'_>,
    execution: &Execution,
) -> Result<Steps, CallbackError> {
    let effects = &execution.effects;
    if let End::Failed { action, message } = &execution.end {
        let entry = LogEntry {
            client_id: Some(exchange.client_id.to_owned()),
            details: details(execution),
            ..LogEntry::new("actions_execution_failed", context)
        };
        state.log(entry.saying(format!("The Action {action} failed")));
        return Err(CallbackError::ActionFailed(message.clone()));
    }
    write_metadata(state, context, exchange.user_id, effects);
    let revoked = revoke_session(state, exchange.sid, effects);
    match &execution.end {
        End::Redirected { .. } => Err(CallbackError::InteractionRequired),
        End::Denied { reason, code } => {
            Err(CallbackError::Denied { code: code.clone(), reason: reason.clone() })
        }
        _ if revoked => Err(CallbackError::LoginRequired),
        _ => steps(context, exchange.audience, effects),
    }
}

/// Where the person is sent, with what brings them back.
fn away_to(url: &str, transaction: &LoginTransaction) -> Result<String, CallbackError> {
    if transaction.request.prompt == Prompt::None {
        return Err(CallbackError::InteractionRequired);
    }
    let url = address(url, &[("state", Some(&transaction.handle))]);
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(String::from).ok_or_else(|| {
        CallbackError::ActionFailed("api.redirect.sendUserTo needs an http or https address".to_owned())
    })
}

/// Writes what outlives the login: metadata, and whose login it is. Whoever is refused stays who they were.
fn carry_out(
    state: &mut State,
    context: &Context<'_>,
    admitted: &mut Admitted,
    effects: &Effects,
) -> Result<(), CallbackError> {
    let identity = &admitted.who.user_id;
    let user_id = effects.primary_user.as_ref().unwrap_or(identity);
    let user = state.users.get(user_id);
    let is_theirs =
        |user: &User| user.id == *identity || user.linked.iter().any(|linked| linked.own_id() == *identity);
    if effects.primary_user.is_some() && !user.is_some_and(is_theirs) {
        return Err(CallbackError::ActionFailed(format!("{identity} is no identity of {user_id}")));
    }
    let user =
        user.ok_or_else(|| CallbackError::ActionFailed(format!("The user {user_id} does not exist.")))?;
    if user.is_blocked() {
        return Err(CallbackError::Blocked);
    }
    let user_id = user_id.clone();
    write_metadata(state, context, &user_id, effects);
    admitted.who.user_id = user_id;
    Ok(())
}

fn write_metadata(state: &mut State, context: &Context<'_>, user_id: &str, effects: &Effects) {
    if effects.app_metadata.is_empty() && effects.user_metadata.is_empty() {
        return;
    }
    let Some(mut user) = state.users.get(user_id).cloned() else { return };
    document::replace(&mut user.app_metadata, Document::new(&effects.app_metadata));
    if !effects.user_metadata.is_empty() {
        let metadata = user.user_metadata.get_or_insert_default();
        document::replace(metadata, Document::new(&effects.user_metadata));
    }
    user.updated_at = context.now;
    state.users.put(user);
}

/// What the tokens get.
fn steps(context: &Context<'_>, audience: Option<&str>, effects: &Effects) -> Result<Steps, CallbackError> {
    let is_auth0s = audience.is_some_and(|audience| audience == management_audience(context.issuer));
    let access_token_claims = claims::of_access_token(&effects.access_token_claims, is_auth0s);
    if !claims::fits(&effects.id_token_claims) || !claims::fits(&access_token_claims) {
        return Err(CallbackError::ActionFailed("The custom claims are larger than 100 KB".to_owned()));
    }
    Ok(Steps {
        id_token_claims: effects.id_token_claims.clone(),
        access_token_claims,
        added_scopes: effects.added_scopes.iter().cloned().collect(),
        removed_scopes: effects.removed_scopes.iter().cloned().collect(),
        session: session_changes(effects),
        refresh_token: effects.refresh_token.clone(),
        details: Map::new(),
    })
}

fn session_changes(effects: &Effects) -> SessionChanges {
    SessionChanges { holder: effects.session.clone(), methods: effects.recorded_methods.clone() }
}

/// Ends the session when an Action wants that, with its refresh tokens unless they may live on.
fn revoke_session(state: &mut State, sid: &str, effects: &Effects) -> bool {
    let Some(revocation) = &effects.session.revoke else { return false };
    state.end_session_by_sid(sid, SessionEnd::SessionRevoked);
    if !revocation.preserve_refresh_tokens {
        state.refresh_tokens.remove_where(|token| token.grant.sid == sid);
    }
    true
}

fn log_failure(
    state: &mut State,
    context: &Context<'_>,
    (request, browser): (&AuthorizationRequest, &Browser),
    action: &str,
    details: Map<String, Value>,
) {
    let entry = logs::entry("actions_execution_failed", context, request, browser);
    state.log(LogEntry { details, ..entry.saying(format!("The Action {action} failed")) });
}

/// What the logs tell of the Actions that ran.
fn details(execution: &Execution) -> Map<String, Value> {
    let runs: Vec<Value> = (execution.runs.iter())
        .map(|run| {
            let console: Vec<Value> =
                (run.console.iter()).map(|line| json!({ "level": line.level, "text": line.text })).collect();
            json!({
                "action_name": run.action,
                "console": console,
                "error": run.error,
                "duration_ms": u64::try_from(run.duration.as_millis()).unwrap_or(u64::MAX),
            })
        })
        .collect();
    Map::from_iter([("actions".to_owned(), json!({ "runs": runs }))])
}

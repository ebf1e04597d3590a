//! The first page for somebody who is not known yet.

use super::callback::CallbackError;
use super::home_realm::home_realm;
use super::invitation::invited;
use super::options::{Options, options};
use super::{Context, Page};
use crate::model::LoginTransaction;
use crate::store::State;

/// The page that a login begins with, and what is known on it.
pub(super) fn first_page(
    state: &State,
    context: &Context<'_>,
    transaction: &LoginTransaction,
) -> Result<(Page, LoginTransaction), CallbackError> {
    let request = &transaction.request;
    let options = options(state, request)?;
    let mut transaction = transaction.clone();
    if request.connection.is_some() && options.database.is_none() {
        transaction.upstream.clone_from(&request.connection);
        return Ok((Page::StandIn, transaction));
    }
    let invited = request.invitation.as_ref().and_then(|id| invited(state, context, id));
    if let Some(invited) = &invited {
        transaction.identifier = Some(invited.email.clone());
    }
    let identifier_first = state.settings().identifier_first();
    let known_address = transaction.identifier.as_ref().or(request.login_hint.as_ref());
    if let Some(connection) = known_address
        .filter(|_| identifier_first && !request.wants_sign_up)
        .and_then(|address| home_realm(state, request, address))
    {
        transaction.upstream = Some(connection.name.clone());
        return Ok((Page::StandIn, transaction));
    }
    let newcomer = invited.is_some_and(|invited| is_new(state, &options, &invited.email));
    let page = if options.sign_up && (request.wants_sign_up || newcomer) {
        Page::SignUp
    } else if identifier_first && options.database.is_some() {
        Page::Identifier
    } else {
        Page::Login
    };
    Ok((page, transaction))
}

fn is_new(state: &State, options: &Options, email: &str) -> bool {
    let database = options.database.as_deref();
    database.is_some_and(|database| state.user_in_connection(database, email).is_none())
}

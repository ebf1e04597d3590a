//! The hosted login pages, at Auth0's own paths and with its own field names and buttons. They need no JavaScript.

mod forgot_password;
mod identifier;
mod log_in;
mod organization;
mod sign_up;
mod stand_in;
mod tickets;
mod upstream;

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::authorization_response::back_to_client;
use super::endpoint::{Endpoint, Evidence};
use super::errors::PageError;
use super::pages::Frame;
use super::parameters::Parameters;
use super::visitor::Visitor;
use super::way_on::WayOn;
use super::{actions, cookies};
use crate::fake::Core;
use crate::login::{self, Browser, Callback, CallbackError, Invited, Next, Options, Page, SignUpError};
use crate::model::{Authenticated, LogEntry, LoginTransaction};
use crate::ports::branding_of;
use crate::secrets::sha256;
use crate::store::{State, StoreError};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(path(Page::Login), "The login page", log_in::show),
        Endpoint::post(path(Page::Login), "Log in", log_in::submit),
        Endpoint::get(path(Page::SignUp), "The sign-up page", sign_up::show),
        Endpoint::post(path(Page::SignUp), "Sign up", sign_up::submit),
        Endpoint::get(path(Page::Identifier), "Identifier first: who is it", identifier::show),
        Endpoint::post(path(Page::Identifier), "Identifier first: say who", identifier::submit),
        Endpoint::get(PASSWORD, "Identifier first: the password page", identifier::show_password),
        Endpoint::post(PASSWORD, "Identifier first: log in", identifier::submit_password),
        Endpoint::get(path(Page::OrganizationPrompt), "Ask for an organization", organization::show_prompt),
        Endpoint::post(path(Page::OrganizationPrompt), "Name an organization", organization::submit_prompt),
        Endpoint::get(path(Page::OrganizationPicker), "Offer the organizations", organization::show_picker),
        Endpoint::post(path(Page::OrganizationPicker), "Pick an organization", organization::submit_picker),
        Endpoint::get(path(Page::StandIn), "The page in place of somebody else's login page", stand_in::show)
            .evidence(Evidence::Assumed)
            .note("Auth0 has no such page: it sends the browser to the provider itself."),
        Endpoint::post(
            path(Page::StandIn),
            "Log in in place of somebody else's login page",
            stand_in::submit,
        )
        .evidence(Evidence::Assumed),
        Endpoint::get(upstream::ROUTE, "Come back from an enterprise's own login", upstream::by_query),
        Endpoint::post(upstream::ROUTE, "Come back from there with a form", upstream::by_form),
        Endpoint::get(
            forgot_password::ROUTE,
            "Ask for a link that changes the password",
            forgot_password::show,
        )
        .evidence(Evidence::Assumed),
        Endpoint::post(forgot_password::ROUTE, "Have the link sent", forgot_password::submit)
            .evidence(Evidence::Assumed),
        Endpoint::get("/u/reset-password", "The page that such a link leads to", tickets::show_reset)
            .evidence(Evidence::Assumed),
        Endpoint::post("/u/reset-password", "Change the password", tickets::submit_reset)
            .evidence(Evidence::Assumed),
        Endpoint::get("/u/email-verification", "Prove an e-mail address", tickets::verify_email)
            .evidence(Evidence::Assumed),
    ]
}

/// The second of the two pages of an identifier-first login; no login begins there.
const PASSWORD: &str = "/u/login/password";

fn path(page: Page) -> &'static str {
    match page {
        Page::Login => "/u/login",
        Page::SignUp => "/u/signup",
        Page::Identifier => "/u/login/identifier",
        Page::OrganizationPrompt => "/u/organization",
        Page::OrganizationPicker => "/u/organization/picker",
        Page::StandIn => "/u/stand-in",
    }
}

/// One login on its way, as its pages see it.
struct Visit<'a> {
    core: &'a Arc<Core>,
    visitor: &'a Visitor,
    transaction: LoginTransaction,
}

impl<'a> Visit<'a> {
    /// The login that the `state` parameter names and that this browser takes part in.
    fn find(core: &'a Arc<Core>, visitor: &'a Visitor, query: &Parameters) -> Result<Self, PageError> {
        Self::of_handle(core, visitor, query.get("state"))
    }

    /// The login with this handle, if this browser takes part in it.
    fn of_handle(core: &'a Arc<Core>, visitor: &'a Visitor, handle: Option<&str>) -> Result<Self, PageError> {
        let expired = || PageError::expired().with_way_on(WayOn::from_login(core, handle));
        let handle = handle.ok_or_else(expired)?;
        let hash = visitor.cookies.transaction_hash(handle).ok_or_else(expired)?;
        let now = core.clock.now();
        let transaction = core.store.read(|state| state.live_transaction(handle, &hash, now).cloned())?;
        Ok(Self { core, visitor, transaction: transaction.ok_or_else(expired)? })
    }

    fn handle(&self) -> &str {
        &self.transaction.handle
    }

    fn frame(&self, title: &str) -> Result<Frame, PageError> {
        let request = &self.transaction.request;
        let (client, organization) = self.core.store.read(|state| {
            let client = state.clients.get(&request.client_id).map(|client| client.name.clone());
            let organization = request.organization.as_ref().and_then(|id| state.organizations.get(id));
            (client, organization.map(|found| (found.label().to_owned(), branding_of(found))))
        })?;
        let (organization, branding) = organization.unzip();
        Ok(Frame { client, organization, branding: branding.unwrap_or_default(), ..Frame::bare(title) })
    }

    /// The ways in. Should the last have gone since the login began, there is nothing left to show.
    fn options(&self) -> Result<Options, PageError> {
        self.core
            .store
            .read(|state| login::options(state, &self.transaction.request))?
            .map_err(|error| PageError::invalid_request(error.to_string()))
    }

    /// Whom the invitation that led here is for.
    fn invited(&self) -> Result<Option<Invited>, PageError> {
        let Some(id) = &self.transaction.request.invitation else { return Ok(None) };
        let context = self.core.context();
        Ok(self.core.store.read(|state| login::invited(state, &context, id))?)
    }

    fn identifier(&self) -> &str {
        let request = &self.transaction.request;
        self.transaction.identifier.as_deref().or(request.login_hint.as_deref()).unwrap_or_default()
    }

    /// Sends the browser to another page of this login.
    fn go_to(&self, path: &str) -> Response {
        redirect(&format!("{path}?state={}", self.handle()), &[])
    }

    /// Ends the login for somebody who has just proved who they are.
    async fn log_in(&self, user_id: String, connection: String) -> Result<Response, PageError> {
        let context = self.core.context();
        let who = Authenticated { user_id, connection, at: context.now, session: None };
        self.go_on(|state| Some(login::resume(state, &context, &self.transaction, &who, self.browser())))
            .await?
            .ok_or_else(PageError::expired)
    }

    /// Takes the login a step further, if nobody has ended it since this request began.
    async fn go_on(
        &self,
        step: impl FnOnce(&mut State) -> Option<Next>,
    ) -> Result<Option<Response>, PageError> {
        let next = self
            .core
            .store
            .write(|state| {
                if state.login_transactions.get(self.handle()).is_none() {
                    return Err(PageError::expired());
                }
                Ok(step(state))
            })
            .await?;
        match next {
            Some(next) => respond(self.core, self.browser(), next).await.map(Some),
            None => Ok(None),
        }
    }

    fn browser(&self) -> &Browser {
        &self.visitor.browser
    }

    /// Ends the login without a user.
    async fn refuse(&self, error: CallbackError) -> Result<Response, PageError> {
        let context = self.core.context();
        self.go_on(|state| {
            let about = (&self.transaction.request, self.browser());
            login::failed(state, &context, about, None, &error);
            login::finish(state, self.handle());
            Some(Next::callback(&self.transaction, Callback::Error(error), None))
        })
        .await?
        .ok_or_else(PageError::expired)
    }

    /// Writes what went wrong into the tenant's logs.
    async fn log(&self, entry: LogEntry) -> Result<(), PageError> {
        let write = |state: &mut State| {
            state.log(entry);
            Ok::<_, StoreError>(())
        };
        Ok(self.core.store.write(write).await?)
    }

    /// An entry about this login.
    fn entry(&self, kind: &str) -> LogEntry {
        login::log_entry(kind, &self.core.context(), &self.transaction.request, self.browser())
    }

    /// Leads to the page of a social or enterprise connection.
    async fn leave_for(&self, connection: &str) -> Result<Response, PageError> {
        let offered = self.options()?.buttons.into_iter().any(|button| button.connection == connection);
        if !offered {
            return Err(PageError::invalid_request(CallbackError::ConnectionNotFound.to_string()));
        }
        self.remember(|transaction| transaction.upstream = Some(connection.to_owned())).await?;
        self.leave().await
    }

    /// Leads to where the people of the connection log in that was chosen.
    async fn leave(&self) -> Result<Response, PageError> {
        let page = Page::StandIn;
        let next = Next::Page { page, handle: self.handle().to_owned(), new_transaction: None };
        respond(self.core, self.browser(), next).await
    }

    async fn remember(&self, change: impl FnOnce(&mut LoginTransaction)) -> Result<(), PageError> {
        let put = |state: &mut State| {
            // As it is by now: one that has ended meanwhile must not come to life again.
            let Some(mut transaction) = state.login_transactions.get(self.handle()).cloned() else {
                return Ok(false);
            };
            change(&mut transaction);
            state.login_transactions.put(transaction);
            Ok::<_, StoreError>(true)
        };
        if self.core.store.write(put).await? { Ok(()) } else { Err(PageError::expired()) }
    }

    /// A page, and what keeps the browser from remembering too many logins.
    fn page(&self, response: Response) -> Response {
        with_cookies(response, &self.visitor.cookies.evictions(&self.core.config.issuer))
    }
}

/// Why an account was not made: the person can mend it, or nobody can.
enum Refused {
    SignUp(SignUpError),
    Page(PageError),
}

impl From<SignUpError> for Refused {
    fn from(error: SignUpError) -> Self {
        Self::SignUp(error)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Page(error.into())
    }
}

/// Does with the browser what the login says.
pub(super) async fn respond(core: &Arc<Core>, browser: &Browser, next: Next) -> Result<Response, PageError> {
    let issuer = &core.config.issuer;
    let next = match next {
        Next::Actions(pending) => actions::run(core, browser, *pending).await?,
        Next::Page { page: Page::StandIn, handle, new_transaction } => {
            upstream::leave(core, browser, handle, new_transaction).await?
        }
        next => next,
    };
    match next {
        Next::Page { page, handle, new_transaction } => {
            let cookie =
                new_transaction.and_then(|secret| cookies::set_transaction(issuer, &handle, &secret));
            Ok(redirect(&format!("{}?state={handle}", path(page)), cookie.as_slice()))
        }
        Next::Away { url, handle, new_transaction } => {
            let cookie =
                new_transaction.and_then(|secret| cookies::set_transaction(issuer, &handle, &secret));
            Ok(redirect(&url, cookie.as_slice()))
        }
        // What concludes a run of Actions never asks for another one.
        Next::Actions(_) => Err(PageError::expired()),
        Next::Callback { handle, redirect_uri, state, response, callback, new_session } => {
            let mut set = Vec::new();
            set.extend(cookies::clear_transaction(issuer, &handle));
            if let Some(secret) = new_session {
                let (lifetime, is_persistent) = core.store.read(|state| {
                    let session = state.sessions.get(&sha256(&secret));
                    let goes = session.is_some_and(|session| session.wishes.is_non_persistent);
                    (state.settings().session_lifetime(), !goes)
                })?;
                set.push(cookies::set_session(issuer, &secret, is_persistent.then_some(lifetime)));
            }
            back_to_client(&callback, &redirect_uri, state.as_deref(), response, &set)
        }
    }
}

/// 302, as Auth0 answers: the method of what follows is GET.
pub(super) fn redirect(address: &str, cookies: &[String]) -> Response {
    let headers = [
        (header::LOCATION, HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    with_cookies((StatusCode::FOUND, headers).into_response(), cookies)
}

pub(super) fn with_cookies(mut response: Response, cookies: &[String]) -> Response {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

#[cfg(test)]
mod tests;

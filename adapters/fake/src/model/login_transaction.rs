//! A login on its way: what a client asked for, and how far the browser has come.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenantry_actions::Suspended;
use tenantry_domain::Timestamp;

use super::Departure;
use super::ResponseKind;
use crate::secrets::shown_by;
use crate::store::{Row, State};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LoginTransaction {
    /// The `state` parameter of the login pages.
    pub(crate) handle: String,
    /// The hash of what the transaction's cookie holds: the handle alone, in another browser, is worth nothing.
    pub(crate) cookie_hash: String,
    pub(crate) request: AuthorizationRequest,
    pub(crate) started_at: Timestamp,
    /// The name of the connection whose own page the browser was sent to.
    pub(crate) upstream: Option<String>,
    /// What was entered on the first of two pages.
    pub(crate) identifier: Option<String>,
    /// Whether the person was asked for an organization, or chose to go without.
    pub(crate) organization_is_settled: bool,
    /// Who logged in, while they still choose an organization.
    pub(crate) authenticated: Option<Authenticated>,
    /// Present once the person was let in, until their Actions have ended.
    #[serde(default)]
    pub(crate) let_in: Option<LetIn>,
    /// Present while the person is at the issuer of an enterprise.
    #[serde(default)]
    pub(crate) departure: Option<Departure>,
}

shown_by!(LoginTransaction: request, started_at, upstream);

/// A login whose Actions have not ended: they run, or one of them has sent the person elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LetIn {
    pub(crate) admitted: Admitted,
    /// Where the Actions go on when the person comes back; `None` when they run from the first.
    pub(crate) suspended: Option<Suspended>,
}

/// Somebody who may log in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Admitted {
    pub(crate) who: Authenticated,
    /// The organization's id.
    pub(crate) organization: Option<String>,
    /// The public id of the session that goes on, or of the one that will begin.
    pub(crate) sid: String,
}

/// What a client asks of the authorization endpoint, checked.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    /// Whether the client named the callback, and must name it again when it redeems the code.
    pub(crate) redirect_uri_was_given: bool,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) scope: Vec<String>,
    pub(crate) challenge: Option<Challenge>,
    /// The organization's id.
    pub(crate) organization: Option<String>,
    /// The connection's name.
    pub(crate) connection: Option<String>,
    pub(crate) prompt: Prompt,
    /// In seconds.
    pub(crate) max_age: Option<u64>,
    pub(crate) login_hint: Option<String>,
    pub(crate) wants_sign_up: bool,
    /// The id of the invitation that is to be accepted.
    #[serde(default)]
    pub(crate) invitation: Option<String>,
    /// Everything that the client sent, for whoever wants to see more of it.
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, String>,
    /// The API that access tokens are to be for.
    #[serde(default)]
    pub(crate) audience: Option<String>,
    #[serde(default)]
    pub(crate) response: ResponseKind,
}

shown_by!(AuthorizationRequest: client_id, redirect_uri);

impl AuthorizationRequest {
    /// Whether the client asked to know when the person last proved who they are.
    pub(crate) fn wants_auth_time(&self) -> bool {
        self.max_age.is_some() || self.prompt == Prompt::Login
    }
}

/// A PKCE challenge (RFC 7636).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Challenge {
    pub(crate) method: ChallengeMethod,
    pub(crate) value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChallengeMethod {
    S256,
    Plain,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Prompt {
    /// Ask only when there is something to ask.
    #[default]
    IfNeeded,
    /// Show no page.
    None,
    /// Ask for the credentials even if there is a session.
    Login,
}

/// Who proved who they are, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Authenticated {
    pub(crate) user_id: String,
    /// The connection's name.
    pub(crate) connection: String,
    pub(crate) at: Timestamp,
    /// The session that was gone on with; `None` for a login just made.
    pub(crate) session: Option<String>,
}

const LIFETIME: Duration = Duration::from_hours(1);

impl LoginTransaction {
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        now < self.started_at + LIFETIME
    }
}

impl Row for LoginTransaction {
    const TABLE: &'static str = "login_transactions";

    fn key(&self) -> String {
        self.handle.clone()
    }
}

impl State {
    /// The transaction that this browser takes part in.
    pub(crate) fn live_transaction(
        &self,
        handle: &str,
        cookie_hash: &str,
        now: Timestamp,
    ) -> Option<&LoginTransaction> {
        let transaction = self.login_transactions.get(handle)?;
        (transaction.is_live(now) && transaction.cookie_hash == cookie_hash).then_some(transaction)
    }
}

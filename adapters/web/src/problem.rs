//! Everything that can go wrong, as a person reads it: what happened, and what to do next.
//!
//! A [`Problem`] travels inside its response; the outermost layer writes it as a page or as `application/problem+json` (RFC 9457), with the request's id.

mod causes;
mod of_api;

use std::borrow::Cow;
use std::error::Error;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A path, and what its link says.
type Way = (Cow<'static, str>, &'static str);

const HOME: Way = way("/home", "Back to Home");
const PROFILE: Way = way("/home/profile", "Back to your profile");
const START: Way = way("/", "To the start page");
const LOGIN: Way = way("/api/auth/login?returnTo=/home", "Log in again");
const OTHER_ACCOUNT: Way = way("/api/auth/login?prompt=login&returnTo=/home", "Sign in with another account");
const PLANS: Way = way("/home/upgrade-plan", "Choose a plan");
const ORGANIZATION: Way = way("/orgprompt", "Sign in to another organization");

const fn way(path: &'static str, label: &'static str) -> Way {
    (Cow::Borrowed(path), label)
}

/// What went wrong.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Details>);

/// What is said about it.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    pub(crate) status: StatusCode,
    /// A word for programs.
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) detail: Cow<'static, str>,
    /// The field of the request that is wrong, when it is one.
    pub(crate) field: Option<Cow<'static, str>>,
    /// What can be done next, the best first.
    pub(crate) ways_on: [Way; 2],
    /// What is left where neither may help.
    pub(crate) last_way: Option<Way>,
    pub(crate) retry_after: Option<Duration>,
    /// For the log alone.
    pub(crate) source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<Cow<'static, str>>,
        ways_on: [Way; 2],
    ) -> Self {
        let detail = detail.into();
        let (last_way, field, retry_after, source) = (None, None, None, None);
        Self(Box::new(Details { status, code, title, detail, field, ways_on, last_way, retry_after, source }))
    }

    pub(crate) fn not_found() -> Self {
        let detail = "There is nothing at this address. It may have been mistyped, or what was here is gone.";
        Self::new(StatusCode::NOT_FOUND, "not_found", "This page does not exist", detail, [HOME, START])
    }

    pub(crate) fn method_not_allowed() -> Self {
        let detail = "This address does not do what was asked of it. Go on from one of our pages.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "That does not work here",
            detail,
            [HOME, START],
        )
    }

    pub(crate) fn too_large() -> Self {
        let detail = "What was sent is larger than 64 KiB. Go back and send less.";
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "That is too much at once",
            detail,
            [HOME, START],
        )
    }

    /// A file so large that nobody listens to its end.
    pub(crate) fn file_too_large() -> Self {
        let (status, title) = (StatusCode::PAYLOAD_TOO_LARGE, "That is too much at once");
        let detail = "The file is larger than 8 MiB, so nothing was done. Go back, and choose the one that the page asks for.";
        Self::new(status, "too_large", title, detail, [HOME, START])
    }

    /// The rest of what was sent never came.
    pub(crate) fn cut_short(source: impl Error + Send + Sync + 'static) -> Self {
        let detail = "The connection broke before everything was sent, so nothing was done. Go back and send it again.";
        let status = StatusCode::BAD_REQUEST;
        Self::new(status, "cut_short", "Only a part of it arrived", detail, [HOME, START]).caused_by(source)
    }

    pub(crate) fn sent_too_slowly() -> Self {
        let detail =
            "It took too long until everything was sent, so nothing was done. Go back and send it again.";
        let status = StatusCode::REQUEST_TIMEOUT;
        Self::new(status, "sent_too_slowly", "Not all of it arrived in time", detail, [HOME, START])
    }

    /// The work was given up half-way.
    pub(crate) fn took_too_long() -> Self {
        let detail = "We stopped after half a minute. Nothing is lost, and nothing is charged twice: look where it \
                      stands, and try again.";
        Self::unavailable("This takes too long", detail, "took_too_long")
    }

    pub(crate) fn not_ready() -> Self {
        let detail = "The store does not answer, or takes no writes.";
        Self::unavailable("Not ready", detail, "not_ready")
    }

    pub(crate) fn not_a_form() -> Self {
        let detail = "Send the fields of a form (application/x-www-form-urlencoded).";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "unsupported_media_type", "This is not a form", detail, [HOME, START])
    }

    pub(crate) fn other_origin() -> Self {
        let detail = "The request did not come from one of our own pages, so nothing was done. \
                      Open the page here and try again.";
        Self::new(
            StatusCode::FORBIDDEN,
            "other_origin",
            "This came from somewhere else",
            detail,
            [HOME, START],
        )
    }

    pub(crate) fn stale_form() -> Self {
        let detail = "The page was open while you signed in or out, so nothing was done. Open it again and repeat \
                      what you did.";
        Self::new(StatusCode::FORBIDDEN, "stale_form", "This page is out of date", detail, [HOME, START])
    }

    pub(crate) fn not_signed_in() -> Self {
        let detail = "Log in and repeat the request.";
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "You are not signed in", detail, [LOGIN, START])
    }

    /// What the session stood on has ended. Whom a connection has brought has no account of their own: the provider, which
    /// knows their browser, would lead them into the organization again.
    pub(crate) fn no_longer_member(organization: &str, is_brought: bool) -> Self {
        let rest = if is_brought {
            "If you have an account of your own, sign in with that one."
        } else {
            "Your own account is as it was, and so are your other organizations."
        };
        let detail = format!("You are no longer a member of {organization}. {rest}");
        let own = way("/api/auth/login?returnTo=/home", "Go on with your own account");
        let own = if is_brought { OTHER_ACCOUNT } else { own };
        let (status, title) = (StatusCode::FORBIDDEN, "Your membership has ended");
        Self::new(status, "no_longer_member", title, detail, [own, ORGANIZATION])
    }

    /// What can't be undone needs credentials that were given just now.
    fn login_needed(page: &'static str) -> Self {
        let detail = "Before this you log in once more, with your credentials: so nobody else can do it who finds your \
                      browser open. Nothing has changed yet.";
        let ways_on = [way(page, "Go on"), PROFILE];
        Self::new(StatusCode::FORBIDDEN, "login_needed", "Log in once more", detail, ways_on)
    }

    /// The browser is back from the provider with something that answers no login that it began here.
    pub(crate) fn unknown_attempt() -> Self {
        let detail = "This login was completed before, took longer than ten minutes, or began in another browser. \
                      Nothing is lost: log in again.";
        Self::new(
            StatusCode::BAD_REQUEST,
            "unknown_login",
            "This login can’t be completed",
            detail,
            [LOGIN, START],
        )
    }

    /// A link of somebody else wants the login to end at another site.
    pub(crate) fn leads_out() -> Self {
        let detail = "It asks us to send you to another site once you are logged in, and that we never do, so nothing \
                      was done. Log in from here instead.";
        let status = StatusCode::BAD_REQUEST;
        Self::new(status, "foreign_target", "This link leads somewhere else", detail, [LOGIN, START])
    }

    /// Others are changing the same organization's people, and take long.
    pub(crate) fn busy() -> Self {
        let detail = "Somebody else is changing this organization’s people just now, so nothing was done. \
                      Try again in a moment.";
        Self::unavailable("Others are at work here", detail, "busy")
    }

    /// Somebody looks up one organization after the other, or very many people do at once.
    pub(crate) fn too_many_look_ups(retry_after: Duration) -> Self {
        let detail = "Too many organizations were looked up from your network in a short time, so this one was not. Wait \
                      a minute and enter the name again, or log in with your own account.";
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_look_ups",
            "That was a lot of names",
            detail,
            [way("/orgprompt", "Enter the name again"), LOGIN],
        );
        problem.0.retry_after = Some(retry_after.max(Duration::from_secs(1)));
        problem
    }

    /// One address was sent one invitation after the other.
    fn too_many_invitations(retry_after: Duration) -> Self {
        let detail = "This address was sent several invitations in a short time, so this one was not sent, and the link \
                      that was sent last still counts. Wait ten minutes and send it again.";
        let members = way("/admin/members", "See the members");
        let status = StatusCode::TOO_MANY_REQUESTS;
        let title = "That was a lot of mail for one address";
        let mut problem = Self::new(status, "too_many_invitations", title, detail, [members, HOME]);
        problem.0.retry_after = Some(retry_after.max(Duration::from_secs(1)));
        problem
    }

    fn being_paid_for() -> Self {
        let detail = "A payment for this organization is just being completed, so nothing was deleted. Try again in a \
                      minute.";
        let way_on = way("/admin/customization/delete", "Try again");
        Self::new(StatusCode::CONFLICT, "being_paid", "A payment is under way", detail, [way_on, HOME])
    }

    fn invitation_over(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: &'static str,
    ) -> Self {
        let sign_in = way("/orgprompt", "Sign in to an organization");
        Self::new(status, code, title, detail, [sign_in, START])
    }

    /// A choice that no page of ours offers.
    pub(crate) fn not_offered(field: &'static str) -> Self {
        let detail = format!(
            "The field “{field}” has a value that is not among those that the form offers, so nothing was done. \
                              Go back and choose one of them."
        );
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "not_offered", "This can’t be chosen", detail, [HOME, START])
    }

    pub(crate) fn plan_ended() -> Self {
        Self::new(
            StatusCode::PAYMENT_REQUIRED,
            "plan_ended",
            "Your organization’s plan has ended",
            "Members stay as they are. Choose a plan to see and change them again.",
            [PLANS, HOME],
        )
    }

    pub(crate) fn internal(source: impl Error + Send + Sync + 'static) -> Self {
        let detail = "This is our fault, and it has been noted. Try again in a moment.";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "internal", "Something broke", detail, [HOME, START]).caused_by(source)
    }

    fn no_such_plan() -> Self {
        let detail = "This plan can’t be bought here. These can.";
        Self::new(StatusCode::NOT_FOUND, "no_such_plan", "Choose another plan", detail, [PLANS, HOME])
    }

    fn unfinished() -> Self {
        let detail = "You have paid for a plan that is not set up yet. Finish that first.";
        Self::new(
            StatusCode::CONFLICT,
            "unfinished_purchase",
            "One thing is left to do",
            detail,
            [HOME, START],
        )
    }

    /// A card is being charged, or what was paid is being written down; the page at `path` knows when that is done.
    pub(crate) fn being_paid(path: String) -> Self {
        let detail = "The payment was sent and its outcome is not known yet. This takes a few seconds, seldom a minute \
                      or two. Nothing is charged twice.";
        Self::new(
            StatusCode::CONFLICT,
            "being_paid",
            "Your payment is being completed",
            detail,
            [(path.into(), "Look again"), HOME],
        )
    }

    /// Somebody else has moved the same purchase on.
    pub(crate) fn conflict() -> Self {
        let detail = "The same purchase went on in another window, or by another Administrator, so nothing was done \
                      here, and nothing is charged twice. Look again to see where it stands.";
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            "This was changed in another window",
            detail,
            [way("/home", "Look again"), PLANS],
        )
    }

    fn nothing_paid() -> Self {
        let detail = "Nothing is paid for that this belongs to. Choose a plan first.";
        Self::new(StatusCode::PAYMENT_REQUIRED, "not_paid", "Choose a plan first", detail, [PLANS, HOME])
    }

    fn unavailable(title: &'static str, detail: &'static str, code: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title, detail, [HOME, START])
    }

    /// The same, but its first way on leads to `path`.
    pub(crate) fn leading_to(mut self, path: String) -> Self {
        let [(first, _), _] = &mut self.0.ways_on;
        *first = path.into();
        self
    }

    /// The same with a third way on.
    fn or_even(mut self, way: Way) -> Self {
        self.0.last_way = Some(way);
        self
    }

    /// The same, but its second way on leads to `path`.
    pub(crate) fn or_to(mut self, path: String) -> Self {
        let [_, (second, _)] = &mut self.0.ways_on;
        *second = path.into();
        self
    }

    /// The same, as the fault of one field.
    pub(crate) fn in_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// The chain of causes, for the log.
    pub(crate) fn causes(&self) -> String {
        let mut text = String::new();
        let mut next = self.source.as_deref().map(|source| source as &dyn Error);
        while let Some(error) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&error.to_string());
            next = error.source();
        }
        text
    }
}

impl Deref for Problem {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

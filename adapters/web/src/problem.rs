//! Everything that can go wrong, as a person reads it: what happened, and what to do next.
//!
//! This is the only place where errors of use cases become answers. A [`Problem`] travels inside its response; the
//! outermost layer writes it as a page or as `application/problem+json` (RFC 9457), with the request's id.

use std::borrow::Cow;
use std::error::Error;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tenantry_application::{
    BeginSignInError, ChoosePlanError, ListMembersError, Outage, PayByCardError, PlanAndUsageError,
    RegisterOrganizationError, RegisterPersonalError, SignInError,
};
use tenantry_domain::NotPermitted;

use crate::fields::FieldsError;
use crate::text::sentence;

/// A path, and what its link says.
type Way = (&'static str, &'static str);

const HOME: Way = ("/home", "Back to Home");
const START: Way = ("/", "To the start page");
const LOGIN: Way = ("/api/auth/login?returnTo=/home", "Log in again");
const PLANS: Way = ("/home/upgrade-plan", "Choose a plan");
const ORGANIZATION: Way = ("/orgprompt", "Sign in to another organization");

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
    /// What can be done next, the best first.
    pub(crate) ways_on: [Way; 2],
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
        Self(Box::new(Details { status, code, title, detail, ways_on, retry_after: None, source: None }))
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

    pub(crate) fn internal(source: impl Error + Send + Sync + 'static) -> Self {
        let detail = "This is our fault, and it has been noted. Try again in a moment.";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "internal", "Something broke", detail, [HOME, START]).caused_by(source)
    }

    fn no_such_plan() -> Self {
        let detail = "This plan can’t be bought here. These can.";
        Self::new(StatusCode::NOT_FOUND, "no_such_plan", "Choose another plan", detail, [PLANS, HOME])
    }

    fn unavailable(title: &'static str, detail: &'static str, code: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title, detail, [HOME, START])
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

impl From<FieldsError> for Problem {
    fn from(error: FieldsError) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(
            status,
            "invalid_field",
            "Something in the form can’t be read",
            sentence(&error.to_string()),
            [HOME, START],
        )
    }
}

impl From<Outage> for Problem {
    fn from(outage: Outage) -> Self {
        let retry_after = match &outage {
            Outage::RateLimited { retry_after } => Some(retry_after.unwrap_or(Duration::from_secs(10))),
            _ => None,
        };
        let problem = match &outage {
            Outage::RateLimited { .. } => Self::unavailable(
                "Many people are signing in right now",
                "Nothing is lost. Wait a few seconds and try again.",
                "rate_limited",
            ),
            Outage::IdentityProvider(_) => Self::unavailable(
                "Our identity provider does not answer",
                "Nothing is lost: what you did is kept, and whoever is signed in stays signed in. Try again in a minute.",
                "identity_provider_unavailable",
            ),
            Outage::Billing(_) => Self::unavailable(
                "Payments do not work at the moment",
                "Nothing was charged twice and nothing is lost. Try again in a minute.",
                "billing_unavailable",
            ),
            Outage::Store(_) => Self::unavailable(
                "We can’t do this right now",
                "Nothing is lost. Try again in a minute.",
                "store_unavailable",
            ),
        };
        let mut problem = problem.caused_by(outage);
        problem.0.retry_after = retry_after;
        problem
    }
}

impl From<NotPermitted> for Problem {
    fn from(why: NotPermitted) -> Self {
        let status = StatusCode::FORBIDDEN;
        match why {
            NotPermitted::NoTenant => Self::new(
                status,
                "no_organization",
                "This belongs to an organization",
                "You are signed in with your own account. Sign in under your organization to see it.",
                [("/orgprompt", "Sign in to your organization"), HOME],
            ),
            NotPermitted::Role => Self::new(
                status,
                "not_permitted",
                "Only Administrators can do this",
                "Ask an Administrator of your organization to do it, or to make you one.",
                [HOME, START],
            ),
        }
    }
}

impl From<BeginSignInError> for Problem {
    fn from(error: BeginSignInError) -> Self {
        match error {
            BeginSignInError::UnknownTenant => Self::new(
                StatusCode::NOT_FOUND,
                "unknown_organization",
                "There is no such organization",
                "The link names an organization that we do not know. Ask whoever sent it for a new one.",
                [("/orgprompt", "Look up your organization"), START],
            ),
            BeginSignInError::Outage(outage) => outage.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Expired | SignInError::AlreadyUsed => Self::unknown_attempt(),
            SignInError::NotAMember => Self::new(
                StatusCode::FORBIDDEN,
                "not_a_member",
                "You are not a member of this organization",
                "Ask one of its Administrators to invite you, or sign in under another name.",
                [ORGANIZATION, LOGIN],
            ),
            SignInError::Denied { .. } => Self::new(
                StatusCode::FORBIDDEN,
                "login_denied",
                "You were not signed in",
                "The login was cancelled, or your account may not use this product. Nothing has changed.",
                [LOGIN, START],
            )
            .caused_by(error),
            SignInError::Rejected(_) => Self::new(
                StatusCode::BAD_REQUEST,
                "login_rejected",
                "This login can’t be completed",
                "What the identity provider sent back was not accepted. Log in again; if that does not help, tell us \
                 the number below.",
                [LOGIN, START],
            )
            .caused_by(error),
            SignInError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ChoosePlanError> for Problem {
    fn from(error: ChoosePlanError) -> Self {
        match error {
            ChoosePlanError::NotForSale => Self::no_such_plan(),
            ChoosePlanError::Unfinished(_) => Self::unfinished(),
            ChoosePlanError::NotPermitted(why) => why.into(),
            ChoosePlanError::Outage(outage) => outage.into(),
        }
    }
}

impl From<PayByCardError> for Problem {
    fn from(error: PayByCardError) -> Self {
        match error {
            PayByCardError::NotForSale => Self::no_such_plan(),
            PayByCardError::Declined | PayByCardError::NotATestCard => Self::new(
                StatusCode::PAYMENT_REQUIRED,
                "card_declined",
                "The card was not charged",
                sentence(&error.to_string()),
                [PLANS, HOME],
            ),
            PayByCardError::Unfinished(_) => Self::unfinished(),
            PayByCardError::NotPermitted(why) => why.into(),
            PayByCardError::Outage(outage) => outage.into(),
        }
    }
}

impl Problem {
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

    fn nothing_paid() -> Self {
        let detail = "Nothing is paid for that this belongs to. Choose a plan first.";
        Self::new(StatusCode::PAYMENT_REQUIRED, "not_paid", "Choose a plan first", detail, [PLANS, HOME])
    }
}

impl From<RegisterPersonalError> for Problem {
    fn from(error: RegisterPersonalError) -> Self {
        match error {
            RegisterPersonalError::NotPaid => Self::nothing_paid(),
            RegisterPersonalError::Outage(outage) => outage.into(),
        }
    }
}

impl From<RegisterOrganizationError> for Problem {
    fn from(error: RegisterOrganizationError) -> Self {
        match error {
            RegisterOrganizationError::NotPaid => Self::nothing_paid(),
            RegisterOrganizationError::InvalidName(_) | RegisterOrganizationError::NameTaken => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_organization_name",
                "Choose another name",
                sentence(&error.to_string()),
                [("/home/register-business", "Name your organization"), HOME],
            ),
            RegisterOrganizationError::Outage(outage) => outage.into(),
        }
    }
}

impl From<PlanAndUsageError> for Problem {
    fn from(error: PlanAndUsageError) -> Self {
        match error {
            PlanAndUsageError::NotPermitted(why) => why.into(),
            PlanAndUsageError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ListMembersError> for Problem {
    fn from(error: ListMembersError) -> Self {
        match error {
            ListMembersError::NotPermitted(why) => why.into(),
            ListMembersError::PlanEnded => Self::new(
                StatusCode::PAYMENT_REQUIRED,
                "plan_ended",
                "Your organization’s plan has ended",
                "Members stay as they are. Choose a plan to see and change them again.",
                [PLANS, HOME],
            ),
            ListMembersError::InvalidCursor => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_cursor",
                "This page of members does not exist",
                "The list has changed since the link was made. Start from its first page.",
                [("/admin/members", "Show the first page"), HOME],
            ),
            ListMembersError::Outage(outage) => outage.into(),
        }
    }
}

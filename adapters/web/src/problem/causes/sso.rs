//! What can go wrong with an organization's own identity provider.

use std::time::Duration;

use axum::http::StatusCode;
use tenantry_application::{AnswerAccessError, SsoError, SsoRefusal, TestSsoError, TurnOnSsoError};
use tenantry_domain::SsoFault;

use super::super::{HOME, ORGANIZATION, OTHER_ACCOUNT, PLANS, Problem, way};
use crate::auth::login::through_own;
use crate::return_to::ReturnTo;
use crate::text::{self, sentence};

impl Problem {
    /// Somebody without an organization asks for what comes with one.
    pub(crate) fn sso_is_for_organizations() -> Self {
        let detail = "With Team and Enterprise your people sign in with your company’s own identity provider, by OpenID \
                      Connect or SAML: nobody has another password, and whoever leaves the company is locked out here \
                      too. You are signed in without an organization.";
        Self::new(
            StatusCode::FORBIDDEN,
            "no_organization",
            "Single sign-on comes with an organization",
            detail,
            [PLANS, ORGANIZATION],
        )
    }

    /// A connection that stays as it is because something is missing.
    fn not_turned_on(status: StatusCode, code: &'static str, why: &dyn std::error::Error) -> Self {
        let way_on = [way("/admin/sso", "Back to single sign-on"), HOME];
        Self::new(status, code, "It can’t be turned on yet", sentence(&why.to_string()), way_on)
    }
}

impl From<AnswerAccessError> for Problem {
    fn from(error: AnswerAccessError) -> Self {
        let members = way("/admin/members", "See the members");
        match error {
            AnswerAccessError::Unknown => Self::not_found(),
            AnswerAccessError::NoSeat => Self::new(
                StatusCode::CONFLICT,
                "no_seat",
                "Every seat is taken",
                "Whoever is let in takes a seat. Change your plan, remove somebody, or take an invitation back.",
                [way("/admin", "See your plan"), members],
            ),
            AnswerAccessError::NotVouched { fault, email, connection } => Self::new(
                StatusCode::CONFLICT,
                "not_vouched",
                "They can’t be let in as things are",
                not_vouched(fault, email.domain(), connection.as_str()),
                [way("/admin/sso", "See your connections"), members],
            ),
            AnswerAccessError::NotAuthorized(why) => why.into(),
            AnswerAccessError::Outage(outage) => outage.into(),
        }
    }
}

/// Why nobody vouches any more for somebody who asks, and what would change that.
fn not_vouched(fault: SsoFault, domain: &str, connection: &str) -> String {
    match fault {
        SsoFault::TurnedOff => format!(
            "{connection}, through which they came, is turned off since. Turn it on again, or send them an invitation."
        ),
        _ => format!(
            "{domain}, the domain of their address, is not proved any more, or not one of {connection} any more. See to \
             its record first, or send them an invitation."
        ),
    }
}

impl From<SsoError> for Problem {
    fn from(error: SsoError) -> Self {
        match error {
            SsoError::Unknown => Self::not_found(),
            SsoError::NotIncluded => Self::new(
                StatusCode::PAYMENT_REQUIRED,
                "sso_not_included",
                "Your plan does not include single sign-on",
                "With Team and Enterprise your people sign in with your own identity provider.",
                [PLANS, HOME],
            ),
            SsoError::TooMany => Self::new(
                StatusCode::CONFLICT,
                "too_many_connections",
                "There can be no more connections",
                sentence(&error.to_string()),
                [way("/admin/sso", "See your connections"), HOME],
            ),
            SsoError::Changed => Self::new(
                StatusCode::CONFLICT,
                "changed_meanwhile",
                "This was changed in another window",
                sentence(&error.to_string()),
                [way("/admin/sso", "Look again"), HOME],
            ),
            SsoError::LastWayIn => Self::new(
                StatusCode::CONFLICT,
                "last_way_in",
                "Nobody could run your organization any more",
                sentence(&error.to_string()),
                [way("/admin/members", "Choose another Administrator"), HOME],
            ),
            SsoError::NotAuthorized(why) => why.into(),
            SsoError::Outage(outage) => outage.into(),
        }
    }
}

impl From<TestSsoError> for Problem {
    fn from(error: TestSsoError) -> Self {
        let way_on = [way("/admin/sso", "Back to single sign-on"), HOME];
        match error {
            TestSsoError::NoCredentials | TestSsoError::Over => {
                let detail = sentence(&error.to_string());
                Self::new(StatusCode::CONFLICT, "no_test", "There is nothing to report", detail, way_on)
            }
            TestSsoError::NotYours => Self::unknown_attempt(),
            TestSsoError::Sso(error) => error.into(),
        }
    }
}

impl From<TurnOnSsoError> for Problem {
    fn from(error: TurnOnSsoError) -> Self {
        match error {
            TurnOnSsoError::NotReady(why) => Self::not_turned_on(StatusCode::CONFLICT, "not_ready", &why),
            TurnOnSsoError::RecordGone { .. } => {
                Self::not_turned_on(StatusCode::CONFLICT, "record_gone", &error)
            }
            TurnOnSsoError::NoAnswer(_) => {
                let mut problem = Self::not_turned_on(StatusCode::SERVICE_UNAVAILABLE, "dns_silent", &error);
                problem.0.retry_after = Some(Duration::from_mins(1));
                problem
            }
            TurnOnSsoError::Sso(error) => error.into(),
        }
    }
}

impl From<SsoRefusal> for Problem {
    fn from(refusal: SsoRefusal) -> Self {
        match refusal {
            SsoRefusal::Failed { fault, reference } => {
                let said = text::for_the_person(fault);
                let detail = format!(
                    "{said} Ask whoever runs your organization here, and tell them the reference {reference}."
                );
                let way_on = [OTHER_ACCOUNT, ORGANIZATION];
                let title = "Your organization’s login did not let you in";
                Self::new(StatusCode::FORBIDDEN, "sso_failed", title, detail, way_on)
            }
            SsoRefusal::OutsideOrganization(_) => Self::unknown_attempt(),
            SsoRefusal::Required { tenant, request, .. } => {
                let name = &tenant.name;
                let detail = format!(
                    "{name} lets its people in through its own identity provider alone. If you have another account, sign \
                     in with that one. If you belong to another organization, sign in to that one by its name."
                );
                let (status, title) = (StatusCode::FORBIDDEN, "Sign in with your organization’s own login");
                let way_on = [way("", "Go to your organization’s login"), OTHER_ACCOUNT];
                let own = through_own(&tenant, &request, ReturnTo::home().as_str());
                Self::new(status, "sso_required", title, detail, way_on).leading_to(own).or_even(ORGANIZATION)
            }
        }
    }
}

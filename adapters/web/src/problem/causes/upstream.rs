//! What a login that failed at an organization's own identity provider is to whoever logs in. They can set nothing right,
//! so they hear whom to ask; what has to be set right is for the organization's Administrators.

use axum::http::StatusCode;
use tenantry_ports::UpstreamFault;

use super::{LOGIN, ORGANIZATION, Problem};

impl Problem {
    pub(super) fn upstream(fault: UpstreamFault) -> Self {
        let status = StatusCode::BAD_GATEWAY;
        let (status, code, title, detail) = match fault {
            UpstreamFault::Cancelled => (
                StatusCode::FORBIDDEN,
                "sso_cancelled",
                "Your organization did not sign you in",
                "The login was cancelled at your organization’s own login, or your account there may not use this \
                 product. Log in again; if you can’t, ask whoever manages accounts at your organization, and tell them \
                 the number below.",
            ),
            UpstreamFault::WrongClient
            | UpstreamFault::WrongRedirect
            | UpstreamFault::Certificate
            | UpstreamFault::NotAnswered => (
                status,
                "sso_misconfigured",
                "Your organization’s login has to be set right",
                "Your organization’s own login and we do not understand each other. That is nothing you did, and logging \
                 in again will not help until it is set right. Ask an Administrator of your organization, and tell them \
                 the number below: with it they can see what to change.",
            ),
            UpstreamFault::Unreachable => (
                status,
                "sso_unreachable",
                "Your organization’s login does not answer",
                "We could not reach your organization’s own login. Log in again in a minute; if that does not help, ask \
                 an Administrator of your organization, and tell them the number below.",
            ),
            UpstreamFault::Other => (
                status,
                "sso_failed",
                "Your organization’s login did not work",
                "Something went wrong at your organization’s own login. Log in again; if that does not help, ask an \
                 Administrator of your organization, and tell them the number below: with it they can see what happened.",
            ),
        };
        Self::new(status, code, title, detail, [LOGIN, ORGANIZATION])
    }
}

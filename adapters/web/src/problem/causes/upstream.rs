//! What a login that failed at another identity provider is to whoever logs in, when it is not known whose that is. Under
//! an organization it is known: then the failure is noted, and has a number.

use axum::http::StatusCode;
use tenantry_ports::UpstreamFault;

use super::{LOGIN, Problem, way};

impl Problem {
    pub(super) fn upstream(fault: UpstreamFault) -> Self {
        let status = StatusCode::BAD_GATEWAY;
        let (status, code, title, detail) = match fault {
            UpstreamFault::Cancelled => (
                StatusCode::FORBIDDEN,
                "sso_cancelled",
                "You were not signed in",
                "The login that you were sent to was cancelled, or your account there may not use this product. If it is \
                 your organization’s, enter your work address on the next page: what happens there is noted for its \
                 Administrators.",
            ),
            UpstreamFault::WrongClient
            | UpstreamFault::WrongRedirect
            | UpstreamFault::Certificate
            | UpstreamFault::NotAnswered => (
                status,
                "sso_misconfigured",
                "The login you were sent to has to be set right",
                "It and we do not understand each other. That is nothing you did. If it is your organization’s, enter your \
                 work address on the next page: then what has to be set right is noted for its Administrators, and you \
                 get a number to tell them.",
            ),
            UpstreamFault::Unreachable => (
                status,
                "sso_unreachable",
                "The login you were sent to does not answer",
                "Log in again in a minute. If that does not help and it is your organization’s, enter your work address on \
                 the next page: then it is noted for its Administrators, and you get a number to tell them.",
            ),
            UpstreamFault::Other => (
                status,
                "sso_failed",
                "The login you were sent to did not work",
                "Log in again. If that does not help and it is your organization’s, enter your work address on the next \
                 page: then it is noted for its Administrators, and you get a number to tell them.",
            ),
        };
        Self::new(status, code, title, detail, [way("/orgprompt", "Enter your work address"), LOGIN])
    }
}

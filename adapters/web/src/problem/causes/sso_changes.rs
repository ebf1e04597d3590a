//! What can be wrong about a change to single sign-on, as a program is told of it. The pages say it beside the field.

use std::time::Duration;

use axum::http::StatusCode;
use tenantry_application::{
    CheckDomainError, ChooseSsoDomainsError, ClaimDomainError, ConnectSsoError, EnforceSsoError,
    MOST_GLASS_HOLDERS,
};

use super::super::{HOME, Problem, way};
use crate::text::sentence;

impl Problem {
    fn of_sso(status: StatusCode, code: &'static str, error: &dyn std::error::Error) -> Self {
        let detail = sentence(&error.to_string());
        let way_on = [way("/admin/sso", "Back to single sign-on"), HOME];
        Self::new(status, code, "Single sign-on stays as it was", detail, way_on)
    }

    /// Why there is no connection; `source` is the field that says who the provider is.
    pub(crate) fn not_connected(error: ConnectSsoError, source: &'static str) -> Self {
        let (status, code, field) = match error {
            ConnectSsoError::Discovery(_) | ConnectSsoError::DiscoveryRefused(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "discovery_refused", Some(source))
            }
            ConnectSsoError::MetadataOver(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "metadata_expired", Some(source))
            }
            ConnectSsoError::SecretNeeded => {
                (StatusCode::UNPROCESSABLE_ENTITY, "secret_needed", Some("client_secret"))
            }
            ConnectSsoError::ClientRefused => {
                (StatusCode::UNPROCESSABLE_ENTITY, "client_refused", Some("client_secret"))
            }
            ConnectSsoError::OtherProtocol => {
                (StatusCode::UNPROCESSABLE_ENTITY, "other_protocol", Some("protocol"))
            }
            ConnectSsoError::IssuerInUse(_) => (StatusCode::CONFLICT, "issuer_in_use", Some(source)),
            ConnectSsoError::TooMany => (StatusCode::CONFLICT, "too_many_connections", None),
            ConnectSsoError::BeingDeleted => (StatusCode::CONFLICT, "being_deleted", None),
            ConnectSsoError::Sso(error) => return error.into(),
        };
        let problem = Self::of_sso(status, code, &error);
        if let Some(field) = field { problem.in_field(field) } else { problem }
    }
}

impl From<ChooseSsoDomainsError> for Problem {
    fn from(error: ChooseSsoDomainsError) -> Self {
        let (status, code) = match error {
            ChooseSsoDomainsError::NotClaimed(_) => (StatusCode::UNPROCESSABLE_ENTITY, "domain_not_claimed"),
            ChooseSsoDomainsError::InUse(_) => (StatusCode::CONFLICT, "domain_in_use"),
            ChooseSsoDomainsError::Sso(error) => return error.into(),
        };
        Self::of_sso(status, code, &error).in_field("domains")
    }
}

impl From<ClaimDomainError> for Problem {
    fn from(error: ClaimDomainError) -> Self {
        match error {
            ClaimDomainError::TooMany => Self::of_sso(StatusCode::CONFLICT, "too_many_domains", &error),
            ClaimDomainError::Sso(error) => error.into(),
        }
    }
}

impl From<CheckDomainError> for Problem {
    fn from(error: CheckDomainError) -> Self {
        match error {
            CheckDomainError::Unknown => Self::not_found(),
            CheckDomainError::HeldByAnother => Self::of_sso(StatusCode::CONFLICT, "domain_held", &error),
            CheckDomainError::NoAnswer => {
                let mut problem = Self::of_sso(StatusCode::SERVICE_UNAVAILABLE, "dns_silent", &error);
                problem.0.retry_after = Some(Duration::from_mins(1));
                problem
            }
            CheckDomainError::Sso(error) => error.into(),
        }
    }
}

impl From<EnforceSsoError> for Problem {
    fn from(error: EnforceSsoError) -> Self {
        let code = match error {
            EnforceSsoError::NotOn => return Self::of_sso(StatusCode::CONFLICT, "not_on", &error),
            EnforceSsoError::TooMany => {
                let why = format!("holds at most {MOST_GLASS_HOLDERS} accounts");
                return Self::wrong_field("break_glass".to_owned(), &why);
            }
            EnforceSsoError::NobodyLeft => "nobody_left",
            EnforceSsoError::NoAdministrator => "no_administrator",
            EnforceSsoError::NoOtherWay => "no_other_way",
            EnforceSsoError::Sso(error) => return error.into(),
        };
        Self::of_sso(StatusCode::UNPROCESSABLE_ENTITY, code, &error).in_field("break_glass")
    }
}

//! What each use case's error is to the person who meets it: the only place where the two are put together.

mod invitations;
mod members;
mod sso;
mod sso_changes;
mod upstream;

use std::time::Duration;

use axum::http::StatusCode;
use tenantry_application::{
    AuthorizeError, BeginSignInError, ChangePasswordError, ChoosePlanError, CustomizeOrganizationError,
    DeleteAccountError, DeleteOrganizationError, EditProfileError, EndSessionsError, ExportAccountError,
    ExportOrganizationError, OpenInvitationError, Outage, PayByCardError, PlanAndUsageError,
    RegisterOrganizationError, RegisterPersonalError, SignInError,
};
use tenantry_domain::NotPermitted;

use super::{HOME, LOGIN, ORGANIZATION, OTHER_ACCOUNT, PLANS, PROFILE, Problem, START, way};
use crate::fields::FieldsError;
use crate::multipart::MultipartError;
use crate::text::sentence;

impl From<FieldsError> for Problem {
    fn from(error: FieldsError) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let field = match &error {
            FieldsError::Encoding => None,
            FieldsError::Twice(field) | FieldsError::Control(field) | FieldsError::TooLong(field) => {
                Some(*field)
            }
        };
        let problem = Self::new(
            status,
            "invalid_field",
            "Something in the form can’t be read",
            sentence(&error.to_string()),
            [HOME, START],
        );
        match field {
            Some(field) => problem.in_field(field),
            None => problem,
        }
    }
}

impl From<MultipartError> for Problem {
    fn from(error: MultipartError) -> Self {
        match error {
            MultipartError::Malformed => Self::not_a_form(),
            MultipartError::TooLarge => Self::too_large(),
            MultipartError::Fields(error) => error.into(),
        }
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
            Outage::Conflict => Self::conflict(),
            Outage::Busy => Self::busy(),
            Outage::Dns(_) => Self::unavailable(
                "DNS does not answer",
                "Nothing is lost, and we go on looking. Try again in a minute.",
                "dns_unavailable",
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
                [way("/orgprompt", "Sign in to your organization"), HOME],
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
            BeginSignInError::UnknownIssuer => Self::new(
                StatusCode::BAD_REQUEST,
                "unknown_issuer",
                "This link does not belong here",
                "It asks for a login at an identity provider that we do not use, so nothing was done. Log in from here \
                 instead.",
                [LOGIN, START],
            ),
            BeginSignInError::UnknownTenant => Self::new(
                StatusCode::NOT_FOUND,
                "unknown_organization",
                "There is no such organization",
                "The link names an organization that we do not know. Ask whoever sent it for a new one.",
                [way("/orgprompt", "Look up your organization"), START],
            ),
            BeginSignInError::Outage(outage) => outage.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Expired | SignInError::AlreadyUsed | SignInError::OtherProvider => {
                Self::unknown_attempt()
            }
            SignInError::LoggedOut => Self::new(
                StatusCode::BAD_REQUEST,
                "logged_out",
                "You were logged out meanwhile",
                "While this login was under way, you were logged out at the identity provider. Log in again.",
                [LOGIN, START],
            ),
            SignInError::NotAMember => Self::new(
                StatusCode::FORBIDDEN,
                "not_a_member",
                "You are not a member of this organization",
                "Ask one of its Administrators, or sign in with the account that belongs to it.",
                [OTHER_ACCOUNT, ORGANIZATION],
            ),
            SignInError::InvitedOther => Self::invitation_over(
                StatusCode::FORBIDDEN,
                "invited_other",
                "This invitation is for another account",
                "You signed in with another account than the one that was invited, or its address is not confirmed. An \
                 invitation can be used once only: ask whoever invited you for a new one, and open it with the account \
                 of the address to which it is sent.",
            ),
            SignInError::InvitationSpent => OpenInvitationError::Revoked.into(),
            SignInError::Denied { .. } => Self::new(
                StatusCode::FORBIDDEN,
                "login_denied",
                "You were not signed in",
                "The login was cancelled, or your account may not use this product. Nothing has changed.",
                [OTHER_ACCOUNT, START],
            )
            .caused_by(error),
            SignInError::Upstream { fault, .. } => Self::upstream(fault).caused_by(error),
            SignInError::Rejected(_) => Self::new(
                StatusCode::BAD_REQUEST,
                "login_rejected",
                "This login can’t be completed",
                "What the identity provider sent back was not accepted. Log in again; if that does not help, tell us \
                 the number below.",
                [LOGIN, START],
            )
            .caused_by(error),
            SignInError::Sso(refusal) => refusal.into(),
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
            PayByCardError::EndsEarlier => Self::new(
                StatusCode::CONFLICT,
                "ends_earlier",
                "Nothing was charged",
                "The plan of your organization ends later than the year that this payment would buy. It stays as it is.",
                [way("/admin", "See your plan"), HOME],
            ),
            PayByCardError::NotPermitted(why) => why.into(),
            PayByCardError::Outage(outage) => outage.into(),
        }
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
                [way("/home/register-business", "Name your organization"), HOME],
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

impl From<AuthorizeError> for Problem {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::NotPermitted(why) => why.into(),
            AuthorizeError::PlanEnded => Self::plan_ended(),
            AuthorizeError::Outage(outage) => outage.into(),
        }
    }
}

impl From<CustomizeOrganizationError> for Problem {
    fn from(error: CustomizeOrganizationError) -> Self {
        match error {
            CustomizeOrganizationError::UnknownOrganization => Self::not_found(),
            CustomizeOrganizationError::NotAuthorized(why) => why.into(),
            CustomizeOrganizationError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ExportOrganizationError> for Problem {
    fn from(error: ExportOrganizationError) -> Self {
        match error {
            ExportOrganizationError::UnknownOrganization => Self::not_found(),
            ExportOrganizationError::NotAuthorized(why) => why.into(),
            ExportOrganizationError::Outage(outage) => outage.into(),
        }
    }
}

impl From<DeleteOrganizationError> for Problem {
    fn from(error: DeleteOrganizationError) -> Self {
        match error {
            DeleteOrganizationError::NotConfirmed => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "not_confirmed",
                "Nothing was deleted",
                sentence(&error.to_string()),
                [way("/admin/customization/delete", "Type the name again"), HOME],
            ),
            DeleteOrganizationError::BeingPaid => Self::being_paid_for(),
            DeleteOrganizationError::NotAuthorized(why) => why.into(),
            DeleteOrganizationError::Outage(outage) => outage.into(),
        }
    }
}

impl From<EditProfileError> for Problem {
    fn from(error: EditProfileError) -> Self {
        match error {
            EditProfileError::ManagedElsewhere => Self::new(
                StatusCode::CONFLICT,
                "managed_elsewhere",
                "Your name is kept somewhere else",
                sentence(&error.to_string()),
                [PROFILE, HOME],
            ),
            EditProfileError::Outage(outage) => outage.into(),
        }
    }
}

impl From<EndSessionsError> for Problem {
    fn from(error: EndSessionsError) -> Self {
        match error {
            EndSessionsError::UnknownSession => Self::not_found(),
            EndSessionsError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::LoginNeeded => Self::login_needed("/home/account/password"),
            ChangePasswordError::NoPassword => Self::new(
                StatusCode::CONFLICT,
                "no_password",
                "You have no password here",
                sentence(&error.to_string()),
                [PROFILE, HOME],
            ),
            ChangePasswordError::Outage(outage) => outage.into(),
        }
    }
}

impl From<ExportAccountError> for Problem {
    fn from(error: ExportAccountError) -> Self {
        match error {
            ExportAccountError::UnknownUser => Self::not_signed_in(),
            ExportAccountError::Outage(outage) => outage.into(),
        }
    }
}

impl From<DeleteAccountError> for Problem {
    fn from(error: DeleteAccountError) -> Self {
        let way_on = [way("/home/account/delete", "Try again"), HOME];
        match error {
            DeleteAccountError::LoginNeeded => Self::login_needed("/home/account/delete"),
            DeleteAccountError::NotConfirmed => {
                let (status, detail) = (StatusCode::UNPROCESSABLE_ENTITY, sentence(&error.to_string()));
                Self::new(status, "not_confirmed", "That is not what was asked for", detail, way_on)
            }
            DeleteAccountError::RunsAlone(_) => {
                let detail = "Nobody else runs one of your organizations, so nothing was deleted. Make somebody else its \
                              Administrator, or delete it; then your account can go.";
                let title = "First find another Administrator";
                Self::new(StatusCode::CONFLICT, "last_administrator", title, detail, way_on)
            }
            DeleteAccountError::BeingPaid => {
                let (title, detail) = ("A payment is under way", sentence(&error.to_string()));
                Self::new(StatusCode::CONFLICT, "being_paid", title, detail, way_on)
            }
            DeleteAccountError::Outage(outage) => outage.into(),
        }
    }
}

//! Whom a program wants to invite, and to what.

use std::collections::HashSet;
use std::time::Duration;

use serde::Deserialize;
use tenantry_application::InvitationWish;
use tenantry_domain::{AddressList, ConnectionId, EmailAddress, InvitationLifetime, InvitationMessage, Role};
use utoipa::ToSchema;

use super::organization::RoleName;
use crate::problem::Problem;
use crate::text::sentence;

/// Whom to invite, and to what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvitations {
    /// To whom: 1 to 100 addresses.
    #[schema(min_items = 1, max_items = 100)]
    emails: Vec<String>,
    /// With which role they begin; `Employee` when it is not sent.
    role: Option<RoleName>,
    /// Through which connection they have to come, one of `GET /api/v1/organization/login-connections`; any when it is
    /// not sent.
    connection: Option<String>,
    /// What to tell them: at most 500 characters.
    message: Option<String>,
    /// For how long the invitations count, from one hour to thirty days; a week when it is not sent.
    #[schema(minimum = 1, maximum = 720)]
    lifetime_hours: Option<u32>,
}

/// An address as it was sent, and what it is.
type Sent = (String, Option<EmailAddress>);

impl NewInvitations {
    pub(super) fn read(self) -> Result<(InvitationWish, Vec<Sent>), Problem> {
        let wrong =
            |field, why: &dyn std::fmt::Display| Problem::wrong_value(field, sentence(&why.to_string()));
        if self.emails.is_empty() || self.emails.len() > AddressList::MOST {
            return Err(Problem::wrong_field("emails".to_owned(), "holds 1 to 100 addresses"));
        }
        let message = self.message.as_deref().map(InvitationMessage::try_from).transpose();
        // What can be no connection is none of the organization's.
        let connection = |text| ConnectionId::try_from(text).or_else(|_| ConnectionId::try_from("-"));
        let connection = self.connection.as_deref().map(connection).transpose();
        let lifetime = self.lifetime_hours.map(|hours| Duration::from_hours(hours.into()));
        let lifetime = lifetime.map(InvitationLifetime::try_from).transpose();
        let parsed = self.emails.into_iter().map(|text| {
            let email = EmailAddress::try_from(text.as_str()).ok();
            (text, email)
        });
        let sent: Vec<Sent> = parsed.collect();
        let mut seen = HashSet::new();
        let each_once = sent.iter().filter_map(|(_, email)| email.clone());
        let wish = InvitationWish {
            emails: each_once.filter(|email| seen.insert(email.clone())).collect(),
            role: self.role.map_or(Role::Employee, Role::from),
            connection: connection.map_err(|_| Problem::not_found())?,
            message: message.map_err(|why| wrong("message", &why))?,
            lifetime: lifetime.map_err(|why| wrong("lifetime_hours", &why))?.unwrap_or_default(),
        };
        Ok((wish, sent))
    }
}

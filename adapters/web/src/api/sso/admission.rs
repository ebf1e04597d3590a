//! What a connection is called, and what becomes of those who come through it.

use serde::{Deserialize, Serialize};
use tenantry_application::AdmissionWish;
use tenantry_domain::{AdmissionRules, ClaimMapping, DisplayName, InvalidClaimMapping, MOST_MAPPINGS, Role};
use tenantry_ports::KeptSsoRequest;
use utoipa::ToSchema;

use super::super::body::sent;
use super::super::organization::RoleName;
use crate::problem::Problem;
use crate::text::sentence;

/// What becomes of those who come through a connection for the first time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoAdmission)]
pub(crate) struct AdmissionView {
    /// Whether they become members, as long as a seat is free.
    auto_membership: bool,
    /// As what.
    default_role: RoleName,
    /// Claims that give other roles; the first that fits decides.
    mappings: Vec<Mapping>,
    /// Whether an address in a proved domain counts although the provider does not call it verified.
    trusts_addresses: bool,
}

/// A claim that gives a role.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SsoClaimMapping)]
pub(super) struct Mapping {
    /// The name of the claim: 1 to 100 characters.
    #[schema(examples("department"))]
    claim: String,
    /// What it is, or what is in its list: 1 to 200 characters.
    #[schema(examples("course-admins"))]
    value: String,
    role: RoleName,
}

/// What is to be changed of a connection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SsoConnectionChange)]
pub(super) struct ConnectionChange {
    /// What people read on its button: 1 to 100 characters.
    #[serde(default, deserialize_with = "sent")]
    #[schema(nullable = false, examples("Acme staff"))]
    display_name: Option<String>,
    #[serde(default)]
    admission: AdmissionChange,
}

/// What is to be changed of the rules for newcomers.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SsoAdmissionChange)]
pub(super) struct AdmissionChange {
    /// Whether they become members, as long as a seat is free.
    #[serde(default, deserialize_with = "sent")]
    #[schema(nullable = false)]
    auto_membership: Option<bool>,
    /// As what.
    #[serde(default, deserialize_with = "sent")]
    #[schema(nullable = false)]
    default_role: Option<RoleName>,
    /// All claims that give other roles, in place of those that are there: at most 10.
    #[serde(default, deserialize_with = "sent")]
    #[schema(nullable = false, max_items = 10)]
    mappings: Option<Vec<Mapping>>,
    /// Whether an address in a proved domain counts although the provider does not call it verified.
    #[serde(default, deserialize_with = "sent")]
    #[schema(nullable = false)]
    trusts_addresses: Option<bool>,
}

impl ConnectionChange {
    /// What is sent in the place of what was there.
    pub(super) fn onto(self, before: KeptSsoRequest) -> Result<AdmissionWish, Problem> {
        let (seen, before) = (Some(before.revision), before.request);
        let display_name = self.display_name.map(|text| DisplayName::try_from(text.as_str())).transpose();
        let display_name =
            display_name.map_err(|why| Problem::wrong_value("display_name", sentence(&why.to_string())))?;
        let (sent, held) = (self.admission, before.admission);
        let rules = AdmissionRules {
            auto_membership: sent.auto_membership.unwrap_or(held.auto_membership),
            default_role: sent.default_role.map_or(held.default_role, Role::from),
            mappings: sent.mappings.map(read).transpose()?.unwrap_or(held.mappings),
            trusts_addresses: sent.trusts_addresses.unwrap_or(held.trusts_addresses),
        };
        Ok(AdmissionWish { display_name: display_name.unwrap_or(before.display_name), rules, seen })
    }
}

fn read(mappings: Vec<Mapping>) -> Result<Vec<ClaimMapping>, Problem> {
    if mappings.len() > MOST_MAPPINGS {
        let why = format!("holds at most {MOST_MAPPINGS} claims");
        return Err(Problem::wrong_field("admission.mappings".to_owned(), &why));
    }
    let each = mappings.into_iter().enumerate().map(|(at, mapping)| {
        ClaimMapping::new(&mapping.claim, &mapping.value, mapping.role.into()).map_err(|why| {
            let field = match why {
                InvalidClaimMapping::Claim => "claim",
                InvalidClaimMapping::Value => "value",
            };
            let field = format!("admission.mappings[{at}].{field}");
            Problem::wrong_value(field, sentence(&why.to_string()))
        })
    });
    each.collect()
}

impl From<AdmissionRules> for AdmissionView {
    fn from(rules: AdmissionRules) -> Self {
        let mapping = |held: ClaimMapping| Mapping {
            claim: held.claim().to_owned(),
            value: held.value().to_owned(),
            role: held.role.into(),
        };
        Self {
            auto_membership: rules.auto_membership,
            default_role: rules.default_role.into(),
            mappings: rules.mappings.into_iter().map(mapping).collect(),
            trusts_addresses: rules.trusts_addresses,
        }
    }
}

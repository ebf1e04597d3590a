//! Which property of a directory's person goes where, when a connection says nothing of its own.

use serde_json::{Value, json};

/// SCIM's attribute, and Auth0's.
const DEFAULT: [(&str, &str); 32] = [
    ("userName", "preferred_username"),
    ("emails[primary eq true].value", "email"),
    ("externalId", "app_metadata.external_id"),
    ("active", "blocked"),
    ("displayName", "name"),
    ("name.givenName", "given_name"),
    ("name.familyName", "family_name"),
    ("name.middleName", "app_metadata.middle_name"),
    ("name.honorificPrefix", "app_metadata.honorific_prefix"),
    ("name.honorificSuffix", "app_metadata.honorific_suffix"),
    ("nickName", "nickname"),
    ("photos[type eq \"photo\"].value", "picture"),
    ("phoneNumbers[primary eq true].value", "app_metadata.primary_phone_number"),
    ("phoneNumbers[type eq \"mobile\"].value", "app_metadata.mobile_phone_number"),
    ("addresses[type eq \"work\"].streetAddress", "app_metadata.street_address"),
    ("addresses[type eq \"work\"].locality", "app_metadata.city"),
    ("addresses[type eq \"work\"].region", "app_metadata.state"),
    ("addresses[type eq \"work\"].postalCode", "app_metadata.postal_code"),
    ("addresses[type eq \"work\"].formatted", "app_metadata.postal_address"),
    ("addresses[type eq \"work\"].country", "app_metadata.country"),
    ("profileUrl", "app_metadata.profile_url"),
    ("userType", "app_metadata.user_type"),
    ("title", "app_metadata.title"),
    ("preferredLanguage", "app_metadata.language"),
    ("locale", "app_metadata.locale"),
    ("timezone", "app_metadata.timezone"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.employeeNumber", "app_metadata.employee_id"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.costCenter", "app_metadata.cost_center"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.organization", "app_metadata.organization"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.division", "app_metadata.division"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department", "app_metadata.department"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager", "app_metadata.manager"),
];

/// The attribute that a person is known by.
pub(super) const USER_ID_ATTRIBUTE: &str = "externalId";

pub(super) fn default_mapping() -> Value {
    DEFAULT.iter().map(|(scim, auth0)| json!({ "scim": scim, "auth0": auth0 })).collect()
}

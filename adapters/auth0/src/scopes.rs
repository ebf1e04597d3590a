//! The scopes of the Management API that the product needs, call by call. Set-up grants these and no others.

/// A scope, and the calls that need it.
pub const SCOPES: [(&str, &str); 29] = [
    (
        "read:organizations",
        "an organization by id or name; before its subscription is written; those of one person",
    ),
    ("create:organizations", "a conversion makes its organization"),
    (
        "create:organization_connections",
        "with it the connections that all organizations share; the organization's own is turned on",
    ),
    ("update:organizations", "an organization's subscription, display name, logo and colours"),
    ("delete:organizations", "an Administrator deletes the organization"),
    ("read:organization_members", "the members' page and their number"),
    ("create:organization_members", "whoever paid becomes a member"),
    ("delete:organization_members", "an Administrator removes a member, or a member leaves"),
    ("read:organization_member_roles", "the members' roles, and who is an Administrator"),
    (
        "create:organization_member_roles",
        "Administrator after a conversion, Employee for a federated newcomer",
    ),
    ("delete:organization_member_roles", "an Administrator takes a role from a member"),
    ("read:organization_invitations", "who is invited"),
    ("create:organization_invitations", "an Administrator invites people"),
    ("delete:organization_invitations", "an Administrator takes an invitation back, or sends it anew"),
    ("read:organization_connections", "the ways in which invited people may log in"),
    (
        "read:users",
        "a person's subscription when the token does not carry it; the search for members; whether an address is one's",
    ),
    ("update:users_app_metadata", "a person's subscription"),
    ("update:users", "a person changes their name"),
    ("create:user_tickets", "a person asks for a new password"),
    ("delete:users", "a person deletes their account"),
    (
        "update:organization_connections",
        "an Administrator says whether the people of the organization's own identity provider become members",
    ),
    (
        "delete:organization_connections",
        "an Administrator turns the organization's own identity provider off",
    ),
    ("read:connections", "the connections that all organizations share, and the organization's own"),
    ("read:connections_options", "what an organization's own identity provider is, before it is changed"),
    ("create:connections", "an Administrator connects the organization's own identity provider"),
    ("update:connections", "an Administrator changes it"),
    ("update:connections_options", "with it its address, its secret and its domains"),
    ("delete:connections", "an Administrator removes it"),
    ("read:roles", "the ids of Administrator and Employee"),
];

/// Their names, separated by spaces, as `scope` and `AUTH0_M2M_SCOPES` have them.
pub fn scopes() -> String {
    SCOPES.map(|(scope, _)| scope).join(" ")
}

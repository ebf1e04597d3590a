//! The documented figures: which limits a request counts against, on which plan.

use serde::{Deserialize, Serialize};

/// A subscription of Auth0's, which decides the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimitPlan {
    /// Free.
    Free,
    /// Essentials and Professional.
    Essentials,
    /// Enterprise, in production.
    Enterprise,
}

/// A bucket of so many requests, which fills up by so many in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) burst: u32,
    pub(crate) sustained: u32,
    pub(crate) seconds: u32,
}

const fn per_second(burst: u32, sustained: u32) -> Limit {
    Limit { burst, sustained, seconds: 1 }
}

const fn per_minute(burst: u32, sustained: u32) -> Limit {
    Limit { burst, sustained, seconds: 60 }
}

/// Which of the two APIs a path is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Api {
    Authentication,
    Management,
}

impl Api {
    pub(crate) fn of(path: &str) -> Self {
        if path.starts_with("/api/v2") { Self::Management } else { Self::Authentication }
    }
}

/// What a request counts against besides the tenant-wide limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) limit: Limit,
    pub(crate) key: Key,
}

/// Who has a bucket of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// Nobody: there is one for the tenant.
    Tenant,
    /// Each address that asks.
    Address,
    /// Each address with each e-mail address.
    AddressAndEmail,
    /// Each address with each login that is on its way.
    AddressAndState,
    /// Each user.
    User,
}

/// The limit of the whole tenant.
pub(crate) fn tenant_wide(plan: RateLimitPlan, api: Api) -> Option<Limit> {
    match (plan, api) {
        (RateLimitPlan::Free, Api::Authentication) => Some(per_minute(300, 300)),
        (RateLimitPlan::Free, Api::Management) => Some(per_second(2, 2)),
        (RateLimitPlan::Essentials, Api::Authentication) => Some(per_second(25, 25)),
        // Groups, and one for whatever is in none of them.
        (RateLimitPlan::Essentials, Api::Management) => None,
        (RateLimitPlan::Enterprise, Api::Authentication) => Some(per_second(100, 100)),
        (RateLimitPlan::Enterprise, Api::Management) => Some(per_second(50, 16)),
    }
}

/// The group that a request is in.
pub(crate) fn group(plan: RateLimitPlan, method: &str, route: &str, has_q: bool) -> Option<Group> {
    match Api::of(route) {
        Api::Authentication => authentication_group(plan, method, route),
        Api::Management => {
            let route = route.trim_start_matches("/api/v2");
            let listed = management_group(method, route, has_q).and_then(|(name, essentials, enterprise)| {
                let limit = match plan {
                    RateLimitPlan::Free => None,
                    RateLimitPlan::Essentials => essentials,
                    RateLimitPlan::Enterprise => enterprise,
                };
                limit.map(|limit| Group { name, limit, key: Key::Tenant })
            });
            let remaining = (plan == RateLimitPlan::Essentials).then_some(Group {
                name: "remaining",
                limit: per_minute(10, 150),
                key: Key::Tenant,
            });
            listed.or(remaining)
        }
    }
}

fn authentication_group(plan: RateLimitPlan, method: &str, route: &str) -> Option<Group> {
    let is_free = plan == RateLimitPlan::Free;
    let (name, limit, key) = match (method, route) {
        (_, "/userinfo") => ("userinfo", per_minute(10, 5), Key::User),
        ("POST", "/dbconnections/change_password") => {
            ("change_password", per_minute(10, 1), Key::AddressAndEmail)
        }
        ("POST", "/oauth/token") if is_free => ("token", per_second(30, 30), Key::Tenant),
        (_, "/.well-known/jwks.json") if is_free => ("jwks", per_second(20, 20), Key::Tenant),
        (_, "/oauth/par") => ("par", per_second(100, 100), Key::Address),
        ("POST", prompt) if is_prompt(prompt) => ("prompt_post", per_minute(10, 5), Key::Address),
        ("GET", prompt) if is_prompt(prompt) => ("prompt_get", per_minute(20, 10), Key::AddressAndState),
        _ => return None,
    };
    Some(Group { name, limit, key })
}

fn is_prompt(route: &str) -> bool {
    route.starts_with("/u/") && !route.starts_with("/u/assets/")
}

type Figures = (&'static str, Option<Limit>, Option<Limit>);

/// The group of a route below `/api/v2`, with its limits on Essentials and on Enterprise.
fn management_group(method: &str, route: &str, has_q: bool) -> Option<Figures> {
    let reads = method == "GET";
    let both = |limit: Limit| (Some(limit), Some(limit));
    let of_organization = route.strip_prefix("/organizations/{id}/").unwrap_or_default();
    let starts = |beginning: &str| of_organization.starts_with(beginning);
    let (name, (essentials, enterprise)) = match route {
        "/organizations" if reads => {
            ("organizations_list", (Some(per_minute(5, 50)), Some(per_minute(10, 100))))
        }
        "/organizations/name/{name}" => {
            ("organizations_by_name", (Some(per_minute(10, 100)), Some(per_minute(20, 200))))
        }
        "/organizations/{id}" if reads => {
            ("organizations_by_id", (Some(per_minute(20, 200)), Some(per_minute(10, 100))))
        }
        "/organizations" | "/organizations/{id}" => {
            ("organizations_write", (Some(per_minute(5, 25)), Some(per_minute(5, 150))))
        }
        _ if starts("members") && of_organization.ends_with("roles") && reads => {
            ("organization_member_roles_read", both(per_minute(20, 200)))
        }
        _ if starts("members") && of_organization.ends_with("roles") => {
            ("organization_member_roles_write", both(per_minute(20, 200)))
        }
        _ if starts("members") && reads => ("organization_members_read", both(per_minute(40, 500))),
        _ if starts("members") => ("organization_members_write", both(per_minute(20, 200))),
        _ if (starts("enabled_connections") || starts("connections")) && reads => {
            ("organization_connections_read", (Some(per_minute(5, 50)), Some(per_minute(10, 100))))
        }
        _ if starts("enabled_connections") || starts("connections") => {
            ("organization_connections_write", (Some(per_minute(5, 25)), Some(per_minute(5, 150))))
        }
        _ if starts("invitations") && reads => {
            ("organization_invitations_read", (None, Some(per_minute(20, 200))))
        }
        _ if starts("invitations") => ("organization_invitations_write", (None, Some(per_minute(20, 200)))),
        _ if starts("client-grants") && reads => {
            ("organization_client_grants_read", both(per_minute(10, 100)))
        }
        _ if starts("client-grants") => ("organization_client_grants_write", both(per_minute(5, 150))),
        "/users/{id}/organizations" => ("user_organizations_read", (None, Some(per_minute(40, 500)))),
        _ if route.starts_with("/users") && reads => ("users_read", (Some(per_minute(40, 500)), None)),
        _ if route.starts_with("/users") => ("users_write", (Some(per_minute(20, 200)), None)),
        _ if route.starts_with("/logs") => ("logs_read", (Some(per_minute(10, 100)), None)),
        "/clients" if reads => {
            ("clients_list", (Some(per_minute(5, 100)), has_q.then_some(per_minute(5, 150))))
        }
        "/connections" if reads => ("connections_list", (Some(per_minute(5, 50)), None)),
        _ => return None,
    };
    Some((name, essentials, enterprise))
}

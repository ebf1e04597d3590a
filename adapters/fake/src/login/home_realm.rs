//! Home-realm discovery: by the domain of an address, the enterprise's own provider or the organization that it means.

use super::admission;
use crate::config::{OrganizationRequireBehavior, OrganizationUsage};
use crate::model::{AuthorizationRequest, Connection, Organization};
use crate::store::State;

/// What stands behind the last `@`, in lower case. Domains are compared as a whole: a sub-domain is another domain.
fn domain_of(address: &str) -> Option<String> {
    let (local, domain) = address.trim().rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then(|| domain.to_ascii_lowercase())
}

/// The enterprise connection that has the address's domain among its `domain_aliases`.
pub(crate) fn home_realm<'a>(
    state: &'a State,
    request: &AuthorizationRequest,
    address: &str,
) -> Option<&'a Connection> {
    let domain = domain_of(address)?;
    state
        .connections
        .iter()
        .filter(|connection| connection.is_enterprise() && is_candidate(state, request, connection))
        .find(|connection| {
            connection.options().texts("domain_aliases").any(|alias| alias.eq_ignore_ascii_case(&domain))
        })
}

/// Under an organization its own connections count, with or without a button; else the client's, and, where people
/// pick their organization after the login, those of every organization.
fn is_candidate(state: &State, request: &AuthorizationRequest, connection: &Connection) -> bool {
    if let Some(wanted) = &request.connection {
        return *wanted == connection.name;
    }
    if let Some(organization) = request.organization.as_ref().and_then(|id| state.organizations.get(id)) {
        return organization.enabled_connection(&connection.id).is_some();
    }
    connection.enabled_clients.contains(&request.client_id)
        || picks_organization_later(state, request)
            && state
                .organizations
                .iter()
                .any(|organization| organization.enabled_connection(&connection.id).is_some())
}

pub(super) fn picks_organization_later(state: &State, request: &AuthorizationRequest) -> bool {
    state.clients.get(&request.client_id).is_some_and(|client| {
        client.organization_usage() != OrganizationUsage::Deny
            && client.organization_require_behavior() == OrganizationRequireBehavior::PostLoginPrompt
    })
}

/// The organizations that have proved to own the address's domain and want to be found by it, as many as a page shows.
pub(crate) fn organizations_of_address<'a>(state: &'a State, address: &str) -> Vec<&'a Organization> {
    let Some(domain) = domain_of(address) else { return Vec::new() };
    state
        .discovery_domains
        .iter()
        .filter(|row| row.is_verified && row.use_for_organization_discovery)
        .filter(|row| row.domain.eq_ignore_ascii_case(&domain))
        .filter_map(|row| state.organizations.get(&row.organization_id))
        .take(admission::PICKER_LIMIT)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_what_stands_behind_the_last_at_sign() {
        assert_eq!(domain_of(" Ann@Acme.Example ").as_deref(), Some("acme.example"));
        assert_eq!(domain_of("\"a@b\"@acme.example").as_deref(), Some("acme.example"));
        for nothing in ["", "ann", "ann@", "@acme.example"] {
            assert_eq!(domain_of(nothing), None, "{nothing}");
        }
    }
}

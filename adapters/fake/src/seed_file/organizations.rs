//! Organizations with their connections, members and domains.

use std::collections::HashSet;

use serde_json::{Map, json};

use super::Planting;
use super::document::{SeedFile, SeedFileDomain, SeedFileMember, SeedFileOrganization};
use super::people::roles;
use super::place::{Holders, Once, Place, SeedError, check_given_id};
use super::rules;
use crate::model::{DiscoveryDomain, EnabledConnection, Member, Organization};
use crate::schema::format::{Format, is_organization_name};
use crate::store::State;

pub(super) fn plant(file: &SeedFile, state: &mut State, planting: &Planting<'_>) -> Result<(), SeedError> {
    let mut once = Once::default();
    for (index, seed) in file.organizations.iter().enumerate() {
        let place = Place::item("organizations", index);
        once.check(&seed.name, &place.at("name"))?;
        let id = organization(seed, &place, state, planting)?;
        members(&id, &seed.members, &place, state)?;
        domains(&id, &seed.domains, &place, state, planting)?;
    }
    Ok(())
}

fn organization(
    seed: &SeedFileOrganization,
    place: &Place,
    state: &mut State,
    planting: &Planting<'_>,
) -> Result<String, SeedError> {
    if seed.name.len() > 50 || !is_organization_name(&seed.name) {
        let form = "has 1 to 50 lower-case letters, digits, - and _, with a letter or digit at both ends";
        return Err(place.at("name").error(form));
    }
    let of = |state: &State| state.organization_by_name(&seed.name).cloned();
    let known = of(state).or_else(|| of(planting.known));
    let holder = seed.id.as_ref().and_then(|id| state.organizations.get(id));
    let holders = Holders {
        of_id: holder.map(|holder| holder.name.as_str()),
        of_name: known.as_ref().map(|known| known.id.as_str()),
    };
    check_given_id(seed.id.as_deref(), ("organization", "org_"), &seed.name, &holders, place)?;
    let own = json!({
        "name": seed.name,
        "display_name": seed.display_name,
        "metadata": seed.metadata,
        "branding": seed.branding,
    });
    rules::check("/organizations", own, &Map::new(), place)?;
    let created_at = known.as_ref().map_or(planting.now, |known| known.created_at);
    let id = known.map(|known| known.id).or_else(|| seed.id.clone());
    let mut organization = of(state).unwrap_or_else(|| {
        let id = id.unwrap_or_else(|| planting.ids.organization());
        Organization::new(id, seed.name.clone(), created_at)
    });
    if let Some(display_name) = &seed.display_name {
        organization.display_name = Some(display_name.clone());
    }
    if let Some(metadata) = &seed.metadata {
        organization.metadata.clone_from(metadata);
    }
    if let Some(branding) = &seed.branding {
        organization.branding = Some(branding.clone());
    }
    for (index, seed) in seed.connections.iter().enumerate() {
        let connection = state.connections.get(&seed.connection);
        let connection =
            connection.or_else(|| state.connection_by_name(&seed.connection)).ok_or_else(|| {
                place
                    .item_of("connections", index)
                    .at("connection")
                    .error("no connection has this name or id")
            })?;
        let earlier = organization.remove_connection(&connection.id);
        organization.enabled_connections.push(EnabledConnection {
            assign_membership_on_login: seed.assign_membership_on_login,
            show_as_button: seed.show_as_button,
            is_signup_enabled: seed.is_signup_enabled,
            ..earlier.unwrap_or_else(|| EnabledConnection::new(connection.id.clone()))
        });
    }
    let id = organization.id.clone();
    state.organizations.put(organization);
    Ok(id)
}

fn members(
    organization_id: &str,
    seeds: &[SeedFileMember],
    place: &Place,
    state: &mut State,
) -> Result<(), SeedError> {
    let mut seen = HashSet::new();
    for (index, seed) in seeds.iter().enumerate() {
        let place = place.item_of("members", index);
        let user_id = user_id(&seed.user, &place.at("user"), state)?;
        if !seen.insert(user_id.clone()) {
            return Err(place.at("user").error("is a member already"));
        }
        let roles = roles(&seed.roles, &place, state)?;
        state.members.put(Member { organization_id: organization_id.to_owned(), user_id, roles });
    }
    Ok(())
}

fn user_id(user: &str, place: &Place, state: &State) -> Result<String, SeedError> {
    if let Some(user) = state.users.get(user) {
        return Ok(user.id.clone());
    }
    let address = user.to_lowercase();
    let mut of_address = state.users_by_email(&address);
    match (of_address.next(), of_address.next()) {
        (Some(user), None) => Ok(user.id.clone()),
        (Some(_), Some(_)) => Err(place.error("several users have this address: name one by its id")),
        _ => Err(place.error("no user has this id or address")),
    }
}

fn domains(
    organization_id: &str,
    seeds: &[SeedFileDomain],
    place: &Place,
    state: &mut State,
    planting: &Planting<'_>,
) -> Result<(), SeedError> {
    for (index, seed) in seeds.iter().enumerate() {
        let place = place.item_of("domains", index);
        let is_verified = match seed.status.as_str() {
            "verified" => true,
            "pending" => false,
            _ => return Err(place.at("status").error("is verified or pending")),
        };
        Format::Domain
            .check(&seed.domain)
            .map_err(|_| place.at("domain").error("is not a domain such as acme.com"))?;
        let find = |state: &State| {
            state.discovery_domains_of(organization_id).find(|row| row.domain == seed.domain).cloned()
        };
        let known = find(state).or_else(|| find(planting.known));
        let (id, verification_txt) = match known {
            Some(known) => (known.id, known.verification_txt),
            None => (planting.ids.discovery_domain(), planting.ids.verification_txt()),
        };
        state.discovery_domains.put(DiscoveryDomain {
            id,
            organization_id: organization_id.to_owned(),
            domain: seed.domain.clone(),
            is_verified,
            verification_txt,
            use_for_organization_discovery: seed.use_for_organization_discovery,
        });
    }
    Ok(())
}

//! `/organizations/{id}/discovery-domains`: domains by whose addresses an organization is found at login.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::format::Format;
use super::operation::{Evidence, Operation};
use super::organizations::of_path;
use super::paging::{Paging, by_checkpoint, object_with_items};
use super::schema::{Schema, flag, object, one_of, optional, required, text};
use super::{Answer, Reply};
use crate::model::DiscoveryDomain;
use crate::store::State;

const PATH: &str = "/organizations/{id}/discovery-domains";
const ONE: &str = "/organizations/{id}/discovery-domains/{discovery_domain_id}";
/// Discovery domains of one organization.
pub(in crate::http) const LIMIT: usize = 100;
const PENDING: &str = "pending";
const VERIFIED: &str = "verified";

pub(super) fn operations() -> Vec<Operation> {
    let domain = text(3, 255).of_format(Format::Domain);
    let properties = || [optional("status", status()), optional("use_for_organization_discovery", flag())];
    vec![
        Operation::get(PATH, "List the discovery domains of an organization", list)
            .scope(&["read:organization_discovery_domains"])
            .query(by_checkpoint())
            .answers(StatusCode::OK, object_with_items("domains", shape()))
            .refuses(ApiError::no_organization()),
        Operation::write(Method::POST, PATH, "Add a discovery domain to an organization", create)
            .scope(&["create:organization_discovery_domains"])
            .body(object(properties()).with([required("domain", domain)]))
            .answers(StatusCode::CREATED, shape())
            .refuses(ApiError::no_organization())
            .refuses(twice())
            .refuses(too_many()),
        Operation::get(
            "/organizations/{id}/discovery-domains/name/{domain}",
            "Get a discovery domain by its name",
            read_by_name,
        )
        .scope(&["read:organization_discovery_domains"])
        .answers(StatusCode::OK, shape())
        .refuses(ApiError::no_organization())
        .refuses(ApiError::no_discovery_domain())
        .evidence(Evidence::Documented),
        Operation::get(ONE, "Get a discovery domain", read)
            .scope(&["read:organization_discovery_domains"])
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_discovery_domain()),
        Operation::write(Method::PATCH, ONE, "Change a discovery domain", update)
            .scope(&["update:organization_discovery_domains"])
            .body(object(properties()))
            .answers(StatusCode::OK, shape())
            .refuses(ApiError::no_organization())
            .refuses(ApiError::no_discovery_domain()),
        Operation::write(Method::DELETE, ONE, "Take a discovery domain from an organization", delete)
            .scope(&["delete:organization_discovery_domains"])
            .answers_nothing(StatusCode::NO_CONTENT)
            .refuses(ApiError::no_organization()),
    ]
}

fn status() -> Schema {
    one_of(&[PENDING, VERIFIED])
}

fn shape() -> Schema {
    object([
        required("id", text(26, 26)),
        required("domain", text(3, 255)),
        required("status", status()),
        required("verification_txt", text(32, 32)),
        required("verification_host", text(1, 400)),
        required("use_for_organization_discovery", flag()),
    ])
}

fn twice() -> ApiError {
    ApiError::conflict(None, "The domain is already a discovery domain of the organization")
}

fn too_many() -> ApiError {
    ApiError::conflict(None, format!("An organization can have at most {LIMIT} discovery domains"))
}

fn view(domain: &DiscoveryDomain) -> Value {
    json!({
        "id": domain.id,
        "domain": domain.domain,
        "status": if domain.is_verified { VERIFIED } else { PENDING },
        "verification_txt": domain.verification_txt,
        "verification_host": format!("_ss-verification.{}.{}", domain.organization_id, domain.domain),
        "use_for_organization_discovery": domain.use_for_organization_discovery,
    })
}

fn list(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    Ok(Paging::by_checkpoint(call)?.reply(
        "domains",
        |after| {
            let after = after.map(str::to_owned);
            let domains = state.discovery_domains_of(&organization.id);
            domains.filter(move |domain| after.as_ref().is_none_or(|after| domain.id > *after))
        },
        |domain| domain.id.clone(),
        |domain| view(domain),
    ))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    Ok(Reply::ok(view(domain_of_path(state, call)?)))
}

fn read_by_name(state: &State, call: &Call<'_>) -> Answer {
    let organization = of_path(state, call)?;
    let mut domains = state.discovery_domains_of(&organization.id);
    let found = domains.find(|domain| domain.domain == call.path("domain"));
    Ok(Reply::ok(view(found.ok_or_else(ApiError::no_discovery_domain)?)))
}

fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let organization_id = of_path(state, call)?.id.clone();
    let (body, ids) = (call.body(), call.context.ids);
    let name = body.text("domain").unwrap_or_default();
    if state.discovery_domains_of(&organization_id).any(|domain| domain.domain == name) {
        return Err(twice());
    }
    if state.discovery_domains_of(&organization_id).count() >= LIMIT {
        return Err(too_many());
    }
    let domain = DiscoveryDomain {
        id: ids.discovery_domain(),
        organization_id,
        domain: name.to_owned(),
        is_verified: body.text("status") == Some(VERIFIED),
        verification_txt: ids.verification_txt(),
        use_for_organization_discovery: body.flag("use_for_organization_discovery").unwrap_or(true),
    };
    let view = view(&domain);
    state.discovery_domains.put(domain);
    Ok(Reply::created(view))
}

fn update(state: &mut State, call: &Call<'_>) -> Answer {
    let mut domain = domain_of_path(state, call)?.clone();
    if let Some(status) = call.body().text("status") {
        domain.is_verified = status == VERIFIED;
    }
    if let Some(used) = call.body().flag("use_for_organization_discovery") {
        domain.use_for_organization_discovery = used;
    }
    let view = view(&domain);
    state.discovery_domains.put(domain);
    Ok(Reply::ok(view))
}

/// 204 also for one that is not there.
fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    of_path(state, call)?;
    if let Ok(id) = domain_of_path(state, call).map(|domain| domain.id.clone()) {
        state.discovery_domains.remove(&id);
    }
    Ok(Reply::NoContent)
}

fn domain_of_path<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a DiscoveryDomain, ApiError> {
    let organization = of_path(state, call)?;
    let found = state.discovery_domains.get(call.path("discovery_domain_id"));
    found.filter(|domain| domain.organization_id == organization.id).ok_or_else(ApiError::no_discovery_domain)
}

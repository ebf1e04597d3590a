//! The tenants beside the first.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::operation::{Answer, Call, Later, Operation, Reply};
use super::problem::Problem;
use crate::control::{TenantError, TenantOptions};
use crate::fake::{Core, Fake, FakeError};
use crate::fake_auth0::MANAGEMENT_CLIENT;
use crate::schema::{Schema, UNLIMITED, list, object, open_object, optional, required, text};
use crate::seed_file::SeedFile;

pub(super) fn operations() -> Vec<Operation> {
    let body = object([
        required("name", text(1, 63)),
        optional("domain", text(1, 253)),
        optional("seed", open_object([])),
    ]);
    vec![
        Operation::now(Method::GET, "/tenants", "List the tenants beside the first", all)
            .answers(StatusCode::OK, list(shape(), 0, UNLIMITED)),
        Operation::later(
            Method::POST,
            "/tenants",
            "Make a tenant: under a host name on the same port, or on a port of its own",
            add,
        )
        .body(body)
        .answers(StatusCode::CREATED, shape())
        .refuses(StatusCode::BAD_REQUEST, "The name, the domain or the seed is wrong")
        .refuses(
            StatusCode::CONFLICT,
            "There is one of this name or domain; or this is not the first tenant of a server",
        ),
        Operation::now(Method::DELETE, "/tenants/{name}", "End a tenant", remove)
            .answers_nothing()
            .refuses(StatusCode::NOT_FOUND, "There is no tenant of this name"),
    ]
}

fn shape() -> Schema {
    object([
        required("name", text(1, 63)),
        required("issuer", text(1, 500)),
        required("domain", text(1, 500)),
        optional("client_id", text(1, 500)),
        optional("client_secret", text(1, 500)),
    ])
}

/// A tenant, with the credentials of the client that may do everything.
fn view(name: &str, fake: &Fake) -> Value {
    let client = fake.client(MANAGEMENT_CLIENT);
    let (id, secret) = client.map(|client| (client.client_id, client.client_secret)).unzip();
    crate::http::present(json!({
        "name": name,
        "issuer": fake.issuer(),
        "domain": fake.domain(),
        "client_id": id,
        "client_secret": secret.as_ref().map(ExposeSecret::expose_secret),
    }))
}

fn all(core: &Core, _: &Call) -> Answer {
    Reply::ok(core.control.tenants.all().iter().map(|(name, fake)| view(name, fake)).collect())
}

fn add<'a>(core: &'a Arc<Core>, call: &'a Call) -> Later<'a> {
    Box::pin(async {
        let body = call.body();
        let seed = body.get("seed").cloned().map(SeedFile::from_json).transpose();
        let seed = seed.map_err(FakeError::Seed).map_err(TenantError::Fake)?;
        let name = body.text("name").unwrap_or_default().to_owned();
        let domain = body.text("domain").map(str::to_owned);
        let options = TenantOptions { name: name.clone(), domain, seed, data: None };
        let fake = core.add_tenant(options).await?;
        Reply::created(view(&name, &fake))
    })
}

fn remove(core: &Core, call: &Call) -> Answer {
    let removed = core.control.tenants.remove(call.path("name"));
    if removed { Ok(Reply::Nothing) } else { Err(Problem::not_found("There is no tenant of this name")) }
}

impl From<TenantError> for Problem {
    fn from(error: TenantError) -> Self {
        let detail = error.to_string();
        match error {
            TenantError::Name => Self::bad(detail).at("name"),
            TenantError::Domain => Self::bad(detail).at("domain"),
            TenantError::Taken | TenantError::TooMany | TenantError::NotHere => Self::conflict(detail),
            TenantError::Fake(FakeError::Seed(error)) => Self::from(error).inside("seed"),
            TenantError::Port(_) | TenantError::Tls(_) | TenantError::Fake(_) | TenantError::Stopped(_) => {
                Self::unavailable(detail)
            }
        }
    }
}

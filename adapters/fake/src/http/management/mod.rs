//! The Management API: one table of operations, each a function from the state and a call to a reply.

mod actions;
mod bodies;
mod branding;
mod call;
mod client_grants;
mod clients;
mod connections;
mod discovery_domains;
mod email_provider;
mod enabled_connections;
mod error;
mod fields;
mod guardian;
mod invitations;
mod jobs;
mod logs;
mod member_roles;
mod members;
mod openapi;
mod operation;
mod organization_client_grants;
mod organization_clients;
mod organization_connections;
mod organization_search;
mod organizations;
mod paging;
mod permissions;
mod prompts;
mod refresh_tokens;
mod resource_servers;
mod role_assignments;
mod roles;
mod self_service_profiles;
mod sessions;
mod signing_keys;
mod sorting;
mod sso_tickets;
mod tenant_settings;
mod tickets;
mod users;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawPathParams, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, any, on};

use super::bearer;
use super::parameters::Query;
use super::standard_answers;
use crate::fake::Core;
use crate::schema::{self, format};
use crate::tokens::management_audience;
pub(crate) use bodies::check as check_body;
pub(crate) use branding::change as change_branding;
use call::Call;
pub(crate) use connections::options_of as connection_options;
pub(super) use discovery_domains::LIMIT as DISCOVERY_DOMAINS;
pub(super) use enabled_connections::LIMIT as CONNECTIONS;
pub(super) use error::ApiError;
pub(super) use format::is_domain;
pub(super) use openapi::coverage;
pub(crate) use openapi::{Covered, description, scopes};
use operation::Operation;
pub(crate) use prompts::change as change_prompts;
pub(crate) use tenant_settings::change as change_tenant_settings;

/// What an operation answers.
enum Reply {
    Json(StatusCode, serde_json::Value),
    /// 200, with a `Link` header (RFC 8288).
    Linked {
        body: serde_json::Value,
        link: String,
    },
    NoContent,
    /// 202 without a body.
    Accepted,
}

type Answer = Result<Reply, ApiError>;

/// The table. What is not in it is answered 501.
fn operations() -> impl Iterator<Item = Operation> {
    organizations::operations()
        .into_iter()
        .chain(members::operations())
        .chain(member_roles::operations())
        .chain(enabled_connections::operations())
        .chain(organization_connections::operations())
        .chain(invitations::operations())
        .chain(discovery_domains::operations())
        .chain(organization_client_grants::operations())
        .chain(organization_clients::operations())
        .chain(organization_search::operations())
        .chain(self_service_profiles::operations())
        .chain(sso_tickets::operations())
        .chain(users::operations())
        .chain(roles::operations())
        .chain(role_assignments::operations())
        .chain(sessions::operations())
        .chain(refresh_tokens::operations())
        .chain(logs::operations())
        .chain(tickets::operations())
        .chain(jobs::operations())
        .chain(guardian::operations())
        .chain(connections::operations())
        .chain(signing_keys::operations())
        .chain(clients::operations())
        .chain(client_grants::operations())
        .chain(resource_servers::operations())
        .chain(actions::operations())
        .chain(tenant_settings::operations())
        .chain(prompts::operations())
        .chain(branding::operations())
        .chain(email_provider::operations())
}

const BASE: &str = "/api/v2";

pub(super) fn routes() -> Router<Arc<Core>> {
    let routes = operations().fold(Router::new(), |router, operation| {
        let Ok(filter) = MethodFilter::try_from(operation.method.clone()) else { return router };
        let path = format!("{BASE}{}", operation.path);
        let operation = Arc::new(operation);
        let handler = move |Shared(core): Shared<Arc<Core>>,
                            path: RawPathParams,
                            Query(query): Query,
                            uri: Uri,
                            headers: HeaderMap,
                            body: Result<Bytes, BytesRejection>| async move {
            match body {
                Ok(body) => perform(&core, &operation, &path, query, &headers, &body).await.into_response(),
                Err(error) => standard_answers::unreadable(uri.path(), &error, error.status()),
            }
        };
        router.route(&path, on(filter, handler))
    });
    routes
        .method_not_allowed_fallback(not_implemented)
        .route(BASE, any(not_implemented))
        .route(&format!("{BASE}/"), any(not_implemented))
        .route(&format!("{BASE}/{{*path}}"), any(not_implemented))
        .route("/scim/v2/{*path}", any(not_implemented))
}

async fn perform(
    core: &Arc<Core>,
    operation: &Operation,
    path: &RawPathParams,
    query: super::parameters::Parameters,
    headers: &HeaderMap,
    body: &[u8],
) -> Answer {
    let audience = management_audience(&core.config.issuer);
    let claims = bearer::access_token(core, headers, &audience).await?;
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let call = Call::new(core.context(), &claims, path, query, headers, body)?;
    operation.check(&call)?;
    operation.perform(core, &call).await
}

async fn not_implemented(method: Method, uri: Uri) -> ApiError {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    if !known.contains(&method) {
        return ApiError::method_not_allowed();
    }
    ApiError::not_implemented(format!("This development provider does not have {method} {} yet", uri.path()))
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Json(status, body) => (status, super::errors::no_store(), axum::Json(body)).into_response(),
            Self::Linked { body, link } => {
                ([(header::LINK, link)], super::errors::no_store(), axum::Json(body)).into_response()
            }
            Self::NoContent => StatusCode::NO_CONTENT.into_response(),
            Self::Accepted => StatusCode::ACCEPTED.into_response(),
        }
    }
}

#[cfg(test)]
mod tests;

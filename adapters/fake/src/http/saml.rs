//! `/samlp/metadata`: what those need who set up an enterprise's SAML identity provider.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::errors::{OAuthError, PageError, not_found};
use super::parameters::Query;
use crate::fake::Core;
use crate::upstream::saml::{CONNECTION, metadata::of_service};

pub(super) async fn metadata(
    State(core): State<Arc<Core>>,
    Query(query): Query,
) -> Result<Response, PageError> {
    let connection = core.store.read(|state| {
        let connection = state.connection_by_name(query.get(CONNECTION)?)?;
        connection.speaks_saml().then(|| connection.clone())
    })?;
    let Some(connection) = connection else { return Ok(not_found(State(core)).await.into_response()) };
    let certificate = match core.keys.ready().await {
        Ok(keys) => keys.certificate(core.host()).map(|certificate| certificate.x5c()),
        Err(error) => Err(error),
    };
    let certificate = match certificate {
        Ok(certificate) => certificate,
        Err(error) => return Ok(OAuthError::from(error).into_response()),
    };
    let issuer = &core.config.issuer;
    let document = of_service(&connection.entity_id(issuer), &connection.consumer(issuer), &certificate);
    Ok(([(header::CONTENT_TYPE, "application/samlmetadata+xml")], document).into_response())
}

//! What is special about the options of a `samlp` connection.

use serde_json::{Map, Value};

use super::{option, options};
use crate::document::Document;
use crate::http::management::error::ApiError;
use crate::upstream::saml::{describe, described, tell, unusable};

pub(super) const STRATEGY: &str = "samlp";
pub(super) const ADDRESSES: [&str; 3] = ["signInEndpoint", "signOutEndpoint", "metadataUrl"];

pub(super) fn no_metadata(reason: &str) -> ApiError {
    ApiError::invalid_body(unusable(reason))
}

pub(super) fn no_certificate() -> ApiError {
    ApiError::body("String is no certificate in PEM or in base64", Some("options.signingCert"))
}

/// Takes over what the identity provider says about itself, when the options hold it or say where it is, and tells about
/// its certificates.
pub(super) async fn complete(settings: &mut Map<String, Value>) -> Result<(), ApiError> {
    let given = Document::new(settings);
    let read = described(option(given, "metadataXml"), option(given, "metadataUrl")).await;
    match read {
        Some(read) => describe(settings, &read.map_err(|reason| no_metadata(&reason))?),
        None => tell(settings).ok_or_else(no_certificate)?,
    }
    Ok(())
}

/// Whether a new connection says what a login through it needs.
pub(super) fn check_complete(complete: Document<'_>) -> Result<(), ApiError> {
    if option(complete, "signInEndpoint").is_none() {
        return Err(options::missing("signInEndpoint"));
    }
    if option(complete, "signingCert").or_else(|| option(complete, "cert")).is_none() {
        return Err(options::missing("signingCert"));
    }
    Ok(())
}

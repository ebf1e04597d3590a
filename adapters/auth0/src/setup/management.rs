//! The Management API, as set-up, the check and the export call it.

use std::sync::Arc;

use tenantry_oidc::{Issuer, http_client_for};
use tenantry_ports::Clock;

use super::error::SetupError;
use super::settings::Access;
use crate::management::Management;
use crate::token::{Credentials, TokenSource};

pub(super) fn client(
    issuer: &Issuer,
    access: Access,
    clock: Arc<dyn Clock>,
) -> Result<Management, SetupError> {
    let http = http_client_for(issuer).map_err(SetupError::Client)?;
    let tokens = match access {
        Access::Token(token) => TokenSource::given(issuer, token, http.clone(), Arc::clone(&clock)),
        Access::Credentials { client_id, client_secret } => {
            let credentials = Credentials { client_id, client_secret, scopes: None };
            TokenSource::new(issuer, credentials, http.clone(), Arc::clone(&clock))
        }
    };
    Ok(Management::new(issuer, tokens, http, clock))
}

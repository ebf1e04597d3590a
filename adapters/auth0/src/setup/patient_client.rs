//! The client with which set-up, the check and the export call the Management API.

use std::sync::Arc;
use std::time::Duration;

use tenantry_oidc::{Issuer, http_client_for};
use tenantry_ports::{Clock, Random};

use super::error::SetupError;
use super::settings::Access;
use crate::management::{Limits, Management};
use crate::token::{Credentials, TokenSource};

/// Nobody waits at a page: what is refused as too much is worth waiting a while for.
const PATIENT: Limits = Limits {
    one_try: Duration::from_secs(8),
    whole_call: Duration::from_mins(1),
    tries: 3,
    refused_tries: 60,
    first_pause: Duration::from_millis(200),
    longest_pause: Duration::from_secs(2),
    faults_until_open: 5,
    open_for: Duration::from_secs(5),
};

pub(super) fn patient_client(
    issuer: &Issuer,
    access: Access,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Management, SetupError> {
    let http = http_client_for(issuer).map_err(SetupError::Client)?;
    let tokens = match access {
        Access::Token(token) => TokenSource::given(issuer, token, http.clone(), Arc::clone(&clock)),
        Access::Credentials { client_id, client_secret } => {
            let credentials = Credentials { client_id, client_secret, scopes: None };
            TokenSource::new(issuer, credentials, http.clone(), Arc::clone(&clock))
        }
    };
    Ok(Management::new(issuer, tokens, http, clock, random, PATIENT))
}

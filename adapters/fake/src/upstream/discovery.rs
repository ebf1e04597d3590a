//! Fetches what an issuer says about itself (OpenID Connect Discovery, section 4; SAML 2.0 Metadata).

use serde_json::{Map, Value};
use tenantry_oidc::{Issuer, http_client, http_client_for, read_body};
use url::{Host, Url};

use super::error::distrust;
use crate::document::Document;

/// The largest document that is kept with a connection.
const LARGEST: usize = 128 * 1024;

/// Where a host describes itself: over https, but for one on this machine that is named with a port.
pub(crate) fn of_domain(domain: &str) -> String {
    let is_local = Url::parse(&format!("http://{domain}/")).is_ok_and(|url| {
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        is_loopback && url.port().is_some()
    });
    let scheme = if is_local { "http" } else { "https" };
    format!("{scheme}://{domain}/.well-known/openid-configuration")
}

/// The document, or why it is of no use.
pub(crate) async fn document(address: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(&fetch(address).await?) {
        Ok(Value::Object(metadata)) if is_complete(Document::new(&metadata)) => Ok(metadata),
        _ => Err("it is no discovery document".to_owned()),
    }
}

/// What is at an address, or why it can't be had.
pub(super) async fn fetch(address: &str) -> Result<Vec<u8>, String> {
    let origin = Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let client = match Issuer::try_from(origin.as_str()) {
        Ok(issuer) => http_client_for(&issuer),
        Err(_) => http_client(),
    };
    let client = client.map_err(|_| "there is no HTTP client".to_owned())?;
    let response = client
        .get(address)
        .send()
        .await
        .map_err(|error| distrust(&error).unwrap_or_else(|| "there was no answer".to_owned()))?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(format!("the answer had status {status}"));
    }
    read_body(response, LARGEST).await.map_err(|error| error.to_string())
}

fn is_complete(metadata: Document<'_>) -> bool {
    ["issuer", "authorization_endpoint", "jwks_uri"].iter().all(|name| metadata.text(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_asked_over_https_unless_it_is_this_machine() {
        for (domain, address) in [
            ("acme.okta.example", "https://acme.okta.example/.well-known/openid-configuration"),
            ("127.0.0.1:4000", "http://127.0.0.1:4000/.well-known/openid-configuration"),
            ("localhost:4000", "http://localhost:4000/.well-known/openid-configuration"),
            ("localhost", "https://localhost/.well-known/openid-configuration"),
        ] {
            assert_eq!(of_domain(domain), address);
        }
    }
}
